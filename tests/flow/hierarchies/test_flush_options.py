"""Options of mappers that speak of the tables of derived classes, in a flush."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, String, event
from azoth.exc import AzothWarning
from azoth.orm import DeclarativeBase, Session, relationship
from azoth.orm.exc import FlushError
from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library
from tests.flow.hierarchies.flushed_companies import Companies


class Model:
    """Two classes with a table each, and what the base's options say.

    Attributes:
        Base, Derived: the classes.
        Item: a class that refers to the derived one.
        engine: their database.
        statements: what was sent.
    """

    def __init__(
        self, database: Database, *, base: dict[str, Any] | None = None, derived: dict[str, Any] | None = None
    ) -> None:
        class Registry(DeclarativeBase):
            pass

        class Base(Registry):
            __tablename__ = "base"
            id = Column(Integer, primary_key=True)
            kind = Column(String(20))
            name = Column(String(20))
            __mapper_args__: dict[str, Any] = {  # as programs write it
                "polymorphic_on": kind, "polymorphic_identity": "base", **(base or {})
            }  # fmt: skip

        class Derived(Base):
            __tablename__ = "derived"
            own_id = Column(ForeignKey("base.id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True)
            stamp = Column(Integer, server_default="5")
            __mapper_args__ = {"polymorphic_identity": "derived", **(derived or {})}

        class Item(Registry):
            __tablename__ = "item"
            id = Column(Integer, primary_key=True)
            owner_id = Column(ForeignKey("derived.own_id", onupdate="CASCADE"))
            owner = relationship(Derived)

        self.Base, self.Derived, self.Item = Base, Derived, Item
        self.engine = database.make_engine(foreign_keys=True)
        Registry.metadata.create_all(self.engine)
        self.statements: list[str] = []
        event.listen(self.engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        self.statements.append(" ".join(sql.split()))

    def rows(self, session: Session) -> list[Any]:
        """The rows of both tables."""
        connection = session.connection()
        tables = (self.Base.__table__, self.Derived.__table__)
        return [[tuple(row) for row in connection.execute(table.select())] for table in tables]


@pytest.mark.parametrize("where", ["base", "derived"])
def test_rows_of_derived_classes_are_left_to_the_database(database: Database, where: str) -> None:
    model = Model(database, base={"passive_deletes": where == "base"}, derived={"passive_deletes": where == "derived"})
    with Session(model.engine) as session:
        objects = [model.Derived(name="a"), model.Base(name="b"), model.Derived(name="c")]
        session.add_all(objects)
        session.flush()
        model.statements.clear()
        for one in objects[:2]:
            session.delete(one)
        session.flush()
        (statement,) = model.statements
        assert statement.startswith("DELETE FROM base WHERE base.id = ")
        assert [len(rows) for rows in model.rows(session)] == [1, 1]


def test_rows_that_are_missing_in_a_derived_table(database: Database) -> None:
    model = Model(database)
    with Session(model.engine) as session:
        one = model.Derived(name="a")
        session.add(one)
        session.flush()
        session.execute(azoth.text("DELETE FROM derived"))
        session.delete(one)
        with pytest.warns(AzothWarning, match=r"table 'derived' expected to delete 1 row\(s\); 0 were matched"):
            session.flush()


def test_the_base_says_that_nobody_wants_to_hear_of_them(database: Database) -> None:
    model = Model(database, base={"confirm_deleted_rows": False})
    with Session(model.engine) as session, warnings.catch_warnings():
        warnings.simplefilter("error")
        one = model.Derived(name="a")
        session.add(one)
        session.flush()
        session.execute(azoth.text("DELETE FROM derived"))
        session.delete(one)
        session.flush()
        assert model.rows(session) == [[], []]


def test_values_of_the_server_in_a_derived_table(database: Database) -> None:
    eager, late = Model(database), Model(database, derived={"eager_defaults": False})
    for model, known in ((eager, True), (late, False)):
        with Session(model.engine) as session:
            one = model.Derived(name="a")
            session.add(one)
            session.flush()
            assert ("stamp" in one.__dict__) is known
            assert one.stamp == 5


def test_a_row_becomes_one_of_another_class(database: Database) -> None:
    model = Model(database)
    with Session(model.engine) as session:
        one = model.Derived(id=1, name="a")
        session.add(one)
        session.commit()
        session.delete(one)
        other = model.Base(id=1, name="b")
        session.add(other)
        session.flush()
        assert model.rows(session) == [[(1, "base", "b")], []]
        session.delete(other)
        session.add(model.Derived(id=1, name="c", stamp=1))
        session.commit()
        assert model.rows(session) == [[(1, "derived", "c")], [(1, 1)]]
        assert type(session.get(model.Base, 1)) is model.Derived


def test_the_column_of_an_inherited_key_follows_it(database: Database) -> None:
    model = Model(database)
    with Session(model.engine) as session:
        one = model.Derived(name="a", own_id=77)
        session.add(one)
        session.flush()
        assert one.__dict__["own_id"] == one.id == 1
        one.id = 9
        session.flush()
        assert one.own_id == 9
        session.rollback()
        session.add(model.Derived(name="b", id=3))
        session.commit()
        found = session.get(model.Base, 3)
        assert found is not None
        found.own_id = 4  # type: ignore[attr-defined]  # of the derived class
        with pytest.raises(FlushError, match=r"Derived\.own_id cannot be changed by itself"):
            session.flush()


def test_what_refers_to_a_changed_key_of_a_derived_table_waits_for_it(database: Database) -> None:
    model = Model(database)
    with Session(model.engine) as session:
        owner, item = model.Derived(id=1, name="a"), model.Item(id=1)
        session.add_all([owner, item, model.Item(id=2, owner=owner)])
        session.commit()
        owner.id = 5
        item.owner = owner
        session.add(model.Item(id=3, owner=owner))
        session.flush()
        found = session.connection().execute(model.Item.__table__.select())
        assert sorted(map(tuple, found)) == [(1, 5), (2, 5), (3, 5)]
        assert [row[0] for row in model.rows(session)[1]] == [5]


def test_a_key_changes_while_listeners_change_a_derived_table(database: Database) -> None:
    model = Model(database)

    def before(mapper: Any, connection: Any, target: Any) -> None:
        target.stamp = 9

    event.listen(model.Derived, "before_update", before)
    with Session(model.engine) as session:
        one = model.Derived(id=1, name="a")
        session.add(one)
        session.commit()
        one.id, one.name = 5, "b"
        session.commit()
        assert model.rows(session) == [[(5, "derived", "b")], [(5, 9)]]
        assert session.get(model.Base, 5) is one


def heard(database: Database, library: Library) -> list[str]:
    """The beginnings of what is warned of when discriminators were set by hand."""
    model = Companies(library)
    engine = database.make_engine(library=library, foreign_keys=True)
    model.metadata.create_all(engine)
    found = []
    with library.Session(engine) as session, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        session.add_all([
            model.Person(kind="engineer"), model.Person(kind="clerk"), model.Engineer(kind="senior"),
            model.Clerk(kind="person"), model.Senior(kind="engineer"), model.Person(kind="nothing"), model.Manager(),
        ])  # fmt: skip
        session.commit()
        director = model.Director()
        session.add(director)
        session.commit()
        director.kind = "manager"
        session.flush()
        for one in caught:
            text = str(one.message)
            if "incompatible polymorphic identity" in text:
                class_ = text.partition("<")[2].partition(" ")[0].rstrip(">")
                found.append(f"{class_} {text.partition('identity ')[2].partition(';')[0]}")
    return sorted(found)


def test_discriminators_of_other_classes_are_warned_of(database: Database) -> None:
    expected = heard(database, SQLALCHEMY)
    assert "Director 'manager'" in expected
    assert heard(database, AZOTH) == expected
