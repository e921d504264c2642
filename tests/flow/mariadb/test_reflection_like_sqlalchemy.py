"""Reflection tells what SQLAlchemy's inspector tells; where it tells more, that is said here."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy

import azoth
from azoth import Engine, MetaData, Table, event, exc
from azoth.engine.url import URL

TABLES = [
    """CREATE TABLE parent (id INT AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL, b INT NOT NULL,
    name VARCHAR(30) COLLATE utf8mb4_bin UNIQUE, UNIQUE KEY uq_ab (a, b)) COMMENT='the parent''s' AUTO_INCREMENT=7""",
    """CREATE TABLE numbers (id BIGINT(20) UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, ti TINYINT(1) DEFAULT 0,
    tiu TINYINT(3) UNSIGNED ZEROFILL, si SMALLINT, mi MEDIUMINT, i INT(8), dec1 DECIMAL(10,3) DEFAULT 1.5,
    dec2 DECIMAL(5) UNSIGNED, fl FLOAT, fl2 FLOAT(7,3), db DOUBLE, db2 DOUBLE(10,2) UNSIGNED, re REAL, bi1 BIT,
    bi BIT(5), dexp INT DEFAULT (1+2), nn INT NULL DEFAULT NULL, inv INT INVISIBLE, KEY k_two (ti, si DESC),
    KEY k_hash USING HASH (mi), UNIQUE KEY uq_i (i), CONSTRAINT ck_pos CHECK (ti > 0), CHECK (si < 5))""",
    """CREATE TABLE texts (ch CHAR(5), vc VARCHAR(20) NOT NULL DEFAULT 'it''s \\\\ x',
    vcl VARCHAR(20) CHARACTER SET latin1, vclc VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_german2_ci, tx TEXT,
    tt TINYTEXT, mt MEDIUMTEXT, lt LONGTEXT, bl BLOB, tb TINYBLOB, mb MEDIUMBLOB, lb LONGBLOB, bn BINARY(4),
    vb VARBINARY(9), en ENUM('a','b''c','d,e','') DEFAULT 'a', st SET('x','y') DEFAULT 'x,y', js JSON,
    emp VARCHAR(5) DEFAULT '', txd TEXT DEFAULT 'abc', duu VARCHAR(36) DEFAULT (uuid()), KEY k_vc (vc(3)),
    FULLTEXT KEY ft (tx), KEY k_cm (ch) COMMENT 'of the index', CHECK (vc <> 'x%'))
    ENGINE=InnoDB ROW_FORMAT=DYNAMIC COMMENT='some texts'""",
    """CREATE TABLE times (da DATE DEFAULT '2020-01-01', dt DATETIME(3),
    dt2 DATETIME DEFAULT current_timestamp() ON UPDATE current_timestamp(),
    dt4 DATETIME(6) DEFAULT current_timestamp(6), ts TIMESTAMP NOT NULL DEFAULT current_timestamp(), tm TIME(2),
    tnull TIMESTAMP NULL, yr YEAR, g1 INT AS (1+1) VIRTUAL, g2 INT AS (yr + 2) PERSISTENT COMMENT 'computed',
    cm INT COMMENT 'it''s % commented')""",
    """CREATE TABLE child (x INT, y INT, z INT, other INT, KEY k_other (other),
    CONSTRAINT fk_two FOREIGN KEY (x,y) REFERENCES parent(a,b) ON DELETE RESTRICT,
    FOREIGN KEY (z) REFERENCES parent(id) ON DELETE NO ACTION,
    CONSTRAINT fk_o FOREIGN KEY (other) REFERENCES parent(id) ON DELETE CASCADE ON UPDATE SET NULL,
    PRIMARY KEY (y,x))""",
    "CREATE TABLE `odd name%` (`col %` INT PRIMARY KEY, `select` INT, KEY `i%` (`select`))",
    "CREATE TABLE nopk (a INT) ENGINE=MyISAM DEFAULT CHARSET=latin1",
    "CREATE TABLE part (a INT PRIMARY KEY, d INT) PARTITION BY HASH (a) PARTITIONS 4",
    "CREATE TABLE sysver (a INT PRIMARY KEY) WITH SYSTEM VERSIONING",
    "CREATE TABLE colck (a INT CHECK (a > 3), b JSON, c VARCHAR(10) CHECK (c in ('a','b')))",
    "CREATE TABLE Mixed (Id INT PRIMARY KEY)",
    "CREATE VIEW v AS SELECT tm, yr + 1 AS n FROM times WHERE yr > 0",
    "CREATE VIEW v2 AS SELECT * FROM v",
    "CREATE SEQUENCE s1 START WITH 5",
]
ABOUT_TABLES = [
    "columns",
    "pk_constraint",
    "foreign_keys",
    "indexes",
    "unique_constraints",
    "check_constraints",
    "table_comment",
    "table_options",
]


@pytest.fixture(scope="module", autouse=True)
def schema(database: URL) -> Iterator[str]:
    """The tables, in the database of the tests and in another one, of which the name is given."""
    other = f"{database.database}_far"
    engine = azoth.create_engine(database)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {other} CHARACTER SET utf8mb4")
        for name in (database.database, other):
            connection.exec_driver_sql(f"USE {name}")
            for sql in TABLES:
                connection.exec_driver_sql(sql.replace("%", "%%"))
        connection.exec_driver_sql(f"USE {database.database}")
        connection.exec_driver_sql(f"CREATE TABLE across (id INT, FOREIGN KEY (id) REFERENCES {other}.parent (id))")
    yield other
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE across")
        connection.exec_driver_sql(f"DROP DATABASE {other}")
    engine.dispose()


@pytest.fixture
def reflecting(make_engine: Callable[..., Engine]) -> Engine:
    """An engine that changes nothing."""
    return make_engine()


def inspected(lib: ModuleType, engine: Engine, backend: str = "mariadb") -> Any:
    """Give the inspector of a library on the database of an engine."""
    url = engine.url.set(drivername=f"{backend}+{engine.driver}").render_as_string(hide_password=False)
    made: Any = lib
    return made.inspect(made.create_engine(url, poolclass=made.pool.NullPool))


def plain(value: Any) -> Any:
    """Turn types into what they are, and leave the rest alone."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if hasattr(value, "compile"):
        names = "length display_width unsigned zerofill precision scale charset collation enums values fsp asdecimal"
        found = {name: getattr(value, name, None) for name in names.split()}
        return type(value).__name__, {name: plain(one) for name, one in found.items() if one not in (None, False)}
    return value


@pytest.mark.parametrize("backend", ["mysql", "mariadb"])
@pytest.mark.parametrize("question", ABOUT_TABLES)
@pytest.mark.parametrize("far", [False, True])
def test_tables_are_told_like_there(reflecting: Engine, schema: str, backend: str, question: str, far: bool) -> None:
    where = schema if far else None
    with warnings.catch_warnings(action="ignore"):
        ours, theirs = (
            {
                name: plain(getattr(inspector, f"get_{question}")(name, schema=where))
                for name in inspector.get_table_names(schema=where)
            }
            for inspector in (inspected(azoth, reflecting, backend), inspected(sqlalchemy, reflecting, backend))
        )
    assert ours == theirs


@pytest.mark.parametrize("far", [False, True])
def test_names_are_told_like_there(reflecting: Engine, schema: str, far: bool) -> None:
    where = schema if far else None
    ours, theirs = inspected(azoth, reflecting), inspected(sqlalchemy, reflecting)
    for question in ("get_table_names", "get_view_names", "get_sequence_names"):
        assert getattr(ours, question)(schema=where) == getattr(theirs, question)(schema=where), question
    assert ours.get_view_definition("v", schema=where) == theirs.get_view_definition("v", schema=where)
    assert set(ours.get_schema_names()) >= {schema, "information_schema"}
    assert ours.has_table("numbers", schema=where)
    assert ours.has_table("v", schema=where)
    assert not ours.has_table("nothing", schema=where)
    assert ours.has_sequence("s1", schema=where)
    assert not ours.has_sequence("numbers", schema=where)
    assert ours.has_schema(schema)
    assert not ours.has_schema("nowhere")
    assert ours.has_index("numbers", "k_two", schema=where)


@pytest.mark.parametrize("question", ABOUT_TABLES)
def test_many_tables_cost_as_many_questions_as_one(reflecting: Engine, question: str) -> None:
    asked: list[str] = []
    event.listen(reflecting, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with warnings.catch_warnings(action="ignore"):
        found = getattr(azoth.inspect(reflecting), f"get_multi_{question}")(kind=azoth.engine.reflection.ObjectKind.ANY)
    assert len(found) == 14
    assert len(asked) <= 3, asked


@pytest.mark.parametrize("question", ABOUT_TABLES)
def test_a_table_that_is_missing_is_told(reflecting: Engine, question: str) -> None:
    with pytest.raises(exc.NoSuchTableError, match="nothing"):
        getattr(azoth.inspect(reflecting), f"get_{question}")("nothing")


def test_columns_of_views_and_words_with_quotes(reflecting: Engine) -> None:
    with reflecting.begin() as connection:
        connection.exec_driver_sql(
            r"CREATE OR REPLACE TABLE words (e ENUM('f\\g', 'h''i'), `a``b` INT, ip INET6, u UUID, "
            "b BIT(3) DEFAULT b'101', d DATETIME NULL DEFAULT NULL ON UPDATE current_timestamp())"
        )
    inspector = azoth.inspect(reflecting)
    columns = {column["name"]: column for column in inspector.get_columns("words")}
    assert columns["e"]["type"].enums == ["f\\g", "h'i"]
    assert list(columns) == ["e", "a`b", "ip", "u", "b", "d"]
    assert [type(columns[name]["type"]).__name__ for name in ("ip", "u", "b")] == ["INET6", "UUID", "BIT"]
    assert columns["d"]["default"] == "NULL ON UPDATE current_timestamp()"
    assert columns["b"]["default"] == "b'101'"
    assert [column["name"] for column in inspector.get_columns("v")] == ["tm", "n"]
    with reflecting.begin() as connection:
        connection.exec_driver_sql("DROP TABLE words")


def test_tables_are_read_whole_and_created_again(reflecting: Engine, schema: str) -> None:
    metadata = MetaData()
    with warnings.catch_warnings(action="ignore"):
        metadata.reflect(reflecting)
        child = Table("child", metadata, autoload_with=reflecting, extend_existing=True)
    assert {key.column.table.name for key in child.foreign_keys} == {"parent"}
    assert len(metadata.tables) == 13
    assert f"{schema}.parent" in metadata.tables
    copied = MetaData()
    for name in ("parent", "numbers", "times", "part", "nopk"):
        metadata.tables[name].to_metadata(copied, name=f"copy_of_{name}")
    try:
        copied.create_all(reflecting)
        inspector = azoth.inspect(reflecting)
        for name in ("parent", "numbers", "times", "part", "nopk"):
            again = inspector.get_columns(f"copy_of_{name}")
            assert plain(again) == plain(inspector.get_columns(name)), name
    finally:
        copied.drop_all(reflecting)
