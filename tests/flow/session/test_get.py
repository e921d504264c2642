"""``Session.get``: from memory without SQL, else by one SELECT."""

from __future__ import annotations

import pytest

from azoth import Engine, Integer, inspect
from azoth.exc import InvalidRequestError, NoResultFound
from azoth.orm import Session, declarative_base, mapped_column, selectinload, synonym
from tests.flow.library import Author, Book, Place, remove_authors


@pytest.fixture
def author(session: Session) -> Author:
    author = Author(id=1, name="Ada", books=[Book(title="Notes")])
    session.add_all([author, Place(shelf="a", number=1, label="x")])
    session.flush()
    return author


def test_a_present_object_costs_no_sql(session: Session, author: Author, statements: list[str]) -> None:
    statements.clear()
    assert session.get(Author, 1) is author
    assert session.get(Author, (1,)) is author
    assert session.get(Author, {"id": 1}) is author
    assert session.get(inspect(Author), 1) is author
    assert statements == []


def test_an_absent_object_costs_one_select(session: Session, author: Author, statements: list[str]) -> None:
    session.expunge_all()
    statements.clear()
    assert session.get(Author, 1).name == "Ada"
    assert len(statements) == 1
    assert session.get(Author, 2) is None
    assert len(statements) == 2


def test_an_expired_object_is_loaded(session: Session, author: Author, statements: list[str]) -> None:
    session.commit()
    statements.clear()
    assert session.get(Author, 1) is author
    assert len(statements) == 1
    assert author.name == "Ada"
    assert len(statements) == 1


def test_an_expired_object_whose_row_is_gone_is_not_found(session: Session, author: Author) -> None:
    session.commit()
    remove_authors(session)
    assert session.get(Author, 1) is None


def test_get_finds_a_pending_object(session: Session, author: Author) -> None:
    pending = Author(id=5, name="pending")
    session.add(pending)
    assert session.get(Author, 5) is pending
    assert not session.new


def test_a_present_object_is_found_without_a_flush(session: Session, author: Author, statements: list[str]) -> None:
    session.add(Author(name="pending"))
    statements.clear()
    assert session.get(Author, 1) is author
    assert statements == []


def test_composite_keys(session: Session, author: Author, statements: list[str]) -> None:
    place = session.get(Place, ("a", 1))
    assert place.label == "x"
    assert session.get(Place, {"number": 1, "shelf": "a"}) is place
    session.expunge_all()
    statements.clear()
    assert session.get(Place, {"shelf": "a", "number": 1}).label == "x"
    assert session.get(Place, ("b", 1)) is None
    assert len(statements) == 2


@pytest.mark.parametrize("ident", [(1, 2), (), {"name": "Ada"}, {"id": 1, "name": "Ada"}])
def test_keys_of_the_wrong_form_are_refused(session: Session, ident: object) -> None:
    with pytest.raises(InvalidRequestError):
        session.get(Author, ident)


def test_too_few_values_for_a_composite_key_are_refused(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match="ncorrect number of values"):
        session.get(Place, "a")


def test_populate_existing_loads_anew(session: Session, author: Author) -> None:
    session.commit()
    assert author.name == "Ada"
    session.connection().exec_driver_sql("UPDATE author SET name = 'Grace'")
    assert session.get(Author, 1).name == "Ada"
    assert session.get(Author, 1, populate_existing=True) is author
    assert author.name == "Grace"


def test_with_for_update_asks_the_database(session: Session, author: Author, statements: list[str]) -> None:
    session.commit()
    assert author.name == "Ada"
    statements.clear()
    assert session.get(Author, 1, with_for_update=True) is author
    assert session.get(Author, 1, with_for_update={"nowait": True}) is author
    assert len(statements) == 2
    session.connection().exec_driver_sql("UPDATE author SET name = 'Grace'")
    assert session.get(Author, 1, with_for_update=True, populate_existing=True).name == "Grace"


def test_options_apply(session: Session, author: Author, statements: list[str]) -> None:
    session.commit()
    session.expunge_all()
    found = session.get(Author, 1, options=[selectinload(Author.books)])
    statements.clear()
    assert [book.title for book in found.books] == ["Notes"]
    assert statements == []


def test_get_one_raises_where_there_is_no_row(session: Session, author: Author) -> None:
    assert session.get_one(Author, 1) is author
    with pytest.raises(NoResultFound):
        session.get_one(Author, 2)


def test_an_object_marked_for_deletion_is_still_found(session: Session, author: Author) -> None:
    session.delete(author.books[0])
    session.delete(author)
    assert session.get(Author, 1) is author
    session.flush()
    assert session.get(Author, 1) is None


def test_an_expired_object_with_info_of_its_own_whose_row_is_gone_is_not_found(
    session: Session, author: Author
) -> None:
    inspect(author).info["a"] = 1
    author.remark = "not mapped"
    session.commit()
    remove_authors(session)
    assert session.get(Author, 1) is None


def test_an_expired_object_that_is_marked_for_deletion_is_deleted_before_it_is_looked_for(
    session: Session, author: Author
) -> None:
    place = session.get(Place, ("a", 1))
    session.commit()
    session.delete(author.books[0])
    session.delete(place)
    session.expire(author)
    session.delete(author)
    assert session.get(Author, 1) is None
    assert session.get(Place, ("a", 1)) is None
    assert inspect(author).deleted
    session.rollback()
    assert session.get(Author, 1) is author
    assert session.get(Place, ("a", 1)) is place


def test_without_autoflush_an_expired_object_that_is_marked_for_deletion_is_found(
    session: Session, author: Author
) -> None:
    session.commit()
    session.delete(author)
    with session.no_autoflush:
        assert session.get(Author, 1) is author
    assert author.name == "Ada"
    assert session.get(Author, 1) is author


def test_an_expired_object_that_the_flush_before_deletes_is_gone(session: Session, author: Author) -> None:
    session.commit()
    place = session.get_one(Place, ("a", 1))
    session.commit()
    session.delete(place)
    assert session.get(Place, ("a", 1)) is None
    session.rollback()


def test_an_expired_object_marked_for_deletion_is_deleted_by_the_look(session: Session, author: Author) -> None:
    place = session.get_one(Place, ("a", 1))
    session.commit()
    session.delete(place)
    with session.no_autoflush:
        assert session.get(Place, ("a", 1)) is place
    session.expire(place)
    assert session.get(Place, ("a", 1)) is None
    assert inspect(place).deleted
    session.rollback()
    assert session.get(Place, ("a", 1)) is place


def test_a_dictionary_may_name_the_key_by_synonyms(engine: Engine) -> None:
    base = declarative_base()

    class Shelf(base):  # type: ignore[valid-type, misc]
        __tablename__ = "shelves_by_synonym"
        id = mapped_column(Integer, primary_key=True)
        number = synonym("id")
        code = synonym("number")

    base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Shelf(id=4))
        session.flush()
        assert session.get(Shelf, {"code": 4}) is session.get(Shelf, {"number": 4}) is session.get(Shelf, 4)
