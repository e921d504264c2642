"""CompoundSelect: UNION, INTERSECT and EXCEPT."""

from __future__ import annotations

import enum
from typing import Any, ClassVar, overload

from azoth import exc
from azoth.sql.selectable.column_names import NamedColumn
from azoth.sql.selectable.executable import RowTypes, TypedReturnsRows
from azoth.sql.selectable.generative_select import GenerativeSelect
from azoth.sql.selectable.select_base import SelectBase, SelectStatementGrouping

__all__ = [
    "CompoundSelect",
    "SetOperation",
    "except_",
    "except_all",
    "intersect",
    "intersect_all",
    "union",
    "union_all",
]


class SetOperation(enum.Enum):
    """The set operations, by their SQL."""

    UNION = "UNION"
    UNION_ALL = "UNION ALL"
    INTERSECT = "INTERSECT"
    INTERSECT_ALL = "INTERSECT ALL"
    EXCEPT = "EXCEPT"
    EXCEPT_ALL = "EXCEPT ALL"


class SetOperable(GenerativeSelect):
    """A statement that set operations can combine with others."""

    def union(self, *others: Any) -> CompoundSelect[*tuple[Any, ...]]:
        """Give the rows of this SELECT and of others, each once."""
        return CompoundSelect(SetOperation.UNION, self, *others)

    def union_all(self, *others: Any) -> CompoundSelect[*tuple[Any, ...]]:
        """Give the rows of this SELECT and of others."""
        return CompoundSelect(SetOperation.UNION_ALL, self, *others)

    def intersect(self, *others: Any) -> CompoundSelect[*tuple[Any, ...]]:
        """Give the rows that all of the SELECTs give, each once."""
        return CompoundSelect(SetOperation.INTERSECT, self, *others)

    def intersect_all(self, *others: Any) -> CompoundSelect[*tuple[Any, ...]]:
        """Give the rows that all of the SELECTs give."""
        return CompoundSelect(SetOperation.INTERSECT_ALL, self, *others)

    def except_(self, *others: Any) -> CompoundSelect[*tuple[Any, ...]]:
        """Give the rows of this SELECT that the others do not give, each once."""
        return CompoundSelect(SetOperation.EXCEPT, self, *others)

    def except_all(self, *others: Any) -> CompoundSelect[*tuple[Any, ...]]:
        """Give the rows of this SELECT that the others do not give."""
        return CompoundSelect(SetOperation.EXCEPT_ALL, self, *others)


class CompoundSelect(SetOperable, TypedReturnsRows[*RowTypes]):
    """Several SELECTs combined by a set operation.

    Args:
        keyword: the operation.
        selects: the SELECTs; all have the same number of columns.

    Raises:
        ArgumentError: where there are no SELECTs, or their numbers of columns differ.
    """

    __visit_name__: ClassVar[str] = "compound_select"
    _fields: ClassVar[tuple[str, ...]] = ("keyword", "selects", *GenerativeSelect._fields)

    UNION: ClassVar[SetOperation] = SetOperation.UNION
    UNION_ALL: ClassVar[SetOperation] = SetOperation.UNION_ALL
    INTERSECT: ClassVar[SetOperation] = SetOperation.INTERSECT
    INTERSECT_ALL: ClassVar[SetOperation] = SetOperation.INTERSECT_ALL
    EXCEPT: ClassVar[SetOperation] = SetOperation.EXCEPT
    EXCEPT_ALL: ClassVar[SetOperation] = SetOperation.EXCEPT_ALL

    def __init__(self, keyword: SetOperation, *selects: Any) -> None:
        if not selects:
            raise exc.ArgumentError(
                f"{keyword.value} needs at least one SELECT",
                why="a set operation combines rows of SELECTs",
                fix="pass select(...) statements",
                code="AZ-C34",
            )
        self.keyword = keyword
        self.selects: tuple[Any, ...] = tuple(_member(select) for select in selects)
        self._check_columns()

    def _check_columns(self) -> None:
        counts = [len(member._result_expressions()) for member in self._members]
        for number, count in enumerate(counts[1:], 2):
            if count != counts[0]:
                raise exc.CompileError(
                    f"the SELECTs of a {self.keyword.value} must have the same number of columns",
                    why=f"SELECT 1 has {counts[0]}, SELECT {number} has {count}",
                    fix="select as many columns in each of them; null() fills a gap",
                    code="AZ-C35",
                )

    @property
    def _members(self) -> list[Any]:
        return [select.element if isinstance(select, SelectStatementGrouping) else select for select in self.selects]

    @property
    def _first_member(self) -> Any:
        # Set operations that were added one after the other are each the first member of the next.
        member: Any = self
        while isinstance(member, CompoundSelect):
            first = member.selects[0]
            member = first.element if isinstance(first, SelectStatementGrouping) else first
        return member

    def _result_expressions(self) -> list[tuple[Any, str | None]]:
        expressions: list[tuple[Any, str | None]] = self._first_member._result_expressions()
        return expressions

    def _named_columns(self) -> list[NamedColumn]:
        # The names of a set operation's result are those of its first SELECT.
        named: list[NamedColumn] = self._first_member._named_columns()
        return named

    def _columns_behind(self, named: NamedColumn) -> tuple[Any, ...]:
        position = [own.key for own in self._named_columns()].index(named.key)
        return tuple(member._result_expressions()[position][0] for member in self._members)

    @property
    def column_descriptions(self) -> list[dict[str, Any]]:
        """Describe the columns, see ``Select.column_descriptions``."""
        described: list[dict[str, Any]] = self._first_member.column_descriptions
        return described


def _member(select: Any) -> Any:
    if isinstance(select, SelectStatementGrouping):
        return select
    if not isinstance(select, SelectBase):
        # A classic query names its columns otherwise there than elsewhere.
        makes = getattr(select, "__set_member__", None) or getattr(select, "__clause_element__", None)
        element = select if makes is None or isinstance(select, type) else makes()
        if not isinstance(element, SelectBase):
            raise exc.ArgumentError(
                f"a set operation combines SELECTs, got an object of class {type(select).__name__}",
                why="only a SELECT gives rows to combine",
                fix="pass select(...) statements",
                code="AZ-C36",
            )
        select = element
    needs_parentheses = isinstance(select, CompoundSelect) or (
        isinstance(select, GenerativeSelect) and (select._has_row_limit or bool(select._order_by_clauses))
    )
    return SelectStatementGrouping(select) if needs_parentheses else select


@overload
def union(*selects: TypedReturnsRows[*RowTypes]) -> CompoundSelect[*RowTypes]: ...
@overload
def union(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]: ...
def union(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]:
    """Give the rows of several SELECTs, each once."""
    return CompoundSelect(SetOperation.UNION, *selects)


@overload
def union_all(*selects: TypedReturnsRows[*RowTypes]) -> CompoundSelect[*RowTypes]: ...
@overload
def union_all(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]: ...
def union_all(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]:
    """Give the rows of several SELECTs."""
    return CompoundSelect(SetOperation.UNION_ALL, *selects)


@overload
def intersect(*selects: TypedReturnsRows[*RowTypes]) -> CompoundSelect[*RowTypes]: ...
@overload
def intersect(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]: ...
def intersect(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]:
    """Give the rows that all of several SELECTs give, each once."""
    return CompoundSelect(SetOperation.INTERSECT, *selects)


@overload
def intersect_all(*selects: TypedReturnsRows[*RowTypes]) -> CompoundSelect[*RowTypes]: ...
@overload
def intersect_all(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]: ...
def intersect_all(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]:
    """Give the rows that all of several SELECTs give."""
    return CompoundSelect(SetOperation.INTERSECT_ALL, *selects)


@overload
def except_(*selects: TypedReturnsRows[*RowTypes]) -> CompoundSelect[*RowTypes]: ...
@overload
def except_(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]: ...
def except_(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]:
    """Give the rows of the first SELECT that the others do not give, each once."""
    return CompoundSelect(SetOperation.EXCEPT, *selects)


@overload
def except_all(*selects: TypedReturnsRows[*RowTypes]) -> CompoundSelect[*RowTypes]: ...
@overload
def except_all(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]: ...
def except_all(*selects: Any) -> CompoundSelect[*tuple[Any, ...]]:
    """Give the rows of the first SELECT that the others do not give."""
    return CompoundSelect(SetOperation.EXCEPT_ALL, *selects)
