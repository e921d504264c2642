"""The statements that write rows of many-to-many tables, compiled once for each dialect."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.profile.association import AssociationLayout
from azoth.sql.compiler import compile_statement
from azoth.sql.elements import bindparam

if TYPE_CHECKING:
    from azoth.sql.ports import CompilerDialect

_statements: weakref.WeakKeyDictionary[Any, dict[Any, tuple[str, list[Any]]]] = weakref.WeakKeyDictionary()


def association_statement(layout: AssociationLayout, dialect: CompilerDialect, kind: str) -> tuple[str, list[Any]]:
    """Give the statement that inserts or deletes one row.

    Args:
        layout: the table's layout.
        dialect: for which dialect.
        kind: "insert" or "delete".

    Returns:
        the text, and the bind processor (or None) of each column.
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


def _compile(layout: AssociationLayout, dialect: CompilerDialect, kind: str) -> tuple[str, list[Any]]:
    binds = {column.key: bindparam(f"row_{column.key}", type_=column.type) for column in layout.columns}
    if kind == "insert":
        statement = layout.table.insert().values(binds)
    else:
        statement = layout.table.delete().where(*[column == binds[column.key] for column in layout.columns])
    compiled = compile_statement(statement, dialect)
    order = [bind.key for bind in compiled.positional]
    assert order == [f"row_{column.key}" for column in layout.columns]
    processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in layout.columns]
    return compiled.string, processors
