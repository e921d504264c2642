"""What keeps from connecting is told by its code, with the cure; passwords appear nowhere.

Needs: PostgreSQL, MariaDB.
"""

from __future__ import annotations

import pytest

import azoth
from azoth import exc, text
from tests.flow.servers.conftest import DRIVERS, Make
from tests.servers import PrivateMariaDB, PrivatePostgreSQL
from tests.servers.processes import free_port

SECRET = "wrongpassword"
PASSWORDS = "host all walter 127.0.0.1/32 scram-sha-256\nhost all barred 127.0.0.1/32 reject\n"
POSTGRESQL = {
    "absent": ("AZ-D220", {"port": free_port()}),
    "no such host": ("AZ-D210", {"host": "nowhere.invalid"}),
    "wrong password": ("AZ-D211", {"username": "walter", "password": SECRET}),
    "no password": ("AZ-D211", {"username": "walter", "password": None}),
    "no such user": ("AZ-D212", {"username": "nobody"}),
    "no such database": ("AZ-D213", {"database": "nothing", "password": SECRET}),
    "barred": ("AZ-D214", {"username": "barred", "password": SECRET}),
    "no TLS": ("AZ-D215", {"query": {"sslmode": "require"}, "password": SECRET}),
}
MARIADB = {
    "absent": ("AZ-D231", {"port": free_port(), "password": SECRET}),
    "no such host": ("AZ-D230", {"host": "nowhere.invalid", "password": SECRET}),
    "wrong password": ("AZ-D232", {"username": "walter", "password": SECRET}),
    "no such user": ("AZ-D232", {"username": "nobody", "password": SECRET}),
    "no such database": ("AZ-D234", {"database": "nothing"}),
    "barred": ("AZ-D233", {"username": "barred", "database": "mysql"}),
    "no TLS": ("AZ-D235", {"query": {"ssl_mode": "VERIFY_CA"}}),
}


@pytest.fixture(scope="module")
def guarded_postgresql(postgresql: PrivatePostgreSQL) -> PrivatePostgreSQL:
    engine = azoth.create_engine(postgresql.url)
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE walter LOGIN PASSWORD 'right'"))
        connection.execute(text("CREATE ROLE barred LOGIN"))
    engine.dispose()
    rules = postgresql.data / "pg_hba.conf"
    rules.write_text(PASSWORDS + rules.read_text())
    postgresql.restart()
    return postgresql


@pytest.fixture(scope="module")
def guarded_mariadb(mariadb: PrivateMariaDB) -> PrivateMariaDB:
    engine = azoth.create_engine(mariadb.url.replace("mysql:", "mariadb+pymysql:"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE USER walter@'127.0.0.1' IDENTIFIED BY 'right'")
        connection.exec_driver_sql("CREATE USER barred@'127.0.0.1'")
    engine.dispose()
    return mariadb


def check(make_engine: Make, url: str, driver: str, code: str, changes: dict[str, object]) -> None:
    changed = azoth.make_url(url).set(**changes).render_as_string(hide_password=False)  # type: ignore[arg-type]
    engine = make_engine(changed, driver)
    with pytest.raises(exc.OperationalError) as caught:
        engine.connect()
    error = caught.value
    assert error.code == code
    assert error.why and error.fix
    assert SECRET not in f"{error}{error!r}{error.args}{error.__cause__!r}{engine!r}"
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("driver", DRIVERS["postgresql"])
@pytest.mark.parametrize("case", POSTGRESQL)
def test_postgresql(guarded_postgresql: PrivatePostgreSQL, make_engine: Make, driver: str, case: str) -> None:
    check(make_engine, guarded_postgresql.url, driver, *POSTGRESQL[case])


@pytest.mark.parametrize("driver", DRIVERS["mariadb"])
@pytest.mark.parametrize("case", MARIADB)
def test_mariadb(guarded_mariadb: PrivateMariaDB, make_engine: Make, driver: str, case: str) -> None:
    check(make_engine, guarded_mariadb.url, driver, *MARIADB[case])


def test_a_failure_leaves_its_place_in_the_pool(guarded_postgresql: PrivatePostgreSQL, make_engine: Make) -> None:
    engine = make_engine(guarded_postgresql.url, "psycopg", pool_size=1, max_overflow=0, pool_timeout=1)
    guarded_postgresql.stop()
    for _ in range(3):
        with pytest.raises(exc.OperationalError):
            engine.connect()
    guarded_postgresql.start()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
