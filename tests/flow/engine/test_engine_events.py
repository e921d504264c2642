"""Engine events."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import event, exc
from azoth.engine import Engine, ExceptionContext, create_engine
from tests.database import Database


def test_cursor_events_see_statement_and_values_in_order(database: Database, bank: Engine) -> None:
    mark = database.placeholder
    seen: list[Any] = []
    event.listen(bank, "before_cursor_execute", lambda *args: seen.append(("before", args[2], args[3], args[5])))
    event.listen(bank, "after_cursor_execute", lambda *args: seen.append(("after", args[2], args[3], args[5])))
    with bank.connect() as connection:
        connection.execute("SELECT * FROM account WHERE id = :id", {"id": 1})
        connection.exec_driver_sql(f"UPDATE account SET balance = {mark}", [(1,), (2,)])
    assert seen == [
        ("before", f"SELECT * FROM account WHERE id = {mark}", (1,), False),
        ("after", f"SELECT * FROM account WHERE id = {mark}", (1,), False),
        ("before", f"UPDATE account SET balance = {mark}", [(1,), (2,)], True),
        ("after", f"UPDATE account SET balance = {mark}", [(1,), (2,)], True),
    ]


def test_a_cursor_listener_can_change_the_statement(bank: Engine) -> None:
    def comment(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> Any:
        return statement.replace("owner", "balance"), parameters

    event.listen(bank, "before_cursor_execute", comment, retval=True)
    with bank.connect() as connection:
        assert connection.scalar("SELECT owner FROM account WHERE id = 1") == 10


def test_the_context_goes_from_before_to_after(bank: Engine) -> None:
    seen: list[Any] = []

    @event.listens_for(bank, "before_cursor_execute")
    def before(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        context.mark = (context.isinsert, context.execution_options.get("tag"), context.engine)

    @event.listens_for(bank, "after_cursor_execute")
    def after(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        seen.append(context.mark)

    with bank.connect() as connection:
        connection.execute("SELECT 1", execution_options={"tag": "x"})
        connection.exec_driver_sql("SELECT 2")
    assert seen == [(False, "x", bank), (False, None, bank)]


def test_listeners_of_the_engine_class_and_of_one_connection(bank: Engine) -> None:
    seen: list[str] = []

    def everywhere(*args: Any) -> None:
        seen.append("class")

    event.listen(Engine, "before_cursor_execute", everywhere)
    try:
        with bank.connect() as connection, bank.connect() as other:
            event.listen(connection, "before_cursor_execute", lambda *args: seen.append("connection"))
            connection.exec_driver_sql("SELECT 1").all()
            other.exec_driver_sql("SELECT 1").all()
    finally:
        event.remove(Engine, "before_cursor_execute", everywhere)
    assert seen == ["class", "connection", "class"]


def test_execute_events_can_replace_the_statement(bank: Engine) -> None:
    def swap(conn: Any, statement: Any, multiparams: Any, params: Any, options: Any) -> Any:
        return "SELECT balance FROM account WHERE id = :id", multiparams, {"id": 2}

    done: list[Any] = []
    event.listen(bank, "before_execute", swap, retval=True)
    event.listen(bank, "after_execute", lambda *args: done.append(args[-1]))
    with bank.connect() as connection:
        result = connection.execute("SELECT owner FROM account WHERE id = :id", {"id": 1})
        assert done == [result]
        assert result.scalar() == 20


def test_handle_error_sees_and_replaces_errors(database: Database, bank: Engine) -> None:
    contexts: list[ExceptionContext] = []
    event.listen(bank, "handle_error", contexts.append)
    with bank.connect() as connection, pytest.raises(exc.DBAPIError):
        connection.execute("SELECT * FROM missing WHERE id = :id", {"id": 7})
    (context,) = contexts
    assert context.statement == f"SELECT * FROM missing WHERE id = {database.placeholder}"
    assert context.parameters == (7,)
    assert isinstance(context.sqlalchemy_exception, exc.DBAPIError)
    assert not context.is_disconnect

    class Mine(Exception):
        pass

    def replace(context: ExceptionContext) -> None:
        raise Mine from context.original_exception

    event.listen(bank, "handle_error", replace)
    with bank.connect() as connection, pytest.raises(Mine):
        connection.execute("SELECT * FROM missing")


def test_a_listener_can_call_an_error_a_disconnect(bank: Engine) -> None:
    def lost(context: ExceptionContext) -> None:
        context.is_disconnect = True

    event.listen(bank, "handle_error", lost)
    with bank.connect() as connection:
        with pytest.raises(exc.DBAPIError) as caught:
            connection.execute("SELECT * FROM missing")
        assert caught.value.connection_invalidated
        assert connection.invalidated
        with pytest.raises(exc.PendingRollbackError):
            connection.exec_driver_sql("SELECT 1")
        connection.rollback()
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_pool_events_are_heard_on_the_engine(bank: Engine) -> None:
    bank.dispose()
    seen: list[str] = []
    for name in ("connect", "first_connect", "checkout", "checkin", "close"):
        event.listen(bank, name, lambda *args, name=name: seen.append(name))
    bank.connect().close()
    bank.dispose()
    bank.connect().close()
    assert seen == [
        "first_connect", "connect", "checkout", "checkin", "close", "first_connect", "connect", "checkout", "checkin",
    ]  # fmt: skip


@pytest.mark.sqlite_only("sets a PRAGMA")
def test_connect_listeners_set_up_each_connection(bank: Engine) -> None:
    bank.dispose()

    @event.listens_for(bank, "connect")
    def switch_on(dbapi_connection: Any, record: Any) -> None:
        dbapi_connection.execute("PRAGMA foreign_keys=ON")

    with bank.connect() as connection:
        assert connection.scalar("PRAGMA foreign_keys") == 1


@pytest.mark.sqlite_only("its arguments are those of sqlite3")
def test_do_connect_changes_the_drivers_arguments() -> None:
    engine = create_engine("sqlite:///nowhere/at/all.db")

    @event.listens_for(engine, "do_connect")
    def redirect(dialect: Any, record: Any, arguments: list[Any], named: dict[str, Any]) -> None:
        arguments[0] = ":memory:"

    with engine.connect() as connection:
        assert connection.scalar("SELECT 1") == 1
    engine.dispose()


def test_engine_connect_and_disposed(bank: Engine) -> None:
    seen: list[Any] = []
    event.listen(bank, "engine_connect", seen.append)
    event.listen(bank, "engine_disposed", seen.append)
    with bank.connect() as connection:
        pass
    bank.dispose()
    assert seen == [connection, bank]


def test_an_engine_with_options_hears_what_its_origin_hears(bank: Engine) -> None:
    seen: list[str] = []
    other = bank.execution_options(tag="x")
    event.listen(bank, "before_cursor_execute", lambda *args: seen.append("origin"))
    event.listen(other, "before_cursor_execute", lambda *args: seen.append("other"))
    for engine in (bank, other):
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    assert seen == ["origin", "origin", "other"]
