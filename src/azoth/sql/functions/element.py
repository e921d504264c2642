"""A call of a function: as a value, and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from azoth.sql.cache_key import UNCACHEABLE, Shape, shape_of
from azoth.sql.elements import (
    AggregateOrderBy,
    ClauseElement,
    ClauseList,
    ColumnClause,
    ColumnElement,
    Executable,
    FunctionModifier,
    Grouping,
    clause_of,
    plain_operand,
)
from azoth.sql.elements.column_element import ValueT
from azoth.sql.operators import Operator, getitem
from azoth.sql.selectable import NamedFromClause, Select, TableValuedAlias, builders, select
from azoth.sql.types import (
    INTEGERTYPE,
    TupleType,
    TypeEngine,
    to_instance,
)
from azoth.sql.visitors import Written

if TYPE_CHECKING:
    from azoth.sql.functions.as_comparison import FunctionAsBinary

__all__ = ["Function", "FunctionElement", "ScalarFunctionColumn", "TableValuedColumn"]


class Arguments(tuple[ClauseElement, ...], Written):
    """The arguments of a function: a tuple of elements that compilers write with commas between them."""

    __slots__ = ()
    __visit_name__: ClassVar[str] = "arguments"

    @property
    def clauses(self) -> list[ClauseElement]:
        """The arguments as a list."""
        return list(self)


NO_ARGUMENTS: Final = Arguments()


class FunctionElement(FunctionModifier[ValueT], Executable):
    """A call of a function, as a value or as a table.

    Args:
        clauses: the arguments; Python values are bound.
    """

    __visit_name__: ClassVar[str] = "function_element"
    _is_function: ClassVar[bool] = True
    _fields: ClassVar[tuple[str, ...]] = ("packagenames", "name", "clauses", "type")
    _is_atomic: ClassVar[bool] = True
    _is_generic: ClassVar[bool] = False
    # A connection executes the SELECT of it.
    supports_execution: ClassVar[bool] = False
    monotonic: bool = False
    """Whether its results grow with each row that is inserted; nothing more than a mark."""

    name: str | None = None
    packagenames: tuple[str, ...] = ()
    clauses: Arguments = NO_ARGUMENTS

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        name = cls.__dict__.get("name")
        if isinstance(name, str):
            cls._anonymous_hint = cls._value_hint = name

    def __init__(self, *clauses: Any) -> None:
        self.clauses = Arguments([self._argument(clause) for clause in clauses])

    def _argument(self, value: Any) -> ClauseElement:
        return plain_operand(value, self.name or "param").self_group()

    def _copy_with(self, **fields: object) -> Self:
        if "clauses" in fields:
            fields["clauses"] = Arguments(fields["clauses"])  # type: ignore[arg-type]
        return super()._copy_with(**fields)

    def _compute_shape(self) -> Shape:
        arguments = shape_of(self.clauses)
        type_shape = self.type._shape
        if UNCACHEABLE in (arguments, type_shape):
            return UNCACHEABLE
        return (self.__visit_name__, type(self), self.packagenames, self.name, arguments, type_shape)

    def as_comparison(self, left_index: int, right_index: int) -> FunctionAsBinary:
        """Take this function for a comparison of two of its arguments, as conditions of relationships must be.

        Args:
            left_index: the place of the left one among the arguments, from 1 on.
            right_index: that of the right one.

        Raises:
            ArgumentError: the function has no such argument.
        """
        # With the first of them; few programs have one.
        from azoth.sql.functions.as_comparison import FunctionAsBinary  # noqa: PLC0415

        return FunctionAsBinary(self, left_index, right_index)

    @property
    def clause_expr(self) -> Grouping:
        """The arguments in parentheses."""
        return Grouping(ClauseList(*self.clauses, group_contents=False))

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses where an element of the resulting array is taken."""
        if against is getitem and self.type._affinity == "array":
            return Grouping(self)
        return super().self_group(against)

    def aggregate_order_by(self, *order_by: object) -> Any:
        """Let this aggregate see its rows in an order: ``array_agg(a ORDER BY b)``.

        Args:
            order_by: the expressions to order by; none leaves the function as it is.
        """
        return AggregateOrderBy(self, *order_by) if order_by else self

    @property
    def entity_namespace(self) -> Any:
        """Where ``filter_by()`` looks its names up: that of the first argument that has one.

        Raises:
            AttributeError: no argument has one.
        """
        for clause in self.clauses:
            namespace = getattr(clause, "entity_namespace", None)
            if namespace is not None:
                return namespace
        raise AttributeError(f"no argument of function {self.name!r} is a column of a table")

    def within_group_type(self, within_group: object) -> TypeEngine[Any] | None:
        """Choose the type of this function with WITHIN GROUP; None for that of the function.

        Args:
            within_group: the expression with WITHIN GROUP.
        """
        return None

    # --- as a table ---

    def table_valued(
        self, *expr: Any, name: str | None = None, with_ordinality: str | None = None, joins_implicitly: bool = False
    ) -> TableValuedAlias:
        """Use the result as a table: ``FROM function(...) AS name``.

        Args:
            expr: its columns, or their names.
            name: its name; one is made up where none is given.
            with_ordinality: the name of a further column that numbers the rows.
            joins_implicitly: whether it may stand in FROM beside others without a join condition.
        """
        columns = [_result_column(column) for column in expr]
        if with_ordinality is not None:
            columns.append(ColumnClause(with_ordinality, INTEGERTYPE))
        table = TableValuedAlias(self, columns, name, joins_implicitly)
        return table if with_ordinality is None else table._copy_with(_with_ordinality=True)

    def column_valued(self, name: str | None = None, joins_implicitly: bool = False) -> TableValuedColumn:
        """Use the result as a table of one column, named as the table: ``SELECT name FROM function(...) AS name``.

        Args:
            name: the name; one is made up where none is given.
            joins_implicitly: whether it may stand in FROM beside others without a join condition.
        """
        return self.alias(name, joins_implicitly).column

    def scalar_table_valued(self, name: str, type_: Any = None) -> ScalarFunctionColumn:
        """Take one field of a composite result: ``(function(...)).name``."""
        return ScalarFunctionColumn(self, name, type_)

    def alias(self, name: str | None = None, joins_implicitly: bool = False) -> FunctionAlias:
        """Use the result as a table with a name, and as that table's only column."""
        return FunctionAlias(self, (), name, joins_implicitly)

    def select(self) -> Select[*tuple[Any, ...]]:
        """Select this function: ``SELECT function(...)``."""
        return select(self)

    @property
    def columns(self) -> Any:
        """The columns of the result as a table."""
        return self.alias().c

    @property
    def c(self) -> Any:
        """The columns of the result as a table."""
        return self.alias().c


class FunctionAlias(TableValuedAlias):
    """A function's result as a table of one unnamed column."""

    @property
    def column(self) -> TableValuedColumn:
        """The only column, which SQL names as the table."""
        return TableValuedColumn(self, self.element.type)


class TableValuedColumn(ColumnClause[Any]):
    """The only column of a function's result, which SQL names as the table.

    Args:
        scalar_alias: the function as a table; or a table of which it stands for a whole row.
        type_: the type.
    """

    names_table: ClassVar[bool] = True
    table: NamedFromClause

    def __init__(self, scalar_alias: NamedFromClause, type_: TypeEngine[Any]) -> None:
        super().__init__(scalar_alias.name, type_, _selectable=scalar_alias)

    @property
    def _binds(self) -> tuple[Any, ...]:  # type: ignore[override]
        # The function may be reachable through its column only.
        binds: tuple[Any, ...] = self.table._binds
        return binds


class ScalarFunctionColumn(ColumnElement[Any]):
    """One field of a function's composite result: ``(function(...)).name``.

    Args:
        fn: the function.
        name: the field.
        type_: its type.
    """

    __visit_name__: ClassVar[str] = "scalar_function_column"
    _fields: ClassVar[tuple[str, ...]] = ("fn", "name", "type")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, fn: FunctionElement[Any], name: str, type_: Any = None) -> None:
        self.fn = fn
        self.name = self.key = self._anonymous_hint = self._value_hint = name
        self.type = to_instance(type_)


def _whole_row(table: NamedFromClause) -> TableValuedColumn:
    return TableValuedColumn(table, TupleType(*[column.type for column in table.c]))


builders.table_valued_column = _whole_row


def _result_column(column: Any) -> Any:
    return ColumnClause(column) if isinstance(column, str) else clause_of(column)


class Function(FunctionElement[ValueT]):
    """A function known by its name only.

    Args:
        name: the name.
        clauses: the arguments.
        type_: the type of the result.
        packagenames: the packages in which it is.
        monotonic: whether its results grow with each row that is inserted.
    """

    __visit_name__: ClassVar[str] = "function"
    name: str

    def __init__(
        self,
        name: str,
        *clauses: object,
        type_: object = None,
        packagenames: tuple[str, ...] = (),
        monotonic: bool = False,
    ) -> None:
        if monotonic:
            self.monotonic = True
        self.name = self._anonymous_hint = self._value_hint = name
        self.packagenames = tuple(packagenames)
        self.type = to_instance(type_)
        super().__init__(*clauses)
