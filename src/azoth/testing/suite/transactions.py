"""Transactions, savepoints, isolation levels, locks."""

from __future__ import annotations

import pytest

from azoth import Column, Integer, Table, exc, select
from azoth.testing.suite.ground import Ground

__all__ = ["TestIsolation", "TestLocks", "TestTransactions"]

needs = pytest.mark.azoth_needs


def values(ground: Ground, table: Table) -> list[int]:
    """Read the committed values of x."""
    return [row[1] for row in ground.rows(table)]


class TestTransactions:
    """What is committed stays, what is rolled back is gone."""

    def test_commit_keeps_and_rollback_undoes(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        with ground.engine.connect() as connection:
            connection.execute(table.insert().values(x=1))
            connection.commit()
            connection.execute(table.insert().values(x=2))
            connection.rollback()
            connection.execute(table.insert().values(x=3))
            connection.commit()
        assert values(ground, table) == [1, 3]

    def test_leaving_a_connection_undoes(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        with ground.engine.connect() as connection:
            connection.execute(table.insert().values(x=1))
        assert values(ground, table) == []

    def test_an_exception_undoes_the_block(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        with pytest.raises(ZeroDivisionError), ground.engine.begin() as connection:
            connection.execute(table.insert().values(x=1))
            raise ZeroDivisionError
        assert values(ground, table) == []

    def test_a_failed_statement_undoes_the_block(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer, unique=True))
        with pytest.raises(exc.IntegrityError), ground.engine.begin() as connection:
            connection.execute(table.insert().values(x=1))
            connection.execute(table.insert().values(x=1))
        assert values(ground, table) == []

    def test_others_do_not_see_what_is_not_committed(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        with ground.engine.connect() as connection:
            connection.execute(table.insert().values(x=1))
            assert values(ground, table) == []
            connection.commit()
            assert values(ground, table) == [1]

    def test_changes_and_deletions_are_undone(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        ground.insert(table, {"x": 1}, {"x": 2})
        with ground.engine.connect() as connection:
            connection.execute(table.update().values(x=9))
            connection.execute(table.delete().where(table.c.id == 1))
            connection.rollback()
        assert values(ground, table) == [1, 2]

    @needs("statements_after_errors")
    def test_the_transaction_goes_on_after_an_error(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer, unique=True))
        with ground.engine.begin() as connection:
            connection.execute(table.insert().values(x=1))
            with pytest.raises(exc.IntegrityError):
                connection.execute(table.insert().values(x=1))
            connection.execute(table.insert().values(x=2))
        assert values(ground, table) == [1, 2]

    def test_a_commit_after_an_error_keeps_all_or_says_so(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer, unique=True))
        with ground.engine.connect() as connection:
            connection.execute(table.insert().values(x=1))
            with pytest.raises(exc.IntegrityError):
                connection.execute(table.insert().values(x=1))
            try:
                connection.commit()
            except exc.AzothError:
                connection.rollback()
                expected: list[int] = []
            else:
                expected = [1]
        assert values(ground, table) == expected

    @needs("transactional_ddl")
    def test_a_rollback_undoes_create_table(self, ground: Ground) -> None:
        table = Table("azoth_undone", ground.metadata, Column("x", Integer))
        with ground.engine.connect() as connection:
            table.create(connection)
            connection.execute(table.insert().values(x=1))
            connection.rollback()
            assert not connection.dialect.has_table(connection, "azoth_undone")

    @needs("savepoints")
    def test_a_savepoint_is_rolled_back_alone(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        with ground.engine.begin() as connection:
            connection.execute(table.insert().values(x=1))
            savepoint = connection.begin_nested()
            connection.execute(table.insert().values(x=2))
            savepoint.rollback()
            with connection.begin_nested():
                connection.execute(table.insert().values(x=3))
                inner = connection.begin_nested()
                connection.execute(table.insert().values(x=4))
                inner.rollback()
                connection.execute(table.insert().values(x=5))
        assert values(ground, table) == [1, 3, 5]

    @needs("savepoints")
    def test_a_savepoint_saves_the_transaction_from_an_error(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer, unique=True))
        with ground.engine.begin() as connection:
            connection.execute(table.insert().values(x=1))
            with pytest.raises(exc.IntegrityError), connection.begin_nested():
                connection.execute(table.insert().values(x=2))
                connection.execute(table.insert().values(x=1))
            connection.execute(table.insert().values(x=3))
        assert values(ground, table) == [1, 3]

    @needs("savepoints")
    def test_a_rollback_takes_released_savepoints_along(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        with ground.engine.connect() as connection:
            with connection.begin_nested():
                connection.execute(table.insert().values(x=1))
            connection.rollback()
        assert values(ground, table) == []


class TestIsolation:
    """Isolation levels are set, read, and reset in the pool."""

    @needs("isolation_levels")
    def test_each_level_is_set_and_read(self, ground: Ground) -> None:
        dialect = ground.engine.dialect
        for level in dialect.isolation_levels:
            with ground.engine.connect().execution_options(isolation_level=level) as connection:
                if level != "AUTOCOMMIT":
                    assert connection.get_isolation_level() == level

    @needs("isolation_levels")
    def test_the_level_goes_when_the_connection_goes_back(self, ground: Ground) -> None:
        engine = ground.other_engine(pool_size=1, max_overflow=0)
        with engine.connect() as connection:
            usual = connection.get_isolation_level()
            before = connection.connection.dbapi_connection
        others = [level for level in ground.engine.dialect.isolation_levels if level not in {usual, "AUTOCOMMIT"}]
        for level in others:
            with engine.connect().execution_options(isolation_level=level) as connection:
                assert connection.connection.dbapi_connection is before
                assert connection.get_isolation_level() == level
            with engine.connect() as connection:
                assert connection.connection.dbapi_connection is before
                assert connection.get_isolation_level() == usual

    @needs("isolation_levels")
    def test_an_engine_has_a_level(self, ground: Ground) -> None:
        with ground.other_engine(isolation_level="SERIALIZABLE").connect() as connection:
            assert connection.get_isolation_level() == "SERIALIZABLE"

    def test_an_unknown_level_is_refused(self, ground: Ground) -> None:
        with ground.engine.connect() as connection, pytest.raises(exc.ArgumentError):
            connection.execution_options(isolation_level="CHAOS")

    @needs("autocommit")
    def test_autocommit_keeps_each_statement(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        with ground.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(table.insert().values(x=1))
            assert values(ground, table) == [1]
            connection.rollback()
        assert values(ground, table) == [1]

    @needs("autocommit")
    def test_autocommit_goes_when_the_connection_goes_back(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        engine = ground.other_engine(pool_size=1, max_overflow=0)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            used = connection.connection.dbapi_connection
            connection.execute(table.insert().values(x=1))
        with engine.connect() as connection:
            assert connection.connection.dbapi_connection is used
            connection.execute(table.insert().values(x=2))
            connection.rollback()
        assert values(ground, table) == [1]


class TestLocks:
    """Who writes a row, or reads it FOR UPDATE, holds it and no other."""

    @needs("row_locks")
    def test_a_locked_row_is_refused_to_others(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        ground.insert(table, {"x": 1}, {"x": 2})
        first = select(table).where(table.c.id == 1)
        with ground.engine.connect() as holder, ground.engine.connect() as other:
            assert holder.execute(first.with_for_update()).one().x == 1
            with pytest.raises(exc.OperationalError) as failure:
                other.execute(first.with_for_update(nowait=True))
            if ground.requirements.finer_errors:
                assert isinstance(failure.value, exc.LockTimeoutError)
            other.rollback()
            assert other.execute(select(table.c.x).where(table.c.id == 1)).scalar_one() == 1
            holder.rollback()
            assert other.execute(first.with_for_update(nowait=True)).one().x == 1

    @needs("skip_locked")
    def test_locked_rows_are_left_out(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        ground.insert(table, {"x": 1}, {"x": 2}, {"x": 3})
        with ground.engine.connect() as holder, ground.engine.connect() as other:
            holder.execute(select(table).where(table.c.id == 2).with_for_update()).all()
            free = select(table.c.id).order_by(table.c.id).with_for_update(skip_locked=True)
            assert other.execute(free).scalars().all() == [1, 3]

    @needs("concurrent_writers")
    def test_rows_of_others_can_be_written_meanwhile(self, ground: Ground) -> None:
        table = ground.table("azoth_work", Column("x", Integer))
        ground.insert(table, {"x": 1}, {"x": 2})
        with ground.engine.connect() as one, ground.engine.connect() as other:
            one.execute(table.update().where(table.c.id == 1).values(x=10))
            other.execute(table.update().where(table.c.id == 2).values(x=20))
            other.commit()
            one.commit()
        assert values(ground, table) == [10, 20]
