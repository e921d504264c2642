"""Lists, sets, keyed dictionaries and classes of one's own as collections, saved and loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.flow.relationships.conftest import Laboratory


def names(lab: Laboratory, session: Any, child_class: Any) -> list[tuple[Any, ...]]:
    return lab.rows(session, child_class.name, child_class.parent_id)


def test_a_list_with_slices_and_operators(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(collection_class=list, cascade="all, delete-orphan")
    session = lab.session()
    parent = parent_class(id=1)
    session.add(parent)
    a, b, c, d, e = [child_class(name=name) for name in "abcde"]
    parent.children += [a, b]
    parent.children[1:1] = [c]
    parent.children.insert(0, d)
    parent.children.extend([e])
    assert [child.name for child in parent.children] == ["d", "a", "c", "b", "e"]
    assert all(child.parent is parent for child in parent.children)
    session.commit()
    del parent.children[1:3]
    parent.children[0] = child_class(name="f")
    parent.children.pop()
    session.commit()
    assert len(names(lab, session, child_class)) == 2
    assert "f" in {child.name for child in parent.children}
    parent.children.clear()
    session.commit()
    assert names(lab, session, child_class) == []


def test_sorting_and_reversing_change_nothing_in_the_database(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(collection_class=list)
    session = lab.session()
    parent = parent_class(id=1, children=[child_class(name="b"), child_class(name="a")])
    session.add(parent)
    session.commit()
    parent.children.sort(key=lambda child: child.name)
    parent.children.reverse()
    lab.verbs()
    session.flush()
    assert lab.verbs() == []


def test_a_set_with_its_operators(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(collection_class=set)
    session = lab.session()
    a, b, c, d = [child_class(name=name) for name in "abcd"]
    parent = parent_class(id=1, children={a, b})
    session.add_all([parent, c, d])
    session.commit()
    parent.children |= {c}
    parent.children.add(a)
    parent.children -= {b}
    parent.children.update([d])
    parent.children.discard(child_class(name="absent"))
    session.commit()
    assert names(lab, session, child_class) == [("a", 1), ("b", None), ("c", 1), ("d", 1)]
    parent.children &= {a}
    parent.children ^= {b}
    session.commit()
    assert names(lab, session, child_class) == [("a", 1), ("b", 1), ("c", None), ("d", None)]
    assert parent.children == {a, b}


@pytest.mark.parametrize("kind", ["attribute", "column", "function"])
def test_dictionaries_keyed_by_their_members(lab: Laboratory, kind: str) -> None:
    base: Any = lab.base

    class Child(base):
        __tablename__ = "child"
        id = lab.key()
        name = lab.text()
        parent_id = lab.refers_to("parent.id")

    keyed = {
        "attribute": lambda: lab.orm.attribute_keyed_dict("name"),
        "column": lambda: lab.orm.column_keyed_dict(Child.__table__.c.name),
        "function": lambda: lab.orm.keyfunc_mapping(lambda child: child.name),
    }[kind]()

    class Parent(base):
        __tablename__ = "parent"
        id = lab.key()
        children = lab.orm.relationship(Child, collection_class=keyed, backref="parent", cascade="all, delete-orphan")

    session = lab.session()
    parent = Parent(id=1, children={"a": Child(name="a")})
    b = Child(name="b")
    parent.children["b"] = b
    Child(name="c", parent=parent)
    assert sorted(parent.children) == ["a", "b", "c"]
    session.add(parent)
    session.commit()
    session.expunge_all()
    parent = session.get(Parent, 1)
    assert sorted(parent.children) == ["a", "b", "c"]
    assert parent.children["b"].parent is parent
    parent.children["a"] = Child(name="a")
    del parent.children["b"]
    parent.children.pop("c").name = "gone"
    parent.children.setdefault("d", Child(name="d"))
    parent.children.update({"e": Child(name="e")})
    session.commit()
    assert sorted(parent.children) == ["a", "d", "e"]
    assert names(lab, session, Child) == [("a", 1), ("d", 1), ("e", 1)]
    parent.children = {"z": Child(name="z")}
    session.commit()
    assert names(lab, session, Child) == [("z", 1)]


def test_a_list_class_with_methods_of_its_own(lab: Laboratory) -> None:
    class Named(list[Any]):
        def names(self) -> list[str]:
            return [child.name for child in self]

        def add_named(self, child: Any) -> None:
            self.append(child)

    parent_class, child_class = lab.parent_and_child(collection_class=Named)
    session = lab.session()
    parent = parent_class(id=1)
    parent.children.add_named(child_class(name="a"))
    session.add(parent)
    session.commit()
    session.expunge_all()
    parent = session.get(parent_class, 1)
    assert type(parent.children).__name__ == "Named"
    assert parent.children.names() == ["a"]
    parent.children.add_named(child_class(name="b"))
    session.commit()
    assert parent.children.names() == ["a", "b"]


def test_a_class_that_is_no_list_set_or_dict(lab: Laboratory) -> None:
    collection: Any = __import__(f"{lab.library}.orm.collections", fromlist=["collection"]).collection

    class Ring:
        def __init__(self) -> None:
            self._members: list[Any] = []

        @collection.appender
        def push(self, child: Any) -> None:
            self._members.append(child)

        @collection.remover
        def drop(self, child: Any) -> None:
            self._members.remove(child)

        @collection.iterator
        def members(self) -> Iterator[Any]:
            return iter(self._members)

        def __iter__(self) -> Iterator[Any]:
            return iter(self._members)

    parent_class, child_class = lab.parent_and_child(collection_class=Ring, cascade="all, delete-orphan")
    session = lab.session()
    parent = parent_class(id=1)
    a, b = child_class(name="a"), child_class(name="b")
    parent.children.push(a)
    b.parent = parent
    session.add(parent)
    assert a in session
    assert b in session
    session.commit()
    assert [child.name for child in parent.children.members()] == ["a", "b"]
    parent.children.drop(a)
    session.commit()
    assert names(lab, session, child_class) == [("b", 1)]
    assert session.merge(parent) is parent
    given = parent_class(id=1)
    given.children.push(child_class(name="c"))
    assert session.merge(given) is parent
    session.commit()
    assert names(lab, session, child_class) == [("c", 1)]
    session.delete(parent)
    session.commit()
    assert names(lab, session, child_class) == []


def test_eager_loading_into_other_collections(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(collection_class=lambda: set())  # noqa: PLW0108  # a factory that is no class
    session = lab.session()
    session.add_all(
        [
            parent_class(id=number, children={child_class(name=f"{number}{letter}") for letter in "ab"})
            for number in (1, 2)
        ]
    )
    session.commit()
    for option in (lab.orm.joinedload, lab.orm.selectinload, lab.orm.subqueryload):
        session.expunge_all()
        statement = lab.sql.select(parent_class).options(option(parent_class.children)).order_by(parent_class.id)
        parents = session.scalars(statement).unique().all()
        lab.verbs()
        assert [sorted(child.name for child in parent.children) for parent in parents] == [["1a", "1b"], ["2a", "2b"]]
        assert lab.verbs() == []


def test_changes_before_loading_are_applied_to_what_is_loaded(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(collection_class=list)
    session = lab.session(autoflush=False)
    session.add(parent_class(id=1, children=[child_class(name="a"), child_class(name="b")]))
    session.commit()
    parent = session.get(parent_class, 1)
    a = session.scalars(lab.sql.select(child_class).where(child_class.name == "a")).one()
    lab.verbs()
    child_class(name="c", parent=parent)
    a.parent = None
    assert lab.verbs() == []
    assert [child.name for child in parent.children] == ["b", "c"]
