"""The statements that write rows of many-to-many tables, compiled once for each dialect."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.orm.persistence.profile.association import AssociationLayout
from azoth.orm.persistence.statements.announced import Announced
from azoth.orm.persistence.statements.row_statement import Made, Parameters
from azoth.sql.cache_key import register_keeper
from azoth.sql.compiler import compile_statement
from azoth.sql.dml.change import Change
from azoth.sql.elements import bindparam
from azoth.sql.statement_cache import raise_not_processed

if TYPE_CHECKING:
    from azoth.sql.ports import CompilerDialect

_statements: weakref.WeakKeyDictionary[Any, dict[Any, AssociationStatement]] = weakref.WeakKeyDictionary()
register_keeper(_statements)


class AssociationStatement:
    """The INSERT or DELETE of one row of a many-to-many table.

    Attributes:
        sql: the text.
        names: the names of the parameters, in the order of the layout's columns.
        statement: what was compiled.
        has_defaults: whether it has more parameters, which the table's defaults for its other columns make.
        process: makes values of the layout's columns into those of the driver, row by row; None where there is nothing
            to do.
        announced: what listeners of the engine are told.
    """

    made: ClassVar[Made] = ()  # the table's own defaults are made by the connection's cache

    __slots__ = ("announced", "has_defaults", "names", "process", "sql", "statement")

    def __init__(self, layout: AssociationLayout, dialect: CompilerDialect, kind: str) -> None:
        columns = layout.columns
        self.names = tuple([column.key for column in columns])
        statement: Change = layout.table.insert()
        if kind == "delete":
            binds = [bindparam(name, type_=one.type) for name, one in zip(self.names, columns, strict=True)]
            statement = layout.table.delete().where(*[one == bind for one, bind in zip(columns, binds, strict=True)])
        compiled = compile_statement(statement, dialect, parameter_keys=self.names)
        self.sql: str = compiled.string
        processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
        self.process: Callable[[Parameters], Parameters] | None = (
            _process(processors, self.sql) if any(processors) else None
        )
        self.statement = statement
        self.has_defaults = [bind.key for bind in compiled.positional] != list(self.names)
        self.announced = Announced(lambda: statement, statement, self.names, given=self.names)


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


def _process(processors: list[Any], sql: str) -> Callable[[Parameters], Parameters]:
    def process(rows: Parameters) -> Parameters:
        try:
            return [
                tuple([value if one is None else one(value) for value, one in zip(row, processors, strict=True)])
                for row in rows
            ]
        except Exception as error:  # noqa: BLE001  # a type may raise anything
            raise_not_processed(error, sql)

    return process
