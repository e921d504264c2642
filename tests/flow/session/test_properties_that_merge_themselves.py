"""Classes of properties that override merge() are asked for their attribute when an object is merged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, MetaData, String, Table
from azoth.orm import ColumnProperty, RelationshipProperty, Session, registry
from azoth.orm.interfaces import MapperProperty

metadata = MetaData()
nodes = Table(
    "nodes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(20)),
    Column("counted", Integer),
    Column("parent_id", ForeignKey("nodes.id")),
    Column("kind", String(5)),
)
calls: list[Any] = []


class Told(MapperProperty):
    """Writes calls of merge() down, and has the attribute merged as others of its kind are."""

    def merge(self, session: Any, source_state: Any, source_dict: Any, *others: Any) -> None:
        _dest_state, dest_dict, load = others[:3]
        calls.append((self.key, source_dict.get(self.key), dest_dict.get(self.key), load))
        super().merge(session, source_state, source_dict, *others)


class ToldColumn(Told, ColumnProperty):
    pass


class ToldRelationship(Told, RelationshipProperty):
    pass


class Sum(ColumnProperty):
    """A number of which a merge adds up both."""

    def merge(
        self, session: Any, source_state: Any, source_dict: Any, dest_state: Any, dest_dict: Any, *others: Any
    ) -> None:
        target = dest_state()
        assert target in session
        assert source_state() not in session
        setattr(target, self.key, (dest_dict.get(self.key) or 0) + (source_dict.get(self.key) or 0))


class Never(RelationshipProperty):
    """A relationship that no merge follows."""

    def merge(self, *arguments: Any) -> None:
        pass


class Node:
    pass


class Leaf(Node):
    pass


def mapped(children: type[RelationshipProperty]) -> registry:
    mappings = registry()
    properties = {
        "name": ToldColumn(nodes.c.name),
        "counted": Sum(nodes.c.counted),
        "children": children("Node", cascade="all"),
    }
    mappings.map_imperatively(
        Node, nodes, properties=properties, polymorphic_on=nodes.c.kind, polymorphic_identity="node"
    )
    mappings.map_imperatively(Leaf, inherits=Node, polymorphic_identity="leaf")
    return mappings


@pytest.fixture
def session(engine: azoth.Engine, request: pytest.FixtureRequest) -> Iterator[Session]:
    mappings = mapped(getattr(request, "param", ToldRelationship))
    metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    mappings.dispose()


def stored(session: Session) -> Any:
    """Give a node with a child, whose rows are there, and which no session has any more."""
    node, child = node_of(name="top", counted=3), node_of(Leaf, name="low", counted=5)
    node.children = [child]
    session.add(node)
    session.commit()
    session.refresh(node, ["id", "name", "counted"])
    assert node.children[0].name == "low"
    session.expunge_all()
    calls.clear()
    return node


def node_of(class_: type[Any] = Node, **values: Any) -> Any:
    made = class_()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def test_values_are_merged_as_the_property_says(session: Session) -> None:
    node = stored(session)
    node.name = "changed"
    merged = session.merge(node)
    assert merged is not node
    assert (merged.name, merged.counted) == ("changed", 6)
    assert [(type(child), child.name, child.counted) for child in merged.children] == [(Leaf, "low", 10)]
    assert merged.children[0] is not node.children[0]
    session.commit()
    assert session.scalars(azoth.select(nodes.c.counted).order_by(nodes.c.id)).all() == [6, 10]


def test_the_property_gets_both_objects_and_passes_the_merge_on(session: Session) -> None:
    node = stored(session)
    session.merge(node)
    assert {call for call in calls if call[0] == "name"} == {("name", "top", "top", True), ("name", "low", "low", True)}
    assert sorted(call[0] for call in calls) == ["children", "children", "name", "name"]


def test_it_hears_that_nothing_is_looked_up(session: Session) -> None:
    node = stored(session)
    merged = session.merge(node, load=False)
    assert ("name", "top", None, False) in calls
    assert merged.name == "top"
    assert [child.name for child in merged.children] == ["low"]


def test_it_is_asked_for_attributes_that_the_object_lacks(session: Session) -> None:
    merged = session.merge(node_of(Leaf, counted=2))
    assert calls[-2:].count(("name", None, None, True)) == 1
    assert (merged.name, merged.counted) == (None, 2)


def test_an_object_of_the_session_is_not_merged_into_itself(session: Session) -> None:
    node = node_of(name="top", counted=3)
    session.add(node)
    session.commit()
    calls.clear()
    assert session.merge(node) is node
    assert node.counted == 3
    assert calls == []


def test_circles_end(session: Session) -> None:
    first, second = node_of(name="first"), node_of(name="second")
    first.children, second.children = [second], [first]
    merged = session.merge(first)
    assert merged.children[0].children == [merged]
    assert merged is not first


@pytest.mark.parametrize("session", [Never], indirect=True)
def test_a_relationship_may_be_left_out(session: Session) -> None:
    node = stored(session)
    node.children[0].name = "not merged"
    merged = session.merge(node)
    assert [child.name for child in merged.children] == ["low"]


def test_a_property_that_comes_later_is_asked_from_then_on(session: Session) -> None:
    node = stored(session)
    session.merge(node)
    azoth.inspect(Node).add_property("also", ToldColumn(nodes.c.parent_id))
    calls.clear()
    session.expunge_all()
    session.merge(node)
    assert [call[0] for call in calls].count("also") == 2
