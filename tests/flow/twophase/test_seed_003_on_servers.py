"""The examples of seed 003 that say ``postgres://``, on servers of PostgreSQL.

Needs: PostgreSQL, of the tests' own.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from azoth import Column, Engine, Integer, MetaData, String, Table, create_engine
from azoth.orm import class_mapper, mapper, sessionmaker
from tests.flow.twophase.conftest import clear
from tests.servers import PrivatePostgreSQL


@pytest.fixture
def shop(first_postgresql: PrivatePostgreSQL, second_postgresql: PrivatePostgreSQL) -> Iterator[SimpleNamespace]:
    """Users on one server, accounts on another one."""
    urls = [server.url.replace("postgresql://", "postgres://") for server in (first_postgresql, second_postgresql)]
    metadata = MetaData()
    users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String(30)))
    accounts = Table("accounts", metadata, Column("id", Integer, primary_key=True), Column("owner", String(30)))

    class User:
        pass

    class Account:
        pass

    mapper(User, users)
    mapper(Account, accounts)
    for url in urls:
        engine = create_engine(url)
        metadata.drop_all(engine)
        metadata.create_all(engine)
        engine.dispose()
    yield SimpleNamespace(urls=urls, User=User, Account=Account)
    for class_ in (User, Account):
        class_mapper(class_).dispose()
    for url in urls:
        engine = create_engine(url)
        clear(engine)
        metadata.drop_all(engine)
        engine.dispose()


def count(engine: Engine, table: str) -> Any:
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()


def test_an_engine_that_is_made_after_the_session_class(shop: Any) -> None:
    Session = sessionmaker()
    engine = create_engine(shop.urls[0])
    Session.configure(bind=engine)
    sess = Session()
    sess.add(shop.User())
    sess.commit()
    sess.close()
    assert count(engine, "users") == 1
    connection = engine.connect()
    sess = Session(bind=connection)
    assert sess.query(shop.User).count() == 1
    sess.close()
    connection.close()
    engine.dispose()


def test_two_phases_over_two_servers(shop: Any) -> None:
    engine1 = create_engine(shop.urls[0])
    engine2 = create_engine(shop.urls[1])

    Session = sessionmaker(twophase=True, transactional=True)

    # bind User operations to engine 1, Account operations to engine 2
    Session.configure(binds={shop.User: engine1, shop.Account: engine2})

    sess = Session()
    sess.save(shop.User())
    sess.save(shop.Account())
    sess.commit()
    assert (count(engine1, "users"), count(engine2, "accounts")) == (1, 1)

    # prepare() is for transactions that somebody else manages
    sess.save(shop.User())
    sess.save(shop.Account())
    sess.prepare()
    assert (count(engine1, "users"), count(engine2, "accounts")) == (1, 1)
    sess.rollback()
    sess.close()
    assert (count(engine1, "users"), count(engine2, "accounts")) == (1, 1)
    for engine in (engine1, engine2):
        with engine.connect() as connection:
            assert connection.recover_twophase() == []
        engine.dispose()


def test_a_threadlocal_engine(shop: Any) -> None:
    engine: Any = create_engine(shop.urls[0], strategy="threadlocal")
    Session = sessionmaker(bind=engine)
    engine.begin()
    sess = Session()  # session takes place in the transaction like everyone else
    sess.add(shop.User())
    sess.flush()
    engine.commit()  # commit the transaction
    sess.close()
    other = create_engine(shop.urls[0])
    assert count(other, "users") == 1
    other.dispose()
    engine.dispose()
