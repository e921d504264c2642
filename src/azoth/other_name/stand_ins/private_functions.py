"""What stands in for private functions and classes that libraries import."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, TypeAlias

from azoth.engine import Connection, Engine
from azoth.engine.mock import MockConnection
from azoth.engine.reflection import Inspector
from azoth.other_name.stand_ins.typing_names import WhereHavingRole
from azoth.sql.elements import ClauseElement
from azoth.sql.elements.operand import plain_operand, truth_operand
from azoth.sql.schema import Constraint, Index, Table, conv
from azoth.sql.schema.naming import ConventionTokens, convention_for, convention_name

__all__ = [
    "NONE_NAME",
    "Annotated",
    "Connectable",
    "DialectArguments",
    "MockEngineStrategy",
    "NoneName",
    "ReflectionInfo",
    "Variant",
    "constraint_name_for_table",
    "expect",
    "table_key",
]

Connectable: TypeAlias = Engine | Connection
"""What a program can connect with."""

DialectArguments = Mapping
"""The options of dialects that an element has; the name stands in annotations."""


class NoneName(Enum):
    """The kind of the mark of a constraint that shall have no name; nothing is of it."""


NONE_NAME: Final = None
"""The mark itself: azoth's constraints have None for a name then."""


class ReflectionInfo:
    """What was read about tables before, for ``Inspector.reflect_table()``.

    Args:
        answers: by kind of question ("columns", "indexes", ...) the answers by schema and table.
    """

    def __init__(self, **answers: Mapping[tuple[str | None, str], Any]) -> None:
        self.answers = answers

    def before(self, inspector: Inspector) -> KnownTables:
        """Make what gives these answers, and asks an inspector for the rest."""
        return KnownTables(inspector, self.answers)


class KnownTables:
    """An inspector of tables of which much is known.

    Args:
        inspector: whom to ask for what is not.
        answers: those of ``ReflectionInfo``.
    """

    def __init__(self, inspector: Inspector, answers: Mapping[str, Mapping[tuple[str | None, str], Any]]) -> None:
        self._inspector = inspector
        self._answers = answers

    def __getattr__(self, name: str) -> object:
        asked = getattr(self._inspector, name)
        known = self._answers.get(name.removeprefix("get_"))
        if known is None:
            return asked

        def answer(table_name: str, schema: str | None = None, **options: object) -> object:
            key = (schema, table_name)
            return known[key] if key in known else asked(table_name, schema, **options)

        return answer


class Annotated:
    """A kind of element that azoth does not make. Libraries ask whether a class is derived from it; none is."""


class Variant:
    """A kind of type that is no more: nothing is of it. Libraries ask whether a type is."""


class MockEngineStrategy:
    """The place where the connection of a mock engine once was."""

    MockConnection = MockConnection


def constraint_name_for_table(constraint: Constraint | Index, table: Table) -> str | None:
    """Name a constraint by the convention of a table's metadata, one that a type has made like any other.

    Args:
        constraint: the constraint, which may belong to another table.
        table: the table.

    Raises:
        InvalidRequestError: the convention makes its name of one that it does not have.
    """
    convention = convention_for(constraint, table.metadata.naming_convention)
    if constraint.name is None and convention is not None:
        return conv(convention % ConventionTokens(constraint, table, table.metadata.naming_convention))
    name: str | None = convention_name(constraint, table)
    return name


def table_key(name: str, schema: str | None) -> str:
    """Give the key under which a table stands in its metadata.

    Args:
        name: the table's name.
        schema: its schema, or None.
    """
    return name if schema is None else f"{schema}.{name}"


def expect(role: type[object], element: object, *, apply_propagate_attrs: object = None) -> ClauseElement:
    """Turn what a program passes into an element.

    Args:
        role: where the element is to stand: a condition, for ``WhereHavingRole``; else an operand.
        element: an element, what has one, or a plain value.
        apply_propagate_attrs: takes over what the element has in its ``_propagate_attrs``, which it finds by itself.

    Raises:
        ArgumentError: it cannot stand there.
    """
    return (truth_operand if issubclass(role, WhereHavingRole) else plain_operand)(element)
