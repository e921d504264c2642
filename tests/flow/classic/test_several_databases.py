"""Bound metadata, ``binds=``, several engines in one transaction, two phases, threadlocal engines."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from azoth import Column, Integer, MetaData, String, Table, event, select
from azoth.exc import ArgumentError, InvalidRequestError, OperationalError, UnboundExecutionError
from azoth.orm import Session, class_mapper, mapper, sessionmaker
from tests.database import Database


@pytest.fixture
def two(database: Database) -> Iterator[SimpleNamespace]:
    """Users in one database, accounts in another; nothing is bound yet."""
    engines = [database.make_engine(name) for name in ("one", "two")]
    metadatas = [MetaData(), MetaData()]
    users = Table("users", metadatas[0], Column("id", Integer, primary_key=True), Column("name", String(30)))
    accounts = Table("accounts", metadatas[1], Column("id", Integer, primary_key=True), Column("owner", String(30)))
    for engine, metadata in zip(engines, metadatas, strict=True):
        metadata.create_all(engine)

    class User:
        pass

    class Account:
        pass

    mapper(User, users)
    mapper(Account, accounts)
    yield SimpleNamespace(
        engine1=engines[0], engine2=engines[1], metadatas=metadatas, users=users, accounts=accounts,
        User=User, Account=Account,
    )  # fmt: skip
    for class_ in (User, Account):
        class_mapper(class_).dispose()
    for engine in engines:
        engine.dispose()


def fill(two: Any, sess: Session) -> None:
    user, account = two.User(), two.Account()
    user.name = account.owner = "ed"
    sess.add(user)
    sess.add(account)


def counts(two: Any) -> tuple[int, int]:
    with two.engine1.connect() as one, two.engine2.connect() as other:
        return (
            one.exec_driver_sql("SELECT count(*) FROM users").scalar_one(),
            other.exec_driver_sql("SELECT count(*) FROM accounts").scalar_one(),
        )


def test_an_unbound_session_finds_engines_through_bound_metadata(two: Any) -> None:
    two.metadatas[0].bind = two.engine1
    two.metadatas[1].bind = two.engine2
    sess = sessionmaker(transactional=True)()
    fill(two, sess)
    sess.flush()
    assert counts(two) == (0, 0)
    sess.commit()
    assert counts(two) == (1, 1)
    assert sess.query(two.User).one().name == "ed"
    assert sess.query(two.Account).one().owner == "ed"
    sess.close()


def test_statements_find_their_engine_by_mapper_table_or_argument(two: Any) -> None:
    two.metadatas[0].bind = two.engine1
    two.metadatas[1].bind = two.engine2
    sess = sessionmaker(transactional=True)()
    fill(two, sess)
    sess.commit()
    assert sess.execute("select * from users where id=:id", {"id": 1}, mapper=two.User).all() == [(1, "ed")]
    assert sess.execute("select owner from accounts", mapper=class_mapper(two.Account)).scalar() == "ed"
    assert sess.scalar("select count(*) from accounts", mapper=two.Account) == 1
    assert sess.scalars("select name from users", mapper=two.User).all() == ["ed"]
    assert sess.execute(select(two.accounts.c.owner)).scalar() == "ed"
    assert sess.connection(two.User).engine is two.engine1
    assert sess.connection(class_mapper(two.Account)).engine is two.engine2
    assert sess.connection({"mapper": two.Account}).engine is two.engine2
    assert sess.get_bind(two.User) is two.engine1
    assert sess.get_bind(class_mapper(two.Account)) is two.engine2
    assert sess.get_bind(None, select(two.users)) is two.engine1
    sess.close()


def test_text_without_a_mapper_has_no_engine(two: Any) -> None:
    sess = sessionmaker(transactional=True)()
    with pytest.raises(UnboundExecutionError):
        sess.execute("select 1")
    with pytest.raises(UnboundExecutionError, match="User"):
        sess.query(two.User).all()


@pytest.mark.parametrize("key", ["class", "mapper", "table"])
def test_binds_by_class_mapper_and_table(two: Any, key: str) -> None:
    keys = {
        "class": (two.User, two.Account),
        "mapper": (class_mapper(two.User), class_mapper(two.Account)),
        "table": (two.users, two.accounts),
    }[key]
    Session = sessionmaker(transactional=True)
    Session.configure(binds={keys[0]: two.engine1, keys[1]: two.engine2})
    sess = Session()
    fill(two, sess)
    sess.commit()
    assert counts(two) == (1, 1)
    sess.close()


def test_one_transaction_covers_all_engines(two: Any) -> None:
    sess = sessionmaker(binds={two.User: two.engine1, two.Account: two.engine2})()
    fill(two, sess)
    sess.flush()
    sess.rollback()
    assert counts(two) == (0, 0)
    fill(two, sess)
    savepoint = sess.begin_nested()
    fill(two, sess)
    sess.flush()
    savepoint.rollback()
    sess.commit()
    assert counts(two) == (1, 1)
    sess.close()


def test_without_a_transaction_each_flush_commits_on_all_engines(two: Any) -> None:
    sess = sessionmaker(transactional=False, binds={two.User: two.engine1, two.Account: two.engine2})()
    fill(two, sess)
    sess.flush()
    assert counts(two) == (1, 1)
    assert (two.engine1.pool.checkedout(), two.engine2.pool.checkedout()) == (0, 0)


class TwoPhases:
    """Gives SQLite's dialect what looks like two phases, and notes what is asked for.

    Preparing keeps the transaction open, which is all that the session's own part needs.
    """

    def __init__(self, log: list[str], name: str, engine: Any, *, refuses: bool = False) -> None:
        self.log, self.name, self.refuses = log, name, refuses
        dialect = engine.dialect
        dialect.supports_twophase = True
        dialect.create_xid = lambda: f"xid of {name}"
        dialect.do_begin_twophase = self.begin
        dialect.do_prepare_twophase = self.prepare
        dialect.do_commit_twophase = self.commit
        dialect.do_rollback_twophase = self.rollback

    def begin(self, connection: Any, xid: Any) -> None:
        connection._dbapi.execute("BEGIN")
        self.log.append(f"begin {self.name}")

    def prepare(self, connection: Any, xid: Any) -> None:
        self.log.append(f"prepare {self.name}")
        if self.refuses:
            raise OperationalError("PREPARE", None, Exception("the database refuses"))

    def commit(self, connection: Any, xid: Any, is_prepared: bool = True, recover: bool = False) -> None:
        self.log.append(f"commit {self.name}{' prepared' if is_prepared else ''}")
        connection._dbapi.commit()

    def rollback(self, connection: Any, xid: Any, is_prepared: bool = True, recover: bool = False) -> None:
        self.log.append(f"rollback {self.name}{' prepared' if is_prepared else ''}")
        connection._dbapi.rollback()


@pytest.fixture
def phased(two: Any) -> Any:
    log: list[str] = []
    TwoPhases(log, "one", two.engine1)
    TwoPhases(log, "two", two.engine2)
    maker = sessionmaker(twophase=True, transactional=True)
    maker.configure(binds={two.User: two.engine1, two.Account: two.engine2})
    return SimpleNamespace(log=log, maker=maker)


def test_two_phases_prepare_everywhere_before_they_commit_anywhere(two: Any, phased: Any) -> None:
    sess = phased.maker()
    fill(two, sess)
    sess.commit()
    assert sorted(phased.log[:2]) == ["begin one", "begin two"]
    assert sorted(phased.log[2:4]) == ["prepare one", "prepare two"]
    assert sorted(phased.log[4:]) == ["commit one prepared", "commit two prepared"]
    assert counts(two) == (1, 1)


def test_a_refusal_to_prepare_rolls_back_everywhere(two: Any, phased: Any) -> None:
    TwoPhases(phased.log, "two", two.engine2, refuses=True)
    sess = phased.maker()
    fill(two, sess)
    with pytest.raises(OperationalError):
        sess.commit()
    assert not any(entry.startswith("commit") for entry in phased.log)
    sess.rollback()
    assert counts(two) == (0, 0)
    assert (two.engine1.pool.checkedout(), two.engine2.pool.checkedout()) == (0, 0)


def test_prepare_leaves_the_decision_to_the_caller(two: Any, phased: Any) -> None:
    for decide, expected in (("rollback", (0, 0)), ("commit", (1, 1))):
        sess = phased.maker()
        fill(two, sess)
        sess.prepare()
        with pytest.raises(InvalidRequestError, match="'prepared' state"):
            sess.query(two.User).all()
        phased.log.clear()
        getattr(sess, decide)()
        assert sorted(phased.log) == [f"{decide} one prepared", f"{decide} two prepared"]
        assert counts(two) == expected


def test_prepare_needs_two_phases(two: Any) -> None:
    with Session(two.engine1) as sess, pytest.raises(InvalidRequestError, match="twophase=True"):
        sess.prepare()


@pytest.mark.lacks("two phases")
def test_a_database_without_two_phases_says_so_and_keeps_no_connection(two: Any) -> None:
    sess = Session(two.engine1, twophase=True)
    with pytest.raises(InvalidRequestError, match="no two-phase transactions"):
        sess.query(two.User).all()
    assert two.engine1.pool.checkedout() == 0
    sess.close()


@pytest.fixture
def local(database: Database, two: Any) -> Any:
    engine = database.make_engine("one", strategy="threadlocal")
    two.metadatas[0].bind = engine
    return engine


def test_a_session_takes_part_in_the_threads_transaction(two: Any, local: Any) -> None:
    for end, expected in (("rollback", 0), ("commit", 1)):
        local.begin()
        sess = sessionmaker()()
        user = two.User()
        user.name = "ed"
        sess.add(user)
        sess.commit()
        assert counts(two)[0] == 0
        assert local.scalar(select(two.users.c.name)) == "ed"
        sess.close()
        getattr(local, end)()
        assert counts(two)[0] == expected
    assert local.pool.checkedout() == 0


def test_a_session_without_a_transaction_reads_and_flushes_in_the_threads_transaction(two: Any, local: Any) -> None:
    sess = sessionmaker(transactional=False)()
    with local.begin():
        user = two.User()
        user.name = "ed"
        sess.save(user)
        sess.flush()
        assert sess.query(two.User).count() == 1
        assert counts(two)[0] == 0
    assert counts(two)[0] == 1


def test_begins_of_a_thread_are_counted(two: Any, local: Any) -> None:
    committed: list[Any] = []
    event.listen(local, "commit", committed.append)
    local.begin()
    local.begin()
    local.execute(two.users.insert(), {"name": "ed"})
    local.commit()
    assert not committed
    local.commit()
    assert len(committed) == 1
    local.begin()
    local.begin()
    local.execute(two.users.insert(), {"name": "jack"})
    local.rollback()
    with pytest.raises(InvalidRequestError, match="inner rollback"):
        local.commit()
    assert not local.in_transaction()
    assert counts(two)[0] == 1


def test_threads_have_transactions_of_their_own(two: Any, local: Any) -> None:
    local.begin()
    seen: list[bool] = []
    thread = threading.Thread(target=lambda: seen.append(local.in_transaction()))
    thread.start()
    thread.join()
    assert seen == [False]
    local.rollback()
    with pytest.raises(InvalidRequestError, match="no transaction is begun in this thread"):
        local.commit()


def test_an_error_in_a_block_rolls_back(two: Any, local: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        with local.begin() as connection:
            connection.execute(two.users.insert(), {"name": "ed"})
            raise ZeroDivisionError
    assert counts(two)[0] == 0
    assert local.pool.checkedout() == 0


def test_an_unknown_strategy_is_refused(database: Database) -> None:
    with pytest.raises(ArgumentError, match="no strategy 'mock up'"):
        database.make_engine(strategy="mock up")
