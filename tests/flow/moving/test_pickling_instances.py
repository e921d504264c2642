"""Pickling instances, and merging them back: the use of a second-level cache."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import event, inspect, select
from azoth.exc import AzothWarning, InvalidRequestError
from azoth.orm import (
    Session,
    UserDefinedOption,
    defaultload,
    defer,
    joinedload,
    lazyload,
    object_session,
    raiseload,
    selectinload,
    with_loader_criteria,
)
from azoth.orm.exc import DetachedInstanceError, UnmappedInstanceError
from tests.flow.dynamic.forum import Forum, Post
from tests.flow.dynamic.forum import make_tables as make_forum_tables
from tests.flow.library import Author, Book, Chapter, Cover, Genre, Item, Place, Section, make_tables
from tests.flow.moving.shelf import Shelf, Volume
from tests.flow.moving.shelf import make_tables as make_shelf_tables


@pytest.fixture
def session(engine: azoth.Engine, statements: list[str]) -> Iterator[Session]:
    """A session on a library with one author of two books."""
    make_tables(engine)
    with Session(engine) as session:
        book = Book(id=1, title="Notes", genres={Genre(id=1, name="g")}, chapters=[Chapter(id=1, number=1)])
        session.add(Author(id=1, name="Ada", books=[book, Book(id=2, title="More")]))
        session.commit()
        session.expunge_all()
        yield session


def through_a_cache(instance: Any) -> Any:
    return pickle.loads(pickle.dumps(instance))


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_persistent_object_comes_back_detached_and_clean(session: Session, protocol: int) -> None:
    author = session.get_one(Author, 1)
    back = pickle.loads(pickle.dumps(author, protocol))
    state = inspect(back)
    assert state.detached
    assert state.identity == (1,)
    assert not state.modified
    assert (back.id, back.name) == (1, "Ada")
    assert object_session(back) is None
    assert inspect(author).persistent


def test_loaded_collections_come_along_and_report_to_their_new_owner(session: Session) -> None:
    author = session.scalars(select(Author).options(selectinload(Author.books).selectinload(Book.genres))).one()
    assert all(book.author is author for book in author.books)
    back = through_a_cache(author)
    assert [book.title for book in back.books] == ["Notes", "More"]
    assert all(book.author is back for book in back.books)
    assert {genre.name for genre in back.books[0].genres} == {"g"}
    removed = back.books.pop()
    assert removed.author is None
    assert len(author.books) == 2


def test_what_was_not_loaded_needs_a_session(session: Session) -> None:
    back = through_a_cache(session.get_one(Author, 1))
    with pytest.raises(DetachedInstanceError):
        _ = back.books
    session.expunge_all()
    session.add(back)
    assert len(back.books) == 2


def test_an_expired_object_comes_back_expired(session: Session) -> None:
    author = session.get_one(Author, 1)
    session.expire(author)
    back = through_a_cache(author)
    assert inspect(back).expired
    with pytest.raises(DetachedInstanceError):
        _ = back.name
    session.expunge_all()
    session.add(back)
    assert back.name == "Ada"


@pytest.mark.parametrize("option", [joinedload(Author.books), selectinload(Author.books), defer(Author.born)])
def test_loader_options_do_not_hinder(session: Session, option: Any) -> None:
    back = through_a_cache(session.scalars(select(Author).options(option)).unique().one())
    assert back.name == "Ada"


def test_pending_and_transient_objects(session: Session) -> None:
    author = Author(name="new", books=[Book(title="t")])
    back = through_a_cache(author)
    assert inspect(back).transient
    assert back.books[0].author is back
    session.add(author)
    back = through_a_cache(author)
    assert inspect(back).transient
    session.expunge(author)
    session.expunge(author.books[0])
    session.add(back)
    session.commit()
    assert session.scalars(select(Book.title).where(Book.author_id == back.id)).one() == "t"


def test_changes_that_were_not_flushed_are_still_changes(session: Session) -> None:
    author = session.get_one(Author, 1)
    author.name = "Eve"
    back = through_a_cache(author)
    assert inspect(back).attrs.name.history.deleted == ["Ada"]
    session.expunge_all()
    session.add(back)
    session.commit()
    assert session.scalars(select(Author.name)).one() == "Eve"


def test_composite_keys_and_trees(session: Session) -> None:
    session.add(Place(shelf="a", number=1, items=[Item(id=1)]))
    session.add(Section(id=1, name="root", parts=[Section(id=2, name="leaf")]))
    session.commit()
    place = session.scalars(select(Place).options(selectinload(Place.items))).one()
    assert place.items[0].place is place
    back = through_a_cache(place)
    assert inspect(back).identity == ("a", 1)
    assert back.items[0].place is back
    root = session.get_one(Section, 1)
    assert root.parts[0].parent is root
    assert through_a_cache(root).parts[0].parent.name == "root"


def test_objects_under_delete_orphan_cascades(session: Session) -> None:
    book = session.get_one(Book, 1)
    book.cover = Cover(id=1, colour="red")
    session.commit()
    assert book.cover.colour == "red"
    assert book.chapters
    back = through_a_cache(book)
    session.expunge_all()
    session.add(back)
    back.chapters.clear()
    session.commit()
    assert session.scalars(select(Chapter)).all() == []
    assert session.scalars(select(Cover.colour)).one() == "red"


def test_appended_members_of_a_dynamic_collection_come_along(engine: azoth.Engine) -> None:
    make_forum_tables(engine)
    forum = Forum(id=1)
    with Session(engine) as session:
        session.add(forum)
        session.commit()
        assert forum.id == 1
        session.expunge(forum)
    forum.posts.append(Post(title="p"))
    back = through_a_cache(forum)
    with pytest.warns(AzothWarning, match="detached"):
        assert [post.title for post in back.posts] == ["p"]
    with Session(engine) as session:
        session.add(back)
        assert back.posts.count() == 1


def test_keyed_and_custom_collections(engine: azoth.Engine) -> None:
    make_shelf_tables(engine)
    with Session(engine) as session:
        session.add(Shelf(id=1, by_title={"a": Volume(title="a")}, pile=[Volume(title="b")]))
        session.commit()
        shelf = session.get_one(Shelf, 1)
        assert shelf.by_title["a"].title == "a"
        assert shelf.pile.titles() == ["b"]
        back = through_a_cache(shelf)
    assert back.by_title["a"].title == "a"
    assert back.pile.titles() == ["b"]
    removed = back.by_title.pop("a")
    assert removed.keyed_shelf is None
    back.pile.append(Volume(title="c"))
    assert back.pile[1].piled_shelf is back


# -- the second-level cache -------------------------------------------------------------------------------------------


def cached_author(session: Session) -> Author:
    author = session.scalars(select(Author).options(selectinload(Author.books))).one()
    cached: Author = through_a_cache(author)
    session.expunge_all()
    return cached


def test_merging_without_loading_emits_nothing(session: Session, statements: list[str]) -> None:
    cached = cached_author(session)
    statements.clear()
    merged = session.merge(cached, load=False)
    assert statements == []
    assert merged is not cached
    assert inspect(merged).persistent
    assert [book.title for book in merged.books] == ["Notes", "More"]
    assert statements == []
    assert not session.dirty
    assert session.get(Author, 1) is merged
    assert session.get(Book, 2) is merged.books[1]


def test_the_cached_object_is_untouched(session: Session) -> None:
    cached = cached_author(session)
    before = dict(cached.__dict__)
    merged = session.merge(cached, load=False)
    merged.name = "Eve"
    merged.books.pop()
    session.commit()
    assert inspect(cached).detached
    assert cached.__dict__ == before
    assert cached.name == "Ada"
    assert len(cached.books) == 2


def test_one_cached_object_serves_several_sessions(session: Session, engine: azoth.Engine) -> None:
    cached = cached_author(session)
    with Session(engine) as other:
        first, second = session.merge(cached, load=False), other.merge(cached, load=False)
        assert first is not second
        assert object_session(first) is session
        assert object_session(second) is other


def test_what_the_cached_object_lacks_loads_on_the_merged_one(session: Session) -> None:
    merged = session.merge(through_a_cache(session.get_one(Author, 1)), load=False)
    assert len(merged.books) == 2


def test_merging_an_expired_cached_object_loads_when_read(session: Session, statements: list[str]) -> None:
    author = session.get_one(Author, 1)
    session.expire(author)
    cached = through_a_cache(author)
    session.expunge_all()
    statements.clear()
    merged = session.merge(cached, load=False)
    assert statements == []
    assert merged.name == "Ada"
    assert len(statements) == 1


def test_objects_with_changes_or_without_a_row_are_refused(session: Session) -> None:
    cached = cached_author(session)
    cached.name = "changed"
    with pytest.raises(InvalidRequestError, match="pending changes"):
        session.merge(cached, load=False)
    with pytest.raises(InvalidRequestError, match="no identity"):
        session.merge(Author(name="new"), load=False)
    with pytest.raises(InvalidRequestError, match="pending changes"):
        session.merge(cached, dont_load=True)


def test_a_changed_child_in_a_cached_graph_is_refused_too(session: Session) -> None:
    cached = cached_author(session)
    cached.books[0].title = "changed"
    with pytest.raises(InvalidRequestError, match="pending changes"):
        session.merge(cached, load=False)


def test_merging_with_loading_compares_with_the_row(session: Session, statements: list[str]) -> None:
    cached = cached_author(session)
    cached.name = "Eve"
    merged = session.merge(cached)
    assert merged.name == "Eve"
    assert merged in session.dirty
    session.commit()
    assert session.scalars(select(Author.name)).one() == "Eve"


def only_the_first(class_: type[Book]) -> Any:
    return class_.title == "Notes"


def test_options_come_along_in_a_pickle(session: Session) -> None:
    options = [defer(Author.name), defaultload(Author.books).defer(Book.title)]
    back = through_a_cache(session.get_one(Author, 1, options=options))
    session.expunge_all()
    session.add(back)
    assert "name" not in back.__dict__
    assert (back.name, [set(book.__dict__) & {"id", "title"} for book in back.books]) == ("Ada", [{"id"}, {"id"}])


def test_options_stay_with_an_object_that_leaves_its_session(session: Session) -> None:
    author = session.scalars(select(Author).options(raiseload(Author.books))).one()
    for leave in (session.close, session.expunge_all, lambda: session.expunge(author)):
        leave()
        session.add(author)
        with pytest.raises(InvalidRequestError, match="refused"):
            author.books


def test_a_merge_without_a_look_up_takes_the_options_over(session: Session) -> None:
    author = session.scalars(select(Author).options(defer(Author.name))).one()
    session.close()
    merged = session.merge(author, load=False)
    assert "name" not in merged.__dict__
    assert merged.name == "Ada"


class Cached(UserDefinedOption):
    """Tells listeners to take what is loaded from a cache."""

    propagate_to_loaders = True


class Counted(UserDefinedOption):
    """Tells listeners of the first statement to count its rows."""


def test_options_of_programs_that_last_come_along(session: Session) -> None:
    """A cache of a program's own finds the loads that it is to serve, also those of objects that it has given."""
    told: list[Any] = []
    event.listen(session, "do_orm_execute", lambda state: told.append(list(state.user_defined_options)))
    back = through_a_cache(session.scalars(select(Author).options(Cached("authors"), Counted())).one())
    session.expunge_all()
    told.clear()
    merged = session.merge(back, load=False)
    assert [book.title for book in merged.books] == ["Notes", "More"]
    session.expunge_all()
    again = through_a_cache(back)
    session.add(again)
    assert len(again.books) == 2
    assert [[(type(option), option.payload) for option in options] for options in told] == [[(Cached, "authors")]] * 2


def test_options_of_programs_that_cannot_be_pickled_are_told(session: Session) -> None:
    author = session.scalars(select(Author).options(Cached(lambda: None))).one()
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(author)


def test_criteria_come_along_where_they_are_functions_with_a_name(session: Session) -> None:
    author = session.scalars(select(Author).options(with_loader_criteria(Book, only_the_first))).one()
    back = through_a_cache(author)
    session.expunge_all()
    session.add(back)
    assert [book.title for book in back.books] == ["Notes"]


@pytest.mark.parametrize(
    "option",
    [
        lazyload(Author.books.and_(Book.title == "Notes")),
        with_loader_criteria(Book, lambda class_: class_.title == "Notes"),
    ],
)
def test_criteria_that_cannot_be_pickled_are_warned_of(session: Session, option: Any) -> None:
    author = session.scalars(select(Author).options(option)).one()
    with pytest.warns(AzothWarning, match="pickled without the criteria"):
        back = through_a_cache(author)
    session.expunge_all()
    session.add(back)
    assert len(back.books) == 2


def test_an_object_of_a_class_that_is_not_mapped_here_is_named() -> None:
    reduction = inspect(Author(name="a")).__reduce__()
    with pytest.raises(UnmappedInstanceError, match="cannot be unpickled"):
        reduction[0](Ellipsis, *reduction[1][1:])
