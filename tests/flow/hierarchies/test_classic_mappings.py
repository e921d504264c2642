"""Hierarchies are mapped by mapper() with the options of its time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, MetaData, String, Table
from azoth.exc import ArgumentError
from azoth.orm import class_mapper, mapper, polymorphic_union
from tests.database import Database


@pytest.fixture(autouse=True)
def _classes_are_plain_again() -> Iterator[None]:
    yield
    forget_mappings()


_mapped: list[Any] = []


def forget_mappings() -> None:
    """Do what clear_mappers() does, with the mappings of these tests only."""
    while _mapped:
        _mapped.pop().dispose()


class Staff:
    """Tables of a joined hierarchy, and classes that are not mapped."""

    def __init__(self) -> None:
        self.metadata = MetaData()
        self.person = Table(
            "person",
            self.metadata,
            Column("id", Integer, primary_key=True),
            Column("name", String(30)),
            Column("kind", String(30)),
        )
        self.engineer = Table(
            "engineer",
            self.metadata,
            Column("id", Integer, ForeignKey("person.id"), primary_key=True),
            Column("language", String(30)),
        )

        class Person:
            def __init__(self, **values: Any) -> None:
                for key, value in values.items():
                    setattr(self, key, value)

        class Engineer(Person):
            pass

        self.Person: Any = Person
        self.Engineer: Any = Engineer

    def map(self, **options: Any) -> None:
        """Map both classes; the options are the base's."""
        on = options.pop("polymorphic_on", self.person.c.kind)
        _mapped.append(mapper(self.Person, self.person, polymorphic_on=on, polymorphic_identity="person", **options))
        _mapped.append(mapper(self.Engineer, self.engineer, inherits=self.Person, polymorphic_identity="engineer"))

    def stored(self, database: Database) -> tuple[Any, list[str]]:
        """Store one of each; give a session that knows none of them, and the list of its statements."""
        engine = database.make_engine()
        self.metadata.create_all(engine)
        session = azoth.orm.create_session(bind=engine, autocommit=False)
        session.add_all([self.Person(name="a"), self.Engineer(name="b", language="C"), self.Engineer(name="c")])
        session.commit()
        session.expunge_all()
        statements: list[str] = []

        @azoth.event.listens_for(engine, "before_cursor_execute")
        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if statement.startswith("SELECT"):
                statements.append(statement)

        return session, statements

    def loaded(self, session: Any) -> list[tuple[str, Any]]:
        """Load everybody."""
        people = session.query(self.Person).order_by(self.person.c.name).all()
        return [(type(one).__name__, getattr(one, "language", None)) for one in people]


EVERYBODY = [("Person", None), ("Engineer", "C"), ("Engineer", None)]


@pytest.mark.parametrize("fetch,after_query,in_all", [(None, 1, 2), ("deferred", 1, 2), ("select", 2, 2)], ids=str)
def test_polymorphic_fetch_says_when_columns_of_derived_classes_are_loaded(
    database: Database, fetch: str | None, after_query: int, in_all: int
) -> None:
    staff = Staff()
    staff.map(polymorphic_fetch=fetch)
    session, statements = staff.stored(database)
    people = session.query(staff.Person).order_by(staff.person.c.name).all()
    assert len(statements) == after_query
    assert [(type(one).__name__, getattr(one, "language", None)) for one in people] == EVERYBODY
    assert len(statements) == in_all


@pytest.mark.parametrize("fetch", [None, "union"])
def test_a_select_table_is_what_queries_select_from(database: Database, fetch: str | None) -> None:
    staff = Staff()
    staff.map(select_table=staff.person.outerjoin(staff.engineer), polymorphic_fetch=fetch)
    session, statements = staff.stored(database)
    assert staff.loaded(session) == EVERYBODY
    assert len(statements) == 1


def test_a_select_table_is_a_union(database: Database) -> None:
    staff = Staff()
    union = polymorphic_union(
        {
            "engineer": staff.person.join(staff.engineer),
            "person": staff.person.select().where(staff.person.c.kind == "person").subquery(),
        },
        None,
        "everybody",
    )
    staff.map(select_table=union, polymorphic_on=union.c.kind)
    session, statements = staff.stored(database)
    people = session.query(staff.Person).order_by(staff.Person.name).all()
    assert [(type(one).__name__, getattr(one, "language", None)) for one in people] == EVERYBODY
    assert len(statements) == 1
    assert "UNION ALL" in statements[0]
    assert session.query(staff.Engineer).filter_by(language="C").one().name == "b"
    assert session.query(staff.Person).filter(staff.Person.name == "c").one() in people
    query = session.query(staff.Person)
    assert query.filter(staff.Engineer.language == "C").one().name == "b"
    assert query.filter(staff.engineer.c.language == "C").one().name == "b"
    assert [one.name for one in query.order_by(staff.person.c.name.desc())] == ["c", "b", "a"]
    # The class itself, named beside its base, is not the union.
    pairs = session.query(staff.Person, staff.Engineer).filter(staff.Engineer.language == "C")
    assert sorted((one.name, two.name) for one, two in pairs) == [("a", "b"), ("b", "b"), ("c", "b")]


def test_options_that_mean_nothing_are_refused() -> None:
    staff = Staff()
    with pytest.raises(ArgumentError, match="polymorphic_fetch"):
        mapper(staff.Person, staff.person, polymorphic_fetch="sometimes")
    with pytest.raises(ArgumentError, match="needs a select_table"):
        mapper(staff.Person, staff.person, polymorphic_fetch="union")


def test_classes_are_plain_afterwards_and_can_be_mapped_again(database: Database) -> None:
    staff = Staff()
    staff.map()
    staff.stored(database)
    forget_mappings()
    assert not hasattr(staff.Engineer, "name")
    assert vars(staff.Engineer(name="x")) == {"name": "x"}
    staff.map()
    session, _ = staff.stored(database)
    assert staff.loaded(session) == EVERYBODY
    assert sorted(class_mapper(staff.Person).polymorphic_map) == ["engineer", "person"]


def test_a_union_compares_with_values_of_its_own(database: Database) -> None:
    staff = Staff()
    person, engineer = staff.person, staff.engineer
    union = polymorphic_union(
        {
            "engineer": person.join(engineer).select().where(engineer.c.language != "Basic").subquery(),
            "person": person.select().where(person.c.kind == "person").subquery(),
        },
        None,
    )
    staff.map(select_table=union, polymorphic_on=union.c.kind)
    session, statements = staff.stored(database)
    assert session.get(staff.Person, 2).language == "C"
    assert session.get(staff.Person, 1).name == "a"
    assert session.get(staff.Person, 3) is None
    session.expire_all()
    assert [session.get(staff.Person, pk).name for pk in (1, 2)] == ["a", "b"]
    assert all("UNION ALL" in statement for statement in statements[:3])
