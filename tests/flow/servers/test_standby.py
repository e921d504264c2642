"""A primary and its standby, which takes the primary's place.

Needs: PostgreSQL, with pg_basebackup.
"""

from __future__ import annotations

import pytest

from azoth import Engine, exc, text
from tests.flow.servers.conftest import DRIVERS, Make, until
from tests.servers import PrivatePostgreSQL, PrivateStandby


def both(postgresql: PrivatePostgreSQL, standby: PrivateStandby, wanted: str) -> str:
    hosts = f"host=127.0.0.1:{standby.port}&host=127.0.0.1:{postgresql.port}"
    return f"postgresql://postgres@/postgres?{hosts}&target_session_attrs={wanted}&connect_timeout=5"


def port_of(engine: Engine) -> int:
    with engine.connect() as connection:
        port = connection.scalar(text("SELECT inet_server_port()"))
        assert isinstance(port, int)
        return port


@pytest.mark.parametrize("driver", DRIVERS["postgresql"])
def test_a_write_on_a_standby_is_told_as_such(
    postgresql: PrivatePostgreSQL, standby: PrivateStandby, make_engine: Make, driver: str
) -> None:
    primary, follower = make_engine(postgresql.url, driver), make_engine(standby.url, driver)
    with primary.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS t (id int)"))
    with primary.connect().execution_options(postgresql_readonly=True) as connection:
        with pytest.raises(exc.DBAPIError) as caught:
            connection.execute(text("INSERT INTO t VALUES (1)"))
    assert caught.value.code == "AZ-D203"
    with follower.connect() as connection:
        with connection.execution_options(isolation_level="AUTOCOMMIT") as polling:
            assert until(lambda: polling.scalar(text("SELECT to_regclass('t') IS NOT NULL")))
    with follower.connect() as connection:
        with pytest.raises(exc.DBAPIError) as caught:
            connection.execute(text("INSERT INTO t VALUES (1)"))
        assert caught.value.code == "AZ-D202"
        assert "standby" in caught.value.why and "target_session_attrs=read-write" in caught.value.fix
        with pytest.raises(exc.DBAPIError) as caught:
            connection.execute(text("SELECT 1"))
        assert caught.value.code == "AZ-D204"


@pytest.mark.parametrize("driver", DRIVERS["postgresql"])
def test_the_wanted_kind_of_server_is_found_among_hosts(
    postgresql: PrivatePostgreSQL, standby: PrivateStandby, make_engine: Make, driver: str
) -> None:
    assert port_of(make_engine(both(postgresql, standby, "read-write"), driver)) == postgresql.port
    assert port_of(make_engine(both(postgresql, standby, "standby"), driver)) == standby.port
    none = make_engine(f"{postgresql.url}?target_session_attrs=standby", driver)
    with pytest.raises(exc.OperationalError) as caught:
        none.connect()
    assert caught.value.code == "AZ-D216"


def test_the_pool_goes_to_the_new_primary(
    postgresql: PrivatePostgreSQL, standby: PrivateStandby, make_engine: Make
) -> None:
    """The last one: afterwards there are two primaries."""
    url = both(postgresql, standby, "read-write")
    engines = [make_engine(url, driver, pool_pre_ping=True) for driver in DRIVERS["postgresql"]]
    assert [port_of(engine) for engine in engines] == [postgresql.port] * 2
    postgresql.kill()
    standby.promote()
    assert [port_of(engine) for engine in engines] == [standby.port] * 2
    for engine in engines:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS since_then (id int)"))
