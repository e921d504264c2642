"""lazy="dynamic": the collection is a query that can also append and remove."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import inspect, select
from azoth.exc import AzothWarning, InvalidRequestError
from azoth.orm import (
    AppenderQuery,
    Query,
    Session,
    attributes,
    declarative_base,
    dynamic_loader,
    joinedload,
    lazyload,
    relationship,
    selectinload,
)
from azoth.orm.exc import DetachedInstanceError
from tests.flow.dynamic.forum import Forum, Note, Post, Tag


@pytest.fixture
def forum(session: Session) -> Forum:
    """A forum with the posts a, b and c."""
    forum = Forum(id=1, name="f", posts=[Post(id=1, title="a"), Post(id=2, title="b"), Post(id=3, title="c")])
    session.add(forum)
    session.commit()
    return forum


def titles(posts: Any) -> list[str | None]:
    return [post.title for post in posts]


def test_a_persistent_collection_is_a_query_in_the_relationships_order(forum: Forum) -> None:
    assert isinstance(forum.posts, AppenderQuery)
    assert isinstance(forum.posts, Query)
    assert titles(forum.posts) == ["a", "b", "c"]
    assert titles(forum.posts.all()) == ["a", "b", "c"]


def test_it_can_be_narrowed_ordered_counted_and_sliced(forum: Forum) -> None:
    assert titles(forum.posts.filter(Post.title > "a")) == ["b", "c"]
    assert titles(forum.posts.filter_by(title="b")) == ["b"]
    assert titles(forum.posts.order_by(None).order_by(Post.title.desc())) == ["c", "b", "a"]
    assert forum.posts.count() == 3
    assert forum.posts.filter(Post.title != "a").count() == 2
    first = forum.posts.first()
    assert first is not None
    assert first.title == "a"
    assert titles(forum.posts[1:3]) == ["b", "c"]
    assert forum.posts[1].title == "b"
    assert titles(forum.posts.limit(1)) == ["a"]


def test_counting_asks_the_database_to_count(forum: Forum, statements: list[str]) -> None:
    assert forum.id == 1
    statements.clear()
    assert forum.posts.count() == 3
    assert len(statements) == 1
    assert "count(*)" in statements[0]


def test_appending_flushes_before_the_next_query_and_never_loads(
    session: Session, forum: Forum, statements: list[str]
) -> None:
    assert forum.id == 1
    statements.clear()
    forum.posts.append(Post(title="d"))
    assert statements == []
    assert titles(forum.posts) == ["a", "b", "c", "d"]
    assert [statement.split()[0] for statement in statements] == ["INSERT", "SELECT"]


def test_without_autoflush_the_query_shows_the_database_only(session: Session, forum: Forum) -> None:
    with session.no_autoflush:
        forum.posts.append(Post(title="d"))
        assert titles(forum.posts) == ["a", "b", "c"]
    session.flush()
    assert titles(forum.posts) == ["a", "b", "c", "d"]


def test_removing_writes_null_into_the_foreign_key(session: Session, forum: Forum) -> None:
    post = forum.posts.filter_by(title="b").one()
    forum.posts.remove(post)
    assert post.forum is None
    session.commit()
    assert post.forum_id is None
    assert titles(forum.posts) == ["a", "c"]


def test_extend_takes_several(session: Session, forum: Forum) -> None:
    forum.posts.extend([Post(title="d"), Post(title="e")])
    session.commit()
    assert forum.posts.count() == 5


def test_the_other_side_follows_in_memory_before_any_flush(session: Session, forum: Forum) -> None:
    post = Post(title="d")
    forum.posts.append(post)
    assert post.forum is forum
    assert post in session.new


def test_setting_the_other_side_is_an_append(session: Session, forum: Forum, statements: list[str]) -> None:
    assert forum.id == 1
    statements.clear()
    post = Post(title="d", forum=forum)
    assert statements == []
    assert attributes.get_history(forum, "posts").added == [post]
    session.add(post)
    session.commit()
    assert titles(forum.posts) == ["a", "b", "c", "d"]


def test_moving_a_member_by_its_other_side_changes_both_collections(session: Session, forum: Forum) -> None:
    other = Forum(id=2)
    session.add(other)
    post = forum.posts[0]
    post.forum = other
    session.commit()
    assert titles(forum.posts) == ["b", "c"]
    assert titles(other.posts) == ["a"]


def test_history_tells_what_joins_and_leaves_without_loading(
    session: Session, forum: Forum, statements: list[str]
) -> None:
    a, b = forum.posts[0], forum.posts[1]
    joining = Post(title="d")
    session.autoflush = False
    statements.clear()
    forum.posts.append(joining)
    forum.posts.remove(a)
    history = inspect(forum).attrs.posts.history
    assert (list(history.added), list(history.unchanged), list(history.deleted)) == ([joining], [], [a])
    assert forum in session.dirty
    assert session.is_modified(forum)
    forum.posts.append(a)
    forum.posts.remove(joining)
    assert not session.is_modified(forum)
    assert statements == []
    assert b.forum is forum


def test_appending_a_member_twice_is_one_change(session: Session, forum: Forum) -> None:
    post = Post(title="d")
    forum.posts.append(post)
    forum.posts.append(post)
    assert attributes.get_history(forum, "posts").added == [post]
    session.commit()
    assert forum.posts.count() == 4


def test_removing_a_stranger_changes_nothing(session: Session, forum: Forum) -> None:
    forum.posts.remove(Post(title="stranger"))
    session.commit()
    assert forum.posts.count() == 3


def test_a_flush_ends_the_history_and_keeps_nothing_alive(session: Session, forum: Forum) -> None:
    forum.posts.append(Post(title="d"))
    session.flush()
    assert not attributes.get_history(forum, "posts").has_changes()
    assert not session.dirty


def test_a_history_that_may_load_tells_the_members_that_stay(
    session: Session, forum: Forum, statements: list[str]
) -> None:
    session.autoflush = False
    a, b, c = forum.posts
    joining = Post(title="d")
    forum.posts.append(joining)
    forum.posts.remove(a)
    statements.clear()
    assert attributes.get_history(forum, "posts", attributes.PASSIVE_NO_INITIALIZE) == ([joining], [], [a])
    assert statements == []
    assert attributes.get_history(forum, "posts") == ([joining], [b, c], [a])
    assert Forum.posts.get_history(forum) == ([joining], [b, c], [a])
    assert inspect(forum).attrs.posts.load_history() == ([joining], [b, c], [a])
    assert len(statements) == 3
    assert attributes.get_history(Forum(posts=[joining]), "posts") == ([joining], [], [])


def test_merging_an_object_without_members_leaves_those_that_are_stored(session: Session, forum: Forum) -> None:
    merged = session.merge(Forum(id=1, name="other"))
    assert merged is forum
    assert [post.title for post in attributes.get_history(forum, "posts").unchanged] == ["a", "b", "c"]


def test_a_rollback_discards_what_was_appended(session: Session, forum: Forum) -> None:
    post = Post(title="d")
    forum.posts.append(post)
    session.rollback()
    assert titles(forum.posts) == ["a", "b", "c"]
    assert inspect(post).transient


def test_a_rollback_leaves_a_pending_owner_its_members(session: Session) -> None:
    post = Post(title="a")
    forum = Forum(posts=[post])
    session.add(forum)
    session.rollback()
    assert inspect(forum).transient
    assert list(forum.posts) == [post]
    session.add(forum)
    session.commit()
    assert forum.posts.one() is post


def test_refreshing_and_expiring_by_name(session: Session, forum: Forum) -> None:
    session.autoflush = False
    forum.posts.append(Post(title="d"))
    session.expire(forum, ["posts"])
    assert not attributes.get_history(forum, "posts").has_changes()
    session.refresh(forum, ["posts", "name"])
    assert forum.posts.count() == 3


def test_replacing_the_collection_appends_and_removes_the_difference(session: Session, forum: Forum) -> None:
    b = forum.posts[1]
    forum.posts = [b, Post(title="d")]
    session.commit()
    assert titles(forum.posts) == ["b", "d"]
    del forum.posts
    session.commit()
    assert forum.posts.count() == 0
    assert session.scalars(select(azoth.func.count(Post.id))).one() == 4


@pytest.mark.parametrize("value", [None, 5])
def test_only_iterables_can_replace_it(forum: Forum, value: Any) -> None:
    with pytest.raises(TypeError, match=r"Forum\.posts"):
        forum.posts = value


def test_objects_of_other_classes_are_refused(forum: Forum) -> None:
    with pytest.raises(TypeError, match=r"Forum\.posts cannot hold"):
        forum.posts.append(Tag(name="x"))


# -- without a row, without a session ---------------------------------------------------------------------------------


def test_a_transient_owner_shows_what_was_appended() -> None:
    a, b = Post(title="a"), Post(title="b")
    forum = Forum(posts=[a])
    forum.posts.append(b)
    assert list(forum.posts) == [a, b]
    assert forum.posts.all() == [a, b]
    assert forum.posts.count() == 2
    assert forum.posts[1] is b
    assert forum.posts[0:1] == [a]
    forum.posts.remove(a)
    assert list(forum.posts) == [b]
    assert a.forum is None


def test_a_transient_owner_cannot_be_queried() -> None:
    forum = Forum(posts=[Post(title="a")])
    with pytest.raises(DetachedInstanceError, match=r"Forum\.posts cannot be queried"):
        forum.posts.filter_by(title="a")


def test_a_pending_owner_is_flushed_by_the_query(session: Session) -> None:
    forum = Forum(posts=[Post(title="a"), Post(title="b")])
    session.add(forum)
    assert titles(forum.posts.filter_by(title="b")) == ["b"]
    assert inspect(forum).persistent


def test_a_pending_owner_without_autoflush_shows_what_was_appended(session: Session) -> None:
    session.autoflush = False
    forum = Forum(posts=[Post(title="a")])
    session.add(forum)
    assert titles(forum.posts) == ["a"]
    assert inspect(forum).pending


def test_members_come_into_the_session_with_their_owner(session: Session) -> None:
    post = Post(title="a")
    forum = Forum()
    forum.posts.append(post)
    session.add(forum)
    assert post in session
    session.flush()
    assert post.forum_id == forum.id


def test_a_detached_owner_warns_and_shows_appended_members_only(session: Session, forum: Forum) -> None:
    assert forum.id == 1
    session.expunge(forum)
    forum.posts.append(Post(title="d"))
    with pytest.warns(AzothWarning, match="detached"):
        assert titles(forum.posts) == ["d"]
    for narrow in (
        lambda posts: posts.filter_by(title="a"),
        lambda posts: posts.limit(1),
        lambda posts: posts.join(Tag),
    ):
        with pytest.raises(DetachedInstanceError):
            narrow(forum.posts)
    assert titles(forum.posts.with_session(session).filter_by(title="a")) == ["a"]
    session.add(forum)
    assert titles(forum.posts) == ["a", "b", "c", "d"]


# -- deleting, orphans, merging ---------------------------------------------------------------------------------------


def test_deleting_the_owner_releases_the_members(session: Session, forum: Forum) -> None:
    posts = forum.posts.all()
    session.delete(forum)
    session.commit()
    assert [post.forum_id for post in posts] == [None, None, None]


def test_the_delete_cascade_reaches_the_members(session: Session) -> None:
    forum = Forum(id=1, notes=[Note(id=1), Note(id=2)])
    session.add(forum)
    session.commit()
    session.delete(forum)
    session.commit()
    assert session.scalars(select(Note)).all() == []


def test_a_removed_member_is_an_orphan(session: Session) -> None:
    forum = Forum(id=1, notes=[Note(id=1), Note(id=2)])
    session.add(forum)
    session.commit()
    forum.notes.remove(session.get_one(Note, 1))
    session.commit()
    assert session.scalars(select(Note.id)).all() == [2]


def test_a_pending_orphan_is_not_inserted(session: Session) -> None:
    forum = Forum(id=1)
    session.add(forum)
    note = Note(id=1)
    forum.notes.append(note)
    forum.notes.remove(note)
    session.commit()
    assert session.scalars(select(Note)).all() == []


def test_merging_a_new_object_replaces_the_members(session: Session, forum: Forum) -> None:
    given = Forum(id=1, name="g")
    given.posts.append(Post(id=3, title="changed"))
    given.posts.append(Post(id=9, title="new"))
    merged = session.merge(given)
    assert merged is forum
    session.commit()
    assert titles(forum.posts) == ["changed", "new"]


def test_merging_a_new_object_without_members_leaves_them(session: Session, forum: Forum) -> None:
    before = titles(forum.posts)
    assert session.merge(Forum(id=1, name="g")) is forum
    session.commit()
    assert titles(forum.posts) == before != []


def test_merging_takes_along_what_was_appended_to_a_stored_object(session: Session, forum: Forum) -> None:
    before = titles(forum.posts)
    session.expunge(forum)
    forum.posts.append(Post(id=9, title="new"))
    merged = session.merge(forum)
    session.commit()
    assert titles(merged.posts) == [*before, "new"]


# -- many-to-many -----------------------------------------------------------------------------------------------------


def test_many_to_many_collections_are_queried_and_changed(session: Session, forum: Forum) -> None:
    post = forum.posts[0]
    x, y = Tag(name="x"), Tag(name="y")
    post.tags.extend([y, x])
    assert [tag.name for tag in post.tags] == ["x", "y"]
    assert x.posts == [post]
    assert post.tags.filter_by(name="y").count() == 1
    post.tags.remove(x)
    session.commit()
    assert [tag.name for tag in post.tags] == ["y"]
    assert x.posts == []


def test_changing_the_loaded_side_of_many_to_many_changes_the_dynamic_side(session: Session, forum: Forum) -> None:
    post = forum.posts[0]
    tag = Tag(name="x")
    session.add(tag)
    tag.posts.append(post)
    session.commit()
    assert list(post.tags) == [tag]
    tag.posts.remove(post)
    session.commit()
    assert list(post.tags) == []


def test_deleting_one_end_of_many_to_many_deletes_the_links(session: Session, forum: Forum) -> None:
    post = forum.posts[0]
    post.tags.append(Tag(name="x"))
    session.commit()
    session.delete(post)
    session.commit()
    assert session.scalars(select(Tag.name)).all() == ["x"]


# -- configuration ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", [joinedload, selectinload])
def test_eager_loading_is_refused(session: Session, option: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"Forum\.posts does not support object population"):
        session.scalars(select(Forum).options(option(Forum.posts))).all()


def test_a_lazy_option_changes_nothing(session: Session, forum: Forum) -> None:
    assert session.scalars(select(Forum).options(lazyload("*"))).one() is forum
    assert forum.posts.count() == 3


def test_expiring_and_refreshing_leave_the_query(session: Session, forum: Forum) -> None:
    session.expire(forum)
    session.refresh(forum)
    assert forum.posts.count() == 3
    assert "posts" not in forum.__dict__


def test_class_level_expressions_work_as_for_other_collections(session: Session, forum: Forum) -> None:
    assert session.scalars(select(Forum).where(Forum.posts.any(Post.title == "b"))).all() == [forum]
    assert session.scalars(select(Forum.name).join(Forum.posts).where(Post.title == "c")).all() == ["f"]


def test_dynamic_loader_the_classic_form_and_a_backref_and_a_query_class(engine: azoth.Engine) -> None:
    base: Any = declarative_base()

    class PageQuery(Query[Any]):
        def newest(self) -> Any:
            return self.order_by(None).order_by(Page.id.desc()).first()

    class Book(base):
        __tablename__ = "book"
        id = azoth.Column(azoth.Integer, primary_key=True)
        pages = dynamic_loader("Page", backref="book", query_class=PageQuery)

    class Page(base):
        __tablename__ = "page"
        id = azoth.Column(azoth.Integer, primary_key=True)
        book_id = azoth.Column(azoth.ForeignKey("book.id"))

    base.metadata.create_all(engine)
    with Session(engine) as session:
        book = Book(pages=[Page(id=1), Page(id=2)])
        session.add(book)
        assert book.pages.newest().id == 2
        assert book.pages.filter(Page.id == 1).newest().id == 1
        assert session.get(Page, 1).book is book


def test_a_dynamic_many_to_one_is_refused() -> None:
    base: Any = declarative_base()

    class Leaf(base):
        __tablename__ = "leaf"
        id = azoth.Column(azoth.Integer, primary_key=True)
        tree_id = azoth.Column(azoth.ForeignKey("tree.id"))
        tree = relationship("Tree", lazy="dynamic")

    class Tree(base):
        __tablename__ = "tree"
        id = azoth.Column(azoth.Integer, primary_key=True)

    try:
        with pytest.raises(InvalidRequestError, match=r"Leaf\.tree is no collection"):
            Leaf()
    finally:
        base.registry.dispose()
