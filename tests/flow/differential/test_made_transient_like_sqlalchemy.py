"""An object that is made transient and added as a new row leaves to the old row what belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, outcome_of

Step = Callable[[Any, Any, Any], None]


def make_model(lib: Library) -> Any:
    base: Any = lib.declarative_base()
    column, key, integer = lib.Column, lib.ForeignKey, lib.Integer
    parent_tag = lib.Table(
        "parent_tag",
        base.metadata,
        column("parent_id", key("parent.id"), primary_key=True),
        column("tag_id", key("tag.id"), primary_key=True),
    )

    class Tag(base):
        __tablename__ = "tag"
        id = column(integer, primary_key=True)

    class Owner(base):
        __tablename__ = "owner"
        id = column(integer, primary_key=True)

    class Parent(base):
        __tablename__ = "parent"
        id = column(integer, primary_key=True)
        name = column(lib.String(10))
        owner_id = column(key("owner.id"))
        children = lib.relationship("Child", back_populates="parent", order_by="Child.id")
        tags = lib.relationship(Tag, secondary=parent_tag, order_by=Tag.id)
        owner = lib.relationship(Owner)
        only = lib.relationship("Only", uselist=False)
        notes = lib.relationship("Note", cascade="all, delete-orphan", order_by="Note.id")

    class Child(base):
        __tablename__ = "child"
        id = column(integer, primary_key=True)
        parent_id = column(key("parent.id"))
        parent = lib.relationship(Parent, back_populates="children")

    class Only(base):
        __tablename__ = "only"
        id = column(integer, primary_key=True)
        parent_id = column(key("parent.id"))

    class Note(base):
        __tablename__ = "note"
        id = column(integer, primary_key=True)
        parent_id = column(key("parent.id"))

    def fill(session: Any) -> None:
        session.add_all([Tag(id=1), Tag(id=2), Owner(id=1), Owner(id=2)])
        session.flush()
        parent = Parent(id=1, name="a", children=[Child(id=1), Child(id=2)], tags=[session.get(Tag, 1)])
        parent.owner, parent.only, parent.notes = session.get(Owner, 1), Only(id=1), [Note(id=1)]
        session.add(parent)
        session.commit()

    def rows(session: Any) -> dict[str, list[Any]]:
        return {
            table.name: sorted([tuple(row) for row in session.execute(table.select())], key=repr)
            for table in base.metadata.sorted_tables
        }

    return SimpleNamespace(
        metadata=base.metadata, fill=fill, rows=rows, Tag=Tag, Owner=Owner, Parent=Parent, Child=Child, Only=Only
    )


def loaded(parent: Any) -> Any:
    """Read everything."""
    assert parent.name and parent.children and parent.tags and parent.owner and parent.only and parent.notes
    return parent


def nothing(m: Any, s: Any, parent: Any) -> None:
    pass


def without_key(m: Any, s: Any, parent: Any) -> None:
    parent.id = None


def another_child(m: Any, s: Any, parent: Any) -> None:
    parent.children.append(m.Child(id=9))


def a_child_less(m: Any, s: Any, parent: Any) -> None:
    del parent.children[:1]


def a_child_out_and_in(m: Any, s: Any, parent: Any) -> None:
    for child in parent.children[:1]:
        parent.children.remove(child)
        parent.children.append(child)


def another_tag(m: Any, s: Any, parent: Any) -> None:
    if len(parent.tags) < 2:
        parent.tags.append(s.get(m.Tag, 2))


def another_owner(m: Any, s: Any, parent: Any) -> None:
    with s.no_autoflush:
        parent.owner = s.get(m.Owner, 2)


def another_owner_by_key(m: Any, s: Any, parent: Any) -> None:
    parent.owner_id = 2


def no_owner(m: Any, s: Any, parent: Any) -> None:
    parent.owner = None


def another_only(m: Any, s: Any, parent: Any) -> None:
    parent.only = m.Only(id=5)


CHANGES: list[Step] = [
    nothing,
    without_key,
    another_child,
    a_child_less,
    a_child_out_and_in,
    another_tag,
    another_owner,
    another_owner_by_key,
    no_owner,
    another_only,
]


@pytest.mark.parametrize("before", ["loaded", "not loaded", "expunged", "changed before"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_parent_as_a_new_row(database: Database, change: Step, before: str) -> None:
    def run(lib: Library, m: Any, s: Any) -> Any:
        parent = s.get(m.Parent, 1)
        if before != "not loaded":
            loaded(parent)
        if before == "expunged":
            s.expunge(parent)
        if before == "changed before":
            with s.no_autoflush:
                parent.tags.append(s.get(m.Tag, 2))
                parent.children.append(m.Child(id=30))
        lib.make_transient(parent)
        parent.id = 7
        change(m, s, parent)
        s.add(parent)
        s.flush()
        found = m.rows(s)
        s.commit()
        return found, [child.id for child in parent.children], [tag.id for tag in parent.tags]

    expected = outcome_of(database, SQLALCHEMY, make_model, run)
    assert "error" not in repr(expected)
    assert outcome_of(database, AZOTH, make_model, run) == expected


SCENARIOS: list[Callable[[Library, Any, Any], Any]] = []


def scenario(function: Callable[[Library, Any, Any], Any]) -> Callable[[Library, Any, Any], Any]:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Callable[[Library, Any, Any], Any]) -> None:
    expected = outcome_of(database, SQLALCHEMY, make_model, run)
    assert "error" not in repr(expected)
    assert outcome_of(database, AZOTH, make_model, run) == expected


@scenario
def a_child_as_a_new_row(lib: Library, m: Any, s: Any) -> Any:
    found = []
    for number, key in ((8, 1), (9, None)):
        child = s.get(m.Child, number - 7)
        assert child.parent is not None
        lib.make_transient(child)
        child.id, child.parent_id = number, key
        s.add(child)
        s.flush()
        found.append((m.rows(s)["child"], child.parent_id))
    return found


@scenario
def a_parent_with_all_that_belongs_to_it(lib: Library, m: Any, s: Any) -> Any:
    parent = loaded(s.get(m.Parent, 1))
    s.expunge_all()
    for one in (parent, *parent.children, *parent.notes, parent.only):
        lib.make_transient(one)
        one.id += 50
    s.add(parent)
    s.flush()
    return m.rows(s)


@scenario
def back_to_the_row(lib: Library, m: Any, s: Any) -> Any:
    parent = loaded(s.get(m.Parent, 1))
    lib.make_transient(parent)
    lib.make_transient_to_detached(parent)
    s.add(parent)
    parent.children.append(m.Child(id=20))
    s.commit()
    return [child.id for child in parent.children], m.rows(s)


@scenario
def a_new_row_that_changes_later(lib: Library, m: Any, s: Any) -> Any:
    parent = loaded(s.get(m.Parent, 1))
    lib.make_transient(parent)
    parent.id = 7
    s.add(parent)
    s.commit()
    parent.children.append(s.get(m.Child, 1))
    parent.tags.append(s.get(m.Tag, 1))
    s.commit()
    return m.rows(s)


@scenario
def merged_as_a_new_row(lib: Library, m: Any, s: Any) -> Any:
    parent = loaded(s.get(m.Parent, 1))
    lib.make_transient(parent)
    parent.id = 7
    s.merge(parent)
    s.flush()
    return m.rows(s)


RELATIONSHIPS = ("children", "tags", "owner", "only", "notes")


def histories(lib: Library, parent: Any) -> list[Any]:
    """List what relationships tell of their changes, by keys."""
    return [
        (
            key,
            *[[one if one is None else one.id for one in part] for part in lib.orm.attributes.get_history(parent, key)],
        )
        for key in RELATIONSHIPS
    ]


def a_history(when: str, change: Step) -> Callable[[Library, Any, Any], Any]:
    def run(lib: Library, m: Any, s: Any) -> Any:
        parent = loaded(s.get(m.Parent, 1))
        with s.no_autoflush:
            if when == "before":
                change(m, s, parent)
            lib.make_transient(parent)
            if when == "after":
                change(m, s, parent)
            told = [histories(lib, parent)]
            parent.id = 7
            s.add(parent)
            told.append(histories(lib, parent))
            s.flush()
            told.append(histories(lib, parent))
        return told

    run.__name__ = f"history_of_{change.__name__}_{when}"
    return run


SCENARIOS.extend(a_history(when, change) for when in ("before", "after") for change in CHANGES)


def a_new_version(when: str, change: Step) -> Callable[[Library, Any, Any], Any]:
    """Let a new version get the new children and copies of the others; the old row keeps its own."""

    def run(lib: Library, m: Any, s: Any) -> Any:
        parent = loaded(s.get(m.Parent, 1))
        with s.no_autoflush:
            if when == "before":
                change(m, s, parent)
            lib.make_transient(parent)
            if when == "after":
                change(m, s, parent)
            parent.id = 7
            history = lib.orm.attributes.get_history(parent, "children")
            lib.orm.attributes.set_committed_value(parent, "children", [])
            parent.children.extend(history.added)
            parent.children.extend(m.Child(id=one.id + 100) for one in history.unchanged)
            s.add(parent)
            s.flush()
        return m.rows(s)["child"], sorted(one.id for one in parent.children)

    run.__name__ = f"new_version_with_{change.__name__}_{when}"
    return run


SCENARIOS.extend(
    a_new_version(when, change)
    for when in ("before", "after")
    for change in (nothing, another_child, a_child_less, a_child_out_and_in)
)
