"""ClauseList and BooleanClauseList: several elements with a separator between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, cast

from azoth import exc
from azoth.sql.cache_key import UNCACHEABLE, Shape
from azoth.sql.elements.binary import BinaryExpression
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.column_element import ColumnElement
from azoth.sql.elements.constants import FALSE, TRUE, False_, True_
from azoth.sql.elements.grouping import Grouping
from azoth.sql.elements.operand import operand, plain_operand, truth_operand
from azoth.sql.operators import Operator, asbool_op, comma_op, is_precedent
from azoth.sql.operators import and_ as and_op
from azoth.sql.operators import or_ as or_op
from azoth.sql.types import BOOLEANTYPE, NULLTYPE, to_instance

__all__ = ["BooleanClauseList", "ClauseList", "Tuple", "and_", "or_"]


class ClauseList(ColumnElement[Any]):
    """Several elements with an operator (a comma, where none is named) between them.

    Args:
        clauses: the elements.
        operator: what stands between them.
        group: whether the list stands in parentheses where it is an operand.
        group_contents: whether elements stand in parentheses where they need them.
    """

    __visit_name__: ClassVar[str] = "clauselist"
    _fields: ClassVar[tuple[str, ...]] = ("operator", "clauses", "group")

    def __init__(
        self,
        *clauses: ClauseElement,
        operator: Operator = comma_op,
        group: bool = True,
        group_contents: bool = True,
    ) -> None:
        self.operator = operator
        self.group = group
        self.clauses: tuple[ClauseElement, ...] = (
            tuple([clause.self_group(against=operator) for clause in clauses]) if group_contents else clauses
        )

    def __iter__(self) -> Iterator[ClauseElement]:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    def __bool__(self) -> bool:
        return ClauseElement.__bool__(self)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses as an operand."""
        if self.group and is_precedent(self.operator, against):
            return Grouping(self)
        return self


class BooleanClauseList(ClauseList):
    """Conditions joined by AND or OR."""

    __visit_name__: ClassVar[str] = "clauselist"
    type = BOOLEANTYPE
    group: bool = True

    def __init__(self, operator: Operator, clauses: tuple[ClauseElement, ...]) -> None:
        self.operator = operator
        self.clauses = clauses
        if len(clauses) == 2:
            # The common case is a pair of comparisons, which know theirs. A longer list, and one of lists, may only be
            # a step on the way to what is longer still.
            first, second = clauses[0].__dict__, clauses[1].__dict__
            if "_shape" in first and "_shape" in second and "_binds" in first and "_binds" in second:
                shapes = (first["_shape"], second["_shape"])
                self._shape: Shape = UNCACHEABLE if UNCACHEABLE in shapes else (operator, shapes)
                self._binds: tuple[Any, ...] = first["_binds"] + second["_binds"]

    def _compute_binds(self) -> Any:
        return [bind for clause in self.clauses for bind in clause._binds]

    def _compute_shape(self) -> Shape:
        shapes = tuple([clause._shape for clause in self.clauses])
        return UNCACHEABLE if UNCACHEABLE in shapes else (self.operator, shapes)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses as an operand; an empty list never does."""
        return super().self_group(against) if self.clauses else self

    def _negate(self) -> ColumnElement[Any]:
        return Negation(Grouping(self) if self.clauses else self)

    @classmethod
    def and_(cls, initial_clause: object, *clauses: object) -> ColumnElement[Any]:
        """Join conditions with AND; see the function ``and_()``."""
        return and_(initial_clause, *clauses)

    @classmethod
    def or_(cls, initial_clause: object, *clauses: object) -> ColumnElement[Any]:
        """Join conditions with OR; see the function ``or_()``."""
        return or_(initial_clause, *clauses)


class Negation(ColumnElement[Any]):
    """NOT before an expression that has no simpler opposite."""

    __visit_name__: ClassVar[str] = "negation"
    _fields: ClassVar[tuple[str, ...]] = ("element",)
    type = BOOLEANTYPE

    def __init__(self, element: ColumnElement[Any]) -> None:
        self.element = element

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses as the operand of an operator that binds as tightly."""
        return self

    def _negate(self) -> ColumnElement[Any]:
        inner = self.element
        return inner.element if isinstance(inner, Grouping) else inner  # type: ignore[return-value]


class Tuple(ClauseList):
    """A row of values: ``(a, b)``.

    Args:
        clauses: the values.
        types: their types.
    """

    __visit_name__: ClassVar[str] = "tuple"
    _is_atomic: ClassVar[bool] = True

    def __init__(self, *clauses: object, types: Sequence[Any] | None = None) -> None:
        elements = [plain_operand(clause) for clause in clauses]
        super().__init__(*(elements if types is None else _of_types(elements, types)))
        # Few programs compare rows of values.
        from azoth.sql.types import TupleType  # noqa: PLC0415

        self.type = TupleType(*[getattr(clause, "type", NULLTYPE) for clause in self.clauses])

    def row_of(self, values: Iterable[Any], op: Operator) -> Tuple:
        """Make a row of values to compare this one with; each has the type of the part it meets.

        Args:
            values: as many values as this row has parts.
            op: the comparison.
        """
        parts: Any = zip(values, self.clauses, strict=False)
        return Tuple(*[operand(value, part, op) for value, part in parts])

    def self_group(self, against: Operator | None = None) -> Tuple:
        """Have parentheses of its own."""
        return self


def _of_types(elements: list[Any], types: Sequence[Any]) -> list[Any]:
    """Give the values among the parts of a row their types."""
    if len(types) != len(elements):
        raise exc.ArgumentError(
            f"tuple_() got {len(elements)} elements and {len(types)} types",
            why="the types belong to the elements in their order",
            fix="give one type for each element",
            code="AZ-C09",
        )
    pairs = zip(elements, types, strict=True)
    return [
        element._with_type(to_instance(type_)) if element.__visit_name__ == "bindparam" else element
        for element, type_ in pairs
    ]


def and_(*clauses: Any) -> ColumnElement[Any]:
    """Join conditions with AND; ``true()`` among them is dropped, ``false()`` decides.

    Args:
        clauses: expressions, True, False or None (NULL). None at all make an empty condition.
    """
    return _joined(and_op, clauses, TRUE, False_, True_)


def or_(*clauses: Any) -> ColumnElement[Any]:
    """Join conditions with OR; ``false()`` among them is dropped, ``true()`` decides.

    Args:
        clauses: expressions, True, False or None (NULL). None at all make an empty condition.
    """
    return _joined(or_op, clauses, FALSE, True_, False_)


def _joined(
    operator: Operator,
    clauses: Iterable[Any],
    neutral: ColumnElement[Any],
    decisive: type[ColumnElement[Any]],
    dropped: type[ColumnElement[Any]],
) -> ColumnElement[Any]:
    kept: list[ClauseElement] = []
    alone: Any = None
    was_neutral = False
    for given in clauses:
        if given.__class__ is BinaryExpression:
            # The common case: binary expressions are ready to be joined, unless their operator binds looser.
            alone = given
            kept.append(given.self_group(against=operator))
            continue
        clause = truth_operand(given)
        if isinstance(clause, BooleanClauseList) and (clause.operator is operator or not clause.clauses):
            # In their parentheses already: joining one more to a long list must not look at all of them.
            kept.extend(clause.clauses)
        elif isinstance(clause, dropped):
            was_neutral = True
        elif isinstance(clause, decisive):
            return clause
        else:
            alone = clause
            kept.append(clause.self_group(against=operator))
    if len(kept) > 1:
        return BooleanClauseList(operator, tuple(kept))
    if kept:
        return cast("ColumnElement[Any]", alone.self_group(against=asbool_op))
    return neutral if was_neutral else BooleanClauseList(operator, ())
