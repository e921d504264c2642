"""BindParameter: a value that travels beside the SQL text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final, Self, TypeVar, overload

from azoth import exc
from azoth.sql.cache_key import Shape
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.operators import Operator
from azoth.sql.ports import entity_of
from azoth.sql.types import NULLTYPE, TypeArgument, TypeEngine, to_instance, type_for_value

__all__ = ["NO_VALUE", "BindParameter", "bind_value", "bindparam", "literal"]

ValueT = TypeVar("ValueT", covariant=True)
T = TypeVar("T")


class NoValue:
    """The class of the mark for a value that was not given."""

    def __repr__(self) -> str:
        return "NO_VALUE"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "NO_VALUE"


NO_VALUE: Final[Any] = NoValue()


class BindParameter(ColumnElement[ValueT]):
    """A bound value, named or not.

    Args:
        key: the name under which a value may be given on execution; None for an unnamed value.
        value: the value.
        type_: its type; the value's own where none is given.
        unique: whether the name is only a hint, so that several parameters may have it.
        required: whether a value must be given on execution; true where there is no value.
        callable_: a function that makes the value on each execution.
        expanding: whether the value is a list for IN.
        literal_execute: whether the value is written into the text, only at execution.
    """

    __visit_name__: ClassVar[str] = "bindparam"
    _is_atomic: ClassVar[bool] = True
    # A parameter of a program's own is made to be written in another way, as its value is: nothing to be asked.
    _asks_for_inherit_cache: ClassVar[bool] = False

    key: str | None = None
    value: Any = NO_VALUE
    callable: Callable[[], Any] | None = None
    required: bool = False
    expanding: bool = False
    literal_execute: bool = False
    isoutparam: bool = False
    unique: bool = False
    hint: str = "param"

    def __init__(
        self,
        key: str | None,
        value: Any = NO_VALUE,
        type_: Any = None,
        unique: bool = False,
        required: bool | None = None,
        quote: bool | None = None,
        callable_: Callable[[], Any] | None = None,
        expanding: bool = False,
        isoutparam: bool = False,
        literal_execute: bool = False,
    ) -> None:
        if required is None:
            required = value is NO_VALUE and callable_ is None
        if unique or key is None:
            self.unique = True
            self.hint = key or "param"
        else:
            self.key = key
            self.hint = key
        self.callable = callable_
        self.required = required
        self.expanding = expanding
        self.literal_execute = literal_execute
        self.isoutparam = isoutparam
        if expanding and value is not NO_VALUE and value is not None:
            value = tuple(value)
        self.value = value
        if type_ is not None:
            self.type = to_instance(type_)
        elif expanding and value:
            self.type = type_for_value(value[0])
        elif value is not NO_VALUE and not expanding:
            self.type = type_for_value(value)

    @property
    def _binds(self) -> tuple[BindParameter[Any], ...]:  # type: ignore[override]
        # A property, because a parameter that held a tuple of itself would be garbage only for the cycle collector.
        return (self,)

    def _compute_shape(self) -> Shape:
        if self.expanding or self.literal_execute:
            return self._special_shape()
        if self.callable is not None:
            return ("bind", self.type._shape, self.key, "callable")
        if self.key is not None:
            return ("bind", self.type._shape, self.key)
        return ("bind", self.type._shape)

    def _special_shape(self) -> Shape:
        value: Any = self.effective_value
        length: Any = None
        if self.literal_execute:
            length = ("literal", value if value is not NO_VALUE else None, type(value))
        elif value is not NO_VALUE and value is not None:
            length = len(value)
            if length and isinstance(value[0], (tuple, list)):
                length = (length, len(value[0]))
        return ("bind", self.type._shape, self.key, "expanding" if self.expanding else "", length)

    @property
    def effective_value(self) -> Any:
        """The value now: that of the function where there is one."""
        return self.value if self.callable is None else self.callable()

    def __getstate__(self) -> dict[str, Any]:
        # The function may know an object and its session, which no pickle can take along: its answer is written.
        state = super().__getstate__()
        if self.callable is not None:
            state.update(value=self.callable(), callable=None)
        return state

    def _with_value(self, value: Any) -> Self:
        """Copy this parameter with a value."""
        if self.expanding and value is not None:
            value = tuple(value)
        type_ = self.type
        if type_ is NULLTYPE:
            if not self.expanding:
                type_ = type_for_value(value)
            elif value:
                type_ = type_for_value(value[0])
        return self._copy_with(value=value, callable=None, required=False, type=type_)

    def _with_value_of(self, other: BindParameter[Any]) -> Self:
        """Copy this parameter with what another one has: a value, or the function that makes it."""
        if other.callable is None:
            return self._with_value(other.value)
        return self._copy_with(value=NO_VALUE, callable=other.callable, required=False)

    def _made_unique(self) -> Self:
        """Copy this parameter so that its name is only a hint."""
        return self._copy_with(key=None, unique=True, hint=self.key or self.hint)

    def _renamed(self, key: str) -> Self:
        """Copy this parameter with another name."""
        return self._copy_with(key=key, hint=key)

    def _with_type(self, type_: TypeEngine[Any]) -> Self:
        """Copy this parameter with another type."""
        return self._copy_with(type=type_)

    def render_literal_execute(self) -> Self:
        """Copy this parameter so that its value is written into the SQL text at execution."""
        return self._copy_with(literal_execute=True)

    def _as_in_operand(self) -> BindParameter[ValueT]:
        if self.expanding:
            return self
        raise exc.ArgumentError(
            "in_() accepts a list of values, a selectable or an expanding bind parameter",
            why=f"parameter {self.key or self.hint!r} stands for a single value",
            fix="write bindparam(..., expanding=True)",
            code="AZ-C02",
        )


def outparam(key: str, type_: object = None) -> BindParameter[Any]:
    """Make a parameter through which a function of the database gives a value back, where there is such a thing.

    Args:
        key: its name.
        type_: the type of the value.
    """
    return BindParameter(key, None, type_, isoutparam=True)


_new = object.__new__


def bind_value(value: Any, type_: TypeEngine[Any], hint: str) -> BindParameter[Any]:
    """Make an unnamed parameter of a value whose type is known; the constructor of the hot path.

    Args:
        value: the value.
        type_: its type.
        hint: from what its name is made where the paramstyle has names.
    """
    bind: BindParameter[Any] = _new(BindParameter)
    bind.value = value
    bind.type = type_
    bind.hint = hint
    return bind


def expanding_value(values: tuple[Any, ...], type_: TypeEngine[Any], hint: str) -> BindParameter[Any]:
    """Make the unnamed parameter for the list of an IN."""
    bind = bind_value(values, type_, hint)
    bind.expanding = True
    return bind


def bindparam(
    key: str | None,
    value: Any = NO_VALUE,
    type_: Any = None,
    unique: bool = False,
    required: bool | None = None,
    quote: bool | None = None,
    callable_: Callable[[], Any] | None = None,
    expanding: bool = False,
    isoutparam: bool = False,
    literal_execute: bool = False,
) -> BindParameter[Any]:
    """Make a parameter whose value is bound when the statement runs.

    Args:
        key: the name under which a value may be given on execution.
        value: the value until one is given.
        type_: its type.
        unique: whether the name is only a hint, so that several parameters may have it.
        required: whether a value must be given on execution; true where there is no value.
        quote: accepted and without effect.
        callable_: a function that makes the value on each execution.
        expanding: whether the value is a list for IN.
        isoutparam: whether this is an OUT parameter of a stored procedure.
        literal_execute: whether the value is written into the text at execution.
    """
    return BindParameter(key, value, type_, unique, required, quote, callable_, expanding, isoutparam, literal_execute)


@overload
def literal(value: Any, type_: TypeArgument[T], literal_execute: bool = False) -> BindParameter[T]: ...
@overload
def literal(value: T, type_: None = None, literal_execute: bool = False) -> BindParameter[T]: ...
@overload
def literal(value: Any, type_: Any = None, literal_execute: bool = False) -> BindParameter[Any]: ...
def literal(value: Any, type_: Any = None, literal_execute: bool = False) -> BindParameter[Any]:
    """Make an expression of a Python value.

    Args:
        value: the value; it is bound.
        type_: its type; the value's own where none is given.
        literal_execute: whether the value is written into the text at execution.
    """
    refuse_entity(value)
    return BindParameter(None, value, type_, literal_execute=literal_execute)


def compared_type(left: TypeEngine[Any], op: Operator, value: Any) -> TypeEngine[Any]:
    """Choose the type of a Python value beside an expression of a type.

    What TypeEngine's own rule says about a class of types and a class of values is remembered: asking it costs more
    than the rest of a comparison.
    """
    known = ACCEPTED.get(left.__class__)
    if known is not None and value.__class__ in known:
        return left
    refuse_entity(value)
    type_ = left.coerce_compared_value(op, value)
    if (
        type_ is left
        and value is not None
        and value.__class__ is not bool
        and type(left).coerce_compared_value is TypeEngine.coerce_compared_value
    ):
        ACCEPTED.setdefault(left.__class__, set()).add(value.__class__)
    return type_


def refuse_entity(value: object) -> None:
    """Refuse a mapped class, or an object of one, where a value is meant.

    Raises:
        ArgumentError: it is one.
    """
    class_ = value if isinstance(value, type) else value.__class__
    if entity_of(class_) is not None:
        what = "class" if class_ is value else "object of class"
        raise exc.ArgumentError(
            f"SQL expression element or literal value expected, got {what} {class_.__name__}",
            why="it is mapped to rows, and is no value of one column",
            fix="name an attribute, as in column == obj.id, or compare a relationship, as in Child.parent == obj",
            code="AZ-C742",
        )


ACCEPTED: Final[dict[type[Any], set[type[Any]]]] = {}
"""From a class of types to the classes of values that TypeEngine's own rule gives that type."""
