"""SelectBase, what every statement that gives rows of its own accord offers; ScalarSelect and Exists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self

from azoth import exc
from azoth.sql.elements import ClauseElement, ColumnElement, Grouping
from azoth.sql.elements.column_element import ValueT
from azoth.sql.operators import Operator
from azoth.sql.ports import fill_slots
from azoth.sql.selectable.alias import Subquery
from azoth.sql.selectable.column_collection import ColumnCollection
from azoth.sql.selectable.column_names import (
    LABEL_STYLE_DEFAULT,
    LABEL_STYLE_NONE,
    NamedColumn,
    SelectLabelStyle,
    named_columns,
)
from azoth.sql.selectable.executable import Statement
from azoth.sql.selectable.from_clause import FromClause, ReturnsRows, Selectable, builders
from azoth.sql.selectable.proxy_column import ProxyColumn
from azoth.sql.types import BOOLEANTYPE, TypeEngine

if TYPE_CHECKING:
    from azoth.sql.selectable.common_table import CTE

__all__ = ["Exists", "HasCTE", "RowStatement", "ScalarSelect", "SelectBase", "SelectStatementGrouping"]


class RowStatement(Statement, ReturnsRows):
    """A statement that gives rows: SELECT, or a change with RETURNING."""

    def _result_expressions(self) -> list[tuple[Any, str | None]]:
        """List the expressions of the result, with the name that a mapped attribute wants."""
        raise exc.InvalidRequestError(
            f"{type(self).__name__} gives no rows",
            why="it has no columns that could be read",
            fix="use a statement that selects something",
            code="AZ-C30",
        )

    def _named_columns(self) -> list[NamedColumn]:
        """Name the expressions of the result."""
        return named_columns(self._result_expressions(), LABEL_STYLE_DEFAULT)

    def _proxied_columns(self, selectable: FromClause) -> Iterable[tuple[str, Any]]:
        for named in self._named_columns():
            if named.column.__visit_name__ != "textclause":
                yield named.key, ProxyColumn(selectable, named.name, named.key, self._columns_behind(named))

    def _columns_behind(self, named: NamedColumn) -> tuple[Any, ...]:
        return (named.column,)

    @property
    def exported_columns(self) -> ColumnCollection:
        """The columns that a statement around this one can use."""
        return ColumnCollection((named.key, named.column) for named in self._named_columns())


class HasCTE(RowStatement):
    """A statement that can stand in a WITH clause."""

    name_cte_columns: ClassVar[bool] = False
    """Whether WITH names its columns, because the statement itself does not."""

    def cte(self, name: str | None = None, recursive: bool = False, nesting: bool = False) -> CTE:
        """Make a common table expression of this statement.

        Args:
            name: its name; one is made up where none is given.
            recursive: whether it will refer to itself, see ``CTE.union()``.
            nesting: whether it is written inside of the statement that uses it instead of in front of the whole.
        """
        # Few programs have such statements.
        from azoth.sql.selectable.common_table import CTE  # noqa: PLC0415

        return CTE(self, name, recursive, nesting)


class SelectBase(HasCTE, Selectable):
    """A statement that selects rows: SELECT, UNION and the like, and text with declared columns."""

    is_select: ClassVar[bool] = True
    is_selectable: ClassVar[bool] = True

    @property
    def selected_columns(self) -> ColumnCollection:
        """The columns that this statement selects, as they were given."""
        return ColumnCollection(
            (named.shown or named.key, named.column)
            for named in self._named_columns()
            if named.column.__visit_name__ != "textclause"
        )

    @property
    def c(self) -> ColumnCollection:
        """The columns of this statement seen as a subquery."""
        memo = self.__dict__.get("_memo")
        if memo is None:
            memo = self.__dict__.setdefault("_memo", self.subquery())
        columns: ColumnCollection = memo.c
        return columns

    columns = c

    def subquery(self, name: str | None = None) -> Subquery:
        """Put this statement in parentheses with a name, to select from it.

        Args:
            name: the name; one is made up where none is given.
        """
        return Subquery(self, name)

    def alias(self, name: str | None = None, flat: bool = False) -> Subquery:
        """Do the same as ``subquery()``."""
        return Subquery(self, name)

    def into(
        self,
        target: str,
        *,
        metadata: object = None,
        schema: str | None = None,
        temporary: bool = False,
        if_not_exists: bool = False,
    ) -> Any:
        """Make a CREATE TABLE AS of this statement.

        Args:
            target: the name of the table.
            metadata: where its ``Table`` is to be; a new MetaData by default.
            schema: its schema; that of the metadata by default.
            temporary: whether it lives as long as the connection.
            if_not_exists: leave it alone if it exists.

        Returns:
            a ``CreateTableAs``.
        """
        fill_slots()
        return builders.create_table_as(
            self, target, metadata=metadata, schema=schema, temporary=temporary, if_not_exists=if_not_exists
        )

    def scalar_subquery(self) -> ScalarSelect[Any]:
        """Use this statement of one column as a value."""
        return ScalarSelect(self)

    def as_scalar(self) -> ScalarSelect[Any]:
        """Do the same as ``scalar_subquery()``."""
        return ScalarSelect(self)

    def label(self, name: str | None) -> Any:
        """Use this statement of one column as a value with a name."""
        return ScalarSelect(self).label(name)

    def exists(self) -> Exists:
        """Ask whether this statement gives any row."""
        return Exists(self)

    def set_label_style(self, style: SelectLabelStyle) -> Self:
        """Choose how the columns are labelled; what writes no columns of its own, such as text, stays as it is.

        Args:
            style: one of the LABEL_STYLE constants.
        """
        return self

    def get_label_style(self) -> SelectLabelStyle:
        """Give the style of the labels."""
        return LABEL_STYLE_NONE

    def self_group(self, against: Operator | None = None) -> Any:
        """Put parentheses around the statement."""
        return SelectStatementGrouping(self)

    def _as_operand(self) -> ClauseElement:
        return ScalarSelect(self)

    def _as_in_operand(self) -> ClauseElement:
        return SelectStatementGrouping(self)


class SelectStatementGrouping(Grouping):
    """A SELECT in parentheses."""

    __visit_name__: ClassVar[str] = "select_grouping"

    element: SelectBase


class ScalarSelect(ColumnElement[ValueT]):
    """A SELECT of one column and at most one row, used as a value.

    What values do not have the SELECT inside answers: ``limit()``, ``scalar_subquery()``.

    Args:
        element: the SELECT.
    """

    __visit_name__: ClassVar[str] = "scalar_select"
    _fields: ClassVar[tuple[str, ...]] = ("element",)
    _is_atomic: ClassVar[bool] = True

    def __init__(self, element: Any) -> None:
        self.element = element
        self.type = _scalar_type(element)

    @property
    def c(self) -> Any:
        """Refuse: a value has no columns.

        Raises:
            InvalidRequestError: always.
        """
        raise exc.InvalidRequestError(
            "a scalar subquery has no columns",
            why="it stands for one value",
            fix="use the subquery itself as an expression",
            code="AZ-C31",
        )

    columns = c

    def _as_in_operand(self) -> ClauseElement:
        operand: ClauseElement = self.element._as_in_operand()
        return operand

    def self_group(self, against: Operator | None = None) -> ScalarSelect[Any]:
        """Need no further parentheses."""
        return self

    def where(self, crit: object, *more: object) -> Self:
        """Add conditions to the SELECT inside."""
        return self._around(self.element.where(crit, *more))

    def correlate(self, *fromclauses: Any) -> Self:
        """Leave selectables of the statement around it out of the FROM clause inside, see ``Select.correlate()``."""
        return self._around(self.element.correlate(*fromclauses))

    def correlate_except(self, *fromclauses: Any) -> Self:
        """Leave all others out of the FROM clause inside, see ``Select.correlate_except()``."""
        return self._around(self.element.correlate_except(*fromclauses))

    def _missing_attribute(self, name: str) -> object:
        try:
            return super()._missing_attribute(name)
        except AttributeError:
            if name.startswith("_") or not hasattr(self.element, name):
                raise
        return getattr(self.element, name)

    def _around(self, element: Any) -> Self:
        return self._copy_with(element=element)


class Exists(ColumnElement[bool]):
    """``EXISTS (SELECT ...)``.

    Args:
        element: the SELECT.
        negated: whether it is NOT EXISTS.
    """

    __visit_name__: ClassVar[str] = "exists"
    _fields: ClassVar[tuple[str, ...]] = ("element", "negated")

    def __init__(self, element: Any, negated: bool = False) -> None:
        self.element = element
        self.negated = negated
        self.type = BOOLEANTYPE

    def self_group(self, against: Operator | None = None) -> Exists:
        """Need no further parentheses."""
        return self

    def _negate(self) -> ColumnElement[Any]:
        return self._copy_with(negated=not self.negated)

    def where(self, *clauses: Any) -> Self:
        """Add conditions to the SELECT inside."""
        return self._with_element(lambda element: element.where(*clauses))

    def filter(self, *clauses: Any) -> Self:
        """Do the same as ``where()``."""
        return self.where(*clauses)

    def with_hint(self, selectable: object, text: str, dialect_name: str = "*") -> Self:
        """Give the database a hint about a table of the SELECT inside, see ``Select.with_hint()``."""
        return self._with_element(lambda element: element.with_hint(selectable, text, dialect_name))

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Self:
        """Give the database a hint about the SELECT inside, see ``Select.with_statement_hint()``."""
        return self._with_element(lambda element: element.with_statement_hint(text, dialect_name))

    def select_from(self, *froms: Any) -> Self:
        """Add selectables to the FROM clause inside."""
        return self._with_element(lambda element: element.select_from(*froms))

    def correlate(self, *fromclauses: Any) -> Self:
        """Leave selectables of the statement around it out of the FROM clause inside, see ``Select.correlate()``."""
        return self._with_element(lambda element: element.correlate(*fromclauses))

    def correlate_except(self, *fromclauses: Any) -> Self:
        """Leave all others out of the FROM clause inside, see ``Select.correlate_except()``."""
        return self._with_element(lambda element: element.correlate_except(*fromclauses))

    def select(self, whereclause: Any = None) -> Any:
        """Make ``SELECT EXISTS (...)``.

        Args:
            whereclause: a condition of that SELECT.
        """
        statement = builders.select(self)
        return statement if whereclause is None else statement.where(whereclause)

    def _with_element(self, change: Callable[[Any], Any]) -> Self:
        return self._copy_with(element=change(self.element))


def _scalar_type(element: Any) -> TypeEngine[Any]:
    expressions = element._result_expressions()
    if not expressions:
        raise exc.InvalidRequestError(
            "a scalar subquery needs one column, this SELECT has none",
            why="it stands for one value",
            fix="select a column",
            code="AZ-C32",
        )
    found: TypeEngine[Any] = expressions[0][0].type
    return found
