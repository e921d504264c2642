"""Servers that come in numbers: a standby, a pooler, a cluster."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.servers import PrivateGalera, PrivatePgBouncer, PrivatePostgreSQL, PrivateStandby
from tests.servers.connecting import connect_to_mariadb

psycopg = pytest.importorskip("psycopg")
pymysql = pytest.importorskip("pymysql")


@pytest.fixture(scope="module")
def primary() -> Iterator[PrivatePostgreSQL]:
    obstacle = PrivatePostgreSQL.obstacle()
    if obstacle is not None:
        pytest.skip(f"database not available: {obstacle.reason}")
    with PrivatePostgreSQL() as server:
        yield server


def ask(url: str, *statements: str) -> Any:
    """Execute statements on a connection that commits each, and give the rows of the last."""
    mysql = url.startswith("mysql")
    opened: Any = connect_to_mariadb(pymysql, url) if mysql else psycopg.connect(url, autocommit=True)
    with closing(opened) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def test_a_standby_follows_refuses_writes_and_is_promoted(primary: PrivatePostgreSQL) -> None:
    with PrivateStandby(primary) as standby:
        ask(primary.url, "CREATE TABLE sent (id INTEGER)", "INSERT INTO sent VALUES (1) RETURNING id")
        ((position,),) = ask(primary.url, "SELECT pg_current_wal_lsn()::text")
        wait_for(standby, position)
        assert ask(standby.url, "SELECT id FROM sent") == [(1,)]
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            ask(standby.url, "INSERT INTO sent VALUES (2)")
        standby.kill()
        standby.start()
        standby.promote()
        assert ask(standby.url, "INSERT INTO sent VALUES (2) RETURNING id") == [(2,)]


def wait_for(standby: PrivateStandby, position: str) -> None:
    for _ in range(1000):
        if ask(standby.url, f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == [(True,)]:
            return
        time.sleep(0.01)


def test_a_pooler_hands_its_few_connections_round(primary: PrivatePostgreSQL) -> None:
    obstacle = PrivatePgBouncer.obstacle()
    if obstacle is not None:
        pytest.skip(f"database not available: {obstacle.reason}")
    with PrivatePgBouncer(primary) as pooler:
        several = [psycopg.connect(pooler.url, autocommit=True) for _ in range(5)]
        backends = {connection.execute("SELECT pg_backend_pid()").fetchone()[0] for connection in several}
        assert len(backends) <= 2
        for connection in several:
            connection.close()
        pooler.kill()
        pooler.start()
        assert ask(pooler.url, "SELECT 1") == [(1,)]


@pytest.mark.slow
def test_a_cluster_outlasts_one_of_its_nodes_which_comes_back() -> None:
    obstacle = PrivateGalera.obstacle()
    if obstacle is not None:
        pytest.skip(f"database not available: {obstacle.reason}")
    with PrivateGalera() as cluster:
        one, two, three = cluster.urls
        ask(one, "CREATE DATABASE shared", "CREATE TABLE shared.t (id INTEGER PRIMARY KEY)")
        ask(one, "INSERT INTO shared.t VALUES (1)")
        assert ask(two, "SET wsrep_sync_wait = 1", "SELECT id FROM shared.t") == [(1,)]
        cluster.nodes[2].kill()
        ask(two, "INSERT INTO shared.t VALUES (2)")
        cluster.nodes[2].start()
        assert ask(three, "SELECT id FROM shared.t ORDER BY id") == [(1,), (2,)]
        folders = [node.folder for node in cluster.nodes]
    assert [folder for folder in folders if folder.exists()] == []
