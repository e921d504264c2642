"""An implicit load serves all objects that came in with the touched one, so loops cost a few statements, not N + 1."""

from __future__ import annotations

import gc

import pytest

import azoth
from azoth import select
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from tests.flow.library import Author, Book, Genre, Item, Place, Section, Visit

COUNT = 1000


@pytest.fixture
def filled(session: Session) -> Session:
    """1,000 authors with two books each, all on one shelf of four genres."""
    genres = [Genre(id=number, name=f"g{number}") for number in range(4)]
    for number in range(COUNT):
        books = [Book(title=f"{number}a", genres={genres[number % 4]}), Book(title=f"{number}b")]
        session.add(Author(id=number + 1, name=f"author {number}", books=books))
    session.commit()
    session.expunge_all()
    return session


def authors(session: Session) -> list[Author]:
    return list(session.scalars(select(Author).order_by(Author.id)).all())


def test_a_loop_over_collections(filled: Session, statements: list[str]) -> None:
    statements.clear()
    assert sum(len(author.books) for author in authors(filled)) == 2 * COUNT
    assert len(statements) == 1 + 2


def test_a_loop_backwards(filled: Session, statements: list[str]) -> None:
    statements.clear()
    assert sum(len(author.books) for author in reversed(authors(filled))) == 2 * COUNT
    assert len(statements) <= 1 + 3


def test_each_object_gets_its_own(filled: Session) -> None:
    for author in authors(filled):
        assert {book.author_id for book in author.books} == {author.id}


def test_a_loop_over_references(filled: Session, statements: list[str]) -> None:
    books = filled.scalars(select(Book).order_by(Book.id)).all()
    statements.clear()
    assert all(book.author.id == book.author_id for book in books)
    assert len(statements) <= 2 * COUNT / 500


def test_two_levels(filled: Session, statements: list[str]) -> None:
    statements.clear()
    names = {genre.name for author in authors(filled) for book in author.books for genre in book.genres}
    assert names == {"g0", "g1", "g2", "g3"}
    assert len(statements) <= 1 + 2 + 4 + 1


def test_expired_objects_are_loaded_together(filled: Session, statements: list[str]) -> None:
    found = authors(filled)
    filled.commit()
    statements.clear()
    assert [author.name for author in found] == [f"author {number}" for number in range(COUNT)]
    assert len(statements) == 2


def test_new_objects_that_were_committed_are_loaded_together(session: Session, statements: list[str]) -> None:
    new = [Author(name=str(number)) for number in range(100)]
    session.add_all(new)
    session.commit()
    statements.clear()
    assert [author.name for author in new] == [str(number) for number in range(100)]
    assert len(statements) <= 100


def test_deferred_columns_are_loaded_together(session: Session, statements: list[str]) -> None:
    session.add_all([Visit(note=str(number)) for number in range(100)])
    session.commit()
    session.expunge_all()
    visits = session.scalars(select(Visit).order_by(Visit.id)).all()
    statements.clear()
    assert [visit.note for visit in visits] == [str(number) for number in range(100)]
    assert len(statements) == 1


def test_peers_that_died_are_left_out(filled: Session, statements: list[str]) -> None:
    found = authors(filled)[:3]
    gc.collect()
    statements.clear()
    assert len(found[0].books) == 2
    assert len(filled.identity_map) <= 3 + 6 + 1


def test_peers_that_have_the_attribute_are_left_alone(filled: Session) -> None:
    found = authors(filled)
    mine = found[1].books
    mine.clear()
    with filled.no_autoflush:
        assert len(found[0].books) == 2
        assert found[1].books is mine
        assert mine == []


def test_objects_of_different_results_are_no_peers(filled: Session, statements: list[str]) -> None:
    first, second = filled.get(Author, 1), filled.get(Author, 2)
    statements.clear()
    assert len(first.books) == len(second.books) == 2
    assert len(statements) == 2


def test_off_for_a_session(library: azoth.Engine, statements: list[str]) -> None:
    with Session(library, load_on_peers=False) as session:
        session.add_all([Author(name=str(number), books=[Book(title="x")]) for number in range(5)])
        session.commit()
        session.expunge_all()
        found = authors(session)
        statements.clear()
        assert all(len(author.books) == 1 for author in found)
        assert len(statements) == 5


class Quiet(DeclarativeBase):
    pass


class Owner(Quiet):
    __tablename__ = "owner"

    id: Mapped[int] = mapped_column(primary_key=True)
    alone: Mapped[list[Thing]] = relationship(load_on_peers=False, viewonly=True)
    together: Mapped[list[Thing]] = relationship()


class Thing(Quiet):
    __tablename__ = "thing"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(azoth.ForeignKey("owner.id"))


def test_off_for_a_relationship(engine: azoth.Engine, statements: list[str]) -> None:
    Quiet.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Owner(together=[Thing()]) for _ in range(5)])
        session.commit()
        session.expunge_all()
        owners = session.scalars(select(Owner)).all()
        statements.clear()
        assert all(len(owner.alone) == 1 for owner in owners)
        assert len(statements) == 5
        assert all(len(owner.together) == 1 for owner in owners)
        assert len(statements) == 6


def test_composite_keys(session: Session, statements: list[str]) -> None:
    for number in range(150):
        session.add(Place(shelf="a", number=number, items=[Item(), Item()]))
    session.commit()
    session.expunge_all()
    places = session.scalars(select(Place)).all()
    statements.clear()
    assert all({(item.shelf, item.number) for item in place.items} == {("a", place.number)} for place in places)
    assert len(statements) <= 2
    session.expunge_all()
    items = session.scalars(select(Item)).all()
    statements.clear()
    assert all(item.place.number == item.number for item in items)
    assert len(statements) <= 3


def test_a_tree(session: Session, statements: list[str]) -> None:
    session.add(Section(name="root", parts=[Section(name=f"{n}", parts=[Section(name=f"{n}x")]) for n in range(20)]))
    session.commit()
    session.expunge_all()
    root = session.scalars(select(Section).where(Section.parent_id.is_(None))).one()
    statements.clear()
    assert [part.parts[0].name for part in root.parts] == [f"{n}x" for n in range(20)]
    assert len(statements) == 2


def test_delete_cascades_load_their_peers_together(session: Session, statements: list[str]) -> None:
    session.add_all([Author(name=str(n), books=[Book(title="x")]) for n in range(50)])
    session.commit()
    session.expunge_all()
    found = authors(session)
    for author in found:
        session.delete(author)
    statements.clear()
    session.commit()
    assert len([statement for statement in statements if statement.startswith("SELECT")]) <= 2


def test_a_load_does_not_look_far_where_most_have_the_value(filled: Session, statements: list[str]) -> None:
    everyone = authors(filled)
    assert all(author.books for author in everyone)
    for author in (everyone[0], everyone[-1]):
        filled.expire(author, ["books"])
    statements.clear()
    assert len(everyone[0].books) == 2
    assert len(everyone[-1].books) == 2
    assert len(statements) == 2


def test_one_after_the_other_is_expired_and_read(filled: Session, statements: list[str]) -> None:
    everyone = authors(filled)[:40]
    statements.clear()
    for author in (*everyone, *reversed(everyone)):
        filled.expire(author)
        assert author.name == f"author {author.id - 1}"
    assert len(statements) == 80


def test_a_loop_in_any_order(filled: Session, statements: list[str]) -> None:
    everyone = authors(filled)
    statements.clear()
    shuffled = [everyone[number * 367 % COUNT] for number in range(COUNT)]
    assert sum(len(author.books) for author in shuffled) == 2 * COUNT
    assert len(statements) <= 5
