"""Listening to attributes."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import event, inspect
from azoth.orm import NO_VALUE, Session
from azoth.orm.attributes import OP_MODIFIED, flag_modified


def test_set_gets_new_and_old_value(family: Any) -> None:
    heard: list[Any] = []

    @event.listens_for(family.Parent.name, "set")
    def changed(target: Any, value: Any, oldvalue: Any, initiator: Any) -> None:
        heard.append((target, value, oldvalue, initiator.key))

    parent = family.Parent(name="a")
    parent.name = "b"
    assert heard == [(parent, "a", NO_VALUE, "name"), (parent, "b", "a", "name")]
    assert parent.name == "b"


def test_set_with_retval_gives_the_value_to_store(family: Any, session: Session) -> None:
    event.listen(family.Parent.name, "set", lambda target, value, old, initiator: value.strip(), retval=True)
    event.listen(family.Parent.name, "set", lambda target, value, old, initiator: value.upper(), retval=True)
    parent = family.Parent(name="  a ")
    session.add(parent)
    session.commit()
    assert parent.name == "A"


def test_an_error_keeps_the_value(family: Any) -> None:
    def refuse(target: Any, value: Any, oldvalue: Any, initiator: Any) -> None:
        if value == "bad":
            raise ValueError(value)

    event.listen(family.Parent.name, "set", refuse)
    parent = family.Parent(name="good")
    with pytest.raises(ValueError, match="bad"):
        parent.name = "bad"
    assert parent.name == "good"


def test_listening_moves_a_key_from_plain_to_watched_and_removing_moves_it_back(family: Any) -> None:
    manager = inspect(family.Parent).manager

    def listener(target: Any, value: Any, oldvalue: Any, initiator: Any) -> None:
        pass

    assert "name" in manager.plain
    event.listen(family.Parent.name, "set", listener)
    assert "name" in manager.watched
    assert "name" not in manager.plain
    event.remove(family.Parent.name, "set", listener)
    assert "name" in manager.plain
    assert "name" not in manager.watched


def test_changes_that_are_listened_to_are_flushed(family: Any, session: Session) -> None:
    event.listen(family.Parent.name, "set", lambda target, value, old, initiator: None)
    parent = family.Parent(name="a")
    session.add(parent)
    session.commit()
    parent.name = "b"
    assert parent in session.dirty
    session.commit()
    assert parent.name == "b"


def test_active_history_loads_the_old_value(family: Any, session: Session) -> None:
    heard: list[Any] = []
    parent = family.Parent(name="a", note="n")
    session.add(parent)
    session.commit()

    def note_old(target: Any, value: Any, oldvalue: Any, initiator: Any) -> None:
        heard.append(oldvalue)

    event.listen(family.Parent.name, "set", note_old, active_history=True)
    event.listen(family.Parent.note, "set", note_old)
    parent.note = "m"
    parent.name = "b"
    assert heard == [NO_VALUE, "a"]


def test_remove_is_announced_when_a_value_is_deleted(family: Any) -> None:
    heard: list[Any] = []
    event.listen(family.Parent.name, "remove", lambda target, value, initiator: heard.append(value))
    parent = family.Parent(name="a")
    del parent.name
    assert heard == ["a"]


def test_collections_announce_appending_and_removing(family: Any) -> None:
    heard: list[Any] = []
    event.listen(
        family.Parent.children, "append", lambda target, value, initiator: heard.append(("append", value.name))
    )
    event.listen(
        family.Parent.children, "remove", lambda target, value, initiator: heard.append(("remove", value.name))
    )
    a, b = family.Child(name="a"), family.Child(name="b")
    parent = family.Parent(children=[a])
    parent.children.append(b)
    parent.children.remove(a)
    assert heard == [("append", "a"), ("append", "b"), ("remove", "a")]


def test_a_backref_is_announced_on_both_sides(family: Any) -> None:
    heard: list[Any] = []
    event.listen(family.Parent.children, "append", lambda target, value, initiator: heard.append("append"))
    event.listen(family.Child.parent, "set", lambda target, value, old, initiator: heard.append("set"))
    parent = family.Parent()
    parent.children.append(family.Child())
    assert sorted(heard) == ["append", "set"]
    heard.clear()
    family.Child().parent = family.Parent()
    assert sorted(heard) == ["append", "set"]


def test_append_with_retval_gives_the_object_to_put_in(family: Any) -> None:
    stand_in = family.Child(name="stand-in")
    event.listen(family.Parent.children, "append", lambda target, value, initiator: stand_in, retval=True)
    parent = family.Parent()
    parent.children.append(family.Child(name="x"))
    assert parent.children == [stand_in]


def test_bulk_replace_may_change_the_members(family: Any) -> None:
    a, b, c = (family.Child(name=name) for name in "abc")

    @event.listens_for(family.Parent.children, "bulk_replace")
    def without_b(target: Any, values: list[Any], initiator: Any) -> None:
        values[:] = [value for value in values if value is not b]

    parent = family.Parent()
    parent.children = [a, b, c]
    assert parent.children == [a, c]


def test_init_scalar_gives_a_value_that_was_never_set(family: Any) -> None:
    def default(target: Any, value: Any, dict_: dict[str, Any]) -> Any:
        dict_["name"] = "anonymous"
        return "anonymous"

    event.listen(family.Parent.name, "init_scalar", default, retval=True)
    parent = family.Parent()
    assert parent.name == "anonymous"
    assert parent.__dict__["name"] == "anonymous"


def test_collections_are_announced_when_they_come_and_go(family: Any) -> None:
    heard: list[Any] = []
    event.listen(
        family.Parent.children, "init_collection", lambda target, collection, adapter: heard.append(adapter.data)
    )
    event.listen(
        family.Parent.children, "dispose_collection", lambda target, collection, adapter: heard.append(collection)
    )
    parent = family.Parent()
    first = parent.children
    parent.children = [family.Child()]
    assert [id(collection) for collection in heard] == [id(first), id(parent.children), id(first)]


def test_flag_modified_is_announced(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(family.Parent.name, "modified", lambda target, initiator: heard.append(initiator.op))
    parent = family.Parent(name="a")
    session.add(parent)
    session.flush()
    flag_modified(parent, "name")
    assert heard == [OP_MODIFIED]


def test_raw_named_and_once(family: Any) -> None:
    heard: list[Any] = []
    event.listen(family.Parent.name, "set", lambda state, *rest: heard.append(state), raw=True, once=True)
    event.listen(family.Parent.name, "set", lambda **kw: heard.append(sorted(kw)), named=True)
    parent = family.Parent()
    parent.name = "a"
    parent.name = "b"
    names = ["initiator", "oldvalue", "target", "value"]
    assert heard == [inspect(parent), names, names]


def test_listening_to_a_relationship_before_the_mapping_is_configured(family: Any) -> None:
    heard: list[Any] = []
    event.listen(family.Parent.children, "append", lambda target, value, initiator: heard.append(value))
    parent, child = family.Parent(), family.Child()
    parent.children.append(child)
    assert heard == [child]


def test_a_property_of_the_mapper_stands_for_its_attribute(family: Any, session: Session) -> None:
    heard: list[Any] = []
    mapper = inspect(family.Parent)

    @event.listens_for(mapper.attrs.name, "set", active_history=True)
    def changed(target: Any, value: Any, oldvalue: Any, initiator: Any) -> None:
        heard.append((value, oldvalue))

    @event.listens_for(mapper.relationships.children, "append")
    def appended(target: Any, value: Any, initiator: Any) -> None:
        heard.append(value)

    @event.listens_for(mapper.column_attrs.note, "init_scalar", retval=True)
    def init(target: Any, value: Any, dict_: dict[str, Any]) -> Any:
        return dict_.setdefault("note", "made")

    parent = family.Parent(name="a", note=None)
    del parent.note
    child = family.Child()
    parent.children.append(child)
    assert heard == [("a", NO_VALUE), child]
    assert family.Parent().note == "made"
    session.add(parent)
    session.commit()
    parent.name = "b"
    assert heard[-1] == ("b", "a")
    assert event.contains(family.Parent.name, "set", changed)
    event.remove(mapper.attrs.name, "set", changed)
    assert not event.contains(family.Parent.name, "set", changed)
