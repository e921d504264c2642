"""SQL expressions as values, and values that the database makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, Computed, FetchedValue, Integer, String, event, func, inspect, select, text
from azoth.orm import Session, column_property, declarative_base, mapper
from azoth.orm.exc import StaleDataError
from tests.flow.library import Author, Book, Reader, Visit


def test_an_expression_is_computed_by_the_update_and_loaded_on_the_next_read(
    session: Session, statements: list[str]
) -> None:
    author = Author(name="Ada", born=1815)
    session.add(author)
    session.commit()
    author.born = Author.__table__.c.born + 1
    statements.clear()
    session.flush()
    assert len(statements) == 1
    assert author.born == 1816
    assert len(statements) == 2


def test_a_mapped_attribute_is_an_expression_too(session: Session) -> None:
    author = Author(name="Ada", born=1815)
    session.add(author)
    session.commit()
    author.born = Author.born + 10
    session.commit()
    assert author.born == 1825


def test_an_expression_is_computed_by_the_insert(session: Session) -> None:
    author = Author(name=func.upper("ada"), born=select(func.count() + 41).select_from(Book).scalar_subquery())
    session.add(author)
    session.flush()
    assert (author.name, author.born) == ("ADA", 41)


def test_server_defaults_are_loaded_on_the_next_read(session: Session, statements: list[str]) -> None:
    visit = Visit()
    session.add(visit)
    statements.clear()
    session.flush()
    assert len(statements) == 1
    assert visit.place == "hall"
    assert len(statements) == 1
    assert visit.count == 7
    assert len(statements) <= 2


def test_a_value_comes_before_the_server_default(session: Session, statements: list[str]) -> None:
    visit = Visit(count=1)
    session.add(visit)
    session.flush()
    statements.clear()
    assert visit.count == 1
    assert statements == []


def test_column_properties_are_loaded_after_the_insert(session: Session) -> None:
    reader = Reader(name="ada")
    session.add(reader)
    session.flush()
    assert reader.shout == "ADA"
    reader.name = "grace"
    session.commit()
    assert reader.shout == "GRACE"


def test_python_defaults_are_set_by_the_flush(session: Session) -> None:
    visit = Visit()
    assert visit.place is None
    session.add(visit)
    session.flush()
    assert inspect(visit).dict["place"] == "hall"


Base: Any = declarative_base()


def made(table: str, **options: Any) -> Any:
    """Map a class with all kinds of values that the database makes."""

    name = Column(String)
    body = {
        "__tablename__": table,
        "id": Column(Integer, primary_key=True),
        "name": name,
        "server": Column(Integer, server_default="10"),
        "expression": Column(Integer, default=text("4 + 5")),
        "counted": Column(Integer, default=0, onupdate=text("counted + 1")),
        "computed": Column(Integer, Computed("counted * 2")),
        "loud": column_property(func.upper(name)),
        "quiet": column_property(func.lower(name), deferred=True),
        "__mapper_args__": options,
    }
    # Each has a name of its own: the base warns of two classes of one name.
    return type(table, (Base,), body)


EAGER = {"auto": made("made_auto"), "True": made("made_eager", eager_defaults=True)}
LATER = made("made_later", eager_defaults=False)


class Bare(Base):
    __tablename__ = "bare"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    __mapper_args__ = {"eager_defaults": True}


class Triggered(Base):
    __tablename__ = "triggered"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    written = Column(String, server_default=FetchedValue(), server_onupdate=FetchedValue())
    __mapper_args__ = {"eager_defaults": True}


@pytest.fixture
def empty(engine: azoth.Engine, statements: list[str]) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        statements.clear()
        yield session


def new(session: Session, entity: Any, statements: list[str], **values: Any) -> Any:
    one = entity(**values)
    session.add(one)
    session.flush()
    statements.clear()
    return one


@pytest.mark.parametrize("entity", [*EAGER.values(), LATER])
def test_expressions_of_changed_rows_are_read_anew(empty: Session, statements: list[str], entity: Any) -> None:
    one = new(empty, entity, statements, name="Rex")
    assert (one.loud, one.quiet) == ("REX", "rex")
    one.name = "Tom"
    empty.flush()
    assert (one.loud, one.quiet) == ("TOM", "tom")


def test_an_expression_that_was_read_before_the_insert_is_read_anew(empty: Session) -> None:
    one = LATER(name="Rex")
    assert one.loud is None
    empty.add(one)
    empty.flush()
    assert one.loud == "REX"


@pytest.mark.parametrize("entity", EAGER.values(), ids=EAGER)
def test_an_insert_gives_back_what_the_database_makes(empty: Session, statements: list[str], entity: Any) -> None:
    several = [entity(name=str(number)) for number in range(3)]
    empty.add_all([entity(name="x"), *several])
    empty.flush()
    statements.clear()
    assert [(one.id, one.server, one.expression, one.computed) for one in several] == [
        (2, 10, 9, 0),
        (3, 10, 9, 0),
        (4, 10, 9, 0),
    ]
    assert statements == []


def test_what_is_not_asked_for_is_loaded_when_it_is_read(empty: Session, statements: list[str]) -> None:
    one = new(empty, LATER, statements, name="x")
    assert (one.server, one.expression, one.computed) == (10, 9, 0)
    assert len(statements) == 1


def test_a_table_without_such_values_needs_no_returning(empty: Session, statements: list[str]) -> None:
    empty.add(Bare(name="x"))
    empty.flush()
    # Only the key comes back, where the driver does not tell it.
    assert [sql for sql in statements if "RETURNING" in sql and not sql.endswith("RETURNING bare.id")] == []


@pytest.mark.parametrize("eager, sent", [("auto", 2), ("True", 0)])
def test_an_update_gives_back_what_the_database_makes_if_it_is_asked_to(
    empty: Session, statements: list[str], eager: str, sent: int
) -> None:
    one, two = (new(empty, EAGER[eager], statements, name=name) for name in "xy")
    one.name, two.name = "z", func.upper("w")
    planned = [statement.sql for step in empty.plan().statements for statement in step]
    empty.flush()
    assert statements == planned
    statements.clear()
    assert (one.counted, one.computed, two.name, two.counted) == (1, 2, "W", 1)
    assert len(statements) == sent


@pytest.mark.parametrize("eager", [True, False])
def test_an_expression_of_an_insert_comes_back_if_it_is_asked_for(
    empty: Session, statements: list[str], eager: bool
) -> None:
    one = new(empty, EAGER["True"] if eager else EAGER["auto"], statements, name=func.upper("w"))
    assert one.name == "W"
    assert len(statements) == (0 if eager else 1)


def test_rows_that_are_gone_are_noticed_with_returning_too(empty: Session, statements: list[str]) -> None:
    one = new(empty, EAGER["True"], statements, name="x")
    empty.connection().exec_driver_sql("DELETE FROM made_eager")
    one.name = "y"
    with pytest.raises(StaleDataError, match=r"^made_eager with key 1: UPDATE"):
        empty.flush()


@pytest.mark.sqlite_only("its RETURNING does not see what triggers do")
def test_what_triggers_make_is_read_after_them(empty: Session) -> None:
    for verb in ("INSERT", "UPDATE OF name"):
        empty.connection().exec_driver_sql(
            f"CREATE TRIGGER write_{verb[:6]} AFTER {verb} ON triggered "
            "BEGIN UPDATE triggered SET written = 'by ' || NEW.name WHERE id = NEW.id; END"
        )
    one = Triggered(name="x")
    empty.add(one)
    empty.flush()
    assert one.written == "by x"
    one.name = "y"
    empty.flush()
    assert one.written == "by y"


def test_values_of_classic_mappings_are_deferred(engine: azoth.Engine, statements: list[str]) -> None:
    table = azoth.Table(
        "classic_values",
        azoth.MetaData(),
        Column("id", Integer, primary_key=True),
        Column("made", Integer, server_default="3"),
    )
    table.create(engine)

    class Classic:
        pass

    mapper(Classic, table)
    with Session(engine) as session:
        one = Classic()
        session.add(one)
        session.flush()
        assert "made" not in one.__dict__
        assert one.made == 3


def test_refresh_flush_names_what_came_back(empty: Session, statements: list[str]) -> None:
    entity = EAGER["True"]
    heard: list[set[str]] = []

    def listen(one: Any, context: Any, names: Any) -> None:
        heard.append(set(names))

    event.listen(entity, "refresh_flush", listen)
    try:
        one = new(empty, entity, statements, name="x")
        assert {"server", "expression", "computed"} <= heard.pop()
        one.name = "y"
        empty.flush()
        assert {"counted", "computed"} <= heard.pop()
    finally:
        event.remove(entity, "refresh_flush", listen)
