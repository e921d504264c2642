"""What a statement needs is read off its first words, and in doubt it is a transaction."""

from __future__ import annotations

import pytest

from azoth.dialects.sqlite.statement_need import need_of
from azoth.engine.dialect_base.begin_action import StatementNeed


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "\n\tselect 1",
        "-- INSERT\nSELECT 1",
        "/* DELETE */ /* and more */ SELECT 1",
        "VALUES (1)",
        "EXPLAIN QUERY PLAN UPDATE t SET a = 1",
        "pragma foreign_keys",
        "VACUUM",
        "ATTACH 'x' AS y",
        "DETACH y",
        "WITH a AS (SELECT 1), b(x, y) AS NOT MATERIALIZED (SELECT 1, 2) SELECT * FROM a, b",
        "WITH RECURSIVE a(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM a WHERE x < 5) VALUES (1)",
        """WITH "INSERT" AS (SELECT ')('), [UPDATE] AS (SELECT 'it''s'), `DELETE` AS (SELECT 1) SELECT 1""",
        "WITH a AS (SELECT 1) -- DELETE\n /* INSERT */ SELECT * FROM a",
    ],
)
def test_reading_needs_nothing(sql: str) -> None:
    assert need_of(sql) is StatementNeed.NOTHING


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES (1)",
        "insert into t select 1",
        "REPLACE INTO t VALUES (1)",
        "UPDATE t SET a = 1",
        "DELETE FROM t",
        "CREATE TABLE t (a)",
        "ALTER TABLE t ADD b",
        "DROP TABLE t",
        "REINDEX",
        "ANALYZE",
        "SAVEPOINT s",
        "COMMIT",
        "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
        "WITH a AS (SELECT 1) UPDATE t SET a = (SELECT 1)",
        "WITH a AS (SELECT 1) DELETE FROM t WHERE x IN (SELECT 1 FROM a)",
        "WITH a AS (SELECT ')' AS x) REPLACE INTO t SELECT * FROM a",
        "WITH replace AS (SELECT 1) SELECT 1",
        "WITH",
        "selects",
        "/* never closed SELECT 1",
        "",
        "?",
    ],
)
def test_what_may_write_needs_a_transaction(sql: str) -> None:
    assert need_of(sql) is StatementNeed.BEGIN


@pytest.mark.parametrize("sql", ["BEGIN", "begin immediate", " /* now */ BEGIN EXCLUSIVE TRANSACTION"])
def test_a_begin_is_one(sql: str) -> None:
    assert need_of(sql) is StatementNeed.IS_BEGIN


def test_what_is_no_text_needs_a_transaction() -> None:
    assert need_of(None) is StatementNeed.BEGIN


def test_a_long_statement_is_looked_at_once() -> None:
    rows = ", ".join(["('(', 1)"] * 50_000)
    assert need_of(f"WITH t AS (VALUES {rows}) SELECT * FROM t") is StatementNeed.NOTHING
    assert need_of("/**/ " * 10_000 + "?") is StatementNeed.BEGIN
