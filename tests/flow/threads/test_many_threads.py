"""Many threads with a scoped session on one SQLite file: nothing is lost, leaked or shared."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import Any

import pytest

import azoth
from azoth import ForeignKey, event, func, select
from azoth.orm import DeclarativeBase, Mapped, mapped_column, relationship, scoped_session, sessionmaker
from tests.database import Database

pytestmark = pytest.mark.sqlite_only("a write-ahead log, and the write lock from the start, are arguments of SQLite")

THREADS = 32
UNITS = 500
ACCOUNTS = 20


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int] = mapped_column(default=0)
    entries: Mapped[list[Entry]] = relationship(back_populates="account")


class Entry(Base):
    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread: Mapped[int]
    unit: Mapped[int]
    amount: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account] = relationship(back_populates="entries")


@pytest.fixture
def bank(database: Database) -> azoth.Engine:
    """A file that takes many writers: a write-ahead log, the write lock from the start, patience."""
    engine = database.make_engine(
        "bank", begin="IMMEDIATE", pool_size=8, max_overflow=0, pool_timeout=60, connect_args={"timeout": 60}
    )

    @event.listens_for(engine, "connect")
    def use_write_ahead_log(dbapi_connection: Any, record: Any) -> None:
        dbapi_connection.execute("PRAGMA journal_mode=WAL")
        dbapi_connection.execute("PRAGMA synchronous=NORMAL")

    Base.metadata.create_all(engine)
    with azoth.orm.Session(engine) as session, session.begin():
        session.add_all([Account(id=number) for number in range(ACCOUNTS)])
    return engine


class Client:
    """A thread that serves requests, and what it saw."""

    def __init__(self, number: int, Session: scoped_session) -> None:
        self.Session = Session
        self.number = number
        self.sessions: list[int] = []
        self.booked = 0
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        chance = random.Random(self.number)
        try:
            for unit in range(UNITS):
                self.serve(unit, chance)
        except BaseException as failure:  # noqa: BLE001 - whatever happens in a thread is looked at by the test
            self.failure = failure

    def serve(self, unit: int, chance: random.Random) -> None:
        Session = self.Session
        session = Session()
        self.sessions.append(session.hash_key)
        try:
            if unit % 5 == 4:
                self.look()
            else:
                self.book(unit, chance)
            assert Session() is session
        finally:
            Session.remove()

    def look(self) -> None:
        """Read only: such a transaction need not wait for the write lock."""
        Session = self.Session
        Session.connection(execution_options={"sqlite_begin": "DEFERRED"})
        mine = Session.scalar(select(func.count()).select_from(Entry).where(Entry.thread == self.number))
        assert mine == self.booked
        # One transaction sees one state of the database: what is booked in it adds up.
        booked, balances = (Session.scalar(select(func.sum(column))) for column in (Entry.amount, Account.balance))
        assert (booked or 0) == balances

    def book(self, unit: int, chance: random.Random) -> None:
        Session = self.Session
        account = Session.get(Account, chance.randrange(ACCOUNTS))
        amount = chance.randrange(1, 100)
        entry = Entry(thread=self.number, unit=unit, amount=amount, account=account)
        account.balance += amount
        Session.add(entry)
        if unit % 25 == 24:
            Session.flush()
            Session.rollback()
            return
        Session.commit()
        self.booked += 1
        assert entry.account is account


@pytest.mark.slow
def test_32_threads_with_500_units_each(bank: azoth.Engine) -> None:
    Session = scoped_session(sessionmaker(bank))
    clients = [Client(number, Session) for number in range(THREADS)]
    started = time.monotonic()
    for client in clients:
        client.thread.start()
    for client in clients:
        client.thread.join()
    elapsed = time.monotonic() - started

    assert [client.failure for client in clients if client.failure] == []
    with Session() as session:
        stored = Counter(dict(session.execute(select(Entry.thread, func.count()).group_by(Entry.thread)).all()))
        assert stored == {client.number: client.booked for client in clients}
        booked = dict(
            session.execute(select(Entry.account_id, func.sum(Entry.amount)).group_by(Entry.account_id)).all()
        )
        assert booked == {account.id: account.balance for account in session.query(Account)}
    Session.remove()
    seen = [number for client in clients for number in client.sessions]
    assert len(set(seen)) == THREADS * UNITS
    assert bank.pool.checkedout() == 0
    assert elapsed < 60
