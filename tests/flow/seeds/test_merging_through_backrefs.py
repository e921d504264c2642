"""Merging an object reached over a relationship leaves alone what the other side of that relationship has besides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth.orm import Session
from tests.model.family import Base, Child, Parent, Tag


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    """Two parents that share a tag; the first has two children."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        tag = Tag(id=1, name="t")
        children = [Child(id=1, name="x"), Child(id=2, name="y")]
        session.add_all([Parent(id=1, name="a", tags=[tag], children=children), Parent(id=2, name="b", tags=[tag])])
        session.commit()
        yield session


def test_merging_a_child_leaves_its_siblings(session: Session) -> None:
    # The backref has put this child alone into the given parent's collection.
    merged = session.merge(Child(id=1, name="z", parent=Parent(id=1, name="a")))
    session.commit()
    assert merged.name == "z"
    assert {child.id for child in session.get(Parent, 1).children} == {1, 2}


def test_merging_a_tag_leaves_its_other_parents(session: Session) -> None:
    session.merge(Parent(id=1, name="c", tags=[Tag(id=1, name="u")]))
    session.commit()
    tag = session.get(Tag, 1)
    assert tag.name == "u"
    assert {parent.name for parent in tag.parents} == {"b", "c"}


def test_the_side_that_was_given_is_made_equal(session: Session) -> None:
    session.merge(Parent(id=1, name="a", children=[Child(id=2, name="y")], tags=[]))
    session.commit()
    parent = session.get(Parent, 1)
    assert [child.id for child in parent.children] == [2]
    assert parent.tags == []
    assert session.get(Child, 1).parent is None
