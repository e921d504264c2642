"""The statements that write rows of many-to-many tables, compiled once for each dialect."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from azoth.orm.persistence.profile.association import AssociationLayout
from azoth.orm.persistence.statements.announced import Announced
from azoth.orm.persistence.statements.row_statement import Parameters
from azoth.sql.compiler import compile_statement
from azoth.sql.dml import delete, insert
from azoth.sql.dml.change import Change
from azoth.sql.elements import bindparam


class AssociationStatement:
    """An INSERT or DELETE of one row of a many-to-many table.

    Attributes:
        sql: the text.
        process: makes values into those of the driver, row by row; None where there is nothing to do.
        announced: what listeners of the engine are told.
    """

    __slots__ = ("announced", "process", "sql")

    def __init__(self, sql: str, processors: list[Any], announced: Announced) -> None:
        self.sql = sql
        self.process: Callable[[Parameters], Parameters] | None = _process(processors) if any(processors) else None
        self.announced = announced


_statements: weakref.WeakKeyDictionary[Any, dict[Any, AssociationStatement]] = weakref.WeakKeyDictionary()


def association_statement(layout: AssociationLayout, dialect: Any, kind: str) -> AssociationStatement:
    """Give the statement that inserts or deletes one row.

    Args:
        layout: the table's layout.
        dialect: for which dialect.
        kind: "insert" or "delete".
    """
    by_dialect = _statements.get(dialect)
    if by_dialect is None:
        by_dialect = _statements[dialect] = {}
    # The layout itself is the key: it keeps the table alive, so that an id is never used twice.
    place = (layout, kind)
    known = by_dialect.get(place)
    if known is None:
        known = by_dialect[place] = _compile(layout, dialect, kind)
    return known


def _compile(layout: AssociationLayout, dialect: Any, kind: str) -> AssociationStatement:
    binds = {column.key: bindparam(f"row_{column.key}", type_=column.type) for column in layout.columns}
    if kind == "insert":
        statement = layout.table.insert().values(binds)
    else:
        statement = layout.table.delete().where(*[column == binds[column.key] for column in layout.columns])
    compiled = compile_statement(statement, dialect)
    order = [bind.key for bind in compiled.positional]
    assert order == [f"row_{column.key}" for column in layout.columns]
    processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in layout.columns]
    names = tuple([column.key for column in layout.columns])

    def announce() -> Change:
        if kind == "insert":
            return insert(layout.table)
        found_by = [column == bindparam(column.key, type_=column.type) for column in layout.columns]
        return delete(layout.table).where(*found_by)

    return AssociationStatement(compiled.string, processors, Announced(announce, names))


def _process(processors: list[Any]) -> Callable[[Parameters], Parameters]:
    def process(rows: Parameters) -> Parameters:
        return [
            tuple([value if one is None else one(value) for value, one in zip(row, processors, strict=True)])
            for row in rows
        ]

    return process
