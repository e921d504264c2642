"""``sql.visitors`` finds, copies and changes parts of statements as SQLAlchemy's does."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from tests.database import Database

pytest.importorskip("sqlalchemy")

from tests.flow.differential_core.libraries import same

SCENARIOS: list[Any] = []


def scenario(function: Any) -> Any:
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("each", SCENARIOS, ids=lambda each: each.__name__)
def test_the_same_as_sqlalchemy(each: Any, database: Database) -> None:
    same(each, database)


def parts(lib: Any) -> tuple[Any, Any, Any, Any]:
    visitors = import_module(f"{lib.name}.sql.visitors")
    t = lib.Table("t", lib.MetaData(), lib.Column("x", lib.Integer), lib.Column("y", lib.String(20)))
    a = t.alias("a")
    statement = lib.select(t.c.x, a.c.y).where(t.c.x == 5).where(a.c.y == "p").order_by(t.c.y)
    return visitors, t, a, statement


def plain(text: Any) -> str:
    return " ".join(str(text).split())


@scenario
def values_tables_and_aliases_are_found(lib: Any, engine: Any) -> Any:
    visitors, t, a, statement = parts(lib)
    found: list[Any] = []
    by_kind = {
        "bindparam": lambda bind: found.append(bind.value),
        "table": lambda table: found.append(table.name),
        "alias": lambda alias: found.append(alias.name),
    }
    same_object = visitors.traverse(statement, {}, by_kind) is statement
    for other in (t.update().values(x=7), t.delete(), lib.union(lib.select(t), lib.select(a))):
        visitors.traverse(other, {}, by_kind)
    visitors.traverse_using([t.c.x, t.c.y], t, {"column": lambda column: found.append(column.name)})
    return same_object, sorted(set(map(str, found))), list(visitors.iterate(None)), visitors.traverse(None, {}, {})


@scenario
def copies_are_changed_and_originals_stay(lib: Any, engine: Any) -> Any:
    visitors, t, _, statement = parts(lib)

    def change(bind: Any) -> None:
        if bind.value == 5:
            bind.value = 6

    copied = visitors.cloned_traverse(statement, {}, {"bindparam": change})
    condition = t.c.x == 5
    kept = visitors.cloned_traverse(condition, {"stop_on": [condition.right]}, {"bindparam": change})
    return [
        copied.compile().params, statement.compile().params, plain(copied), kept.compile().params,
        visitors.cloned_traverse(None, {}, {}),
    ]  # fmt: skip


@scenario
def parts_are_replaced(lib: Any, engine: Any) -> Any:
    visitors, t, a, statement = parts(lib)
    by_alias = visitors.replacement_traverse(statement, {}, lambda part: a.c.x if part is t.c.x else None)
    stopped = visitors.replacement_traverse(
        t.c.x == 5, {"stop_on": [t.c.x]}, lambda part: lib.column("z") if part is t.c.x else None
    )
    return plain(by_alias), plain(stopped), plain(statement), visitors.replacement_traverse(None, {}, lambda part: None)


@scenario
def visitors_are_classes(lib: Any, engine: Any) -> Any:
    visitors, t, _, _ = parts(lib)
    seen: list[Any] = []

    class Notes(visitors.ClauseVisitor):  # type: ignore[name-defined]
        def visit_bindparam(self, bind: Any) -> None:
            seen.append(bind.value)

    class Columns(visitors.ExternalTraversal):  # type: ignore[name-defined]
        def visit_column(self, column: Any) -> None:
            seen.append(column.name)

    class Changes(visitors.CloningVisitor):  # type: ignore[name-defined]
        def visit_bindparam(self, bind: Any) -> None:
            bind.value = 1

    class Replaces(visitors.ReplacingCloningVisitor):  # type: ignore[name-defined]
        def replace(self, part: Any) -> Any:
            return lib.column("z") if part is t.c.x else None

    condition = t.c.x == 8
    Notes().chain(Columns()).traverse(condition)
    Columns().traverse_single(t.c.y)
    assert Notes().traverse_single(t.c.y) is None
    return [
        sorted(map(str, seen)), Changes().traverse(condition).compile().params, plain(Replaces().traverse(condition)),
        condition.compile().params, len(list(Notes().chain(Columns()).visitor_iterator)),
    ]  # fmt: skip
