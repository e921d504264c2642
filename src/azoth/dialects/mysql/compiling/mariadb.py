"""SQL as MariaDB spells it, where it differs from MySQL."""

from __future__ import annotations

from typing import Any

from azoth.dialects.mysql.compiling.ddl import MySQLDDLCompiler
from azoth.dialects.mysql.compiling.statements import MySQLStatementCompiler
from azoth.dialects.mysql.compiling.types import MySQLTypeCompiler
from azoth.sql.elements import BinaryExpression
from azoth.sql.operators import Operator
from azoth.sql.schema import CheckConstraint
from azoth.sql.selectable import GenerativeSelect, Values
from azoth.types import Uuid

__all__ = ["MariaDBDDLCompiler", "MariaDBStatementCompiler", "MariaDBTypeCompiler"]


class MariaDBStatementCompiler(MySQLStatementCompiler):
    """Write statements as MariaDB spells them."""

    def regexp_with_flags(self, left: str, right: str, flags: str, *, is_negated: bool) -> str:
        """Write the match of a regular expression, whose flags stand at its beginning here."""
        return f"{left} {'NOT ' if is_negated else ''}REGEXP {self._flagged(right, flags)}"

    def visit_regexp_replace_op_binary(self, binary: BinaryExpression[Any], _op: Operator, **options: object) -> str:
        """Write the replacement of what a regular expression matches."""
        modifiers = dict(binary.modifiers)
        left, pattern = self.process(binary.left, **options), self.process(binary.right, **options)
        replacement = self.process(modifiers["replacement"], **options)
        flags = modifiers.get("flags")
        if flags is not None:
            pattern = self._flagged(pattern, flags)
        return f"REGEXP_REPLACE({left}, {pattern}, {replacement})"

    def _flagged(self, pattern: str, flags: str) -> str:
        return f"CONCAT('(?', {self._quoted_text(flags)}, ')', {pattern})"

    def visit_values(self, values: Values, asfrom: bool = False, **options: object) -> str:
        """Write rows of values as SELECTs, since their columns can be given names there alone."""
        if not asfrom:
            return super().visit_values(values, asfrom, **options)
        names = [self.quote(column.name) for column in values._column_args]
        rows = [[self.process(value, literal_binds=values.literal_binds) for value in row] for row in values._data]
        named = [f"{value} AS {name}" for value, name in zip(rows[0], names, strict=True)] if rows else []
        selects = " UNION ALL SELECT ".join([", ".join(row) for row in [named, *rows[1:]]])
        lateral = "LATERAL " if values._lateral else ""
        return f"{lateral}(SELECT {selects}) AS {self.quote(self.alias_name(values))}"

    def limit_clause(self, select: GenerativeSelect) -> str:
        """Write LIMIT, or FETCH FIRST where ties are wanted."""
        if select._fetch_clause is not None:
            return super(MySQLStatementCompiler, self).limit_clause(select)
        return super().limit_clause(select)

    def fetch_clause(self, select: GenerativeSelect) -> str:
        """Write OFFSET and FETCH FIRST."""
        return super(MySQLStatementCompiler, self).fetch_clause(select)


class MariaDBDDLCompiler(MySQLDDLCompiler):
    """Writes DDL as MariaDB spells it."""

    def _drop_word(self, constraint: object) -> str | None:
        return "CONSTRAINT" if isinstance(constraint, CheckConstraint) else super()._drop_word(constraint)


class MariaDBTypeCompiler(MySQLTypeCompiler):
    """Writes types as MariaDB spells them."""

    def visit_uuid(self, type_: Uuid, **kw: object) -> str:
        """Write Uuid: UUID, where the database's own type is wanted."""
        return "UUID" if type_.native_uuid else "CHAR(32)"
