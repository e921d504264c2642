"""After a commit whose outcome nobody knows, the session's objects tell the truth and nothing is written twice."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import azoth
from azoth import event, exc, inspect, select
from azoth.engine import RootTransaction
from azoth.orm import Session, sessionmaker
from azoth.orm.exc import ObjectDeletedError
from tests.database import Database
from tests.flow.library import Author, Book, make_tables
from tests.flow.strikes import LOST, REFUSED, DriverError, Faults

BOTH = pytest.mark.parametrize("happened", [True, False], ids=["committed", "rolled back"])


@pytest.fixture
def shelf(database: Database, faults: Faults) -> azoth.Engine:
    """The library; its driver cannot tell whether it is in a transaction."""
    engine: azoth.Engine = database.make_engine("library", lock_timeout=0.05, module=faults.driver(database.driver))
    make_tables(engine)
    with Session(engine) as session:
        session.add_all([Author(id=1, name="Le Guin"), Author(id=2, name="Lem"), Author(id=3, name="Banks")])
        session.commit()
    faults.tells = False
    return engine


def names(engine: azoth.Engine) -> dict[int, str]:
    with Session(engine) as session:
        return {author.id: author.name for author in session.scalars(select(Author))}


def test_inserted_objects_are_persistent_and_reading_one_tells_whether_its_row_is_there(
    shelf: azoth.Engine, faults: Faults
) -> None:
    for happened in (True, False):
        with Session(shelf) as session:
            author = Author(name="Tiptree")
            session.add(author)
            faults.strike("commit", LOST, after=happened)
            with pytest.raises(exc.CommitUnknown):
                session.commit()
            session.rollback()
            assert inspect(author).persistent
            if happened:
                assert author.name == "Tiptree"
            else:
                with pytest.raises(ObjectDeletedError):
                    _ = author.name


@BOTH
def test_repeating_the_commit_writes_nothing_twice(shelf: azoth.Engine, faults: Faults, happened: bool) -> None:
    with Session(shelf) as session:
        author = Author(name="Tiptree")
        session.add(author)
        faults.strike("commit", LOST, after=happened)
        with pytest.raises(exc.CommitUnknown):
            session.commit()
        session.flush()
        for repeat in (session.commit, lambda: session.scalars(select(Author)).all()):
            with pytest.raises(exc.PendingRollbackError, match="outcome of its commit is not known") as caught:
                repeat()
            assert isinstance(caught.value.__cause__, exc.CommitUnknown)
        session.rollback()
        session.add(author)
        session.commit()
    assert sorted(names(shelf).values()).count("Tiptree") == int(happened)


@BOTH
def test_changed_objects_are_expired(shelf: azoth.Engine, faults: Faults, happened: bool) -> None:
    with Session(shelf, expire_on_commit=False) as session:
        author = session.get_one(Author, 2)
        author.name = "Stanislaw Lem"
        faults.strike("commit", LOST, after=happened)
        with pytest.raises(exc.CommitUnknown):
            session.commit()
        session.rollback()
        assert author.name == ("Stanislaw Lem" if happened else "Lem")
        author.name = "L."
        session.commit()
    assert names(shelf)[2] == "L."


@BOTH
def test_deleted_objects_are_detached_and_can_be_taken_back(
    shelf: azoth.Engine, faults: Faults, happened: bool
) -> None:
    with Session(shelf) as session:
        author = session.get_one(Author, 3)
        session.delete(author)
        faults.strike("commit", LOST, after=happened)
        with pytest.raises(exc.CommitUnknown):
            session.commit()
        session.rollback()
        assert inspect(author).detached
        assert author.name == "Banks"
        assert session.get(Author, 3) is (None if happened else session.get(Author, 3))
    assert (3 in names(shelf)) is not happened
    if not happened:
        with Session(shelf) as session:
            session.add(author)
            author.name = "Iain Banks"
            session.commit()
        assert names(shelf)[3] == "Iain Banks"


def test_the_error_knows_what_was_written(shelf: azoth.Engine, faults: Faults) -> None:
    with Session(shelf) as session:
        new = Author(id=9, name="Secret Name")
        session.add(new)
        session.get_one(Author, 1).name = "Ursula"
        session.flush()
        with session.begin_nested():
            session.get_one(Author, 2).name = "Stanislaw"
        session.get_one(Author, 1).name = "Ursula Le Guin"
        session.delete(session.get_one(Author, 3))
        faults.strike("commit", LOST, after=True)
        with pytest.raises(exc.CommitUnknown) as caught:
            session.commit()
    written = caught.value.written
    assert written == exc.WrittenIdentities(
        inserted=((Author, (9,), None),),
        updated=((Author, (1,), None), (Author, (2,), None)),
        deleted=((Author, (3,), None),),
    )
    text = str(caught.value)
    assert "  inserted: Author 9\n  updated: Author 1, Author 2\n  deleted: Author 3" in text
    assert "Secret" not in text
    assert pickle.loads(pickle.dumps(caught.value)).written == written


def test_a_long_list_is_shortened_in_the_text(shelf: azoth.Engine, faults: Faults) -> None:
    with Session(shelf) as session:
        session.add_all([Author(id=number, name="x") for number in range(10, 20)])
        faults.strike("commit", LOST)
        with pytest.raises(exc.CommitUnknown, match="Author 14 and 5 more"):
            session.commit()


@BOTH
@pytest.mark.parametrize("leave", ["close", "rollback"])
def test_nothing_stays_checked_out_and_the_session_works_again(
    shelf: azoth.Engine, faults: Faults, leave: str, happened: bool
) -> None:
    session = Session(shelf)
    session.add(Author(id=7, name="Tiptree"))
    faults.strike("commit", LOST, after=happened)
    with pytest.raises(exc.CommitUnknown):
        session.commit()
    getattr(session, leave)()
    assert shelf.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert (session.get(Author, 7) is not None) is happened
    session.close()


def test_close_detaches_what_may_have_been_inserted(shelf: azoth.Engine, faults: Faults) -> None:
    session = Session(shelf)
    author = Author(id=7, name="Tiptree")
    session.add(author)
    faults.strike("commit", LOST, after=True)
    with pytest.raises(exc.CommitUnknown):
        session.commit()
    session.close()
    assert inspect(author).detached


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_an_interrupted_commit_is_treated_alike(
    shelf: azoth.Engine, faults: Faults, interrupt: type[BaseException]
) -> None:
    with Session(shelf) as session:
        author = Author(id=7, name="Tiptree")
        session.add(author)
        faults.strike("commit", interrupt(), after=True)
        with pytest.raises(interrupt) as caught:
            session.commit()
        unknown = caught.value.__cause__
        assert isinstance(unknown, exc.CommitUnknown)
        assert unknown.written is not None and unknown.written.inserted == ((Author, (7,), None),)
        session.rollback()
        assert author.name == "Tiptree"


def test_an_interrupt_right_behind_the_drivers_commit_does_not_undo_the_objects(
    shelf: azoth.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(transaction: RootTransaction) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    with Session(shelf) as session:
        author = Author(id=7, name="Tiptree")
        session.add(author)
        session.flush()
        monkeypatch.setattr(RootTransaction, "_end", interrupted)
        with pytest.raises(KeyboardInterrupt) as caught:
            session.commit()
        assert isinstance(caught.value.__cause__, exc.CommitUnknown)
        session.rollback()
        assert inspect(author).persistent
        assert author.name == "Tiptree"


def test_a_refused_commit_rolls_back_as_ever(shelf: azoth.Engine, faults: Faults) -> None:
    with Session(shelf) as session:
        author = Author(name="Tiptree")
        session.add(author)
        faults.strike("commit", REFUSED)
        with pytest.raises(exc.IntegrityError):
            session.commit()
        session.rollback()
        assert inspect(author).transient
        session.add(author)
        session.commit()
    assert list(names(shelf).values()).count("Tiptree") == 1


def test_a_replacement_by_a_listener_does_not_hide_it_from_the_session(shelf: azoth.Engine, faults: Faults) -> None:
    @event.listens_for(shelf, "handle_error")
    def replace(context: Any) -> None:
        raise RuntimeError("of the user")

    with Session(shelf) as session:
        author = Author(id=7, name="Tiptree")
        session.add(author)
        faults.strike("commit", LOST, after=True)
        with pytest.raises(RuntimeError, match="of the user"):
            session.commit()
        session.rollback()
        assert author.name == "Tiptree"


def test_the_blocks_of_sessions_and_factories_end_with_it(shelf: azoth.Engine, faults: Faults) -> None:
    faults.strike("commit", LOST, after=True)
    with pytest.raises(exc.CommitUnknown), Session(shelf) as session, session.begin():
        session.add(Author(id=7, name="Tiptree"))
    faults.strike("commit", LOST)
    with pytest.raises(exc.CommitUnknown), sessionmaker(shelf).begin() as session:
        session.add(Author(id=8, name="Russ"))
    assert 7 in names(shelf) and 8 not in names(shelf)


@BOTH
def test_flushes_that_commit_by_themselves_report_it(shelf: azoth.Engine, faults: Faults, happened: bool) -> None:
    session = Session(shelf, autocommit=True)
    author = Author(id=7, name="Tiptree")
    session.add(author)
    faults.strike("commit", LOST, after=happened)
    with pytest.raises(exc.CommitUnknown):
        session.flush()
    session.flush()
    assert inspect(author).persistent
    assert (session.get(Author, 7, populate_existing=True) is not None) is happened
    assert (7 in names(shelf)) is happened


def test_a_transaction_that_was_committed_in_one_database_only_says_where(
    database: Database, shelf: azoth.Engine, faults: Faults
) -> None:
    other = database.make_engine("other", module=faults.driver(database.driver))
    make_tables(other)
    with Session(binds={Author: shelf, Book: other}) as session:
        author, book = Author(id=7, name="Tiptree"), Book(id=1, title="Meet Me at Infinity")
        session.add_all([author, book])
        session.flush()
        session.connection(mapper=Author)
        first_engine = min((shelf, other), key=lambda engine: engine.url.render_as_string())
        faults_after_first = iter([False, True])

        def fail_second(connection: Any) -> None:
            if next(faults_after_first):
                faults.strike("commit", REFUSED)

        for engine in (shelf, other):
            event.listen(engine, "commit", fail_second)
        with pytest.raises(exc.CommitUnknown) as caught:
            session.commit()
        assert isinstance(caught.value.__cause__, exc.IntegrityError)
        assert caught.value.committed_on == (str(first_engine.url),)
        assert str(first_engine.url) in caught.value.why
        session.rollback()
        committed, refused = (author, book) if first_engine is shelf else (book, author)
        assert inspect(committed).persistent and inspect(refused).persistent
        session.refresh(committed)
        with pytest.raises(exc.InvalidRequestError):
            session.refresh(refused)


@pytest.mark.parametrize("lost", [LOST, KeyboardInterrupt()], ids=["error", "interrupt"])
def test_a_commit_of_unknown_outcome_says_which_databases_have_committed_before(
    database: Database, shelf: azoth.Engine, faults: Faults, lost: BaseException | DriverError
) -> None:
    other = database.make_engine("other", module=faults.driver(database.driver))
    make_tables(other)
    first, last = sorted((shelf, other), key=lambda engine: engine.url.render_as_string())
    event.listen(last, "commit", lambda _: faults.strike("commit", lost, after=True))
    with Session(binds={Author: shelf, Book: other}) as session:
        session.add(Book(id=1, title="Meet Me at Infinity"))
        session.flush()
        session.add(Author(id=7, name="Tiptree"))
        with pytest.raises((exc.CommitUnknown, KeyboardInterrupt)) as caught:
            session.commit()
        unknown = caught.value.__cause__ if isinstance(lost, KeyboardInterrupt) else caught.value
        assert isinstance(unknown, exc.PartialCommit)
        assert unknown.outcomes == {first: "committed", last: "unknown"}
        assert unknown.committed_on == pickle.loads(pickle.dumps(unknown)).committed_on == (str(first.url),)
        assert f"committed on: {first.url}" in str(unknown)
        session.rollback()
    assert names(shelf)[7] == "Tiptree"


def test_a_connection_that_the_session_was_given_is_free_after_the_rollback(
    shelf: azoth.Engine, faults: Faults
) -> None:
    with shelf.connect() as connection:
        session = Session(connection)
        session.add(Author(id=7, name="Tiptree"))
        faults.strike("commit", LOST, after=True)
        with pytest.raises(exc.CommitUnknown):
            session.commit()
        session.rollback()
        assert not connection.in_transaction()
        assert session.get_one(Author, 7).name == "Tiptree"
        session.get_one(Author, 7).name = "Sheldon"
        faults.strike("commit", REFUSED)
        with pytest.raises(exc.IntegrityError):
            session.commit()
        session.rollback()
        session.close()


# --- what comes after the commit --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["after_commit", "after_transaction_end"])
def test_a_raising_listener_does_not_undo_a_commit(shelf: azoth.Engine, name: str) -> None:
    def refuse(*arguments: Any) -> None:
        raise ValueError("no")

    with Session(shelf) as session:
        author = Author(id=7, name="Tiptree")
        session.add(author)
        gone = session.get_one(Author, 3)
        session.delete(gone)
        session.flush()
        event.listen(session, name, refuse)
        with pytest.raises(ValueError, match="no"):
            session.commit()
        event.remove(session, name, refuse)
        assert not session.in_transaction()
        assert inspect(author).persistent and inspect(gone).detached
        session.rollback()
        assert author.name == "Tiptree"
    assert names(shelf) == {1: "Le Guin", 2: "Lem", 7: "Tiptree"}
    assert shelf.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_raising_listener_in_a_block_does_not_undo_a_commit(shelf: azoth.Engine) -> None:
    author = Author(id=7, name="Tiptree")
    with Session(shelf) as session:
        event.listen(session, "after_commit", lambda session: 1 / 0)
        with pytest.raises(ZeroDivisionError), session.begin():
            session.add(author)
        assert inspect(author).persistent
    assert 7 in names(shelf)


def test_a_raising_checkin_listener_does_not_undo_a_commit(shelf: azoth.Engine) -> None:
    def refuse(*arguments: Any) -> None:
        raise ValueError("no")

    with Session(shelf) as session:
        author = Author(id=7, name="Tiptree")
        session.add(author)
        event.listen(shelf, "checkin", refuse)
        with pytest.raises(ValueError, match="no"):
            session.commit()
        event.remove(shelf, "checkin", refuse)
        assert author.name == "Tiptree"
    assert shelf.pool.checkedout() == 0  # type: ignore[attr-defined]
