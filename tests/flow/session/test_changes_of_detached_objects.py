"""Relationships that are set while an object is in no session: a flush that has it again tells the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, Table, event, select
from azoth.exc import AzothWarning
from azoth.orm import Session, declarative_base, relationship
from tests.database import Database

Base: Any = declarative_base()

tagged = Table(
    "tagged",
    Base.metadata,
    Column("post_id", ForeignKey("post.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Post(Base):
    __tablename__ = "post"
    id = Column(Integer, primary_key=True)
    cover = relationship("Cover", uselist=False)
    notes = relationship("Note", back_populates="post")
    drafts = relationship("Draft", cascade="all, delete-orphan")
    tags = relationship("Tag", secondary=tagged, back_populates="posts")
    loose = relationship("Loose", cascade="merge")


class Cover(Base):
    __tablename__ = "cover"
    id = Column(Integer, primary_key=True)
    post_id = Column(ForeignKey("post.id"), unique=True)


class Note(Base):
    __tablename__ = "note"
    id = Column(Integer, primary_key=True)
    post_id = Column(ForeignKey("post.id"))
    post = relationship("Post", back_populates="notes")


class Draft(Base):
    __tablename__ = "draft"
    id = Column(Integer, primary_key=True)
    post_id = Column(ForeignKey("post.id"))


class Tag(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
    posts = relationship("Post", secondary=tagged, back_populates="tags")


class Loose(Base):
    """A member that no cascade brings into the session."""

    __tablename__ = "loose"
    id = Column(Integer, primary_key=True)
    post_id = Column(ForeignKey("post.id"))


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        first, second = Tag(id=1), Tag(id=2)
        session.add(Post(id=1, cover=Cover(id=1), notes=[Note(id=1)], drafts=[Draft(id=1)], tags=[first, second]))
        session.commit()
        session.expunge_all()
        yield session


@pytest.fixture
def post(session: Session) -> Post:
    """A detached post of which no relationship is loaded."""
    post = session.get_one(Post, 1)
    session.expunge(post)
    return post


def rows(session: Session, class_: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(select(class_.id, class_.post_id).order_by(class_.id))]


def links(session: Session) -> list[int]:
    return list(session.scalars(select(tagged.c.tag_id).order_by(tagged.c.tag_id)))


@pytest.fixture(params=[False, True])
def is_heard(session: Session, request: pytest.FixtureRequest) -> None:
    """Add objects with and without a listener, which take different ways."""
    if request.param:
        event.listen(session, "before_attach", lambda session, instance: None)


@pytest.mark.usefixtures("is_heard")
def test_who_loses_the_place_loses_the_key(session: Session, post: Post) -> None:
    post.cover = None
    session.add(post)
    session.commit()
    assert rows(session, Cover) == [(1, None)]


@pytest.mark.usefixtures("is_heard")
def test_a_place_goes_to_another_member(session: Session, post: Post) -> None:
    post.cover = Cover(id=2)
    session.add(post)
    session.commit()
    assert rows(session, Cover) == [(1, None), (2, 1)]


@pytest.mark.usefixtures("is_heard")
def test_members_of_a_replaced_collection_lose_the_key(session: Session, post: Post) -> None:
    post.notes = [Note(id=2)]
    session.add(post)
    session.commit()
    assert rows(session, Note) == [(1, None), (2, 1)]


def test_a_member_that_stays_stays(session: Session, post: Post) -> None:
    note = session.get_one(Note, 1)
    session.expunge(note)
    post.notes = [note, Note(id=2)]
    session.add(post)
    session.commit()
    assert rows(session, Note) == [(1, 1), (2, 1)]


def test_orphans_are_deleted(session: Session, post: Post) -> None:
    post.drafts = [Draft(id=2)]
    session.add(post)
    session.commit()
    assert rows(session, Draft) == [(2, 1)]


def test_links_go_and_come(session: Session, post: Post) -> None:
    second = session.get_one(Tag, 2)
    session.expunge(second)
    post.tags = [second, Tag(id=3)]
    session.add(post)
    session.commit()
    assert links(session) == [2, 3]
    assert sorted(tag.id for tag in post.tags) == [2, 3]


def test_nothing_is_asked_where_it_is_not_needed(session: Session, post: Post, statements: Any) -> None:
    statements.record(session.get_bind())
    session.add(post)
    note = session.get_one(Note, 1)
    session.expunge(note)
    note.post = None
    statements.clear()
    session.add(note)
    assert statements == []
    session.commit()
    assert rows(session, Note) == [(1, None)]


# -- links with one end outside ---------------------------------------------------------------------


@pytest.mark.parametrize("by_tag", [False, True])
def test_a_link_that_was_removed_from_outside_is_removed_once(session: Session, by_tag: bool) -> None:
    post, tag = session.get_one(Post, 1), session.get_one(Tag, 1)
    assert (len(post.tags), len(tag.posts)) == (2, 1)
    session.expunge(tag)
    if by_tag:
        tag.posts.remove(post)
    else:
        post.tags.remove(tag)
    session.commit()
    assert links(session) == [2]
    session.add(tag)
    session.commit()
    assert (links(session), tag.posts, [one.id for one in post.tags]) == ([2], [], [2])


def test_a_link_that_was_added_from_outside_is_added_once(session: Session) -> None:
    session.add(Tag(id=3))
    session.commit()
    post, tag = session.get_one(Post, 1), session.get_one(Tag, 3)
    assert (len(post.tags), tag.posts) == (2, [])
    session.expunge(tag)
    tag.posts.append(post)
    with pytest.warns(AzothWarning, match="not in session"):
        session.commit()
    assert links(session) == [1, 2]
    session.add(tag)
    session.commit()
    assert links(session) == [1, 2, 3]


def test_a_link_is_removed_again_after_a_rollback(session: Session) -> None:
    post, tag = session.get_one(Post, 1), session.get_one(Tag, 1)
    assert (len(post.tags), len(tag.posts)) == (2, 1)
    session.expunge(tag)
    tag.posts.remove(post)
    session.flush()
    session.rollback()
    assert links(session) == [1, 2]
    session.add(tag)
    session.commit()
    assert links(session) == [2]


def test_members_that_left_come_along(session: Session) -> None:
    post = session.get_one(Post, 1)
    first, second = post.tags
    assert second.posts == [post]
    session.expunge_all()
    post.tags.remove(second)
    session.add(post)
    session.commit()
    session.add(second)
    session.commit()
    assert links(session) == [first.id]


# -- keys of objects outside ------------------------------------------------------------------------


@pytest.mark.parametrize("stored", [False, True])
def test_a_key_that_a_flush_has_put_on_a_stranger_goes_with_its_place(session: Session, stored: bool) -> None:
    loose = Loose(id=1)
    if stored:
        session.add(loose)
        session.commit()
        session.expunge(loose)
    post = session.get_one(Post, 1)
    post.loose.append(loose)
    with pytest.warns(AzothWarning, match="not in session"):
        session.flush()
    assert loose.post_id == 1
    post.loose.remove(loose)
    with pytest.warns(AzothWarning, match="not in session"):
        session.flush()
    assert loose.post_id is None
    session.add(loose)
    session.commit()
    assert (rows(session, Loose), post.loose) == ([(1, None)], [])
