"""Transfers between a few accounts, by several workers, while connections are killed, also in the middle of COMMIT.

The sum stays what it was, and each transfer is there once. In the default run they are few, by a seed that is printed;
eight workers with 200 transfers each with ``AZOTH_TEST_ALL=1``.

Needs: PostgreSQL and MariaDB, of the tests' own.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

import azoth
from azoth import exc, func, select, text
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, run
from tests.flow.servers.swallowing import SwallowingLine
from tests.flow.twophase.conftest import url_on
from tests.servers import PrivateMariaDB, PrivatePostgreSQL

ALL = os.environ.get("AZOTH_TEST_ALL") == "1"
SEED = int(os.environ.get("AZOTH_TEST_SEED", "0")) or random.SystemRandom().randrange(10**6)
WORKERS, TRANSFERS = (8, 200) if ALL else (4, 12)
ACCOUNTS = 3


class Base(DeclarativeBase):
    pass


class Purse(Base):
    __tablename__ = "purses"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[int]


class Transfer(Base):
    __tablename__ = "transfers"
    number: Mapped[int] = mapped_column(primary_key=True)
    worker: Mapped[int]
    turn: Mapped[int]


class Town:
    """A server, a line to it that loses answers, and engines by both ways."""

    def __init__(self, server: Any, driver: str, line: SwallowingLine) -> None:
        self.line = line
        url = azoth.make_url(url_on(server, driver))
        self.direct = azoth.create_engine(url)
        self.engine = azoth.create_engine(url.set(port=line.port), pool_size=WORKERS)
        Base.metadata.create_all(self.direct)
        with Session(self.direct) as session:
            session.add_all([Purse(id=number, amount=1000) for number in range(ACCOUNTS)])
            session.commit()

    def connections(self) -> list[int]:
        """List the numbers of the workers' connections."""
        with self.direct.connect() as connection:
            if self.direct.dialect.name == "postgresql":
                found = connection.scalars(
                    text(
                        "SELECT pid FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
            else:
                found = connection.scalars(
                    text(
                        "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"
                    )
                )
            return list(found)

    def kill(self, number: int) -> None:
        """Kill one of them."""
        with self.direct.connect() as connection, suppress(exc.DBAPIError):
            is_postgresql = self.direct.dialect.name == "postgresql"
            connection.execute(text(f"SELECT pg_terminate_backend({number})" if is_postgresql else f"KILL {number}"))


@pytest.fixture(params=["postgresql", "mariadb"])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    server: Any = PrivatePostgreSQL() if request.param == "postgresql" else PrivateMariaDB()
    obstacle = server.obstacle()
    if obstacle is not None:
        pytest.skip(f"database not available: {obstacle.reason}")
    with server, SwallowingLine(server.port) as line:
        town = Town(server, "psycopg" if request.param == "postgresql" else "pymysql", line)
        yield town
        town.engine.dispose()
        town.direct.dispose()


def transfer(session: Session, worker: int, turn: int, giver: int, taker: int) -> None:
    for number, change in sorted([(giver, -1), (taker, 1)], key=lambda _: random.random()):
        purse = session.get(Purse, number)
        assert purse is not None
        purse.amount += change
        session.flush()
    session.add(Transfer(worker=worker, turn=turn))


def test_the_sum_is_exact_and_each_transfer_is_there_once(town: Town) -> None:
    failures: list[BaseException] = []
    retries: list[BaseException] = []
    is_over = threading.Event()

    def work(worker: int) -> None:
        chance = random.Random(f"{SEED} {worker}")
        unit = run(
            town.engine, isolation_level="SERIALIZABLE", deadline=120,
            on_retry=lambda error, _attempt, _delay: retries.append(error),
        )(transfer)  # fmt: skip
        try:
            for turn in range(TRANSFERS):
                unit(worker, turn, *chance.sample(range(ACCOUNTS), 2))
        except BaseException as error:  # noqa: BLE001 -- it is raised by the test
            failures.append(error)

    def fire() -> None:
        chance = random.Random(SEED)
        while not is_over.wait(0.05):
            town.line.swallows = chance.random() < 0.3
            if chance.random() < 0.5 and (numbers := town.connections()):
                town.kill(chance.choice(numbers))

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(WORKERS)]
    shooter = threading.Thread(target=fire)
    began = time.monotonic()
    for thread in [*threads, shooter]:
        thread.start()
    for thread in threads:
        thread.join()
    is_over.set()
    shooter.join()
    assert not failures, (SEED, failures[0], getattr(failures[0], "__notes__", None))
    with Session(town.direct) as session:
        assert session.scalar(select(func.sum(Purse.amount))) == ACCOUNTS * 1000
        done = session.execute(select(Transfer.worker, Transfer.turn)).all()
    assert sorted(tuple(one) for one in done) == [(w, t) for w in range(WORKERS) for t in range(TRANSFERS)]
    seconds = time.monotonic() - began
    print(f"\n{len(done)} transfers, {len(retries)} repeated, {seconds:.0f} s, seed {SEED}")  # noqa: T201 -- of interest
