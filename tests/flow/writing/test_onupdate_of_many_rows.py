"""What columns with ``onupdate`` are in memory after an UPDATE by criteria: what Python made is known."""

from __future__ import annotations

import datetime
import decimal
import enum
from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, Integer, String, event, func, select, text, update
from azoth.orm import Session, declarative_base

Base: Any = declarative_base()
MOMENT = datetime.datetime(2024, 2, 3, 4, 5, 6, 7)
made: list[int] = []


def numbered() -> int:
    made.append(1)
    return 100 + len(made)


class Part(Base):
    __tablename__ = "parts_with_onupdate"
    id = Column(Integer, primary_key=True)
    size = Column(Integer)
    constant = Column(Integer, onupdate=8)
    number = Column(Integer, onupdate=numbered)
    told = Column("told_column", Integer, onupdate=lambda context: context.get_current_parameters()["size"] + 1)
    expression = Column(String, onupdate=func.lower("ABC"))
    server = Column(Integer, server_onupdate=azoth.FetchedValue())


class Colour(enum.Enum):
    RED = "r"


class Doubled(azoth.TypeDecorator):
    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value * 2

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value // 2


class Lowered(azoth.TypeDecorator):
    impl = String
    cache_ok = True

    def bind_expression(self, bindvalue: Any) -> Any:
        return func.lower(bindvalue)


class Typed(Base):
    __tablename__ = "typed_onupdate"
    left = Column(Integer, primary_key=True)
    right = Column(Integer, primary_key=True)
    size = Column(Integer)
    moment = Column(azoth.DateTime, onupdate=lambda: MOMENT)
    day = Column(azoth.Date, onupdate=MOMENT.date)
    price = Column(azoth.Numeric(10, 2), onupdate=lambda: decimal.Decimal("1.50"))
    document = Column(azoth.JSON, onupdate=lambda: {"a": [1]})
    pickled = Column(azoth.PickleType, onupdate=lambda: {1, 2})
    colour = Column(azoth.Enum(Colour), onupdate=lambda: Colour.RED)
    flag = Column(azoth.Boolean, onupdate=lambda: True)
    data = Column(azoth.LargeBinary, onupdate=lambda: b"\0x")
    span = Column(azoth.Interval, onupdate=lambda: datetime.timedelta(days=2))
    doubled = Column(Doubled, onupdate=lambda: 21)
    lowered = Column(Lowered, onupdate=lambda: "UPPER")


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    made.clear()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        values = {"size": 1, "constant": 1, "number": 1, "told": 1, "expression": "x", "server": 1}
        session.add_all([Part(id=1, **values), Part(id=2, **values), Typed(left=1, right=2, size=1)])
        session.commit()
        yield session


def loaded(session: Session, pk: int = 1) -> Any:
    """Load a part with all of its columns."""
    return session.get(Part, pk, populate_existing=True)


def values_in_memory(part: Any) -> dict[str, Any]:
    return {key: value for key, value in part.__dict__.items() if not key.startswith("_")}


MADE = {"id": 1, "size": 2, "constant": 8, "number": 101, "told": 3}
strategies = pytest.mark.parametrize("strategy", ["auto", "evaluate", "fetch"])


@strategies
def test_what_python_made_is_known_and_the_rest_is_loaded_when_read(
    session: Session, statements: Any, strategy: str
) -> None:
    part, other = loaded(session), loaded(session, 2)
    session.execute(
        update(Part).where(Part.id == 1).values(size=2), execution_options={"synchronize_session": strategy}
    )
    assert values_in_memory(part) == MADE
    assert values_in_memory(other)["number"] == 1
    statements.clear()
    assert (part.number, part.constant, part.told) == (101, 8, 3)
    assert statements == []
    assert (part.expression, part.server) == ("abc", 1)
    assert len(statements.starting_with("SELECT")) == 1
    assert session.execute(select(Part.number, Part.constant, Part.told).where(Part.id == 1)).one() == (101, 8, 3)
    assert not session.dirty


@strategies
def test_all_rows_of_a_statement_get_what_was_made_once(session: Session, strategy: str) -> None:
    parts = [loaded(session), loaded(session, 2)]
    session.query(Part).update({"size": 2}, synchronize_session=strategy)
    assert [values_in_memory(part) for part in parts] == [MADE, {**MADE, "id": 2}]


def test_values_of_the_statement_and_of_its_parameters_win(session: Session) -> None:
    part = loaded(session)
    session.execute(update(Part).where(Part.id == 1).values(size=2, number=50), {"constant": 60})
    assert (part.number, part.constant, part.told) == (50, 60, 3)
    assert session.execute(select(Part.number, Part.constant).where(Part.id == 1)).one() == (50, 60)


def test_what_was_not_loaded_stays_so(session: Session, statements: Any) -> None:
    part = session.scalars(select(Part).where(Part.id == 1).options(azoth.orm.load_only(Part.size))).one()
    session.execute(update(Part).where(Part.id == 1).values(size=2))
    assert values_in_memory(part) == {"id": 1, "size": 2}
    assert part.number == 101


def test_nothing_is_set_without_synchronization(session: Session) -> None:
    part = loaded(session)
    session.execute(update(Part).values(size=2), execution_options={"synchronize_session": False})
    assert (part.size, part.number) == (1, 1)


def test_objects_have_what_a_new_session_reads(session: Session, engine: azoth.Engine) -> None:
    typed = session.get(Typed, (1, 2))
    assert typed is not None
    assert typed.moment is None
    session.execute(update(Typed).values(size=2))
    keys = [column.key for column in Typed.__table__.c]
    known = {key: typed.__dict__[key] for key in keys if key in typed.__dict__}
    assert set(keys) - set(known) == {"lowered"}
    values = {key: getattr(typed, key) for key in keys}
    assert values["moment"] == MOMENT
    assert values["doubled"] == 21
    assert values["lowered"] == "upper"
    session.commit()
    with Session(engine) as other:
        again = other.get(Typed, (1, 2))
        assert {key: getattr(again, key) for key in keys} == values


def test_executions_that_are_listened_to_are_followed_too(session: Session) -> None:
    part = loaded(session)
    connection = session.connection()

    def changed(connection: Any, statement: Any, *more: Any) -> Any:
        return statement, more[0], more[1]

    event.listen(connection, "before_execute", changed, retval=True)
    session.execute(update(Part).where(Part.id == 1).values(size=2))
    assert values_in_memory(part) == MADE


@pytest.mark.sqlite_only("its trigger is written in SQLite's language")
def test_a_failed_update_changes_nothing_in_memory(session: Session) -> None:
    part = loaded(session)
    session.execute(
        text("CREATE TRIGGER no_more BEFORE UPDATE ON parts_with_onupdate BEGIN SELECT RAISE(FAIL, 'no'); END")
    )
    before = values_in_memory(part)
    with pytest.raises(azoth.exc.DBAPIError):
        session.execute(update(Part).values(size=2))
    assert values_in_memory(part) == before


@pytest.mark.parametrize("options", [{}, {"populate_existing": True}, {"synchronize_session": "fetch"}])
def test_returning_fills_what_is_not_known(session: Session, statements: Any, options: dict[str, Any]) -> None:
    part = loaded(session)
    returned = session.scalars(
        update(Part).where(Part.id == 1).values(size=2).returning(Part), execution_options=options
    ).one()
    assert returned is part
    assert values_in_memory(part) == {**MADE, "expression": "abc", "server": 1}
    statements.clear()
    assert (part.expression, part.server) == ("abc", 1)
    assert statements == []


def test_returning_with_populate_existing_needs_no_synchronization(session: Session) -> None:
    part = loaded(session)
    options = {"populate_existing": True, "synchronize_session": False}
    session.scalars(update(Part).where(Part.id == 1).values(size=2).returning(Part), execution_options=options).all()
    assert values_in_memory(part) == {**MADE, "expression": "abc", "server": 1}


def test_returning_alone_leaves_objects_as_they_were(session: Session) -> None:
    part = loaded(session)
    options = {"synchronize_session": False}
    session.scalars(update(Part).where(Part.id == 1).values(size=2).returning(Part), execution_options=options).all()
    assert (part.size, part.number, part.expression) == (1, 1, "x")


def test_returned_columns_go_with_known_values(session: Session) -> None:
    part = loaded(session)
    rows = session.execute(update(Part).where(Part.id == 1).values(size=2).returning(Part.id, Part.number)).all()
    assert rows == [(1, 101)]
    assert values_in_memory(part) == MADE


@strategies
def test_what_the_result_gives_back_is_not_loaded_again(session: Session, statements: Any, strategy: str) -> None:
    part = loaded(session)
    statement = update(Part).where(Part.id == 1).values(size=2).return_defaults()
    result = session.execute(statement, execution_options={"synchronize_session": strategy})
    assert result.returned_defaults is not None
    assert result.returned_defaults._asdict() == {"expression": "abc", "server": 1}
    # The program takes those from the result; objects keep what they had.
    assert values_in_memory(part) == {**MADE, "expression": "x", "server": 1}
    statements.clear()
    assert (part.expression, part.server) == ("x", 1)
    assert statements == []
    session.commit()
    assert part.expression == "abc"


@strategies
def test_what_it_does_not_give_back_is_loaded_when_read(session: Session, strategy: str) -> None:
    part = loaded(session)
    statement = update(Part).where(Part.id == 1).values(size=2).return_defaults(Part.expression)
    result = session.execute(statement, execution_options={"synchronize_session": strategy})
    assert result.returned_defaults == ("abc",)
    assert values_in_memory(part) == {**MADE, "expression": "x"}


def test_values_of_the_statement_are_those_of_objects_though_they_are_given_back(session: Session) -> None:
    part = loaded(session)
    statement = update(Part).where(Part.id == 1).values(size=2, expression=func.lower("GIVEN")).return_defaults()
    result = session.execute(statement)
    assert result.returned_defaults is not None
    assert result.returned_defaults.expression == "given"
    assert "expression" not in values_in_memory(part)
    assert part.expression == "given"
