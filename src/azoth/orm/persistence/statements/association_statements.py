"""The statements that write rows of many-to-many tables, compiled once for each dialect."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.profile.association import AssociationLayout
from azoth.sql.compiler import compile_statement
from azoth.sql.elements import bindparam

if TYPE_CHECKING:
    from azoth.sql.ports import CompilerDialect

_statements: weakref.WeakKeyDictionary[Any, dict[Any, AssociationStatement]] = weakref.WeakKeyDictionary()


class AssociationStatement:
    """The INSERT or DELETE of one row of a many-to-many table.

    Attributes:
        sql: the text.
        names: the names of the parameters, in the order of the layout's columns.
        statement: what was compiled.
        has_defaults: whether it has more parameters, which the table's defaults for its other columns make.
        processors: the bind processor (or None) of each of the layout's columns; None where no column has one.
    """

    __slots__ = ("has_defaults", "names", "processors", "sql", "statement")

    def __init__(self, layout: AssociationLayout, dialect: CompilerDialect, kind: str) -> None:
        columns = layout.columns
        if kind == "insert":
            self.names = tuple([column.key for column in columns])
            statement = layout.table.insert()
        else:
            self.names = tuple([f"row_{column.key}" for column in columns])
            binds = [bindparam(name, type_=one.type) for name, one in zip(self.names, columns, strict=True)]
            statement = layout.table.delete().where(*[one == bind for one, bind in zip(columns, binds, strict=True)])
        compiled = compile_statement(statement, dialect, parameter_keys=self.names)
        self.sql: str = compiled.string
        processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
        self.processors = processors if any(processors) else None
        self.statement = statement
        self.has_defaults = [bind.key for bind in compiled.positional] != list(self.names)


def association_statement(layout: AssociationLayout, dialect: CompilerDialect, kind: str) -> AssociationStatement:
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
        known = by_dialect[place] = AssociationStatement(layout, dialect, kind)
    return known
