"""The dialect of ``str(expression)``: no database in particular."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar

from azoth.sql.compiler.preparer import IdentifierPreparer
from azoth.sql.ports import TypeCompilerPort
from azoth.sql.types.base import to_instance

__all__ = ["AggregateOrderByStyle", "GenericDialect", "TypeCompilerSlot", "TypesAndReturning"]


class AggregateOrderByStyle(Enum):
    """Where the ORDER BY of an aggregate stands."""

    NONE = 0
    """Nowhere: the database has none."""
    INLINE = 1
    """Among its arguments."""
    WITHIN_GROUP = 2
    """Behind it, in WITHIN GROUP."""


class TypeCompilerSlot:
    """The attribute ``type_compiler`` of dialects: a class on their classes, what writes types on a dialect.

    Args:
        compiler: the class.
    """

    def __init__(self, compiler: type[Any]) -> None:
        self._compiler = compiler

    def __get__(self, dialect: object | None, owner: type[object]) -> type[Any] | TypeCompilerPort:
        return self._compiler if dialect is None else self._compiler(dialect)


class TypesAndReturning:
    """What dialects of all kinds say of their types and of RETURNING."""

    supports_returning: bool
    type_compiler: Any

    is_async: bool = False
    """Whether the driver is awaited; it never is."""

    supports_default_values: bool = True
    """Whether INSERT ... DEFAULT VALUES inserts a row that leaves all columns to the database."""
    supports_empty_insert: bool = True
    """Whether INSERT ... () VALUES () does; asked where the database has no DEFAULT VALUES."""
    supports_default_metavalue: bool = True
    """Whether a word among the values of an INSERT, ``default_metavalue_token``, leaves one column to the database."""
    default_metavalue_token: str = "DEFAULT"  # no password, but a word of SQL

    aggregate_order_by_style: AggregateOrderByStyle = AggregateOrderByStyle.INLINE
    """Where the ORDER BY of an ``aggregate_order_by()`` is written."""
    cte_follows_insert: bool = False
    """Whether the WITH of an INSERT stands before its SELECT, and not before the whole statement."""
    div_is_floordiv: bool = True
    """Whether ``/`` of whole numbers gives a whole number."""
    tuple_in_values: bool = False
    """Whether the word VALUES stands before rows of values on the right of IN."""
    supports_simple_order_by_label: bool = True
    """Whether ORDER BY may name a label of the SELECT, and need not repeat its expression."""
    label_length: int | None = None
    """How long names are that compilers make up; None for what the database allows."""
    supports_identity_columns: bool = False
    """Whether GENERATED AS IDENTITY is written."""
    sequences_optional: bool = False
    """Whether a ``Sequence(optional=True)`` is left out, because keys are numbered without."""
    default_sequence_base: int = 1
    """Where a sequence starts that does not say it, in databases that would start elsewhere."""
    returns_native_bytes: bool = False
    """Whether the driver gives ``bytes``, and nothing that stands for them."""
    supports_native_json_serialization: bool = False
    """Whether the driver writes JSON itself."""
    supports_native_json_deserialization: bool = False
    """Whether the driver reads JSON itself."""
    dialect_injects_custom_json_deserializer: bool = False
    """Whether it does so by the ``json_deserializer`` of the engine, too."""

    @property
    def insert_returning(self) -> bool:
        """Whether INSERT has a RETURNING."""
        return self.supports_returning

    @property
    def update_returning(self) -> bool:
        """Whether UPDATE has a RETURNING."""
        return self.supports_returning

    @property
    def delete_returning(self) -> bool:
        """Whether DELETE has a RETURNING."""
        return self.supports_returning

    update_returning_multifrom: bool = False
    """Whether UPDATE may have a RETURNING beside a FROM with other tables."""
    delete_returning_multifrom: bool = False
    """Whether DELETE may have a RETURNING beside other tables that it looks at."""

    # Drivers return no rows from executemany(): each set of values is executed by itself, in order.

    @property
    def insert_executemany_returning(self) -> bool:
        """Whether INSERT may have a RETURNING when it is executed for several sets of values."""
        return self.insert_returning

    @property
    def insert_executemany_returning_sort_by_parameter_order(self) -> bool:
        """Whether the rows of that RETURNING come in the order of the sets of values, where that is asked for."""
        return self.insert_executemany_returning

    @property
    def update_executemany_returning(self) -> bool:
        """Whether UPDATE may have a RETURNING when it is executed for several sets of values."""
        return self.update_returning

    @property
    def delete_executemany_returning(self) -> bool:
        """Whether DELETE may have a RETURNING when it is executed for several sets of values."""
        return self.delete_returning

    @property
    def type_compiler_instance(self) -> Any:
        """What writes types."""
        compiler = self.type_compiler
        return compiler(self) if isinstance(compiler, type) else compiler

    def type_descriptor(self, typeobj: Any) -> Any:
        """Give the dialect's own version of a type.

        Args:
            typeobj: the type, or its class.
        """
        dialect: Any = self
        return to_instance(typeobj).dialect_impl(dialect)


class GenericDialect(TypesAndReturning):
    """SQL as a reader wants to see it, with named placeholders."""

    name: str = "default"
    paramstyle: str = "named"
    statement_compiler: type[Any]
    ddl_compiler: type[Any]
    type_compiler: type[Any]
    colspecs: Mapping[type[Any], type[Any]] = {}
    supports_native_boolean: bool = True
    supports_native_decimal: bool = True
    supports_nan: bool = True
    supports_native_enum: bool = False
    supports_native_uuid: bool = False
    supports_returning: bool = True
    supports_alter: bool = True
    supports_sequences: bool = True
    supports_identity_columns: bool = True
    sequences_optional: bool = True
    supports_lastrowid: bool = True
    supports_comments: bool = False
    inline_comments: bool = False
    server_version_info: tuple[int, ...] | None = None
    default_schema_name: str | None = None
    dbapi: object = None
    construct_arguments: ClassVar[Sequence[tuple[type[Any], Mapping[str, object]]] | None] = None
    max_identifier_length: int = 9999
    max_bind_variables: int | None = None
    json_serializer: ClassVar[Callable[[Any], str] | None] = None
    json_deserializer: ClassVar[Callable[[str], Any] | None] = None

    def __init__(self) -> None:
        self.identifier_preparer = IdentifierPreparer(self)
