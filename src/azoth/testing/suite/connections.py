"""Connecting, pinging, losing connections, reading rows in portions."""

from __future__ import annotations

import pytest

from azoth import Column, Integer, String, exc, literal, select, text
from azoth.testing.suite.ground import Ground

__all__ = ["TestConnections", "TestLostConnections", "TestStreaming"]

needs = pytest.mark.azoth_needs


class TestConnections:
    """Connections come, answer and go."""

    def test_a_connection_answers(self, ground: Ground) -> None:
        with ground.engine.connect() as connection:
            assert connection.scalar(select(literal(1))) == 1
            assert not connection.closed
        assert connection.closed

    def test_the_driver_follows_pep_249(self, ground: Ground) -> None:
        driver = ground.engine.dialect.dbapi
        for name in ("Error", "DatabaseError", "IntegrityError", "OperationalError", "ProgrammingError"):
            assert issubclass(getattr(driver, name), Exception), name
        assert issubclass(driver.IntegrityError, driver.Error)

    def test_a_connection_goes_back_to_the_pool_and_is_used_again(self, ground: Ground) -> None:
        with ground.engine.connect() as connection:
            first = connection.connection.dbapi_connection
        with ground.engine.connect() as connection:
            assert connection.connection.dbapi_connection is first
            assert connection.scalar(select(literal(2))) == 2

    def test_a_connection_that_answers_is_pinged(self, ground: Ground) -> None:
        with ground.engine.connect() as connection:
            assert ground.engine.dialect.do_ping(connection.connection.dbapi_connection) is True

    def test_a_pool_that_pings_leaves_no_transaction_behind(self, ground: Ground) -> None:
        table = ground.table("azoth_kept", Column("x", Integer))
        engine = ground.other_engine(pool_pre_ping=True)
        for number in range(2):
            with engine.begin() as connection:
                connection.execute(table.insert().values(x=number))
        assert [x for _, x in ground.rows(table)] == [0, 1]

    def test_a_connection_can_be_given_up(self, ground: Ground) -> None:
        with ground.engine.connect() as connection:
            first = connection.connection.dbapi_connection
            connection.invalidate()
            assert connection.invalidated
        with ground.engine.connect() as connection:
            assert connection.connection.dbapi_connection is not first
            assert connection.scalar(select(literal(3))) == 3

    def test_the_dialect_knows_its_server(self, ground: Ground) -> None:
        with ground.engine.connect():
            pass
        version = ground.engine.dialect.server_version_info
        assert version is not None
        assert all(isinstance(number, int) for number in version)

    def test_an_ordinary_error_loses_no_connection(self, ground: Ground) -> None:
        with ground.engine.connect() as connection:
            before = connection.connection.dbapi_connection
            with pytest.raises(exc.DBAPIError) as failure:
                connection.execute(text("SELECT nothing FROM azoth_no_such_table"))
            assert not failure.value.connection_invalidated
            connection.rollback()
            assert connection.connection.dbapi_connection is before
            assert connection.scalar(select(literal(4))) == 4

    def test_texts_of_a_program_run_as_they_are(self, ground: Ground) -> None:
        with ground.engine.connect() as connection:
            assert connection.scalar(text("SELECT :x").bindparams(x=5)) == 5
            assert connection.scalar(text("SELECT '50%'")) == "50%"
            assert connection.scalar(text(r"SELECT '\:x'")) == ":x"


@needs("killed_connections")
class TestLostConnections:
    """What happens when the server has ended a connection: it is asked to, nothing is feigned."""

    def test_the_error_says_that_the_connection_is_lost(self, ground: Ground) -> None:
        with ground.engine.connect() as connection:
            connection.execute(select(literal(1)))
            ground.kill(connection)
            with pytest.raises(exc.DBAPIError) as failure:
                for _ in range(20):
                    connection.execute(select(literal(1)))
            assert failure.value.connection_invalidated
        with ground.engine.connect() as connection:
            assert connection.scalar(select(literal(2))) == 2

    def test_a_ping_notices(self, ground: Ground) -> None:
        with ground.engine.connect() as connection:
            dbapi_connection = connection.connection.dbapi_connection
            assert ground.engine.dialect.do_ping(dbapi_connection) is True
            connection.rollback()
            ground.kill(connection)
            assert ground.engine.dialect.do_ping(dbapi_connection) is False
            connection.invalidate()

    def test_a_pool_that_pings_replaces_it(self, ground: Ground) -> None:
        engine = ground.other_engine(pool_pre_ping=True, pool_size=1, max_overflow=0)
        with engine.connect() as connection:
            connection.execute(select(literal(1)))
            number = engine.dialect.connection_id(connection.connection.dbapi_connection)
            connection.commit()
            ground.kill(connection)
        with engine.connect() as connection:
            assert connection.scalar(select(literal(1))) == 1
            assert engine.dialect.connection_id(connection.connection.dbapi_connection) != number

    def test_what_was_not_committed_is_gone(self, ground: Ground) -> None:
        table = ground.table("azoth_kept", Column("x", Integer))
        with ground.engine.connect() as connection:
            connection.execute(table.insert().values(x=1))
            ground.kill(connection)
            with pytest.raises(exc.DBAPIError):
                for _ in range(20):
                    connection.execute(table.insert().values(x=2))
        assert ground.rows(table) == []


class TestStreaming:
    """Rows are read in portions."""

    def test_rows_in_portions(self, ground: Ground) -> None:
        table = ground.table("azoth_many", Column("x", String(10)))
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), [{"x": f"r{number}"} for number in range(25)])
        with ground.engine.connect() as connection:
            statement = select(table.c.x).order_by(table.c.id)
            result = connection.execution_options(yield_per=10).execute(statement)
            assert [len(portion) for portion in result.partitions()] == [10, 10, 5]
            assert connection.execute(statement).scalars().all() == [f"r{number}" for number in range(25)]

    def test_a_result_that_is_left_half_read_is_no_obstacle(self, ground: Ground) -> None:
        table = ground.table("azoth_many", Column("x", Integer))
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), [{"x": number} for number in range(25)])
        with ground.engine.connect() as connection:
            result = connection.execute(select(table).order_by(table.c.id), execution_options={"yield_per": 5})
            assert result.fetchone()[1] == 0  # type: ignore[index]  # there is one
            result.close()
            assert connection.scalar(select(literal(1))) == 1
            half = connection.execute(select(table).order_by(table.c.id), execution_options={"stream_results": True})
            half.fetchmany(3)
        with ground.engine.begin() as connection:
            connection.execute(table.delete())
        assert ground.rows(table) == []

    @needs("streaming")
    def test_other_statements_come_in_between(self, ground: Ground) -> None:
        table = ground.table("azoth_many", Column("x", Integer))
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), [{"x": number} for number in range(12)])
        with ground.engine.begin() as connection:
            read = []
            for row in connection.execute(select(table).order_by(table.c.id), execution_options={"yield_per": 4}):
                read.append(row.x)
                connection.execute(table.update().where(table.c.id == row.id).values(x=-1))
            assert read == list(range(12))
        assert {x for _, x in ground.rows(table)} == {-1}

    def test_an_empty_result_in_portions(self, ground: Ground) -> None:
        table = ground.table("azoth_none", Column("x", Integer))
        with ground.engine.connect() as connection:
            result = connection.execute(select(table), execution_options={"yield_per": 4})
            assert list(result.keys()) == ["id", "x"]
            assert result.all() == []
