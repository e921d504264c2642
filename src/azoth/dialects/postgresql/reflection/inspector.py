"""The inspector of PostgreSQL, which answers a few questions more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.reflection import Inspector

if TYPE_CHECKING:
    from azoth.dialects.postgresql.reflection.many_tables import PGReflection
    from azoth.dialects.postgresql.reflection.named_types import ReflectedDomain, ReflectedEnum

    class _Dialect(PGReflection, DefaultDialect):
        """What the dialect is, whatever else."""


__all__ = ["PGInspector"]


class PGInspector(Inspector):
    """Reads what a PostgreSQL database contains; answers are kept until ``clear_cache()``.

    Args:
        bind: an engine or a connection.

    Emits: one or two SELECTs for each question.
    """

    dialect: _Dialect

    def get_table_oid(self, table_name: str, schema: str | None = None) -> int:
        """Tell the number that the server has for a table or view.

        Raises:
            NoSuchTableError: there is no such table or view.
        """
        return self._ask(self.dialect.get_table_oid, table_name, schema)

    def get_enums(self, schema: str | None = None) -> list[ReflectedEnum]:
        """Describe the ENUMs of a schema: name, schema, visible and labels.

        Args:
            schema: the schema; ``*`` for all schemas, None for those that are found without one.
        """
        return [enum.copy() for enum in self._ask(self.dialect.get_enums, schema)]

    def get_domains(self, schema: str | None = None) -> list[ReflectedDomain]:
        """Describe the DOMAINs of a schema: what they are made from, and what is asked of their values.

        Args:
            schema: the schema; ``*`` for all schemas, None for those that are found without one.
        """
        return [domain.copy() for domain in self._ask(self.dialect.get_domains, schema)]

    def get_foreign_table_names(self, schema: str | None = None) -> list[str]:
        """Name the foreign tables of a schema, whose rows are on other servers."""
        return list(self._ask(self.dialect.get_foreign_table_names, schema))

    def has_type(self, type_name: str, schema: str | None = None, **kw: object) -> bool:
        """Tell whether there is a type of this name, such as an ENUM or a DOMAIN.

        Args:
            type_name: its name.
            schema: its schema; ``*`` for any.
            kw: options of the dialect.
        """
        return self._ask(self.dialect.has_type, type_name, schema, **kw)
