"""URLs of MySQL and MariaDB, what their options become, and what the first connection learns."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import Engine, exc, text

ARGUMENTS = "compress=true&connect_timeout=3&read_timeout=4&local_infile=0&unix_socket=/s&read_default_file=/f"


def arguments_of(url: str) -> dict[str, Any]:
    engine = azoth.create_engine(url)
    positional, named = engine.dialect.create_connect_args(engine.url)
    assert positional == []
    return named


@pytest.mark.parametrize("backend", ["mysql", "mariadb"])
def test_options_of_urls_have_the_types_of_the_driver(backend: str, driver: str) -> None:
    pytest.importorskip({"pymysql": "pymysql", "mysqldb": "MySQLdb"}[driver])
    named = arguments_of(f"{backend}+{driver}://me:pw@host:3307/base?{ARGUMENTS}")
    assert named == {
        "user": "me",
        "password": "pw",
        "host": "host",
        "port": 3307,
        "database": "base",
        "compress": True,
        "connect_timeout": 3,
        "read_timeout": 4,
        "local_infile": False,
        "unix_socket": "/s",
        "read_default_file": "/f",
        "charset": "utf8mb4",
        "client_flag": 2,
    }


@pytest.mark.parametrize(
    "query,expected",
    [
        ("charset=latin1", {"charset": "latin1", "client_flag": 2}),
        ("client_flag=8", {"charset": "utf8mb4", "client_flag": 10}),
        ("ssl_ca=/ca", {"ssl": {"ca": "/ca", "verify_mode": True, "check_hostname": True}}),
        (
            "ssl_ca=/ca&ssl_check_hostname=false",
            {"ssl": {"ca": "/ca", "verify_mode": True, "check_hostname": False}},
        ),
        (
            "ssl_cert=/c&ssl_key=/k&ssl_key_password=x",
            {"ssl": {"cert": "/c", "key": "/k", "password": "x", "verify_mode": False, "check_hostname": False}},
        ),
        ("ssl=true", {"ssl": {"verify_mode": False, "check_hostname": False}}),
        ("ssl_verify_cert=true", {"ssl": {"verify_mode": True, "check_hostname": False}}),
        ("ssl_mode=verify_identity", {"ssl": {"verify_mode": True, "check_hostname": True}}),
        ("ssl_disabled=1", {"ssl_disabled": True}),
        ("ssl_mode=preferred", {}),
    ],
)
def test_tls_and_characters_of_pymysql(query: str, expected: dict[str, object]) -> None:
    pytest.importorskip("pymysql")
    named = arguments_of(f"mariadb+pymysql://host/?{query}")
    del named["host"]
    assert {"charset": "utf8mb4", "client_flag": 2, **expected} == named


@pytest.mark.parametrize(
    "query,expected",
    [
        ("ssl_ca=/ca", {"ssl_mode": "VERIFY_CA", "ssl": {"ca": "/ca"}}),
        ("ssl_ca=/ca&ssl_check_hostname=1", {"ssl_mode": "VERIFY_IDENTITY", "ssl": {"ca": "/ca"}}),
        ("ssl=true", {"ssl_mode": "REQUIRED"}),
        ("ssl_mode=DISABLED", {"ssl_mode": "DISABLED"}),
    ],
)
def test_tls_of_mysqlclient(query: str, expected: dict[str, object]) -> None:
    pytest.importorskip("MySQLdb")
    named = arguments_of(f"mariadb+mysqldb://host/?{query}")
    assert {"host": "host", "charset": "utf8mb4", "client_flag": 2, **expected} == named


@pytest.mark.parametrize(
    "query,match",
    [
        ("connect_timeout=soon", "connect_timeout=soon"),
        ("compress=perhaps", "compress=perhaps"),
        ("ssl_verfy_cert=true", "unknown option 'ssl_verfy_cert'"),
        ("ssl_mode=strong", "ssl_mode=strong"),
    ],
)
def test_what_an_option_cannot_be_is_refused(query: str, match: str) -> None:
    pytest.importorskip("pymysql")
    with pytest.raises(exc.ArgumentError, match=match):
        azoth.create_engine(f"mysql+pymysql://host/?{query}")


@pytest.mark.parametrize("backend", ["mysql", "mariadb"])
def test_a_url_without_a_driver_takes_mysqlclient_where_it_is_installed(
    monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    pytest.importorskip("pymysql")
    monkeypatch.setitem(sys.modules, "MySQLdb", None)
    assert azoth.create_engine(f"{backend}://host/").driver == "pymysql"
    monkeypatch.undo()
    pytest.importorskip("MySQLdb")
    assert azoth.create_engine(f"{backend}://host/").driver == "mysqldb"


@pytest.mark.parametrize(
    "url,advice",
    [
        ("mysql://host/", r"pip install azoth-orm\[mysql\]"),
        ("mariadb+pymysql://host/", r"pip install azoth-orm\[mysql\]"),
        ("mysql+mysqldb://host/", "pip install mysqlclient"),
    ],
)
def test_a_driver_that_is_missing_can_be_installed(monkeypatch: pytest.MonkeyPatch, url: str, advice: str) -> None:
    monkeypatch.setitem(sys.modules, "MySQLdb", None)
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(exc.NoSuchModuleError, match=advice):
        azoth.create_engine(url)


def test_the_first_connection_learns_what_the_server_is_like(
    make_engine: Callable[..., Engine], database: azoth.URL
) -> None:
    for backend in ("mysql", "mariadb"):
        engine = make_engine(backend)
        dialect: Any = engine.dialect
        assert dialect.name == backend
        with engine.connect() as connection:
            assert dialect.is_mariadb
            assert dialect.server_version_info >= (10, 3)
            assert dialect.default_schema_name == database.database
            assert dialect.default_isolation_level == "REPEATABLE READ"
            assert dialect.supports_sequences
            assert dialect.connection_id(connection.connection.dbapi_connection) == connection.scalar(
                text("SELECT CONNECTION_ID()")
            )


def test_the_first_connection_asks_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = type(engine.dialect).initialize

    def initialize(dialect: Any, connection: Any) -> None:
        class Counting:
            def __init__(self) -> None:
                self.connection = connection.connection

            def exec_driver_sql(self, sql: str, parameters: Any = None) -> Any:
                asked.append(sql)
                return connection.exec_driver_sql(sql, parameters)

        real(dialect, Counting())

    monkeypatch.setattr(type(engine.dialect), "initialize", initialize)
    engine.connect().close()
    assert len(asked) == 1


def test_texts_of_all_of_unicode_come_back(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT :it"), {"it": "ä 😀 % ' \\ \0"}) == "ä 😀 % ' \\ \0"


def test_rows_that_are_found_count(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE found (id INTEGER PRIMARY KEY, name VARCHAR(9))")
        connection.exec_driver_sql("INSERT INTO found VALUES (1, 'a'), (2, 'a')")
        assert connection.exec_driver_sql("UPDATE found SET name = 'a'").rowcount == 2


def test_quotes_and_backslashes_as_the_server_has_them(make_engine: Callable[..., Engine]) -> None:
    engine = make_engine(connect_args={"init_command": "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'"})
    word = azoth.column("select")
    with engine.begin() as connection:
        shown = connection.execute(azoth.select(azoth.literal("a\\b'c").label("select")))
        assert shown.one() == ("a\\b'c",)
        assert str(word.compile(engine)) == '"select"'
        literal = azoth.select(azoth.literal("a\\b'c", literal_execute=True))
        assert connection.scalar(literal) == "a\\b'c"


def test_a_connection_that_is_to_be_encrypted_is_so(database: azoth.URL, driver: str) -> None:
    """PyMySQL refuses a server without TLS by itself; mysqlclient would go on without."""
    pytest.importorskip({"pymysql": "pymysql", "mysqldb": "MySQLdb"}[driver])
    engine = azoth.create_engine(database.set(drivername=f"mariadb+{driver}").update_query_dict({"ssl": "true"}))
    try:
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW STATUS LIKE 'Ssl_cipher'").one()[1]
    except exc.SQLAlchemyError as error:
        assert re.search("not encrypted|SSL is required", str(error))  # noqa: PT017  # as the server is


def test_a_server_that_does_not_answer_is_told() -> None:
    pytest.importorskip("pymysql")
    engine = azoth.create_engine("mysql+pymysql://root@127.0.0.1:1/", connect_args={"connect_timeout": 1})
    with pytest.raises(exc.OperationalError, match="2003"):
        engine.connect()
