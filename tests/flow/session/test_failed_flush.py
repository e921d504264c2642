"""After a failed flush the session refuses work until it is rolled back or closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from azoth import inspect, select
from azoth.exc import IntegrityError, PendingRollbackError
from azoth.orm import Session
from tests.flow.library import Author, Genre


@pytest.fixture
def failed(session: Session) -> Session:
    session.add(Genre(name="essay"))
    session.commit()
    session.add(Author(name="Ada"))
    session.flush()
    session.add(Genre(name="essay"))
    with pytest.raises(IntegrityError):
        session.flush()
    return session


@pytest.mark.parametrize(
    "work",
    [
        lambda session: session.scalars(select(Genre)).all(),
        lambda session: session.execute(select(Genre.__table__)),
        lambda session: session.get(Genre, 77),
        lambda session: session.query(Genre).all(),
        lambda session: session.commit(),
        lambda session: session.connection(),
        lambda session: session.begin_nested(),
    ],
)
def test_work_is_refused_and_the_error_names_the_cause(failed: Session, work: Callable[[Session], object]) -> None:
    with pytest.raises(PendingRollbackError) as caught:
        work(failed)
    assert "UniqueViolation" in str(caught.value)
    assert "rollback()" in str(caught.value)
    assert not failed.is_active


def test_a_flush_of_further_objects_is_refused(failed: Session) -> None:
    failed.add(Genre(name="novel"))
    with pytest.raises(PendingRollbackError):
        failed.flush()


def test_rollback_makes_the_session_usable(failed: Session) -> None:
    failed.rollback()
    assert failed.is_active
    assert failed.scalars(select(Genre.name)).all() == ["essay"]
    failed.add(Genre(name="novel"))
    failed.commit()
    assert failed.query(Genre).count() == 2


def test_close_makes_the_session_usable(failed: Session) -> None:
    failed.close()
    assert failed.scalars(select(Genre.name)).all() == ["essay"]


def test_everything_in_the_transaction_is_rolled_back(failed: Session) -> None:
    failed.rollback()
    assert failed.query(Author).count() == 0


def test_the_objects_are_transient_with_their_values(session: Session) -> None:
    session.add(Genre(name="essay"))
    session.commit()
    author, genre = Author(name="Ada"), Genre(name="essay")
    session.add_all([author, genre])
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
    for instance in (author, genre):
        assert inspect(instance).transient
        assert instance.id is None
    assert (author.name, genre.name) == ("Ada", "essay")


def test_a_failed_commit_is_a_failed_flush(session: Session) -> None:
    session.add_all([Genre(name="essay"), Genre(name="essay")])
    with pytest.raises(IntegrityError):
        session.commit()
    session.rollback()
    session.add(Genre(name="essay"))
    session.commit()
    assert session.query(Genre).count() == 1


def test_a_failed_autoflush_needs_a_rollback_too(session: Session) -> None:
    session.add_all([Genre(name="essay"), Genre(name="essay")])
    with pytest.raises(IntegrityError):
        session.query(Genre).all()
    with pytest.raises(PendingRollbackError):
        session.query(Genre).all()
    session.rollback()
    assert session.query(Genre).all() == []


@pytest.mark.needs("statements after errors")
def test_a_failed_statement_outside_a_flush_leaves_the_transaction(session: Session) -> None:
    session.add(Genre(id=1, name="essay"))
    session.flush()
    with pytest.raises(IntegrityError):
        session.execute(Genre.__table__.insert().values(id=1, name="x"))
    session.commit()
    assert session.query(Genre).count() == 1


def test_a_failed_update_expires_the_object(session: Session) -> None:
    first, second = Genre(name="a"), Genre(name="b")
    session.add_all([first, second])
    session.commit()
    second.name = "a"
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
    assert second.name == "b"
    assert second not in session.dirty


def test_a_context_manager_rolls_back(library: object) -> None:
    with pytest.raises(IntegrityError):
        with Session(library) as session, session.begin():
            session.add_all([Genre(name="essay"), Genre(name="essay")])
    assert session.query(Genre).count() == 0


def test_rollback_takes_back_what_was_done_since_the_failure(failed: Session) -> None:
    failed.rollback()
    essay = failed.scalars(select(Genre)).one()
    failed.add(Genre(name="essay"))
    with pytest.raises(IntegrityError):
        failed.flush()
    added = Genre(name="added")
    failed.add(added)
    essay.name = "changed"
    failed.rollback()
    assert inspect(added).transient
    assert not failed.new
    assert not failed.dirty
    assert essay.name == "essay"
    failed.commit()
    assert failed.scalars(select(Genre.name)).all() == ["essay"]


def test_rollback_of_a_savepoint_takes_back_what_was_done_since_it_failed(failed: Session) -> None:
    failed.rollback()
    essay = failed.scalars(select(Genre)).one()
    outside = Author(name="Grace")
    failed.add(outside)
    savepoint = failed.begin_nested()
    failed.add(Genre(name="essay"))
    with pytest.raises(IntegrityError):
        failed.flush()
    added = Genre(name="added")
    failed.add(added)
    essay.name = "changed"
    savepoint.rollback()
    assert inspect(added).transient
    assert essay.name == "essay"
    failed.commit()
    assert failed.scalars(select(Genre.name)).all() == ["essay"]
    assert inspect(outside).persistent
