"""Identity tokens: rows with equal keys that are different objects, as those of several databases."""

from __future__ import annotations

import gc
import pickle
from typing import Any

import pytest

import azoth
from azoth import inspect, select, text, update
from azoth.orm import (
    Session,
    defer,
    joinedload,
    lazyload,
    selectinload,
    subqueryload,
    with_loader_criteria,
)
from azoth.orm.runtime import origin
from azoth.orm.util import identity_key
from tests.flow.library import Author, Book, Chapter, Genre, Place, Visit, make_tables

TOKENS = ("east", "west", None)


@pytest.fixture
def filled(engine: azoth.Engine) -> azoth.Engine:
    make_tables(engine)
    with Session(engine) as session:
        essay = Genre(id=1, name="essay")
        books = [Book(id=1, title="one", genres={essay}), Book(id=2, title="two", genres={essay})]
        books[0].chapters = [Chapter(id=1, number=1), Chapter(id=2, number=2)]
        session.add_all([Author(id=1, name="Ada", books=books), Author(id=2, name="Bo")])
        session.add_all([Place(shelf="a", number=1, label="low"), Visit(id=1, note="n", plan="p")])
        session.commit()
    return engine


def token_of(instance: Any) -> Any:
    return inspect(instance).identity_token


def all_at(instances: Any, token: Any) -> bool:
    found = list(instances)
    return bool(found) and all(token_of(one) == token for one in found)


def test_each_token_has_objects_of_its_own(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        first = [session.get_one(Author, 1, identity_token=token) for token in TOKENS]
        again = [session.get_one(Author, 1, identity_token=token) for token in TOKENS]
        assert len({id(one) for one in first}) == 3
        assert [one is other for one, other in zip(first, again, strict=True)] == [True] * 3
        assert [token_of(one) for one in first] == list(TOKENS)
        assert [inspect(one).key for one in first] == [(Author, (1,), token) for token in TOKENS]
        assert set(session.identity_map.keys()) == {(Author, (1,), token) for token in TOKENS}
        assert (Author, (1,), "east") in session.identity_map
        assert (Author, (1,), "north") not in session.identity_map
        assert session.identity_map[Author, (1,), "west"] is first[1]
        assert session.identity_map[Author, (1,), None] is session.identity_map[Author, (1,)] is first[2]


def test_composite_keys_have_tokens_too(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        found = [session.get_one(Place, ("a", 1), identity_token=token) for token in TOKENS]
        assert [inspect(one).key for one in found] == [(Place, ("a", 1), token) for token in TOKENS]
        assert session.get(Place, {"shelf": "a", "number": 1}, identity_token="west") is found[1]
        session.expire_all()
        assert [one.label for one in found] == ["low"] * 3


@pytest.mark.parametrize("token", ["east", 0, "", False, (1, 2)])
def test_everything_but_none_is_a_token(filled: azoth.Engine, token: Any) -> None:
    with Session(filled) as session:
        found = session.get_one(Author, 1, identity_token=token)
        assert token_of(found) == token
        assert session.get(Author, 1) is not found


def test_all_ways_of_naming_a_token_agree(filled: azoth.Engine, statements: list[str]) -> None:
    options = {"identity_token": "east"}
    with Session(filled) as session:
        one = session.get_one(Author, 1, identity_token="east")
        statements.clear()
        assert session.get(Author, 1, execution_options=options) is one
        assert session.query(Author).execution_options(**options).get(1) is one
        assert not statements
        where = select(Author).where(Author.id == 1)
        assert session.scalars(where, execution_options=options).one() is one
        assert session.scalars(where.execution_options(**options)).one() is one
        assert session.execute(where, execution_options=options).scalar_one() is one
        assert session.query(Author).execution_options(**options).filter_by(id=1).one() is one
        written = select(Author).from_statement(text("SELECT * FROM author WHERE id = 1"))
        assert session.scalars(written, execution_options=options).one() is one
        portions = session.scalars(where, execution_options={**options, "yield_per": 1})
        assert portions.one() is one
        row = session.execute(
            select(Author, Book).join(Author.books).order_by(Book.id), execution_options=options
        ).first()
        assert row is not None
        assert row[0] is one
        assert token_of(row[1]) == "east"
        assert session.get(Author, 1) is not one


def test_keys_are_made_with_tokens(filled: azoth.Engine) -> None:
    mapper = inspect(Author)
    with Session(filled) as session:
        row = session.execute(select(Author.__table__).where(Author.id == 1)).one()
        one = session.get_one(Author, 1, identity_token="east")
        expected = (Author, (1,), "east")
        assert mapper.identity_key_from_row(row, identity_token="east") == expected
        assert mapper.identity_key_from_primary_key((1,), identity_token="east") == expected
        assert mapper.identity_key_from_instance(one) == expected
        assert identity_key(Author, 1, identity_token="east") == expected
        assert identity_key(Author, row=row, identity_token="east") == expected
        assert identity_key(instance=one) == session.identity_key(instance=one) == expected
        assert session.identity_key(Author, 1, identity_token="east") == expected
        assert session.identity_key(Author, 1) == (Author, (1,), None)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("how", [lazyload, selectinload, joinedload, subqueryload])
def test_what_is_loaded_from_an_object_has_its_token(filled: azoth.Engine, how: Any, token: Any) -> None:
    others = {one for one in TOKENS if one != token}
    with Session(filled) as session:
        kept = [session.get(Book, 1, identity_token=other) for other in others]
        query = select(Author).options(how(Author.books).options(how(Book.genres), how(Book.chapters)))
        author = (
            session.scalars(query.where(Author.id == 1), execution_options={"identity_token": token}).unique().one()
        )
        assert all_at(author.books, token)
        assert all_at(author.books[0].genres, token)
        assert all_at(author.books[0].chapters, token)
        assert all(book.author is author for book in author.books)
        assert all(chapter.book is author.books[0] for chapter in author.books[0].chapters)
        assert author.books[0] not in kept


def test_a_many_to_one_stays_at_its_token(filled: azoth.Engine, statements: list[str]) -> None:
    with Session(filled) as session:
        books = [session.get_one(Book, 1, identity_token=token) for token in TOKENS]
        assert [token_of(book.author) for book in books] == list(TOKENS)
        others = [session.get_one(Book, 2, identity_token=token) for token in TOKENS]
        statements.clear()
        # From memory: each finds the author of its own token.
        assert [book.author for book in others] == [book.author for book in books]
        assert not statements


def test_expired_and_deferred_columns_are_loaded_at_the_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        visits = [session.get_one(Visit, 1, identity_token=token) for token in TOKENS]
        assert [visit.note for visit in visits] == ["n"] * 3
        session.execute(text("UPDATE visit SET note = 'changed', place = 'room'"))
        session.expire(visits[0])
        assert visits[0].place == "room"
        session.refresh(visits[1], ["note"])
        assert [visit.note for visit in visits] == ["changed", "changed", "n"]
        session.refresh(visits[2])
        assert [token_of(visit) for visit in visits] == list(TOKENS)
        assert len(session.identity_map) == 3
        query = select(Author).options(defer(Author.name)).where(Author.id == 1)
        author = session.scalars(query, execution_options={"identity_token": "east"}).one()
        assert author.name == "Ada"
        locked = session.get_one(Author, 2, identity_token="east")
        session.execute(text("UPDATE author SET name = 'Bob' WHERE id = 2"))
        session.refresh(locked, with_for_update=True)
        assert locked.name == "Bob"
        assert session.identity_map[Author, (2,), "east"] is locked


def test_get_looks_again_for_an_expired_object_at_its_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        author = session.get_one(Author, 2, identity_token="east")
        plain = session.get_one(Author, 2)
        session.expire_all()
        assert session.get(Author, 2, identity_token="east") is author
        assert "name" in author.__dict__
        assert "name" not in plain.__dict__
        session.expire_all()
        session.execute(text("DELETE FROM author WHERE id = 2"))
        assert session.get(Author, 2, identity_token="east") is None


def test_objects_of_one_load_stay_peers(filled: azoth.Engine, statements: list[str]) -> None:
    with Session(filled) as session:
        plain = session.scalars(select(Book).order_by(Book.id)).all()
        books = session.scalars(select(Book).order_by(Book.id), execution_options={"identity_token": "east"}).all()
        statements.clear()
        assert [len(book.chapters) for book in books] == [2, 0]
        assert len(statements) == 1
        assert all("chapters" not in book.__dict__ for book in plain)


def test_many_objects_of_one_load_stay_peers(
    filled: azoth.Engine, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origin, "LISTED_PEERS", 1)
    with Session(filled) as session:
        books = session.scalars(select(Book).order_by(Book.id), execution_options={"identity_token": "east"}).all()
        statements.clear()
        assert [len(book.chapters) for book in books] == [2, 0]
        assert len(statements) == 1


def test_who_listens_later_hears_of_objects_with_tokens(filled: azoth.Engine) -> None:
    heard: list[Any] = []

    def on_load(instance: Any, _: Any) -> None:
        heard.append(token_of(instance))

    with Session(filled) as session:
        session.get(Author, 1, identity_token="east")
        azoth.event.listen(Author, "load", on_load)
        try:
            kept = session.get(Author, 2, identity_token="east")
        finally:
            azoth.event.remove(Author, "load", on_load)
        assert kept is not None
        assert heard == ["east"]


def test_what_nobody_keeps_leaves_the_map(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        for token in TOKENS:
            session.get(Author, 1, identity_token=token)
        added = Author(id=9, name="Cy")
        inspect(added).identity_token = "east"
        session.add(added)
        session.commit()
        del added
        gc.collect()
        assert len(session.identity_map) == 0
        assert not list(session.identity_map.keys())
        assert all(not states for states in session.unit.identity_map.entities.values())


def test_listeners_say_at_which_token_rows_are(filled: azoth.Engine) -> None:
    with Session(filled) as session:

        def route(state: Any) -> None:
            if state.is_select and "identity_token" not in state.execution_options:
                state.update_execution_options(identity_token="routed")

        azoth.event.listen(session, "do_orm_execute", route)
        author = session.scalars(select(Author).where(Author.id == 1)).one()
        assert token_of(author) == "routed"
        assert token_of(session.get(Author, 2)) == "routed"
        assert all_at(author.books, "routed")
        session.expire(author)
        assert author.name == "Ada"
        assert session.get(Author, 1, identity_token="routed") is author


def test_a_token_of_the_session_is_that_of_all_its_objects(filled: azoth.Engine, statements: list[str]) -> None:
    with Session(filled, execution_options={"identity_token": "home"}) as session:
        author = session.scalars(select(Author).where(Author.id == 1)).one()
        new = Author(id=7, name="Di", books=[Book(id=7, title="new")])
        session.add(new)
        session.commit()
        assert all_at([author, session.get(Author, 2), *author.books, new, *new.books], "home")
        assert session.scalars(select(Author).where(Author.id == 7)).one() is new
        assert new.name == "Di"
        statements.clear()
        assert session.get(Author, 7) is new
        assert not statements
        away = session.get_one(Author, 1, identity_token="away")
        assert all_at(away.books, "away")


def test_a_token_goes_along_when_an_object_travels(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        author = session.get_one(Author, 1, identity_token="east")
        session.expunge(author)
        assert inspect(author).key == (Author, (1,), "east")
        plain = session.get_one(Author, 1)
        session.add(author)
        assert session.get(Author, 1, identity_token="east") is author
        assert session.get(Author, 1) is plain
        pickled = pickle.dumps(author)
        # As in a process that has never seen a token.
        inspect(Author).class_manager.root.has_tokens = False
        copy = pickle.loads(pickled)
        assert inspect(copy).key == (Author, (1,), "east")
    with Session(filled) as session:
        session.add(copy)
        assert all_at(copy.books, "east")
        other = pickle.loads(pickle.dumps(copy))
        with pytest.raises(azoth.exc.InvalidRequestError, match="another object with this key"):
            session.add(other)


def test_an_object_with_a_row_keeps_its_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        author = session.get_one(Author, 1)
        with pytest.raises(azoth.exc.InvalidRequestError, match="AZ-S65"):
            inspect(author).identity_token = "east"
        assert session.get(Author, 1) is author


def test_unhashable_tokens_are_refused(filled: azoth.Engine) -> None:
    with Session(filled) as session, pytest.raises(TypeError, match="unhashable"):
        session.get(Author, 1, identity_token=["east"])


def test_without_tokens_nothing_is_asked_about_them(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        session.scalars(update(Author).values(born=1).returning(Author)).all()
        assert set(session.unit.identity_map.entities) == {Author._azoth_manager.root}  # type: ignore[attr-defined]


# -- options that last ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        "refresh",
        pytest.param("refresh for update", marks=pytest.mark.needs("locks of outer joins")),
        "read",
        "get",
    ],
)
def test_loading_anew_obeys_the_options_and_the_token_of_an_object(filled: azoth.Engine, how: str) -> None:
    with Session(filled) as session:
        at = {"identity_token": "east"}
        options = (joinedload(Author.books), with_loader_criteria(Book, Book.id == 2))
        plain = session.get_one(Author, 1)
        ada = (
            session.scalars(select(Author).where(Author.id == 1).options(*options), execution_options=at).unique().one()
        )
        assert [book.title for book in ada.books] == ["two"]
        session.expire_all()
        if how == "read":
            assert ada.name == "Ada"
        elif how == "get":
            assert session.get(Author, 1, identity_token="east") is ada
        else:
            session.refresh(ada, with_for_update=how == "refresh for update" or None)
        assert "books" in ada.__dict__ and "name" in ada.__dict__
        assert "name" not in plain.__dict__
        assert [book.title for book in ada.books] == ["two"]
        assert token_of(ada) == "east" and all_at(ada.books, "east")


def test_options_reach_objects_of_all_tokens_that_are_there(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        lacking = select(Book).where(Book.id == 1).options(defer(Book.title))
        books = {token: session.scalars(lacking, execution_options={"identity_token": token}).one() for token in TOKENS}
        assert not any("title" in book.__dict__ for book in books.values())
        for token in TOKENS:
            authors = select(Author).options(selectinload(Author.books).undefer(Book.title))
            found = session.scalars(authors, execution_options={"identity_token": token}).all()
            assert books[token] in found[0].books
            assert [at for at, book in books.items() if "title" in book.__dict__] == list(TOKENS)[
                : TOKENS.index(token) + 1
            ]
            assert all_at(found[0].books, token)
