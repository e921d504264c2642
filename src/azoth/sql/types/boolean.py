"""Boolean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.sql.operators import OperatorClass
from azoth.sql.types.base import Processor, TypeEngine
from azoth.sql.types.schema_type import SchemaType
from azoth.sql.types.unfit_value import unfit_value
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import HasDialect, TypeDialect


class Boolean(SchemaType, TypeEngine[bool]):
    """True or False.

    Args:
        create_constraint: add a CHECK constraint where the database has no boolean type.
        name: the name of that constraint.
    """

    __visit_name__ = "boolean"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.BOOLEAN
    _affinity: ClassVar[str] = "boolean"
    native = True

    @checked
    def __init__(self, create_constraint: bool = False, name: str | None = None) -> None:
        self.create_constraint = create_constraint
        self.name = name

    @property
    def python_type(self) -> type[bool]:
        """``bool``."""
        return bool

    @property
    def constraint_values(self) -> tuple[int, ...]:
        """What a CHECK constraint allows."""
        return (0, 1)

    def constraint_is_needed(self, compiler: HasDialect) -> bool:
        """Tell whether a database needs the CHECK constraint that the user asked for."""
        dialect = compiler.dialect
        return not dialect.supports_native_boolean and getattr(dialect, "non_native_boolean_check_constraint", True)

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Let only truth values pass."""
        return _truth_value if dialect.supports_native_boolean else _truth_value_as_int

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Turn numbers into truth values."""
        return None if dialect.supports_native_boolean else _bool_or_none

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write ``true`` and ``false``, or 1 and 0."""
        yes, no = ("true", "false") if dialect.supports_native_boolean else ("1", "0")

        def process(value: Any) -> str:
            return yes if _truth_value(value) else no

        return process


_TRUTH_VALUES: dict[Any, bool | None] = {None: None, 0: False, 1: True}
_TRUTH_NUMBERS: dict[Any, int | None] = {None: None, 0: 0, 1: 1}


class MatchType(Boolean):
    """The type of ``column.match(...)``: true or false, or what else the database's full-text search gives."""


def _truth_value(value: Any) -> bool | None:
    try:
        return _TRUTH_VALUES[value]
    except (KeyError, TypeError):
        raise unfit_value("Boolean", "True, False or None", value) from None


def _truth_value_as_int(value: Any) -> int | None:
    try:
        return _TRUTH_NUMBERS[value]
    except (KeyError, TypeError):
        raise unfit_value("Boolean", "True, False or None", value) from None


def _bool_or_none(value: Any) -> bool | None:
    return None if value is None else bool(value)
