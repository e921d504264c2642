"""Reading what SQLite keeps of CREATE TABLE and CREATE INDEX."""

from __future__ import annotations

import pytest

from azoth.dialects.sqlite.declared_types import type_of_declaration
from azoth.dialects.sqlite.table_text import index_text, table_text, unquoted


def test_names_and_conditions_of_constraints() -> None:
    found = table_text("""
        CREATE TABLE "t (x" ( -- a comment, with (
            id INTEGER CONSTRAINT "the key" PRIMARY KEY AUTOINCREMENT,
            a VARCHAR(10) DEFAULT 'x, CHECK (1)' CONSTRAINT ua UNIQUE COLLATE "nocase",
            [b c] INT CHECK (b > (1 + 2)) REFERENCES p(id) ON DELETE SET NULL DEFERRABLE INITIALLY deferred,
            g INT GENERATED ALWAYS AS (a || ')') STORED,
            h AS (b*2), /* another, one */
            CONSTRAINT two UNIQUE (a, "b c"),
            UNIQUE (`g`),
            CONSTRAINT ck CHECK (a <> ')' AND b IN (1, 2)),
            CONSTRAINT f FOREIGN KEY (a, g) REFERENCES q (x, y) ON UPDATE CASCADE NOT DEFERRABLE
        ) WITHOUT ROWID, STRICT""")
    assert found.primary_key_name == "the key"
    assert found.autoincrement
    assert found.uniques == [("ua", ["a"]), ("two", ["a", "b c"]), (None, ["g"])]
    assert found.checks == [(None, "b > (1 + 2)"), ("ck", "a <> ')' AND b IN (1, 2)")]
    assert found.foreign_keys == [
        (None, ["b c"], {"deferrable": True, "initially": "DEFERRED"}),
        ("f", ["a", "g"], {"deferrable": False}),
    ]
    assert found.computed == {"g": "a || ')'", "h": "b*2"}
    assert found.collations == {"a": "nocase"}
    assert found.options == "WITHOUT ROWID, STRICT"


def test_a_table_made_from_a_select_has_no_body() -> None:
    assert table_text("CREATE TABLE t AS SELECT 1").uniques == []


def test_expressions_and_condition_of_an_index() -> None:
    assert index_text("CREATE INDEX i ON t (a, lower(b), c DESC) WHERE a > (1)") == (
        ["a", "lower(b)", "c DESC"],
        "a > (1)",
    )
    assert index_text('CREATE UNIQUE INDEX "i(" ON t ("a,b")') == (['"a,b"'], None)


@pytest.mark.parametrize(
    "quoted, name", [('"a""b"', 'a"b'), ("`a`", "a"), ("[a b]", "a b"), ("a", "a"), ("'x'", "x"), ('"', '"')]
)
def test_names_lose_their_quotes(quoted: str, name: str) -> None:
    assert unquoted(quoted) == name


@pytest.mark.parametrize(
    "declaration, shown",
    [
        ("VARCHAR(50)", "VARCHAR(length=50)"),
        ("numeric(10, 2)", "NUMERIC(precision=10, scale=2)"),
        ("INTEGER", "INTEGER()"),
        ("DOUBLE PRECISION", "DOUBLE_PRECISION()"),
        ("DATETIME", "DATETIME()"),
        ("MEDIUMINT", "INTEGER()"),
        ("CHARACTER(20)", "TEXT(length=20)"),
        ("tinyblob", "NullType()"),
        ("", "NullType()"),
        ("FLOATING", "REAL()"),
        ("STRANGE(1, 2)", "NUMERIC(precision=1, scale=2)"),
        ("INT(1, 2)", "INTEGER()"),
    ],
)
def test_types_of_declarations(declaration: str, shown: str) -> None:
    assert repr(type_of_declaration(declaration)) == shown
