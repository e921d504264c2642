"""``column[...]``: parts of JSON documents and elements of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from azoth.sql.elements.binary import BinaryExpression
from azoth.sql.elements.bind_parameter import bind_value
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.elements.operand import operand
from azoth.sql.elements.slice import Slice
from azoth.sql.operators import Operator, getitem, json_getitem_op, json_path_getitem_op
from azoth.sql.types import INTEGERTYPE, TypeEngine

if TYPE_CHECKING:
    from azoth.sql.types import ARRAY, JSON

__all__ = ["subscript"]


def subscript(left: ColumnElement[Any], op: Operator, index: Any) -> Any:
    """Build ``left[index]``.

    Args:
        left: an expression whose type has parts: JSON, ARRAY.
        op: the operator.
        index: a key, a position, a path (a tuple of them), a slice or an expression.

    Raises:
        TypeError: the type has no parts.
    """
    type_ = _type_with_parts(left.type)
    if type_._affinity == "json":
        return _json_part(left, type_, index)
    if type_._affinity == "array":
        return _array_part(left, cast("ARRAY", type_), index)
    raise TypeError(
        f"expressions of the type {type(left.type).__name__} have no parts\n"
        "  fix: give the column the type JSON or ARRAY, or use type_coerce(column, JSON)[...]"
    )


def _type_with_parts(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    return getattr(type_, "impl_instance", type_)


def _json_part(left: ColumnElement[Any], type_: TypeEngine[Any], index: Any) -> BinaryExpression[Any]:
    is_path = isinstance(index, (tuple, list))
    op = json_path_getitem_op if is_path else json_getitem_op
    right: ClauseElement
    if isinstance(index, (str, int, tuple, list)):
        json = cast("JSON", type_)
        index_type = json.JSONPathType() if is_path else _step_type(json, index)
        value = tuple(index) if isinstance(index, (tuple, list)) else index
        right = bind_value(value, index_type, left._value_hint)
    else:
        right = operand(index, left, op)
    return BinaryExpression(left, right, op, left.type)


def _step_type(json: JSON, index: Any) -> TypeEngine[Any]:
    return json.JSONIntIndexType() if isinstance(index, int) else json.JSONStrIndexType()


def _array_part(left: ColumnElement[Any], type_: ARRAY, index: Any) -> BinaryExpression[Any]:
    shift = 1 if type_.zero_indexes else 0
    if isinstance(index, slice):
        bounds = [_position(bound, shift, left) for bound in (index.start, index.stop)]
        return BinaryExpression(left, Slice(bounds[0], bounds[1]), getitem, left.type)
    return BinaryExpression(left, _position(index, shift, left), getitem, _element_type(type_))


def _element_type(type_: ARRAY) -> TypeEngine[Any]:
    """Give the type of an element, which is an array again where there are more dimensions."""
    if type_.dimensions is None or type_.dimensions == 1:
        return type_.item_type
    return type_.copy(dimensions=type_.dimensions - 1)


def _position(index: Any, shift: int, left: ColumnElement[Any]) -> ClauseElement:
    if isinstance(index, int):
        return bind_value(index + shift, INTEGERTYPE, left._value_hint)
    return operand(index, left, getitem)
