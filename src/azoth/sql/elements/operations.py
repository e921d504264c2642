"""How each operator builds its expression; fills the tables of ``azoth.sql.elements.column_element``."""

from __future__ import annotations

from collections.abc import Callable
from operator import (
    add,
    and_,
    eq,
    floordiv,
    ge,
    getitem,
    gt,
    inv,
    le,
    lshift,
    lt,
    mod,
    mul,
    ne,
    neg,
    or_,
    rshift,
    sub,
    truediv,
)
from typing import Any, Final, cast

from azoth import exc
from azoth.sql import operators
from azoth.sql.cache_key import UNCACHEABLE
from azoth.sql.elements.binary import BinaryExpression, Modifiers
from azoth.sql.elements.bind_parameter import ACCEPTED, BindParameter, bind_value
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.clause_list import Tuple
from azoth.sql.elements.clause_list import and_ as joined_by_and
from azoth.sql.elements.clause_list import or_ as joined_by_or
from azoth.sql.elements.column_element import OPERATIONS, REVERSE_OPERATIONS, ColumnElement
from azoth.sql.elements.constants import NULL, Null
from azoth.sql.elements.label import Label
from azoth.sql.elements.membership import in_operand
from azoth.sql.elements.operand import CONSTANTS, clause_of, operand
from azoth.sql.elements.unary import AsBoolean, CollectionAggregate, UnaryExpression
from azoth.sql.operators import Operator, custom_op
from azoth.sql.types import BOOLEANTYPE, STRINGTYPE, MatchType

__all__: list[str] = []

_new = object.__new__


def _compare(left: ColumnElement[Any], op: Operator, other: Any) -> Any:
    # The hot path of building statements: a column against a plain value of a class that its type takes as it is.
    # Written out, because calls to constructors and to operand() would double its time.
    type_ = left.type
    accepted = ACCEPTED.get(type_.__class__)
    if accepted is None or other.__class__ not in accepted or not left._is_atomic:
        return _compare_any(left, op, other)
    bind: BindParameter[Any] = _new(BindParameter)
    bind.value = other
    bind.type = type_
    bind.hint = left._value_hint
    expression = _new(BinaryExpression)
    expression.left = left
    expression.right = bind
    expression.operator = op
    expression.type = BOOLEANTYPE
    left_shape = left._shape
    type_shape = type_._shape
    if left_shape is UNCACHEABLE or type_shape is UNCACHEABLE:
        expression._shape = UNCACHEABLE
    else:
        expression._shape = (op, left_shape, ("bind", type_shape))
    left_binds = left._binds
    expression._binds = (*left_binds, bind) if left_binds else (bind,)
    return expression


def _compare_any(left: ColumnElement[Any], op: Operator, other: Any) -> Any:
    if other is None or other is True or other is False or isinstance(other, Null):
        return _compare_constant(left, op, other)
    if isinstance(left, Tuple) and isinstance(other, (tuple, list)):
        return BinaryExpression(left, left.row_of(other, op), op, BOOLEANTYPE)
    right = operand(other, left, op)
    if isinstance(right, Null):
        return _compare_constant(left, op, None)
    if isinstance(left, CollectionAggregate) and not isinstance(right, CollectionAggregate):
        # ANY and ALL stand on the right side only.
        left, op, right = cast("ColumnElement[Any]", right), operators.mirror(op), left
    op, type_ = left.type.adapt_operator(op, cast("ColumnElement[Any]", right).type)
    return BinaryExpression(left, right, op, type_)


def _compare_constant(left: ColumnElement[Any], op: Operator, other: Any) -> Any:
    constant = NULL if isinstance(other, Null) else CONSTANTS[other]
    if constant is not NULL:
        if op is eq or op is ne:
            return BinaryExpression(left, constant, op, BOOLEANTYPE)
    if op is eq:
        return BinaryExpression(left, NULL, operators.is_, BOOLEANTYPE)
    if op is ne:
        return BinaryExpression(left, NULL, operators.is_not, BOOLEANTYPE)
    raise _no_order(op)


def _no_order(op: Operator) -> exc.ArgumentError:
    return exc.ArgumentError(
        f"operator {operators.symbol_of(op)!r} cannot be used with None, True or False",
        why="nothing is greater, less or like NULL; the result would always be NULL",
        fix="use ==, !=, is_(), is_not(), is_distinct_from() or is_not_distinct_from()",
        code="AZ-C03",
    )


def _is(left: ColumnElement[Any], op: Operator, other: Any) -> Any:
    right = CONSTANTS[other] if other is None or other is True or other is False else operand(other, left, op)
    return BinaryExpression(left, right, op, BOOLEANTYPE)


def _arithmetic(left: ColumnElement[Any], op: Operator, other: Any) -> Any:
    right = operand(other, left, op)
    op, type_ = left.type.adapt_operator(op, cast("ColumnElement[Any]", right).type)
    return BinaryExpression(left, right, op, type_)


def _reverse_arithmetic(right: ColumnElement[Any], op: Operator, other: Any) -> Any:
    left = cast("ColumnElement[Any]", operand(other, right, op))
    op, type_ = left.type.adapt_operator(op, right.type)
    return BinaryExpression(left, right, op, type_)


def _concat(left: ColumnElement[Any], op: Operator, other: Any) -> Any:
    right = operand(other, left, op)
    op, type_ = left.type.adapt_operator(op, cast("ColumnElement[Any]", right).type)
    return BinaryExpression(left, right, op, type_)


def _custom(left: ColumnElement[Any], op: custom_op, other: Any) -> Any:
    right = operand(other, left, op)
    if op.return_type is not None:
        type_ = left.type if op.return_type is None else _type_instance(op.return_type)
    elif op.is_comparison:
        type_ = BOOLEANTYPE
    else:
        type_ = left.type.adapt_operator(op, cast("ColumnElement[Any]", right).type)[1]
    return BinaryExpression(left, right, op, type_)


def _reverse_custom(right: ColumnElement[Any], op: custom_op, other: Any) -> Any:
    return _custom(cast("ColumnElement[Any]", operand(other, right, op)), op, right)


def _pattern(left: ColumnElement[Any], op: Operator, other: Any, escape: str | None = None) -> Any:
    if other is None:
        raise _no_order(op)
    return BinaryExpression(left, operand(other, left, op), op, BOOLEANTYPE, modifiers=_modifiers(escape=escape))


def _affix(
    left: ColumnElement[Any], op: Operator, other: Any, escape: str | None = None, autoescape: bool = False
) -> Any:
    if other is None:
        raise _no_order(op)
    if autoescape:
        if not isinstance(other, str):
            raise exc.ArgumentError(
                "autoescape works on plain texts only",
                why=f"the argument is of class {type(other).__name__}, whose text is known in the database only",
                fix="leave autoescape out, or pass a str",
                code="AZ-C04",
            )
        escape = escape or "/"
        for special in dict.fromkeys((escape, "%", "_")):
            other = other.replace(special, escape + special)
    right = (
        operand(other, left, op)
        if not isinstance(other, str)
        else bind_value(other, _text_type(left), left._value_hint)
    )
    return BinaryExpression(left, right, op, BOOLEANTYPE, modifiers=_modifiers(escape=escape))


def _text_type(left: ColumnElement[Any]) -> Any:
    return left.type if left.type._affinity == "string" else STRINGTYPE


def _match(left: ColumnElement[Any], op: Operator, other: Any, **options: Any) -> Any:
    return BinaryExpression(left, operand(other, left, op), op, MatchType(), modifiers=_modifiers(**options))


def _regexp_match(left: ColumnElement[Any], op: Operator, other: Any, flags: str | None = None) -> Any:
    return BinaryExpression(left, operand(other, left, op), op, BOOLEANTYPE, modifiers=_modifiers(flags=flags))


def _regexp_replace(
    left: ColumnElement[Any], op: Operator, other: Any, replacement: Any, flags: str | None = None
) -> Any:
    modifiers = (*_modifiers(flags=flags), ("replacement", operand(replacement, left, op)))
    return BinaryExpression(left, operand(other, left, op), op, left.type, modifiers=modifiers)


def _modifiers(**options: Any) -> Modifiers:
    return tuple((name, value) for name, value in options.items() if value is not None)


def _in(left: ColumnElement[Any], op: Operator, other: Any) -> Any:
    return BinaryExpression(left, in_operand(left, op, other), op, BOOLEANTYPE)


def _between(left: ColumnElement[Any], op: Operator, low: Any, high: Any, symmetric: bool = False) -> Any:
    from azoth.sql.elements.between_range import BetweenRange  # noqa: PLC0415  # for few statements

    bounds = BetweenRange(operand(low, left, op).self_group(against=op), operand(high, left, op).self_group(against=op))
    return BinaryExpression(left, bounds, op, BOOLEANTYPE, modifiers=(("symmetric", True),) if symmetric else ())


def _collate(left: ColumnElement[Any], op: Operator, collation: str, schema: str | None = None) -> Any:
    from azoth.sql.elements.collation import CollationClause  # noqa: PLC0415  # for few statements

    return BinaryExpression(left, CollationClause(collation, schema), op, left.type)


def _boolean(joined: Callable[..., Any]) -> Callable[..., Any]:
    def build(left: ColumnElement[Any], op: Operator, other: Any) -> Any:
        return joined(left, other)

    return build


def _reverse_boolean(joined: Callable[..., Any]) -> Callable[..., Any]:
    def build(right: ColumnElement[Any], op: Operator, other: Any) -> Any:
        return joined(other, right)

    return build


def _negative(element: ColumnElement[Any], op: Operator) -> Any:
    return UnaryExpression(element, operator=op, type_=element.type)


def _opposite(element: ColumnElement[Any], op: Operator) -> Any:
    return element._negate()


def _as_boolean(element: ColumnElement[Any], op: Operator) -> Any:
    return AsBoolean(element, op)


def _not_true(element: ColumnElement[Any], op: Operator) -> Any:
    if element.type._affinity == "boolean" and element._is_atomic:
        return AsBoolean(element, op)
    return UnaryExpression(element, operator=inv, type_=BOOLEANTYPE)


def _modifier(element: ColumnElement[Any], op: Operator) -> Any:
    return UnaryExpression(element, modifier=op, type_=element.type)


def _prefix(element: ColumnElement[Any], op: Operator) -> Any:
    return UnaryExpression(element, operator=op, type_=element.type)


def _aggregate(element: ColumnElement[Any], op: Operator) -> Any:
    type_ = element.type
    return CollectionAggregate(element, op, getattr(type_, "item_type", type_))


def _label(element: ColumnElement[Any], op: Operator, name: str | None) -> Any:
    return Label(name, element)


def _cast(element: ColumnElement[Any], op: Operator, type_: Any) -> Any:
    from azoth.sql.elements.casts import Cast  # noqa: PLC0415  # for few statements

    return Cast(element, type_)


def _subscript(left: ColumnElement[Any], op: Operator, index: object) -> object:
    from azoth.sql.elements.subscript import subscript  # noqa: PLC0415  # for documents and arrays only

    return subscript(left, op, index)


def _type_instance(type_: Any) -> Any:
    return type_() if isinstance(type_, type) else type_


def _clause(value: Any) -> ClauseElement | None:
    return clause_of(value)


_BUILDERS: Final[dict[Callable[..., Any], tuple[Operator, ...]]] = {
    _compare: (eq, ne, lt, le, gt, ge),
    _arithmetic: (
        add,
        sub,
        mul,
        truediv,
        floordiv,
        mod,
        lshift,
        rshift,
        operators.bitwise_and_op,
        operators.bitwise_or_op,
        operators.bitwise_xor_op,
        operators.bitwise_lshift_op,
        operators.bitwise_rshift_op,
    ),
    _concat: (operators.concat_op,),
    _is: (
        operators.is_,
        operators.is_not,
        operators.is_distinct_from,
        operators.is_not_distinct_from,
    ),
    _pattern: (operators.like_op, operators.not_like_op, operators.ilike_op, operators.not_ilike_op),
    _affix: (
        operators.startswith_op,
        operators.istartswith_op,
        operators.endswith_op,
        operators.iendswith_op,
        operators.contains_op,
        operators.icontains_op,
    ),
    _match: (operators.match_op,),
    _regexp_match: (operators.regexp_match_op,),
    _regexp_replace: (operators.regexp_replace_op,),
    _in: (operators.in_op, operators.not_in_op),
    _between: (operators.between_op, operators.not_between_op),
    _collate: (operators.collate,),
    _boolean(joined_by_and): (and_,),
    _boolean(joined_by_or): (or_,),
    _negative: (neg,),
    _prefix: (operators.distinct_op, operators.bitwise_not_op),
    _opposite: (inv,),
    _as_boolean: (operators.is_true,),
    _not_true: (operators.is_false,),
    _modifier: (operators.desc_op, operators.asc_op, operators.nulls_first_op, operators.nulls_last_op),
    _aggregate: (operators.any_op, operators.all_op),
    _label: (operators.as_,),
    _cast: (operators.cast_op,),
    _subscript: (getitem,),
    _custom: (custom_op,),
}

for _builder, _operators in _BUILDERS.items():
    for _operator in _operators:
        OPERATIONS[_operator] = _builder

for _operator in (add, sub, mul, truediv, floordiv, mod, lshift, rshift, operators.concat_op):
    REVERSE_OPERATIONS[_operator] = _reverse_arithmetic
REVERSE_OPERATIONS[and_] = _reverse_boolean(joined_by_and)
REVERSE_OPERATIONS[or_] = _reverse_boolean(joined_by_or)
REVERSE_OPERATIONS[custom_op] = _reverse_custom
