"""The same work on azoth and on SQLAlchemy is announced in the same order.

Left out are deliberate differences: SQLAlchemy begins savepoints with the first statement inside them, and names the
objects of one flush in another order.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Database

OF_SESSION = {
    1: ["before_commit", "after_commit", "after_rollback"],
    2: [
        "after_soft_rollback", "after_transaction_create", "after_transaction_end", "after_flush",
        "after_flush_postexec", "before_attach", "after_attach", "transient_to_pending", "pending_to_persistent",
        "persistent_to_deleted", "detached_to_persistent", "loaded_as_persistent", "persistent_to_detached",
        "pending_to_transient", "persistent_to_transient", "deleted_to_detached", "deleted_to_persistent",
    ],
    3: ["before_flush", "after_begin"],
}  # fmt: skip
OF_ROWS = ["before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete"]


class Work:
    """A session of one of the libraries on a database of its own, and the log of its events."""

    def __init__(self, database: Database, library: str) -> None:
        core, orm = importlib.import_module(library), importlib.import_module(f"{library}.orm")
        self.event = importlib.import_module(f"{library}.event")
        self.log: list[str] = []

        class Base(orm.DeclarativeBase):  # type: ignore[name-defined]
            pass

        class Parent(Base):
            __tablename__ = "parent"
            id = orm.mapped_column(core.Integer, primary_key=True)
            name = orm.mapped_column(core.String)
            children = orm.relationship("Child", back_populates="parent", cascade="all, delete-orphan")

        class Child(Base):
            __tablename__ = "child"
            id = orm.mapped_column(core.Integer, primary_key=True)
            name = orm.mapped_column(core.String, unique=True)
            parent_id = orm.mapped_column(core.ForeignKey("parent.id"))
            parent = orm.relationship("Parent", back_populates="children")

        self.Parent, self.Child = Parent, Child
        self.engine = database.make_engine(library=core)
        self.IntegrityError = core.exc.IntegrityError
        Base.metadata.create_all(self.engine)
        self.session = orm.Session(self.engine)
        self._listen()

    def _listen(self) -> None:
        takers: dict[int, Callable[[str], Any]] = {
            1: lambda name: lambda session: self._note(name),
            2: lambda name: lambda session, subject: self._note(name, subject),
            3: lambda name: lambda session, subject, _: self._note(name, subject),
        }
        for count, names in OF_SESSION.items():
            for name in names:
                self.event.listen(self.session, name, takers[count](name))
        for class_ in (self.Parent, self.Child):
            for name in OF_ROWS:
                self.event.listen(class_, name, lambda mapper, connection, target, name=name: self._note(name, target))
            self.event.listen(class_, "load", lambda target, context: self._note("load", target))
            self.event.listen(class_, "init", lambda target, args, kwargs: self._note("init", target))

    def _note(self, name: str, subject: Any = None) -> None:
        kind = type(subject).__name__
        if hasattr(subject, "nested"):
            kind = "savepoint" if subject.nested else "transaction" if subject.parent is None else "flush"
            if (name, kind) == ("after_begin", "savepoint"):
                return
        self.log.append(f"{name} {kind}" if kind in {"Parent", "Child", "savepoint", "transaction", "flush"} else name)

    def taken(self) -> list[str]:
        """Give the log since the last time; objects that one flush wrote count as a set within their event."""
        log, self.log = self.log, []
        return log


def add(work: Work) -> None:
    parent = work.Parent(name="p")
    parent.children = [work.Child(name="a"), work.Child(name="b")]
    work.session.add(parent)
    work.session.flush()


def add_and_commit(work: Work) -> None:
    add(work)
    work.session.commit()


def update_and_commit(work: Work) -> None:
    add_and_commit(work)
    parent = work.session.get(work.Parent, 1)
    parent.name = "q"
    parent.children[0].name = "c"
    work.session.commit()


def delete_and_commit(work: Work) -> None:
    add_and_commit(work)
    work.session.delete(work.session.get(work.Parent, 1))
    work.session.commit()


def delete_and_roll_back(work: Work) -> None:
    add_and_commit(work)
    parent = work.session.get(work.Parent, 1)
    work.session.delete(parent)
    work.session.flush()
    work.session.rollback()


def roll_back_an_insert(work: Work) -> None:
    add(work)
    work.session.rollback()


def roll_back_a_pending_object(work: Work) -> None:
    work.session.add(work.Parent(name="p"))
    work.session.rollback()


def roll_back_a_savepoint(work: Work) -> None:
    work.session.add(work.Parent(name="kept"))
    savepoint = work.session.begin_nested()
    lost = work.Parent(name="lost")
    work.session.add(lost)
    work.session.flush()
    savepoint.rollback()
    work.session.commit()


def release_a_savepoint(work: Work) -> None:
    with work.session.begin():
        with work.session.begin_nested():
            work.session.add(work.Parent(name="p"))


def fail_a_flush(work: Work) -> None:
    work.session.add_all([work.Child(name="same"), work.Child(name="same")])
    with pytest.raises(work.IntegrityError):
        work.session.flush()
    work.session.rollback()


def expunge_and_add_again(work: Work) -> None:
    add_and_commit(work)
    child = work.session.get(work.Child, 1)
    work.session.expunge(child)
    work.session.add(child)
    work.session.close()


def load(work: Work) -> None:
    add_and_commit(work)
    work.session.close()
    parent = work.session.get(work.Parent, 1)
    assert len(parent.children) == 2


SCENARIOS = [
    add, add_and_commit, update_and_commit, delete_and_commit, delete_and_roll_back, roll_back_an_insert,
    roll_back_a_pending_object, roll_back_a_savepoint, release_a_savepoint, fail_a_flush, expunge_and_add_again, load,
]  # fmt: skip

PER_STATEMENT = {"load", "loaded_as_persistent"}
"""azoth tells a session of loaded objects when all of a statement's rows are in, SQLAlchemy after each."""


def _normal(log: list[str]) -> list[str]:
    """Sort each run of the events that differ in order by intention."""
    normal: list[str] = []
    run: list[str] = []
    for entry in log:
        if entry.split()[0] in PER_STATEMENT:
            run.append(entry)
            continue
        normal.extend(sorted(run))
        run = []
        normal.append(entry)
    return [*normal, *sorted(run)]


def _without_order_in_a_flush(log: list[str]) -> list[str]:
    """Sort runs of one event about several objects: a flush names them in no order that anybody can rely on."""
    runs: list[list[str]] = []
    for entry in log:
        if runs and runs[-1][0].split()[0] == entry.split()[0] and "_to_" in entry:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return [entry for run in runs for entry in sorted(run)]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_events_come_in_the_same_order(database: Database, scenario: Callable[[Work], None]) -> None:
    ours, theirs = Work(database, "azoth"), Work(database, "sqlalchemy")
    for work in (ours, theirs):
        scenario(work)
    expected = _without_order_in_a_flush(_normal(theirs.taken()))
    assert _without_order_in_a_flush(_normal(ours.taken())) == expected
    assert expected
    for work in (ours, theirs):
        work.session.close()
