"""FunctionAsBinary: a function of two expressions whose result is true or false, as a comparison of them."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self

from azoth import exc
from azoth.sql.cache_key import UNCACHEABLE, Shape
from azoth.sql.elements import BinaryExpression
from azoth.sql.operators import custom_op
from azoth.sql.types import BOOLEANTYPE

__all__ = ["FunctionAsBinary"]

AS_COMPARISON: Final = custom_op("as_comparison", is_comparison=True)
"""The operator of a comparison that a function makes; it has no spelling of its own."""


class FunctionAsBinary(BinaryExpression[Any]):
    """A function that compares two of its arguments; it is written as the function.

    Args:
        fn: the function.
        left_index: the place of the left operand among its arguments, from 1 on.
        right_index: that of the right operand.

    Raises:
        ArgumentError: the function has no such argument.
    """

    __visit_name__: ClassVar[str] = "function_as_binary"
    _fields: ClassVar[tuple[str, ...]] = ("sql_function", "left_index", "right_index")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, fn: Any, left_index: int, right_index: int) -> None:
        count = len(fn.clauses)
        for index in (left_index, right_index):
            if index.__class__ is not int or not 0 < index <= count:
                raise exc.ArgumentError(
                    f"as_comparison(): {fn.name}() has no argument {index!r}",
                    why=f"it has {count}, which are counted from 1 on",
                    fix="give the places of the two expressions that it compares",
                    code="AZ-C713",
                )
        self.sql_function = fn
        self.left_index = left_index
        self.right_index = right_index
        self.type = BOOLEANTYPE
        self.operator = AS_COMPARISON

    @property
    def left(self) -> Any:  # type: ignore[override]  # of other comparisons, an attribute
        """The left operand."""
        return self.sql_function.clauses[self.left_index - 1]

    @property
    def right(self) -> Any:  # type: ignore[override]  # as above
        """The right operand."""
        return self.sql_function.clauses[self.right_index - 1]

    def _copy_with(self, **fields: object) -> Self:
        clauses = list(self.sql_function.clauses)
        for name, index in (("left", self.left_index), ("right", self.right_index)):
            if name in fields:
                clauses[index - 1] = fields.pop(name)
                fields["sql_function"] = self.sql_function._copy_with(clauses=tuple(clauses))
        return super()._copy_with(**fields)

    def _compute_shape(self) -> Shape:
        shape = self.sql_function._shape
        return UNCACHEABLE if shape == UNCACHEABLE else ("function_as_binary", shape, self.left_index, self.right_index)

    def _compute_binds(self) -> Any:
        return self.sql_function._binds

    def __reduce_ex__(self, protocol: Any) -> Any:
        return FunctionAsBinary, (self.sql_function, self.left_index, self.right_index)

    def self_group(self, against: object = None) -> Any:
        """Stand as it is: a function needs no parentheses."""
        return self

    def _negate(self) -> Any:
        return super(BinaryExpression, self)._negate()
