"""Classes with their own __eq__ and __hash__, __slots__, __new__, __init__, properties, and dataclasses."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from azoth import Column, Integer, MetaData, String, Table, inspect, select
from azoth.exc import ArgumentError
from azoth.orm import Session, joinedload, registry, selectinload, synonym
from tests.flow.mapping_unusual_classes.test_own_attribute_access import stored, works_like_any_other

Map = Callable[..., Any]


def test_equal_objects_stay_apart(session: Session, mapped: Map) -> None:
    class Node:
        def __eq__(self, other: object) -> bool:
            return isinstance(other, Node)

        def __hash__(self) -> int:
            return 1

    mapped(Node)
    first, second = Node(), Node()
    session.add_all([first, second])
    assert len(session.new) == 2
    session.commit()
    assert inspect(first).identity != inspect(second).identity
    first.name, second.name = "a", "b"  # type: ignore[attr-defined]
    session.commit()
    assert session.scalars(select(Node.name).order_by(Node.id)).all() == ["a", "b"]  # type: ignore[attr-defined]
    found = session.scalars(select(Node).order_by(Node.id)).unique().all()  # type: ignore[attr-defined]
    assert [id(node) for node in found] == [id(first), id(second)]


def test_objects_that_cannot_be_hashed(session: Session, mapped: Map) -> None:
    class Node:
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            return False

    works_like_any_other(session, mapped(Node))
    session.rollback()
    parent = stored(session, Node)
    for option in (selectinload, joinedload):
        session.expire_all()
        statement = select(Node).options(option(Node.children)).where(Node.id == parent.id)  # type: ignore[attr-defined]
        found = session.scalars(statement).unique().one()
        assert [child.name for child in found.children] == ["a", "b"]
    merged = session.merge(parent)
    assert merged is parent
    session.expunge(parent)
    assert session.merge(parent) is not parent


def test_an_eq_that_refuses_to_compare(session: Session, mapped: Map) -> None:
    class Node:
        def __eq__(self, other: object) -> NoReturn:
            raise TypeError("incomparable")

        __hash__ = object.__hash__

    mapped(Node)
    parent = stored(session, Node)
    child = parent.children[1]
    child.parent = None
    session.commit()
    assert [each.name for each in parent.children] == ["a"]
    child.parent = parent
    session.commit()
    assert [each.name for each in parent.children] == ["a", "b"]


def test_slots_with_a_dictionary(session: Session, mapped: Map) -> None:
    class Node:
        __slots__ = ("__dict__", "__weakref__", "extra")
        extra: int

    works_like_any_other(session, mapped(Node))
    node: Any = Node()
    node.extra = 5
    session.add(node)
    session.commit()
    assert node.extra == 5
    assert "extra" not in node.__dict__


@pytest.mark.parametrize("slots", [("name",), ("__dict__",), ("__weakref__",)])
def test_slots_without_dictionary_or_weak_reference_are_refused(slots: tuple[str, ...]) -> None:
    class_ = type("Node", (), {"__slots__": slots})
    table = Table("node", MetaData(), Column("id", Integer, primary_key=True))
    with pytest.raises(ArgumentError, match="class Node cannot be mapped: its instances have no __"):
        registry().map_imperatively(class_, table)


def test_a_new_with_arguments(session: Session, mapped: Map) -> None:
    class Node:
        def __new__(cls, name: str = "default") -> Any:
            node = super().__new__(cls)
            node.from_new = name
            return node

    mapped(Node)
    session.add(Node("given"))
    session.commit()
    session.expunge_all()
    assert session.scalars(select(Node)).one().from_new == "default"


def test_a_new_whose_arguments_are_required_is_passed_over_by_loads(session: Session, mapped: Map) -> None:
    class Strict:
        def __new__(cls, name: str) -> Any:
            return super().__new__(cls)

        def __init__(self, name: str) -> None:
            self.name = name

    mapped(Strict)
    session.add(Strict("given"))
    session.commit()
    session.expunge_all()
    loaded = session.scalars(select(Strict)).one()
    assert loaded.name == "given"
    session.expunge_all()
    assert session.merge(loaded).name == "given"


def test_an_init_that_sets_attributes_before_its_base(session: Session, mapped: Map) -> None:
    class Named:
        def __init__(self, name: str) -> None:
            self.name = name

    class Node(Named):
        def __init__(self, parent: Any = None) -> None:
            self.parent = parent
            super().__init__("made by base")

    mapped(Node)
    root = Node()
    session.add(Node(root))
    session.commit()
    session.expunge_all()
    found = session.scalars(select(Node).where(Node.parent != None)).one()  # type: ignore[arg-type] # noqa: E711
    assert found.name == "made by base"
    assert found.parent.name == "made by base"


def test_the_constructor_does_not_run_when_an_object_is_loaded(session: Session, mapped: Map) -> None:
    calls = []

    class Node:
        def __init__(self) -> None:
            calls.append(self)

    mapped(Node)
    session.add(Node())
    session.commit()
    session.expunge_all()
    assert session.scalars(select(Node)).one() is not None
    assert len(calls) == 1


def test_a_property_beside_a_column_under_another_name(session: Session, engine: Any) -> None:
    class Person:
        @property
        def name(self) -> str:
            return str(self._name).title()  # type: ignore[attr-defined]

        @name.setter
        def name(self, value: str) -> None:
            self._name = value.lower()

    classes = registry()
    table = Table(
        "person",
        classes.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String),
        Column("note", String),
    )
    classes.map_imperatively(
        Person,
        table,
        properties={"_name": table.c.name, "name": synonym("_name", map_column=False, descriptor=Person.name)},
    )
    classes.metadata.create_all(engine)
    person = Person()
    person.name = "ADA"
    session.add(person)
    session.commit()
    assert person.name == "Ada"
    assert session.scalars(select(Person).where(Person.name == "ada")).one() is person  # type: ignore[arg-type]
    classes.dispose()


def test_a_property_of_a_columns_name_keeps_the_column_out(session: Session, engine: Any) -> None:
    class Person:
        @property
        def name(self) -> str:
            return "computed"

    classes = registry()
    table = Table("person", classes.metadata, Column("id", Integer, primary_key=True), Column("name", String))
    classes.map_imperatively(Person, table)
    classes.metadata.create_all(engine)
    person = Person()
    session.add(person)
    session.commit()
    assert person.name == "computed"
    assert not inspect(Person).has_property("name")
    classes.dispose()


def test_a_plain_dataclass(session: Session, mapped: Map) -> None:
    @dataclasses.dataclass
    class Node:
        name: str | None = None
        parent: Any = None
        children: list[Any] = dataclasses.field(default_factory=list)

        __hash__ = object.__hash__

        def __eq__(self, other: object) -> bool:
            return self is other

        def __repr__(self) -> str:
            return "Node"

    works_like_any_other(session, mapped(Node))
    node = Node("x", children=[Node("y")])
    assert node.children[0].parent is node


def test_a_dataclass_that_compares_by_value_and_cannot_be_hashed(session: Session, mapped: Map) -> None:
    @dataclasses.dataclass
    class Point:
        id: int | None = None
        name: str | None = None

    mapped(Point)
    first, second = Point(1, "a"), Point(2, "a")
    session.add_all([first, second])
    session.commit()
    assert session.get(Point, 1) is first
    assert first == Point(1, "a")
    changed = dataclasses.replace(first, name="b")
    assert inspect(changed).transient
    session.merge(changed)
    session.commit()
    assert first.name == "b"


def test_a_frozen_dataclass(session: Session, mapped: Map) -> None:
    @dataclasses.dataclass(frozen=True, eq=False)
    class Point:
        id: int | None = None
        name: str | None = None

    mapped(Point)
    point = Point(name="a")
    session.add(point)
    session.commit()
    assert (point.id, point.name) == (1, "a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.name = "b"  # type: ignore[misc]
    session.expunge_all()
    assert session.get_one(Point, 1).name == "a"


def test_a_mapped_class_that_is_a_list_itself(session: Session, mapped: Map) -> None:
    class Node(list[int]):
        __hash__ = object.__hash__  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            return self is other

    works_like_any_other(session, mapped(Node))


def test_objects_that_answer_to_any_name(session: Session, mapped: Map) -> None:
    class Node:
        def __getattr__(self, key: str) -> Any:
            if key.startswith("__"):
                raise AttributeError(key)
            return lambda *arguments: [f"anything about {key}"]

    works_like_any_other(session, mapped(Node))
