"""Classes that define __setattr__, __delattr__, __getattribute__ or __getattr__ themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import Column, Integer, MetaData, Table, inspect, select
from azoth.orm import DeclarativeBase, Mapped, Session, attributes, mapped_column, registry, validates

Map = Callable[[Any], Any]


class Recording:
    """Sees each write before it is made."""

    def __setattr__(self, key: str, value: Any) -> None:
        self.__dict__.setdefault("log", []).append(key)
        super().__setattr__(key, value.strip() if isinstance(value, str) else value)


def stored(session: Session, class_: Any) -> Any:
    """Save a parent with two children and load it anew."""
    parent = class_()
    parent.name = "root"
    for name in ("a", "b"):
        child = class_()
        child.name = name
        child.parent = parent
    session.add(parent)
    session.commit()
    session.expunge_all()
    return session.scalars(select(class_).where(class_.name == "root")).one()


def works_like_any_other(session: Session, class_: Any) -> None:
    """Save, load, change, link, expire, delete and roll back."""
    parent = stored(session, class_)
    assert parent.name == "root"
    assert [child.name for child in parent.children] == ["a", "b"]
    assert parent.children[0].parent is parent
    assert not session.dirty
    parent.name = "changed"
    assert parent in session.dirty
    assert inspect(parent).attrs.name.history.deleted == ["root"]
    parent.children.pop().name = "free"
    session.commit()
    names = select(class_.name).order_by(class_.id)
    assert session.scalars(names).all() == ["changed", "a", "free"]
    assert session.scalars(select(class_.name).where(class_.parent == parent)).all() == ["a"]
    parent.name = "not kept"
    session.rollback()
    assert parent.name == "changed"
    del parent.name
    session.commit()
    assert parent.name is None
    session.delete(parent.children[0])
    session.commit()
    assert parent.children == []


def test_a_class_with_its_own_setattr(session: Session, mapped: Map) -> None:
    class Node(Recording):
        pass

    works_like_any_other(session, mapped(Node))


def test_its_own_setattr_sees_every_write_and_may_change_the_value(session: Session, mapped: Map) -> None:
    class Node(Recording):
        pass

    mapped(Node)
    node: Any = Node()
    node.name = "  spaced "
    node.plain = 1
    node.parent = None
    assert node.log == ["name", "plain", "parent"]
    session.add(node)
    session.commit()
    assert node.name == "spaced"
    assert node.log == ["name", "plain", "parent"]
    node.name = " new "
    session.commit()
    assert session.scalars(select(Node.name)).one() == "new"  # type: ignore[attr-defined]


def test_its_own_setattr_may_refuse(session: Session, mapped: Map) -> None:
    class Node:
        def __setattr__(self, key: str, value: Any) -> None:
            if key == "name" and value == "forbidden":
                raise ValueError(value)
            object.__setattr__(self, key, value)

    mapped(Node)
    node: Any = Node()
    node.name = "fine"
    session.add(node)
    session.commit()
    with pytest.raises(ValueError, match="forbidden"):
        node.name = "forbidden"
    assert node not in session.dirty
    assert node.name == "fine"


def test_writes_past_its_own_setattr_are_seen_too(session: Session, mapped: Map) -> None:
    class Node:
        def __setattr__(self, key: str, value: Any) -> None:
            raise AttributeError(f"{key} is frozen")

    mapped(Node)
    node: Any = Node()
    object.__setattr__(node, "name", "first")
    session.add(node)
    session.commit()
    with pytest.raises(AttributeError, match="frozen"):
        node.name = "second"
    object.__setattr__(node, "name", "second")
    assert node in session.dirty
    session.commit()
    assert session.scalars(select(Node.name)).one() == "second"  # type: ignore[attr-defined]


def test_a_declared_class_with_its_own_setattr_validators_and_constructor(session: Session, engine: Any) -> None:
    class Base(DeclarativeBase):
        pass

    class Thing(Recording, Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        size: Mapped[int | None]

        @validates("size")
        def _positive(self, key: str, value: int) -> int:
            return abs(value)

    Base.metadata.create_all(engine)
    thing = Thing(name=" n ", size=-3)
    assert (thing.name, thing.size) == ("n", 3)
    assert thing.log == ["name", "size"]  # type: ignore[attr-defined]
    session.add(thing)
    session.commit()
    thing.size = -5
    session.commit()
    assert session.scalars(select(Thing.size)).one() == 5


def test_class_level_attributes_are_expressions_there_too(session: Session, mapped: Map) -> None:
    class Node(Recording):
        pass

    mapped(Node)
    assert "node.name" in str(select(Node.name))  # type: ignore[attr-defined]
    assert "node.name = " in str(Node.name == "x")  # type: ignore[attr-defined]
    assert inspect(Node).attrs.name.key == "name"


def test_a_class_with_its_own_delattr(session: Session, mapped: Map) -> None:
    class Node:
        def __delattr__(self, key: str) -> None:
            if key == "keep":
                raise AttributeError(key)
            super().__delattr__(key)

    works_like_any_other(session, mapped(Node))
    node: Any = Node()
    node.keep = 1
    with pytest.raises(AttributeError):
        del node.keep


def test_a_class_with_its_own_getattribute(session: Session, mapped: Map) -> None:
    class Node:
        def __getattribute__(self, key: str) -> Any:
            value = super().__getattribute__(key)
            return value.upper() if key == "name" and value else value

    mapped(Node)
    node: Any = Node()
    node.name = "low"
    session.add(node)
    session.commit()
    assert node.name == "LOW"
    assert session.scalars(select(Node.name)).one() == "low"  # type: ignore[attr-defined]
    node.name = "other"
    session.commit()
    assert session.scalars(select(Node.name)).one() == "other"  # type: ignore[attr-defined]


def test_a_class_with_getattribute_that_only_looks(session: Session, mapped: Map) -> None:
    class Node:
        def __getattribute__(self, key: str) -> Any:
            return object.__getattribute__(self, key)

    works_like_any_other(session, mapped(Node))


def test_a_class_with_its_own_getattr(session: Session, mapped: Map) -> None:
    class Node:
        def __getattr__(self, key: str) -> Any:
            if key.startswith("virtual_"):
                return f"made up {key}"
            raise AttributeError(key)

    works_like_any_other(session, mapped(Node))
    node: Any = Node()
    assert node.virtual_thing == "made up virtual_thing"
    assert node.name is None
    with pytest.raises(AttributeError):
        _ = node.unknown


def test_unmapping_gives_the_class_its_own_methods_back(mapped: Map, engine: Any) -> None:
    class Node(Recording):
        pass

    own = Node.__setattr__
    classes = registry()
    classes.map_imperatively(Node, Table("n", MetaData(), Column("id", Integer, primary_key=True)))
    assert Node.__setattr__ is own
    classes.dispose()
    assert Node.__setattr__ is own
    assert not hasattr(Node, "id")
    assert not hasattr(Node, "__copy__")


class Redirecting:
    """Leaves mapped attributes to azoth by name, as a class does that keeps its other values elsewhere."""

    def __setattr__(self, key: str, value: Any) -> None:
        if key in MAPPED:
            attributes.set_attribute(self, key, value)
        else:
            object.__setattr__(self, key, value)

    def __delattr__(self, key: str) -> None:
        if key in MAPPED:
            attributes.del_attribute(self, key)
        else:
            object.__delattr__(self, key)

    def __getattribute__(self, key: str) -> Any:
        return attributes.get_attribute(self, key) if key in MAPPED else object.__getattribute__(self, key)


MAPPED = frozenset({"id", "name", "parent_id", "parent", "children"})


def test_a_class_may_pass_its_writes_on_by_name(session: Session, mapped: Map) -> None:
    class Person(Redirecting):
        pass

    works_like_any_other(session, mapped(Person))


def test_writes_by_name_pass_a_setattr_by(session: Session, mapped: Map) -> None:
    class Person(Recording):
        pass

    mapped(Person)
    person = Person()
    attributes.set_attribute(person, "name", " kept ")
    assert person.name == " kept "
    assert "name" not in person.__dict__.get("log", ())
    session.add(person)
    session.commit()
    attributes.set_attribute(person, "name", "new")
    assert person in session.dirty
    attributes.del_attribute(person, "name")
    session.commit()
    assert person.name is None
