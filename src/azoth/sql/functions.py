"""Functions of SQL: ``func.<any name>(...)``, with known result types for those that are standard."""

from __future__ import annotations

from typing import Any, ClassVar, Final, TypeAlias, TypeVar

from azoth import exc
from azoth.sql.cache_key import UNCACHEABLE, Shape, shape_of
from azoth.sql.elements import (
    Cast,
    ClauseElement,
    ColumnClause,
    ColumnElement,
    Extract,
    FunctionModifier,
    Grouping,
    clause_of,
    literal_column,
    plain_operand,
)
from azoth.sql.operators import Operator, getitem
from azoth.sql.selectable import Select, TableValuedAlias, select
from azoth.sql.types import (
    ARRAY,
    INTEGERTYPE,
    NULLTYPE,
    STRINGTYPE,
    Date,
    DateTime,
    Numeric,
    String,
    Time,
    TypeEngine,
    to_instance,
)

__all__ = [
    "AnsiFunction",
    "Function",
    "FunctionElement",
    "GenericFunction",
    "ReturnTypeFromArgs",
    "ScalarFunctionColumn",
    "TableValuedColumn",
    "func",
    "register_function",
]

ValueT = TypeVar("ValueT", covariant=True)
Registry: TypeAlias = dict[str, dict[str, Any]]

_registry: Final[Registry] = {}
"""From package ("_default" for none) and small-letter name to what makes the function."""


def register_function(identifier: str, fn: Any, package: str = "_default") -> None:
    """Make ``func.<identifier>`` build a certain function.

    Args:
        identifier: the name.
        fn: a class of functions, or what else makes an expression from arguments.
        package: the package, for ``func.<package>.<identifier>``.
    """
    _registry.setdefault(package, {})[identifier.lower()] = fn


class FunctionElement(FunctionModifier):
    """A call of a function, as a value or as a table.

    Args:
        clauses: the arguments; Python values are bound.
    """

    __visit_name__: ClassVar[str] = "function"
    _fields: ClassVar[tuple[str, ...]] = ("packagenames", "name", "clauses", "type")
    _is_atomic: ClassVar[bool] = True
    _is_generic: ClassVar[bool] = False

    name: str
    packagenames: tuple[str, ...] = ()
    clauses: tuple[ClauseElement, ...] = ()

    def __init__(self, *clauses: Any) -> None:
        self.clauses = tuple([self._argument(clause) for clause in clauses])

    def _argument(self, value: Any) -> ClauseElement:
        return plain_operand(value, getattr(self, "name", "param")).self_group()

    def _compute_shape(self) -> Shape:
        arguments = shape_of(self.clauses)
        type_shape = self.type._shape
        if UNCACHEABLE in (arguments, type_shape):
            return UNCACHEABLE
        return (self.__visit_name__, type(self), self.packagenames, self.name, arguments, type_shape)

    @property
    def clause_expr(self) -> tuple[ClauseElement, ...]:
        """The arguments."""
        return self.clauses

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses where an element of the resulting array is taken."""
        if against is getitem and self.type._affinity == "array":
            return Grouping(self)
        return super().self_group(against)

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

    def select(self) -> Select[Any]:
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


class TableValuedColumn(ColumnElement[Any]):
    """The only column of a function's result, which SQL names as the table.

    Args:
        table: the function as a table.
        type_: the type.
    """

    __visit_name__: ClassVar[str] = "table_valued_column"
    _fields: ClassVar[tuple[str, ...]] = ("table", "type")
    _is_atomic: ClassVar[bool] = True

    def __init__(self, table: TableValuedAlias, type_: TypeEngine[Any]) -> None:
        self.table = table
        self.type = type_
        self.name = self.key = table.name
        self._anonymous_hint = self._value_hint = str(table.name)


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

    def __init__(self, fn: FunctionElement, name: str, type_: Any = None) -> None:
        self.fn = fn
        self.name = self.key = self._anonymous_hint = self._value_hint = name
        self.type = to_instance(type_)


def _result_column(column: Any) -> Any:
    return ColumnClause(column) if isinstance(column, str) else clause_of(column)


class Function(FunctionElement):
    """A function known by its name only.

    Args:
        name: the name.
        clauses: the arguments.
        type_: the type of the result.
        packagenames: the packages in which it is.
    """

    def __init__(self, name: str, *clauses: Any, type_: Any = None, packagenames: tuple[str, ...] = ()) -> None:
        self.name = self._anonymous_hint = self._value_hint = name
        self.packagenames = tuple(packagenames)
        self.type = to_instance(type_)
        super().__init__(*clauses)


class GenericFunction(FunctionElement):
    """A function whose result type is known; each class derived from it becomes available from ``func``.

    ``type`` is the type of the result, ``name`` the name in SQL, ``identifier`` the name in ``func`` (both the name of
    the class where they are not given), ``package`` the package in ``func``.
    """

    _is_generic: ClassVar[bool] = True
    _register: ClassVar[bool] = False
    inherit_cache: ClassVar[bool] = True

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        own = cls.__dict__
        if "name" not in own:
            cls.name = own.get("identifier", cls.__name__)
        if isinstance(own.get("type"), type):
            cls.type = to_instance(own["type"])
        if own.get("_register", True):
            register_function(own.get("identifier", cls.name), cls, own.get("package") or "_default")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._anonymous_hint = self._value_hint = self.name
        type_ = kwargs.pop("type_", None)
        if type_ is not None:
            self.type = to_instance(type_)
        super().__init__(*args)


class AnsiFunction(GenericFunction):
    """A function of the standard that has no parentheses where it has no arguments."""

    __visit_name__: ClassVar[str] = "ansi_function"
    _register = False


class ReturnTypeFromArgs(GenericFunction):
    """A function whose result has the type of its arguments."""

    _register = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kwargs.get("type_") is None:
            self.type = _type_of_arguments(self.clauses)


def _type_of_arguments(clauses: tuple[ClauseElement, ...]) -> TypeEngine[Any]:
    for clause in clauses:
        type_: TypeEngine[Any] = getattr(clause, "type", NULLTYPE)
        if type_ is not NULLTYPE:
            return type_
    return NULLTYPE


class coalesce(ReturnTypeFromArgs):
    """The first argument that is not NULL."""


class max(ReturnTypeFromArgs):
    """The greatest value."""


class min(ReturnTypeFromArgs):
    """The least value."""


class sum(ReturnTypeFromArgs):
    """The sum of the values."""


class lag(ReturnTypeFromArgs):
    """The value of an earlier row."""


class lead(ReturnTypeFromArgs):
    """The value of a later row."""


class first_value(ReturnTypeFromArgs):
    """The value of the first row of the frame."""


class last_value(ReturnTypeFromArgs):
    """The value of the last row of the frame."""


class nullif(ReturnTypeFromArgs):
    """NULL where both arguments are equal."""


class count(GenericFunction):
    """The number of rows, or of values that are not NULL."""

    type = INTEGERTYPE

    def __init__(self, expression: Any = None, **kwargs: Any) -> None:
        super().__init__(literal_column("*") if expression is None else expression, **kwargs)


class now(GenericFunction):
    """The current time."""

    type = DateTime()


class concat(GenericFunction):
    """The texts, one after the other."""

    type = STRINGTYPE


class char_length(GenericFunction):
    """The number of characters."""

    type = INTEGERTYPE

    def __init__(self, arg: Any, **kwargs: Any) -> None:
        super().__init__(arg, **kwargs)


class random(GenericFunction):
    """A random number."""


class row_number(GenericFunction):
    """The number of the row in its window."""

    type = INTEGERTYPE


class rank(GenericFunction):
    """The rank of the row, with gaps."""

    type = INTEGERTYPE


class dense_rank(GenericFunction):
    """The rank of the row, without gaps."""

    type = INTEGERTYPE


class percent_rank(GenericFunction):
    """The rank of the row between 0 and 1."""

    type = Numeric()


class cume_dist(GenericFunction):
    """The part of the rows that are not after this one."""

    type = Numeric()


class array_agg(GenericFunction):
    """The values as an array."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kwargs.get("type_") is None:
            item = _type_of_arguments(self.clauses)
            self.type = item if item._affinity == "array" else ARRAY(item)


class OrderedSetFunction(GenericFunction):
    """A function whose result has the type of what WITHIN GROUP orders by."""

    _register = False
    array_for_multi_clause: ClassVar[bool] = False

    def within_group_type(self, within_group: Any) -> TypeEngine[Any]:
        """Find the type of the result from the order."""
        ordered = _type_of_arguments(within_group.order_by.clauses if within_group.order_by is not None else ())
        return ARRAY(ordered) if self.array_for_multi_clause and len(self.clauses) > 1 else ordered


class mode(OrderedSetFunction):
    """The most frequent value."""


class percentile_cont(OrderedSetFunction):
    """A percentile, between values where needed."""

    array_for_multi_clause = True


class percentile_disc(OrderedSetFunction):
    """A percentile among the values."""

    array_for_multi_clause = True


class aggregate_strings(GenericFunction):
    """The texts of all rows, with a separator between them."""

    type = STRINGTYPE

    def __init__(self, clause: Any, separator: str, **kwargs: Any) -> None:
        super().__init__(clause, separator, **kwargs)


class cube(GenericFunction):
    """Grouping by all subsets of the arguments."""


class rollup(GenericFunction):
    """Grouping by all beginnings of the arguments."""


class grouping_sets(GenericFunction):
    """Grouping by several sets."""

    name = "GROUPING SETS"
    identifier = "grouping_sets"


class next_value(GenericFunction):
    """The next value of a sequence.

    Args:
        seq: the sequence.
    """

    __visit_name__: ClassVar[str] = "next_value_func"
    _fields: ClassVar[tuple[str, ...]] = ("sequence", "type")

    def __init__(self, seq: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sequence = seq
        if kwargs.get("type_") is None:
            data_type = getattr(seq, "data_type", None)
            self.type = to_instance(data_type) if data_type is not None else INTEGERTYPE

    def _compute_shape(self) -> Shape:
        return ("next_value_func", self.sequence.name, getattr(self.sequence, "schema", None), self.type._shape)


class current_date(AnsiFunction):
    """The current date."""

    type = Date()


class current_time(AnsiFunction):
    """The current time of day."""

    type = Time()


class current_timestamp(AnsiFunction):
    """The current date and time."""

    type = DateTime()


class current_user(AnsiFunction):
    """The name of the user whose rights apply."""

    type = String()


class localtime(AnsiFunction):
    """The current local time of day."""

    type = DateTime()


class localtimestamp(AnsiFunction):
    """The current local date and time."""

    type = DateTime()


class session_user(AnsiFunction):
    """The name of the user who connected."""

    type = String()


class sysdate(AnsiFunction):
    """The current date and time of the server."""

    type = DateTime()


class user(AnsiFunction):
    """The name of the user."""

    type = String()


register_function("cast", Cast)
register_function("extract", Extract)


class FunctionGenerator:
    """Make functions of any name: ``func.lower("X")``, ``func.package.name()``.

    Args:
        names: the names so far.
        options: options for ``Function``.
    """

    def __init__(self, names: tuple[str, ...] = (), **options: Any) -> None:
        self.__names = names
        self.__options = options

    def __getattr__(self, name: str) -> FunctionGenerator:
        if name.startswith("__"):
            # Tools probe for special attributes, which are no names of functions.
            raise AttributeError(name)
        name = name.removesuffix("_")
        return FunctionGenerator((*self.__names, name), **self.__options)

    def __call__(self, *clauses: Any, **kwargs: Any) -> Any:
        """Make the function.

        Args:
            clauses: its arguments.
            kwargs: ``type_`` for the type of the result.
        """
        options = {**self.__options, **kwargs} if self.__options else kwargs
        names = self.__names
        if not names:
            raise exc.ArgumentError(
                "func needs the name of a function", fix="write func.lower(...), func.count(...)", code="AZ-C15"
            )
        package = "_default" if len(names) == 1 else names[0] if len(names) == 2 else None
        known = _registry.get(package, {}).get(names[-1].lower()) if package is not None else None
        if known is not None:
            return known(*clauses, **options)
        return Function(names[-1], *clauses, packagenames=names[:-1], **options)

    def __repr__(self) -> str:
        return f"<{'.'.join(('func', *self.__names))}>"


func: Final = FunctionGenerator()
