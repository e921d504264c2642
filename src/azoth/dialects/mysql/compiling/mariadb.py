"""SQL as MariaDB spells it, where it differs from MySQL."""

from __future__ import annotations

from typing import Any

from azoth.dialects.mysql.compiling.ddl import MySQLDDLCompiler
from azoth.dialects.mysql.compiling.statements import MySQLStatementCompiler
from azoth.dialects.mysql.compiling.types import MySQLTypeCompiler
from azoth.sql.elements import BinaryExpression
from azoth.sql.operators import Operator
from azoth.sql.schema import CheckConstraint
from azoth.sql.selectable import GenerativeSelect
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
