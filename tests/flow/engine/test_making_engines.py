"""create_engine() and its relatives: arguments, options, pools, bad input."""

from __future__ import annotations

import logging
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from azoth import exc, pool, types
from azoth.dialects.sqlite import SQLiteDialect_pysqlite
from azoth.engine import Engine, create_engine, create_mock_engine, engine_from_config, make_url
from azoth.schema import Column, MetaData, Table

pytestmark = pytest.mark.sqlite_only("the URLs, pools and arguments of create_engine() are shown with those of SQLite")


def test_an_unknown_dialect_lists_the_known_ones() -> None:
    with pytest.raises(exc.NoSuchModuleError, match="sqlite") as caught:
        create_engine("sqlight://")
    assert "did you mean 'sqlite'?" in caught.value.fix


def test_an_unknown_driver_is_an_error() -> None:
    with pytest.raises(exc.NoSuchModuleError, match=r"sqlite\+nodriver"):
        create_engine("sqlite+nodriver://")


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Any:
        raise ImportError("No module named 'sqlite3'")

    monkeypatch.setattr(SQLiteDialect_pysqlite, "import_dbapi", missing)
    monkeypatch.setattr(SQLiteDialect_pysqlite, "extra", "sqlite")
    with pytest.raises(exc.NoSuchModuleError, match=r"pip install azoth-orm\[sqlite\]"):
        create_engine("sqlite://")


def test_an_unknown_argument_is_refused_with_a_suggestion() -> None:
    with pytest.raises(exc.ArgumentError, match="did you mean 'pool_size'"):
        create_engine("sqlite://", poolsize=5)


def test_an_argument_that_the_pool_does_not_take_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="NullPool takes no argument 'pool_size'"):
        create_engine("sqlite://", poolclass=pool.NullPool, pool_size=5)


def test_a_url_with_a_host_is_refused_for_sqlite() -> None:
    with pytest.raises(exc.ArgumentError, match="three slashes"):
        create_engine("sqlite://file.db")


def test_a_file_that_cannot_be_opened_is_an_operational_error(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/missing/file.db")
    with pytest.raises(exc.OperationalError, match="unable to open"):
        engine.connect()


def test_pool_arguments_reach_the_pool() -> None:
    engine = create_engine(
        "sqlite://", pool_size=2, max_overflow=3, pool_timeout=4, pool_recycle=5, pool_use_lifo=True, pool_pre_ping=True
    )
    queue: Any = engine.pool
    assert (queue.size(), queue._max_overflow, queue.timeout(), queue._recycle) == (2, 3, 4, 5)
    engine.connect().close()
    engine.connect().close()
    engine.dispose()


@pytest.mark.parametrize("kind", [pool.NullPool, pool.StaticPool, pool.SingletonThreadPool, pool.AssertionPool])
def test_every_kind_of_pool_serves_an_engine(kind: type[pool.Pool]) -> None:
    engine = create_engine("sqlite://", poolclass=kind)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a)")
    assert engine.has_table("t")
    engine.dispose()


def test_a_ready_made_pool_is_used() -> None:
    own = pool.StaticPool(lambda: sqlite3.connect(":memory:"))
    engine = create_engine("sqlite://", pool=own)
    assert engine.pool is own
    with engine.connect() as connection:
        assert connection.scalar("SELECT 1") == 1
    engine.dispose()


def test_an_engine_takes_another_pool_at_work(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/a.db", connect_args={"factory": sqlite3.Connection})
    with_options = engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a)")
        former = connection.connection.dbapi_connection
        engine.pool = own = pool.StaticPool(creator=engine.pool._creator)
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    assert with_options.pool is engine.pool is own
    with engine.connect() as connection:
        shared = connection.connection.dbapi_connection
        assert shared is not former
        assert connection.scalar("SELECT count(*) FROM t WHERE a REGEXP '^1$'") == 1
        connection.exec_driver_sql("INSERT INTO t VALUES (2)")
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection is shared
        assert connection.scalar("SELECT count(*) FROM t") == 1
        assert connection.get_isolation_level() == "SERIALIZABLE"
    engine.dispose()
    assert isinstance(engine.pool, pool.StaticPool)


def test_what_opens_the_connections_of_an_engine_can_be_called(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/a.db")
    connection = engine.pool._creator()
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    assert engine.has_table("t")
    engine.dispose()


def test_a_creator_opens_the_connections() -> None:
    made: list[sqlite3.Connection] = []

    def creator() -> sqlite3.Connection:
        made.append(sqlite3.connect(":memory:", isolation_level=None))
        return made[-1]

    engine = create_engine("sqlite://", creator=creator)
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection is made[0]
    engine.dispose()


def test_connect_args_and_url_options_reach_the_driver(tmp_path: Path) -> None:
    class Connection(sqlite3.Connection):
        pass

    engine = create_engine(f"sqlite:///{tmp_path}/a.db?timeout=0.5", connect_args={"factory": Connection})
    with engine.connect() as connection:
        assert type(connection.connection.dbapi_connection) is Connection
        assert connection.scalar("PRAGMA busy_timeout") == 500
    engine.dispose()


def test_file_uris_are_understood(tmp_path: Path) -> None:
    create_engine(f"sqlite:///{tmp_path}/a.db").has_table("x")
    engine = create_engine(f"sqlite:///file:{tmp_path}/a.db?mode=ro&uri=true")
    with engine.connect() as connection, pytest.raises(exc.OperationalError, match="readonly"):
        connection.exec_driver_sql("CREATE TABLE t (a)")
    engine.dispose()


def test_foreign_keys_are_enforced_on_request() -> None:
    for wanted in (False, True):
        engine = create_engine("sqlite://", foreign_keys=wanted)
        with engine.connect() as connection:
            assert connection.scalar("PRAGMA foreign_keys") == wanted
        engine.dispose()


def test_an_engine_is_made_from_a_configuration() -> None:
    engine = engine_from_config(
        {"app.url": "sqlite://", "app.pool_size": "3", "app.echo": "false", "app.pool_timeout": "1.5", "x": "y"}, "app."
    )
    queue: Any = engine.pool
    assert (queue.size(), queue.timeout(), engine.echo) == (3, 1.5, False)
    with pytest.raises(exc.ArgumentError, match=r"sqlalchemy\.url"):
        engine_from_config({})
    with pytest.raises(exc.ArgumentError, match="pool_size"):
        engine_from_config({"sqlalchemy.url": "sqlite://", "sqlalchemy.pool_size": "many"})


def test_a_mock_engine_hands_ddl_to_a_function() -> None:
    statements: list[str] = []
    metadata = MetaData()
    Table("t", metadata, Column("id", types.Integer, primary_key=True))
    engine = create_mock_engine("sqlite://", lambda sql, *args: statements.append(str(sql.compile(engine))))
    metadata.create_all(engine, checkfirst=False)
    assert "CREATE TABLE t" in statements[0]


def test_an_engine_describes_itself_without_the_password() -> None:
    engine = create_engine("sqlite:///a.db")
    assert repr(engine) == "Engine(sqlite:///a.db)"
    assert (engine.name, engine.driver, engine.url, engine.engine) == (
        "sqlite", "pysqlite", make_url("sqlite:///a.db"), engine,
    )  # fmt: skip


def test_echo_logs_statements_and_values(caplog: pytest.LogCaptureFixture) -> None:
    engine = create_engine("sqlite://", echo=True)
    with engine.begin() as connection:
        connection.execute("SELECT :value", {"value": "shown"})
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER)")
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    assert [record.getMessage() for record in caplog.records] == [
        "SELECT ?", "('shown',)", "BEGIN (implicit)", "CREATE TABLE t (id INTEGER)", "COMMIT", "SELECT 1",
    ]  # fmt: skip
    assert {record.name for record in caplog.records} == {"azoth.engine"}
    engine.dispose()


def test_hidden_parameters_are_neither_logged_nor_on_errors(caplog: pytest.LogCaptureFixture) -> None:
    engine = create_engine("sqlite://", echo=True, hide_parameters=True)
    with engine.connect() as connection:
        connection.execute("SELECT :value", {"value": "secret"})
        with pytest.raises(exc.OperationalError) as caught:
            connection.execute("SELECT :value FROM missing", {"value": "secret"})
    assert "secret" not in caplog.text
    assert caught.value.params is None
    engine.dispose()


def test_the_standard_logger_switches_logging_on_too(caplog: pytest.LogCaptureFixture) -> None:
    engine = create_engine("sqlite://", logging_name="mine")
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    assert caplog.text == ""
    with caplog.at_level(logging.INFO, logger="azoth.engine"), engine.connect() as connection:
        connection.execution_options(logging_token="here").exec_driver_sql("SELECT 2")
    assert ("azoth.engine.mine", logging.INFO, "[here] SELECT 2") in caplog.record_tuples
    engine.dispose()


def test_long_values_and_many_sets_are_shortened_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    engine = create_engine("sqlite://", echo=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a)")
        connection.exec_driver_sql("INSERT INTO t VALUES (?)", ("x" * 5000,))
        connection.exec_driver_sql("INSERT INTO t VALUES (?)", [(number,) for number in range(500)])
    assert "characters left out" in caplog.text
    assert "and 490 more sets of values" in caplog.text
    engine.dispose()


def test_options_of_engines_and_connections_add_up() -> None:
    engine = create_engine("sqlite://", execution_options={"a": 1})
    other = engine.execution_options(b=2)
    assert other.get_execution_options() == {"a": 1, "b": 2}
    assert engine.get_execution_options() == {"a": 1}
    assert other.pool is engine.pool
    with other.connect() as connection:
        connection.execution_options(c=3)
        assert connection.get_execution_options() == {"a": 1, "b": 2, "c": 3}
    engine.update_execution_options(d=4)
    assert engine.get_execution_options() == {"a": 1, "d": 4}
    other.dispose()
    assert other.pool is engine.pool


def test_sixteen_threads_on_one_file_leak_no_connection(bank: Engine) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for turn in range(20):
                with bank.connect() as connection:
                    connection.execute("SELECT * FROM account WHERE id = :id", {"id": turn}).first()
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert bank.pool.checkedout() == 0  # type: ignore[attr-defined]
