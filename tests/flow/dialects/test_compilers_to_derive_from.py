"""The compilers and contexts of azoth's dialects have the names from which programs derive their own."""

from __future__ import annotations

import importlib

import pytest

from azoth import create_engine, select
from azoth.dialects import registry

NAMES = {
    "sqlite": "SQLiteCompiler",
    "postgresql": "PGCompiler",
    "mysql": "MySQLCompiler",
    "mssql": "MSSQLCompiler",
    "oracle": "OracleCompiler",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_compiler_derived_by_its_known_name_writes_statements(name: str) -> None:
    base = importlib.import_module(f"azoth.dialects.{name}.base")
    package = importlib.import_module(f"azoth.dialects.{name}")
    derived = type("Derived", (getattr(base, NAMES[name]),), {"get_select_precolumns": lambda self, select, **kw: "X "})
    own = type("Own", (package.dialect,), {"statement_compiler": derived, "supports_statement_cache": True})
    assert str(select(1).compile(dialect=own())).startswith("SELECT X 1")


@pytest.mark.sqlite_only("the dialect is one of SQLite")
def test_a_context_derived_from_that_of_sqlite_changes_what_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    base = importlib.import_module("azoth.dialects.sqlite.base")
    package = importlib.import_module("azoth.dialects.sqlite")
    sent = []

    class Context(base.SQLiteExecutionContext):  # type: ignore[misc, name-defined]
        def pre_exec(self) -> None:
            self.statement += " -- mine"
            sent.append(self.statement)

    own = type("Own", (package.dialect,), {"name": "contextual", "execution_ctx_cls": Context, "__module__": "own"})
    monkeypatch.setitem(globals(), "OwnDialect", own)
    registry.register("contextual", __name__, "OwnDialect")
    with create_engine("contextual://").connect() as connection:
        assert connection.scalar(select(1)) == 1
    assert sent[-1] == "SELECT 1 -- mine"
