"""Beginning, committing and ending a session's transaction."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import azoth
from azoth import inspect, text
from azoth.exc import InvalidRequestError, ResourceClosedError
from azoth.orm import Session
from tests.flow.library import Author


def test_a_transaction_begins_at_the_first_use(session: Session) -> None:
    assert not session.in_transaction()
    session.execute(text("SELECT 1"))
    assert session.in_transaction()
    session.commit()
    assert not session.in_transaction()


def test_adding_begins_it_without_a_connection(session: Session, library: azoth.Engine) -> None:
    session.add(Author(name="Ada"))
    assert session.in_transaction()


def test_begin_is_for_a_session_that_has_not_begun(session: Session) -> None:
    session.begin()
    with pytest.raises(InvalidRequestError, match="already begun"):
        session.begin()
    session.rollback()
    session.execute(text("SELECT 1"))
    with pytest.raises(InvalidRequestError, match="already begun"):
        session.begin()


def test_begin_as_context_manager_commits(session: Session, count_rows: Callable[[str], int]) -> None:
    with session.begin() as transaction:
        assert transaction.is_active
        session.add(Author(name="Ada"))
    assert not session.in_transaction()
    assert count_rows("author") == 1


def test_begin_as_context_manager_rolls_back_when_the_block_raises(
    session: Session, count_rows: Callable[[str], int]
) -> None:
    with pytest.raises(LookupError):
        with session.begin():
            session.add(Author(name="Ada"))
            session.flush()
            raise LookupError
    assert not session.in_transaction()
    assert count_rows("author") == 0


def test_a_session_as_context_manager_closes(library: azoth.Engine, count_rows: Callable[[str], int]) -> None:
    with Session(library) as session:
        author = Author(name="Ada")
        session.add(author)
        session.flush()
    assert author not in session
    assert not session.in_transaction()
    assert count_rows("author") == 0


def test_committing_without_a_transaction_is_harmless(session: Session) -> None:
    session.commit()
    session.commit()
    assert not session.in_transaction()


def test_several_commits_in_a_row(session: Session) -> None:
    author = Author(name="a")
    session.add(author)
    session.commit()
    author.name = "b"
    session.commit()
    author.name = "c"
    session.rollback()
    assert author.name == "b"


def test_a_transaction_ends_once(session: Session) -> None:
    transaction = session.begin()
    transaction.commit()
    with pytest.raises(ResourceClosedError):
        transaction.commit()
    with pytest.raises(ResourceClosedError):
        transaction.rollback()


def test_without_autobegin_the_transaction_is_begun_by_hand(library: azoth.Engine) -> None:
    with Session(library, autobegin=False) as session:
        with pytest.raises(InvalidRequestError, match="begin"):
            session.execute(text("SELECT 1"))
        with session.begin():
            session.add(Author(name="Ada"))
        with pytest.raises(InvalidRequestError, match="begin"):
            session.execute(text("SELECT 1"))
        with session.begin():
            assert session.query(Author).count() == 1


def test_the_connection_is_that_of_the_transaction(session: Session) -> None:
    connection = session.connection()
    assert session.connection() is connection
    session.add(Author(name="Ada"))
    session.flush()
    assert connection.exec_driver_sql("SELECT * FROM author").all() == [(1, "Ada", None)]


def test_a_commit_returns_the_connection(file_engine: azoth.Engine) -> None:
    with Session(file_engine) as session:
        session.execute(text("SELECT 1"))
        assert file_engine.pool.checkedout() == 1
        session.commit()
        assert file_engine.pool.checkedout() == 0
        session.execute(text("SELECT 1"))
        session.rollback()
        assert file_engine.pool.checkedout() == 0
        session.execute(text("SELECT 1"))
    assert file_engine.pool.checkedout() == 0


def test_two_sessions_on_a_file_see_each_others_commits_only(file_engine: azoth.Engine) -> None:
    Author.metadata.create_all(file_engine)
    with Session(file_engine) as writer, Session(file_engine) as reader:
        author = Author(name="Ada")
        writer.add(author)
        writer.flush()
        assert reader.query(Author).count() == 0
        reader.rollback()
        writer.commit()
        assert reader.query(Author).count() == 1
        found = reader.query(Author).one()
        assert found is not author
        reader.rollback()
        author.name = "Grace"
        writer.commit()
        assert found.name == "Grace"
        assert inspect(found).session is reader


def test_begin_inside_a_used_session_block(library: azoth.Engine) -> None:
    with Session(library) as session:
        with session.begin():
            session.add(Author(name="a"))
        with session.begin():
            session.add(Author(name="b"))
        assert session.query(Author).count() == 2


def test_rolling_back_inside_the_block_ends_it(session: Session) -> None:
    with session.begin() as transaction:
        session.add(Author(name="a"))
        transaction.rollback()
    assert session.query(Author).count() == 0


def test_info_is_the_users_own(library: azoth.Engine) -> None:
    session = Session(library, info={"a": 1})
    assert session.info == {"a": 1}
    session.info["b"] = 2
    assert session.info == {"a": 1, "b": 2}
    assert Session().info == {}


def test_reset_leaves_a_fresh_session(session: Session) -> None:
    session.add(Author(name="a"))
    session.flush()
    session.reset()
    assert session.query(Author).count() == 0


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_after_its_end_the_rest_of_a_block_is_refused(
    session: Session, count_rows: Callable[[str], int], end: str
) -> None:
    with pytest.raises(InvalidRequestError, match="inside context manager"):
        with session.begin():
            session.add(Author(name="a"))
            getattr(session, end)()
            session.add(Author(name="lost otherwise"))
            session.flush()
    assert not session.in_transaction()
    assert count_rows("author") == (1 if end == "commit" else 0)
    session.rollback()
    assert session.query(Author).count() == count_rows("author")


def test_after_its_end_the_rest_of_a_savepoints_block_is_refused(session: Session) -> None:
    session.begin()
    with pytest.raises(InvalidRequestError, match="inside context manager"):
        with session.begin_nested() as savepoint:
            savepoint.rollback()
            session.execute(text("SELECT 1"))
    session.execute(text("SELECT 1"))
    assert session.in_transaction()


def test_everything_may_be_rolled_back_inside_a_savepoints_block(session: Session) -> None:
    session.add(Author(name="a"))
    with session.begin_nested():
        session.add(Author(name="b"))
        session.rollback()
    assert session.query(Author).count() == 0


def test_closing_inside_a_block(session: Session, count_rows: Callable[[str], int]) -> None:
    with session.begin():
        session.add(Author(name="a"))
        session.flush()
        session.close()
    assert count_rows("author") == 0
    assert session.query(Author).count() == 0


def test_closing_after_the_commit_inside_a_block(session: Session, count_rows: Callable[[str], int]) -> None:
    author = Author(name="a")
    with session.begin():
        session.add(author)
        session.commit()
        session.close()
    assert count_rows("author") == 1
    assert inspect(author).detached
