"""SQLite's errors say what they mean and what helps, each in words of its own."""

from __future__ import annotations

import os
import pickle
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import azoth
from azoth import exc
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column

pytestmark = pytest.mark.sqlite_only("the errors are those of SQLite")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture
def engine() -> Iterator[azoth.Engine]:
    engine = azoth.create_engine("sqlite://")
    yield engine
    engine.dispose()


def refused(engine: azoth.Engine, *statements: str) -> exc.DBAPIError:
    with pytest.raises(exc.DBAPIError) as caught, engine.connect() as connection:
        for sql in statements:
            connection.exec_driver_sql(sql).close()
    assert isinstance(caught.value.orig, sqlite3.Error)
    return caught.value


@pytest.mark.parametrize("name", ["acount", "main.accounts"])
def test_a_missing_table_names_those_that_are_like_it(engine: azoth.Engine, name: str) -> None:
    Base.metadata.create_all(engine)
    error = refused(engine, f"SELECT * FROM {name}")
    assert error.code == "AZ-E229"
    assert "did you mean 'account'?" in error.fix
    assert "create_all" in error.fix


def test_a_missing_table_in_an_empty_database(engine: azoth.Engine) -> None:
    with Session(engine) as session:
        session.add(Account(id=1))
        with pytest.raises(exc.OperationalError, match="no such table: account") as caught:
            session.flush()
    assert caught.value.code == "AZ-E229"
    assert "It has no tables at all." in caught.value.why
    assert "did you mean" not in caught.value.fix


@pytest.mark.parametrize("sql", ["SELECT missing FROM account", "INSERT INTO account (missing) VALUES (1)"])
def test_a_missing_column(engine: azoth.Engine, sql: str) -> None:
    Base.metadata.create_all(engine)
    error = refused(engine, sql)
    assert error.code == "AZ-E230"
    assert "ALTER TABLE" in error.fix
    assert "join the table" in error.fix


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT (", "SELECT 'x"])
def test_what_cannot_be_parsed(engine: azoth.Engine, sql: str) -> None:
    error = refused(engine, sql)
    assert error.code == "AZ-E231"
    assert error.statement == sql


@pytest.mark.parametrize("sql", ["VACUUM", "PRAGMA synchronous = OFF"])
def test_what_cannot_run_within_a_transaction(tmp_path: Path, sql: str) -> None:
    engine = azoth.create_engine(f"sqlite:///{tmp_path / 'file.db'}")
    error = refused(engine, "CREATE TABLE t (id INTEGER)", sql)
    assert error.code == "AZ-E232"
    assert "AUTOCOMMIT" in error.fix
    engine.dispose()


def test_a_table_that_a_result_is_read_from(tmp_path: Path) -> None:
    engine = azoth.create_engine(f"sqlite:///{tmp_path / 'file.db'}")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO account VALUES (1), (2)")
        result = connection.execute(azoth.select(Account.id))
        with pytest.raises(exc.OperationalError, match="locked") as caught:
            connection.exec_driver_sql("DROP TABLE account")
        assert caught.value.code == "AZ-E233"
        assert ".all()" in caught.value.fix
        result.close()
        connection.exec_driver_sql("DROP TABLE account")
    engine.dispose()


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    engine = azoth.create_engine(f"sqlite:///{tmp_path / 'missing' / 'file.db'}")
    error = refused(engine, "SELECT 1")
    assert error.code == "AZ-E227"
    assert "three slashes" in error.fix
    engine.dispose()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "file.db"
    path.write_text("something else, and a lot of it\n" * 100)
    engine = azoth.create_engine(f"sqlite:///{path}")
    assert refused(engine, "SELECT * FROM account").code == "AZ-E228"
    engine.dispose()


def test_a_file_that_may_only_be_read(tmp_path: Path) -> None:
    path = tmp_path / "file.db"
    sqlite3.connect(path).execute("CREATE TABLE account (id INTEGER)").connection.close()
    engine = azoth.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    error = refused(engine, "SELECT * FROM account", "DELETE FROM account")
    assert error.code == "AZ-E223"
    assert "mode=ro" in error.why
    engine.dispose()


def test_a_full_database_has_lost_its_transaction(tmp_path: Path) -> None:
    engine = azoth.create_engine(f"sqlite:///{tmp_path / 'file.db'}")
    error = refused(
        engine,
        "PRAGMA max_page_count = 5",
        "CREATE TABLE t (x)",
        "INSERT INTO t VALUES (randomblob(100000))",
    )
    assert error.code == "AZ-E226"
    assert "can be repeated" in error.fix
    engine.dispose()


def test_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "file.db"
    engine = azoth.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    engine.dispose()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(64))
    assert refused(engine, "SELECT * FROM t").code == "AZ-E225"
    engine.dispose()


def test_the_words_are_kept_by_a_pickle(engine: azoth.Engine) -> None:
    error = refused(engine, "SELECT * FROM account")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.code, copy.why, copy.fix) == (error.code, error.why, error.fix)


def test_other_errors_keep_the_words_of_their_class(engine: azoth.Engine) -> None:
    error = refused(engine, "SELECT abs()")
    assert isinstance(error, exc.OperationalError)
    assert error.code == "AZ-E14"


@pytest.mark.parametrize("sql", ["SELECT 1 WHERE 1 IN :ids", "SELECT 1 FROM :ids", "SELECT 1 WHERE 1 NOT IN :ids"])
def test_a_list_for_one_parameter_says_how_lists_are_given(engine: azoth.Engine, sql: str) -> None:
    with pytest.raises(exc.OperationalError, match="syntax error") as caught, engine.connect() as connection:
        connection.execute(azoth.text(sql), {"ids": [1, 2]})
    assert "expanding=True" in caught.value.fix
    with engine.connect() as connection:
        statement = azoth.text("SELECT 1 WHERE 1 IN :ids").bindparams(azoth.bindparam("ids", expanding=True))
        assert connection.execute(statement, {"ids": [1, 2]}).all() == [(1,)]


def test_a_key_of_another_type(engine: azoth.Engine) -> None:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Account(id="first"))
        with pytest.raises(exc.IntegrityError, match="datatype mismatch") as caught:
            session.flush()
    assert "INTEGER PRIMARY KEY" in caught.value.why
    assert "give an int" in caught.value.fix


def test_a_missing_function(engine: azoth.Engine) -> None:
    assert "create_function" in refused(engine, "SELECT lowr('A')").fix
