"""ColumnClause: a column by its name, and SQL text that stands for one."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar, cast

from azoth.sql.cache_key import UNCACHEABLE, Shape
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.types import TypeArgument, TypeEngine, to_instance
from azoth.util.arguments import wrong_value

__all__ = ["ColumnClause", "column", "literal_column"]

ValueT = TypeVar("ValueT", covariant=True)


class ColumnClause(ColumnElement[ValueT]):
    """A column known by its name only.

    Args:
        text: the name, or SQL text where ``is_literal`` is true; a column without a name is part of no statement.
        type_: the type.
        is_literal: whether the text is SQL that must not be quoted.
        _selectable: the table or subquery that it belongs to.
    """

    __visit_name__: ClassVar[str] = "column"
    _is_atomic: ClassVar[bool] = True

    name: str
    key: str
    _binds: tuple[Any, ...] = ()
    table: Any = None
    """The selectable of this column; set once, by that selectable."""
    names_table: ClassVar[bool] = False
    """Whether this column stands for its whole table and is written as the table's name."""
    onupdate: Any = None
    default: Any = None
    server_default: Any = None
    server_onupdate: Any = None

    def __init__(self, text: str | None, type_: Any = None, is_literal: bool = False, _selectable: Any = None) -> None:
        self.name = self.key = self._anonymous_hint = self._value_hint = cast(str, text)
        if text is None:
            self._anonymous_hint = self._value_hint = "anon"
        self.type: TypeEngine[Any] = to_instance(type_)
        if is_literal:
            self.is_literal = True
            self._anonymous_hint = "anon"
        if _selectable is not None:
            self.table = _selectable

    def _compute_shape(self) -> Shape:
        type_shape = self.type._shape
        if type_shape == UNCACHEABLE:
            return UNCACHEABLE
        if self.table is None:
            return ("column", self.name, type_shape, self.is_literal)
        table_shape = self.table._shape
        if table_shape == UNCACHEABLE:
            return UNCACHEABLE
        return ("column", self.name, type_shape, self.is_literal, table_shape)

    @property
    def entity_namespace(self) -> Any:
        """Where ``filter_by()`` looks names up: that of the column's table.

        Raises:
            AttributeError: it has no table.
        """
        if self.table is None:
            raise AttributeError(f"column {self.name!r} belongs to no table")
        return self.table.entity_namespace

    @property
    def description(self) -> str:
        """The name."""
        return self.name


def column(
    text: str | TypeArgument[Any], type_: Any = None, is_literal: bool = False, _selectable: Any = None
) -> ColumnClause[Any]:
    """Make a column known by its name only.

    Args:
        text: the name; quoted where needed. A type in its place makes a column without a name, as ``Column()`` does:
            no statement can have it, and in the body of a mapped class there is a warning of it.
        type_: the type.
        is_literal: whether the text is SQL that must not be quoted.

    Raises:
        ArgumentError: the name is neither a text nor a type.
    """
    if not isinstance(text, str):
        if type_ is None and _is_type(text):
            return ColumnClause(None, text)
        raise wrong_value("column(): text", "a name", text)
    return ColumnClause(text, type_, is_literal, _selectable)


def _is_type(value: object) -> bool:
    return isinstance(value, TypeEngine) or (isinstance(value, type) and issubclass(value, TypeEngine))


def literal_column(text: str, type_: Any = None) -> ColumnClause[Any]:
    """Make an expression of SQL text, which is written as it is.

    Args:
        text: the SQL; never text from outside of the program.
        type_: its type.
    """
    if not isinstance(text, str):
        raise wrong_value("literal_column(): text", "SQL as a string", text, "use literal() for a value")
    return ColumnClause(text, type_, is_literal=True)
