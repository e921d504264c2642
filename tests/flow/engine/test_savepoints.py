"""Savepoints truly work with the standard driver."""

from __future__ import annotations

import pytest

from azoth import exc
from azoth.engine import Connection, Engine


def balances(connection: Connection) -> list[int]:
    return list(connection.execute("SELECT balance FROM account ORDER BY id").scalars().all())


def test_rolling_back_to_a_savepoint_keeps_what_was_before_it(bank: Engine) -> None:
    with bank.begin() as connection:
        connection.execute("UPDATE account SET balance = 1 WHERE id = 1")
        savepoint = connection.begin_nested()
        connection.execute("UPDATE account SET balance = 2")
        savepoint.rollback()
        assert balances(connection) == [1, 20]
    with bank.connect() as connection:
        assert balances(connection) == [1, 20]


def test_a_released_savepoint_is_part_of_its_transaction(bank: Engine) -> None:
    with bank.connect() as connection:
        with connection.begin_nested():
            connection.execute("UPDATE account SET balance = 2")
        assert balances(connection) == [2, 2]
        connection.rollback()
        assert balances(connection) == [10, 20]


def test_ddl_inside_a_savepoint_is_rolled_back_with_it(bank: Engine) -> None:
    with bank.begin() as connection:
        with pytest.raises(ZeroDivisionError), connection.begin_nested():
            connection.exec_driver_sql("CREATE TABLE other (id INTEGER)")
            _ = 1 / 0
        assert not connection.has_table("other")


def test_savepoints_nest(bank: Engine) -> None:
    with bank.begin() as connection:
        with connection.begin_nested():
            connection.execute("UPDATE account SET balance = 1")
            with connection.begin_nested() as inner:
                connection.execute("UPDATE account SET balance = 2")
                assert connection.get_nested_transaction() is inner
                inner.rollback()
            assert balances(connection) == [1, 1]
        assert not connection.in_nested_transaction()
        assert balances(connection) == [1, 1]


def test_ending_an_outer_savepoint_ends_the_inner_ones(bank: Engine) -> None:
    with bank.begin() as connection:
        outer, inner = connection.begin_nested(), connection.begin_nested()
        outer.rollback()
        assert not inner.is_active
        assert not connection.in_nested_transaction()
        with pytest.raises(exc.InvalidRequestError, match="inactive"):
            inner.commit()


def test_ending_the_transaction_ends_its_savepoints(bank: Engine) -> None:
    with bank.connect() as connection:
        savepoint = connection.begin_nested()
        assert connection.in_transaction()
        connection.rollback()
        assert not savepoint.is_active
        assert not connection.in_nested_transaction()
        savepoint.close()
        with pytest.warns(exc.AzothWarning, match="this savepoint has ended before"):
            savepoint.rollback()


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_a_rollback_that_comes_too_late_is_warned_of(bank: Engine, end: str) -> None:
    with bank.connect() as connection:
        transaction = connection.begin()
        savepoint = connection.begin_nested()
        getattr(savepoint, end)()
        with pytest.warns(exc.AzothWarning, match=r"this savepoint has ended before.*AZ-E720"):
            savepoint.rollback()
        assert transaction.is_active
        getattr(transaction, end)()
        with pytest.warns(exc.AzothWarning, match=r"this transaction has ended before.*AZ-E720"):
            transaction.rollback()


def test_a_block_that_was_rolled_back_inside_ends_without_a_warning(bank: Engine) -> None:
    with bank.connect() as connection, connection.begin() as transaction:
        with connection.begin_nested() as savepoint:
            savepoint.rollback()
        transaction.rollback()


def test_statements_in_the_block_of_a_finished_savepoint_are_refused(bank: Engine) -> None:
    with bank.begin() as connection:
        with connection.begin_nested() as savepoint:
            savepoint.rollback()
            with pytest.raises(exc.InvalidRequestError, match="context manager"):
                connection.exec_driver_sql("SELECT 1")
        assert balances(connection) == [10, 20]


def test_an_error_inside_a_savepoint_leaves_the_transaction_usable(bank: Engine) -> None:
    with bank.begin() as connection:
        connection.execute("UPDATE account SET balance = 1 WHERE id = 1")
        with pytest.raises(exc.IntegrityError), connection.begin_nested():
            connection.execute("INSERT INTO account VALUES (3, 'ann', 0)")
        connection.execute("UPDATE account SET balance = 2 WHERE id = 2")
    with bank.connect() as connection:
        assert balances(connection) == [1, 2]


def test_a_named_savepoint_is_quoted(bank: Engine) -> None:
    with bank.begin() as connection:
        connection.begin_nested(name='odd "name').rollback()
