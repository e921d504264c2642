"""DDL as PostgreSQL spells it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from azoth import exc
from azoth.dialects.postgresql.compiling.indexes import IndexCompiler
from azoth.dialects.postgresql.ext import ExcludeConstraint
from azoth.dialects.postgresql.named_types import CreateDomainType, CreateEnumType, DropDomainType, DropEnumType
from azoth.sql.ddl import CreateSequence
from azoth.sql.elements import ClauseElement
from azoth.sql.schema import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    DefaultClause,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from azoth.sql.types import INTEGERTYPE, BigInteger, SmallInteger

__all__ = ["PGDDLCompiler"]

_NAME: Final = r'(?:\w+|"(?:[^"]|"")+")'
_SET_SOME: Final = re.compile(rf"SET (?:NULL|DEFAULT) ?\({_NAME}(?:, ?{_NAME})*\)\Z", re.IGNORECASE)


class PGDDLCompiler(IndexCompiler):
    """Writes DDL as PostgreSQL spells it: SERIAL, types with names, EXCLUDE, options of tables and constraints."""

    # -- columns --------------------------------------------------------------

    def get_column_specification(self, column: Column[Any], **kw: Any) -> str:
        """Write name, type, default and nullability of a column; one that is numbered is a SERIAL."""
        parts = [self.quote(column.name)]
        serial = self._serial_type(column)
        if serial is not None:
            parts.append(serial)
        else:
            parts.append(self.column_type(column))
            default = self.get_column_default_string(column)
            if default is not None:
                parts.append(f"DEFAULT {default}")
        if column.computed is not None:
            parts.append(self.process(column.computed))
        if column.identity is not None:
            parts.append(self.process(column.identity))
        if not column.nullable and column.identity is None:
            parts.append("NOT NULL")
        elif column.nullable and column.identity is not None:
            parts.append("NULL")
        return " ".join(parts)

    def _serial_type(self, column: Column[Any]) -> str | None:
        table = column.table
        if table is None or not column.primary_key or table.autoincrement_column is not column:
            return None
        default = column.default
        if column.identity is not None or not (column.server_default is None or _is_serial(column.server_default)):
            return None
        if default is not None and not (default.is_sequence and default.optional):
            return None
        type_ = column.type.dialect_impl(self.dialect)
        type_ = getattr(type_, "impl_instance", type_)
        if isinstance(type_, BigInteger):
            return "BIGSERIAL"
        return "SMALLSERIAL" if isinstance(type_, SmallInteger) else "SERIAL"

    def visit_computed_column(self, computed: Computed, **_options: object) -> str:
        """Write GENERATED ALWAYS AS; servers before version 18 want to be told that they store the value."""
        written = super().visit_computed_column(computed)
        version: tuple[int, ...] | None = getattr(self.dialect, "server_version_info", None)
        is_older = version is not None and version < (18,)
        return f"{written} STORED" if computed.persisted is None and is_older else written

    def default_expression(self, element: ClauseElement) -> str:
        """Write a SQL expression as a DEFAULT; operations stand in parentheses."""
        return self.expression(element)

    # -- tables ---------------------------------------------------------------

    def post_create_table(self, table: Table) -> str:
        """Write what stands after the closing parenthesis."""
        option = self._option_of(table)
        parts: list[str] = []
        inherits = option("inherits")
        if inherits:
            names = [inherits] if isinstance(inherits, str) else list(inherits)
            parts.append(f"INHERITS ({', '.join([self.quote(name) for name in names])})")
        if option("partition_by"):
            parts.append(f"PARTITION BY {option('partition_by')}")
        if option("using"):
            parts.append(f"USING {option('using')}")
        parts += self._storage_of(option("with"), option("with_oids"))
        if option("on_commit"):
            parts.append(f"ON COMMIT {option('on_commit').replace('_', ' ').upper()}")
        if option("tablespace"):
            parts.append(f"TABLESPACE {self.quote(option('tablespace'))}")
        return "".join([f"\n {part}" for part in parts])

    def _storage_of(self, storage: Mapping[str, object] | None, with_oids: bool | None) -> Iterable[str]:
        if storage:
            yield f"WITH ({self.storage_parameters(storage)})"
        if with_oids is not None:
            yield "WITH OIDS" if with_oids else "WITHOUT OIDS"

    # -- constraints ----------------------------------------------------------

    def visit_primary_key_constraint(self, constraint: PrimaryKeyConstraint, **_options: object) -> str:
        """Write PRIMARY KEY, with columns that its index has beyond it."""
        columns = constraint.columns_autoinc_first if constraint._implicit else list(constraint.columns)
        written = f"{self.constraint_name(constraint)}PRIMARY KEY ({self._names(columns)})"
        included = self.included_columns(constraint, "postgresql")
        return written + included + self.define_constraint_deferrability(constraint)

    def visit_unique_constraint(self, constraint: UniqueConstraint, **_options: object) -> str:
        """Write UNIQUE; it may take NULLs for the same value, and have further columns in its index."""
        if not len(constraint.columns):
            return ""
        words = f"UNIQUE{self.nulls_distinctness(constraint)} ({self._names(constraint)})"
        included = self.included_columns(constraint, "postgresql")
        return self.constraint_name(constraint) + words + included + self.define_constraint_deferrability(constraint)

    def visit_foreign_key_constraint(self, constraint: ForeignKeyConstraint, **_options: object) -> str:
        """Write FOREIGN KEY."""
        return super().visit_foreign_key_constraint(constraint) + self._validity(constraint)

    def _action(self, action: str) -> str:
        # Since version 15, an action may be about some of the columns only.
        return action if _SET_SOME.match(action) else super()._action(action)

    def visit_check_constraint(self, constraint: CheckConstraint, **_options: object) -> str:
        """Write CHECK; tables that inherit may be left out."""
        alone = " NO INHERIT" if constraint._dialect_option("postgresql", "no_inherit") else ""
        return super().visit_check_constraint(constraint) + alone + self._validity(constraint)

    def _validity(self, constraint: Constraint) -> str:
        return " NOT VALID" if constraint._dialect_option("postgresql", "not_valid") else ""

    def visit_exclude_constraint(self, constraint: ExcludeConstraint, **_options: object) -> str:
        """Write EXCLUDE."""
        elements = []
        for element, operator in constraint.elements:
            written = self.expression(element)
            # The key of an expression that was read from a database is its text.
            operator_class = constraint.ops.get(str(getattr(element, "key", None) or written))
            elements.append(f"{written}{' ' + operator_class if operator_class else ''} WITH {operator}")
        using = self.checked_word(constraint.using, "using")
        written = f"{self.constraint_name(constraint)}EXCLUDE USING {using} ({', '.join(elements)})"
        if constraint.where is not None:
            written += f" WHERE ({self.expression(constraint.where)})"
        return written + self.define_constraint_deferrability(constraint)

    # -- types with names -----------------------------------------------------

    def visit_create_enum_type(self, create: CreateEnumType, **_options: object) -> str:
        """Write CREATE TYPE."""
        words = ", ".join([self.text_value(word) for word in create.element.enums])
        self.preparer.check_length(create.element.name)
        return f"CREATE TYPE {self.preparer.format_type(create.element)} AS ENUM ({words})"

    def visit_drop_enum_type(self, drop: DropEnumType, **_options: object) -> str:
        """Write DROP TYPE."""
        return f"DROP TYPE {self.preparer.format_type(drop.element)}"

    def visit_create_domain_type(self, create: CreateDomainType, **_options: object) -> str:
        """Write CREATE DOMAIN."""
        domain = create.element
        self.preparer.check_length(domain.name)
        parts = [f"CREATE DOMAIN {self.preparer.format_type(domain)} AS {self.type_compiler.process(domain.data_type)}"]
        if domain.collation is not None:
            schema = "" if domain.collation_schema is None else f"{self.quote(domain.collation_schema)}."
            parts.append(f"COLLATE {schema}{self.preparer.format_collation(domain.collation)}")
        if domain.default is not None:
            is_text = isinstance(domain.default, str)
            parts.append(f"DEFAULT {self.text_value(domain.default) if is_text else self.expression(domain.default)}")
        if domain.constraint_name is not None:
            parts.append(f"CONSTRAINT {self.quote(domain.constraint_name)}")
        if domain.not_null:
            parts.append("NOT NULL")
        if domain.check is not None:
            parts.append(f"CHECK ({self.expression(domain.check)})")
        return " ".join(parts)

    def visit_drop_domain_type(self, drop: DropDomainType, **_options: object) -> str:
        """Write DROP DOMAIN."""
        return f"DROP DOMAIN {self.preparer.format_type(drop.element)}"

    # -- sequences and comments -----------------------------------------------

    def visit_create_sequence(self, create: CreateSequence, **_options: object) -> str:
        """Write CREATE SEQUENCE, with the type of its numbers."""
        sequence = create.element
        self.preparer.check_length(sequence.name)
        written = f"CREATE SEQUENCE {self._if_not_exists(create)}{self.preparer.format_sequence(sequence)}"
        if sequence.data_type is not INTEGERTYPE:
            written += f" AS {self.type_compiler.process(sequence.data_type)}"
        options = self.get_identity_options(sequence)
        return f"{written} {options}" if options else written

    def visit_set_constraint_comment(self, comment: Any, **_options: object) -> str:
        """Write COMMENT ON CONSTRAINT."""
        return f"{self._comment_on_constraint(comment.element)} IS {self.text_value(comment.element.comment)}"

    def visit_drop_constraint_comment(self, comment: Any, **_options: object) -> str:
        """Write COMMENT ON CONSTRAINT IS NULL."""
        return f"{self._comment_on_constraint(comment.element)} IS NULL"

    def _comment_on_constraint(self, constraint: Constraint) -> str:
        if constraint.name is None:
            raise exc.CompileError(
                f"a constraint of table {constraint.table.name} has no name and cannot have a comment",
                why="COMMENT ON CONSTRAINT names what it is about",
                fix="give it a name, or the MetaData a naming_convention",
                code="AZ-D68",
            )
        name = self.preparer.format_constraint(constraint)
        return f"COMMENT ON CONSTRAINT {name} ON {self.preparer.format_table(constraint.table)}"


def _is_serial(default: object) -> bool:
    """Tell whether a default that was read from a database is what SERIAL stands for."""
    return isinstance(default, DefaultClause) and default.reflected and str(default.arg).startswith("nextval(")
