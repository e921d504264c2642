"""Bulk changes where a class shares the table of a joined one, and another joined class is derived from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, outcome_of


class Crew:
    """Four levels of classes: base, joined, single-table, joined; keys have a name of their own in each table."""

    def __init__(self, lib: Library, **base_arguments: Any) -> None:
        base: Any = lib.declarative_base()
        self.metadata: Any = base.metadata
        text, integer = lib.String(20), lib.Integer

        class Person(base):  # type: ignore[misc]
            __tablename__ = "person"
            id = lib.Column(integer, primary_key=True)
            type = lib.Column(text)
            name = lib.Column(text)
            __mapper_args__ = {"polymorphic_on": type, "polymorphic_identity": "person", **base_arguments}

        class Sailor(Person):
            __tablename__ = "sailor"
            sailor_id = lib.Column(lib.ForeignKey("person.id"), primary_key=True)
            rank = lib.Column(integer)
            __mapper_args__ = {"polymorphic_identity": "sailor"}

        class Mate(Sailor):
            watch = lib.Column(text)
            __mapper_args__ = {"polymorphic_identity": "mate"}

        class Captain(Mate):
            __tablename__ = "captain"
            captain_id = lib.Column(lib.ForeignKey("sailor.sailor_id"), primary_key=True)
            ship = lib.Column(text)
            __mapper_args__ = {"polymorphic_identity": "captain"}

        self.Person, self.Sailor, self.Mate, self.Captain = Person, Sailor, Mate, Captain

    def fill(self, session: Any) -> None:
        """Write some rows."""
        session.add_all(
            [
                self.Person(id=1, name="ada"),
                self.Sailor(id=2, name="ben", rank=1),
                self.Mate(id=3, name="cat", rank=2, watch="first"),
                self.Captain(id=4, name="dan", rank=3, watch="last", ship="ark"),
                self.Mate(id=5, name="eva", rank=2, watch="last"),
            ]
        )
        session.commit()

    def rows(self, session: Any) -> list[Any]:
        """Give what is in the tables."""
        session.flush()
        tables = self.metadata.sorted_tables
        return [sorted(tuple(row) for row in session.connection().execute(table.select())) for table in tables]


CHANGES: dict[str, tuple[str, Callable[[Crew], Any], dict[str, Any]]] = {
    "own": ("Mate", lambda m: (), {"watch": "dog"}),
    "own_by_base": ("Mate", lambda m: [m.Mate.name > "c", m.Mate.watch == "last"], {"watch": "dog"}),
    "of_each_table": ("Captain", lambda m: (), {"name": "new", "watch": "dog", "rank": 9, "ship": "tub"}),
    "base": ("Mate", lambda m: [m.Mate.rank == 2], {"name": "new"}),
    "of_the_joined_class": ("Sailor", lambda m: [m.Sailor.name != "ben"], {"rank": 7, "name": "new"}),
    "of_the_base": ("Person", lambda m: [m.Person.name > "c"], {"name": "new"}),
}


@pytest.mark.parametrize("polymorphic", [None, "*"])
@pytest.mark.parametrize("change", CHANGES)
def test_changes_are_what_a_flush_of_the_objects_is(database: Database, change: str, polymorphic: Any) -> None:
    name, criteria, values = CHANGES[change]

    def by_statement(lib: Library, m: Crew, s: Any) -> Any:
        class_ = getattr(m, name)
        kept = s.scalars(lib.select(m.Person)).all()
        s.execute(lib.update(class_).where(*criteria(m)).values(values))
        updated = m.rows(s)
        memory = [(one.id, one.name) for one in kept]
        s.rollback()
        s.execute(lib.delete(class_).where(*criteria(m)))
        return updated, m.rows(s), sorted(memory) == sorted((row[0], row[2]) for row in updated[0])

    def by_flush(lib: Library, m: Crew, s: Any) -> Any:
        class_ = getattr(m, name)
        for one in s.scalars(lib.select(class_).where(*criteria(m))):
            for key, value in values.items():
                setattr(one, key, value)
        updated = m.rows(s)
        s.rollback()
        for one in s.scalars(lib.select(class_).where(*criteria(m))).all():
            s.delete(one)
        return updated, m.rows(s), True

    def crew(lib: Library) -> Crew:
        return Crew(lib, with_polymorphic=polymorphic)

    expected = outcome_of(database, SQLALCHEMY, crew, by_flush)
    assert isinstance(expected, tuple)
    assert outcome_of(database, AZOTH, crew, by_statement) == expected


@pytest.mark.parametrize("polymorphic", [None, "*"])
def test_new_rows_and_what_they_give_back(database: Database, polymorphic: Any) -> None:
    def insert(lib: Library, m: Crew, s: Any) -> Any:
        found = []
        for class_ in (m.Person, m.Sailor, m.Mate, m.Captain):
            rows = [{"name": "x"}, {"name": "y"}]
            statement = lib.insert(class_).returning(class_, sort_by_parameter_order=True)
            found += s.scalars(statement, rows).all()
        s.bulk_save_objects([m.Captain(name="z", ship="tub"), m.Mate(name="z", watch="w")])
        return [(type(one).__name__, one.id, one.name, one.type) for one in found], m.rows(s)

    def crew(lib: Library) -> Crew:
        return Crew(lib, with_polymorphic=polymorphic)

    # SQLAlchemy's INSERT fails for a class with with_polymorphic.
    expected = outcome_of(database, SQLALCHEMY, Crew, insert)
    assert isinstance(expected, tuple)
    assert outcome_of(database, AZOTH, crew, insert) == expected


def test_a_base_that_brings_its_derived_classes_gives_back_objects_of_each(database: Database) -> None:
    def change(lib: Library, m: Crew, s: Any) -> Any:
        changed = s.scalars(lib.update(m.Person).where(m.Person.id > 2).values(name="new").returning(m.Person)).all()
        return [(type(one).__name__, one.name, one.watch, getattr(one, "ship", None)) for one in changed]

    def crew(lib: Library) -> Crew:
        return Crew(lib, with_polymorphic="*")

    assert outcome_of(database, AZOTH, crew, change) == [
        ("Mate", "new", "first", None),
        ("Captain", "new", "last", "ark"),
        ("Mate", "new", "last", None),
    ]


def test_core_and_common_table_expressions_keep_to_the_class(database: Database) -> None:
    def change(lib: Library, m: Crew, s: Any) -> Any:
        core = s.connection().execute(lib.update(m.Mate).values(watch="dog")).rowcount
        changed = lib.update(m.Mate).where(m.Mate.rank == 2).values(watch="cat").returning(m.Mate.watch)
        many = s.connection().execute(
            lib.update(m.Mate).where(m.Mate.rank == lib.bindparam("r")), [{"r": 3, "watch": "x"}]
        )
        return core, str(changed.cte("changed").select()).count("person.type IN"), many.rowcount, m.rows(s)[1]

    assert outcome_of(database, AZOTH, Crew, change) == (
        3,
        1,
        1,
        [(2, 1, None), (3, 2, "dog"), (4, 3, "x"), (5, 2, "dog")],
    )
