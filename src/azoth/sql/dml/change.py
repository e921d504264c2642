"""What INSERT, UPDATE and DELETE have in common, and what the first two share: their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from azoth import exc
from azoth.sql.elements import (
    BinaryExpression,
    BindParameter,
    ClauseElement,
    ColumnElement,
    bind_value,
    check_hint,
    check_is_value,
    clause_of,
    truth_operand,
)
from azoth.sql.operators import getitem, json_getitem_op, json_path_getitem_op
from azoth.sql.ports import sent_form
from azoth.sql.selectable import (
    FromClause,
    HasCTE,
    HasPrefixes,
    SelectBase,
    TakesExtensions,
    entity_or_element,
    resolve_from,
    result_expressions,
    tables_in,
)
from azoth.sql.selectable.dialect_options import DialectKWArgs
from azoth.sql.selectable.select import conjunction, described_columns
from azoth.sql.types import NULLTYPE

if TYPE_CHECKING:
    from azoth.sql.selectable import CTE

__all__ = ["Change", "ConditionalChange", "UpdateBase", "ValuedChange", "ValuesBase"]

PARTS: Final = frozenset({getitem, json_getitem_op, json_path_getitem_op})
"""The operators of what an UPDATE may set in a column: an element of an array, a part of a document."""


class Change(HasPrefixes, TakesExtensions, HasCTE, DialectKWArgs):
    """A statement that changes the rows of a table.

    Args:
        table: a table, or a mapped class or aliased entity.
    """

    _fields: ClassVar[tuple[str, ...]] = (
        "table",
        "_returning",
        "_return_defaults",
        "_prefixes",
        "_hints",
        "_independent_ctes",
        "_with_options",
        "_dialect_values",
        "_extensions",
    )
    _dialect_values: tuple[tuple[str, Any], ...] = ()
    _extension_points: ClassVar[tuple[str, ...]] = ("post_criteria",)
    is_dml: ClassVar[bool] = True
    table: Any
    _returning: tuple[Any, ...] = ()
    _return_defaults: tuple[tuple[Any, ...], tuple[Any, ...]] | None = None
    """Which values that the server makes are wanted (none named: all of them), and which others beside them."""
    _hints: tuple[tuple[Any, str, str], ...] = ()
    _sort_by_parameter_order: bool = False

    def __init__(self, table: Any) -> None:
        self.table = entity_or_element(table)
        if not isinstance(self._target, FromClause):
            raise exc.ArgumentError(
                f"{type(self).__name__} needs a table, got an object of class {type(table).__name__}",
                why="only rows of tables can be changed",
                fix="pass a Table, or a mapped class",
                code="AZ-C49",
            )
        if getattr(self.table, "is_in_hierarchy", False):
            # What concerns some rows of a table only, or several tables, is written anew where it is executed.
            self.__dict__["supports_execution"] = False

    def cte(self, name: str | None = None, recursive: bool = False, nesting: bool = False) -> CTE:
        """Make a common table expression of the rows that it returns; see ``HasCTE.cte()``."""
        if self.supports_execution:
            return super().cte(name, recursive, nesting)
        sent: Any = sent_form(self)
        # Few programs have such statements.
        from azoth.sql.selectable import CTE  # noqa: PLC0415

        return CTE(sent, name, recursive, nesting)

    def with_dialect_options(self, **opt: object) -> Self:
        """Copy this statement with options of one dialect, such as ``mysql_limit``; other dialects pass over them.

        Args:
            opt: the options, each with the dialect's name before it.

        Raises:
            TypeError: a dialect has no such option.
        """
        copy = self._copy()
        copy._take_dialect_options("with_dialect_options", opt)
        return copy

    def _take_dialect_options(self, owner: str, arguments: Mapping[str, Any]) -> None:
        super()._take_dialect_options(owner, arguments)
        # A field, because a dialect may write another statement for them.
        given = self.__dict__.pop("_dialect_kwargs")
        self._dialect_values = tuple({**self.dialect_kwargs, **given}.items())

    @property
    def dialect_kwargs(self) -> dict[str, Any]:
        """The options of dialects as they were given."""
        return dict(self._dialect_values)

    @property
    def _target(self) -> Any:
        """The table itself; of a mapped class its own, where its rows are spread over several."""
        if isinstance(self.table, ClauseElement):
            return self.table
        own = getattr(self.table, "changed_table", None)
        return self.table.__clause_element__() if own is None else own

    @property
    def _whole(self) -> Any:
        """What queries for the changed class select from: attributes of the class in a condition belong to it."""
        return self.table if isinstance(self.table, ClauseElement) else self.table.__clause_element__()

    @property
    def entity_description(self) -> dict[str, Any]:
        """Describe the table that is changed."""
        target = self._target
        return {
            "name": target.description,
            "type": target,
            "expr": target,
            "entity": target,
            "table": target,
        }

    def return_defaults(
        self,
        *cols: Any,
        supplemental_cols: Iterable[Any] | None = None,
        sort_by_parameter_order: bool = False,
    ) -> Self:
        """Let the result have the values that the server makes, as ``returned_defaults``; where it has RETURNING.

        Of an INSERT these are generated keys and server defaults, of an UPDATE what ``onupdate`` makes in the server;
        of a DELETE the columns that are named. Other databases execute the statement as it is.

        Args:
            cols: the columns whose values are wanted; all that the server makes where none is named.
            supplemental_cols: further columns; the rows are given as those of ``returning()`` then, too.
            sort_by_parameter_order: whether rows come in the order of the parameters, which they do in any case.

        Raises:
            InvalidRequestError: the statement has ``returning()``.
        """
        if self._returning:
            raise exc.InvalidRequestError(
                "a statement has either returning() or return_defaults()",
                why="both say what its rows are",
                fix="name all columns in returning()",
                code="AZ-C711",
            )
        before, others = self._return_defaults or ((), ())
        copy = self._copy()
        named = tuple([entity_or_element(column) for column in cols])
        copy._return_defaults = (
            () if self._return_defaults is not None and not (before and named) else (*before, *named),
            (*others, *[entity_or_element(column) for column in supplemental_cols or ()]),
        )
        if sort_by_parameter_order:
            copy._sort_by_parameter_order = True
        return copy

    @property
    def returning_column_descriptions(self) -> list[dict[str, Any]]:
        """Describe the columns of RETURNING."""
        return described_columns(self._returning)

    def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> Self:
        """Give back columns of the changed rows.

        Args:
            cols: columns, expressions, or entities for all of their columns.
            sort_by_parameter_order: give the rows in the order of the parameters.
        """
        copy = self._copy()
        copy._returning = self._returning + tuple([entity_or_element(column) for column in cols])
        copy._sort_by_parameter_order = sort_by_parameter_order
        return copy

    @property
    def exported_columns(self) -> Any:
        """The columns of RETURNING."""
        return super().exported_columns

    def with_hint(self, text: str, selectable: Any = None, dialect_name: str = "*") -> Self:
        """Give the database a hint about the table.

        Args:
            text: the hint.
            selectable: the table, the changed one by default.
            dialect_name: the dialect that gets it; all by default.
        """
        check_hint("with_hint", text, dialect_name)
        table = self._target if selectable is None else resolve_from(selectable)
        copy = self._copy()
        copy._hints = (*self._hints, (table, text, dialect_name))
        return copy

    def _result_expressions(self) -> list[tuple[Any, str | None]]:
        if not self._returning:
            raise exc.InvalidRequestError(
                f"{type(self).__name__} of table {self._target.description!r} gives no rows",
                why="a change gives rows where it returns some",
                fix="add returning(...)",
                code="AZ-C84",
            )
        return result_expressions(self._returning)


class ConditionalChange(Change):
    """A change of those rows that meet a condition."""

    _where_criteria: tuple[Any, ...] = ()

    def where(self, *whereclause: Any) -> Self:
        """Add conditions; all of them must hold.

        Args:
            whereclause: the conditions.
        """
        copy = self._copy()
        copy._where_criteria = self._where_criteria + tuple([truth_operand(clause) for clause in whereclause])
        return copy

    def filter(self, *whereclause: Any) -> Self:
        """Do the same as ``where()``."""
        return self.where(*whereclause)

    def filter_by(self, /, **kwargs: Any) -> Self:
        """Add conditions on attributes of the changed entity or columns of the table.

        Columns of other tables are found, too, once conditions have named these.

        Args:
            kwargs: from attribute name to the value that it must have.

        Raises:
            AmbiguousColumnError: where several of the tables have the name.
            InvalidRequestError: where there is no such attribute.
        """
        from azoth.sql.selectable import filter_by_criteria, refuse_ambiguous_names  # noqa: PLC0415  # for few statements

        others = self._other_tables()
        if others:
            refuse_ambiguous_names(self.table, kwargs, others)
        return self.where(*filter_by_criteria(self.table, kwargs, others))

    def _other_tables(self) -> list[FromClause]:
        """List the tables that the conditions name beside the one that is changed."""
        own = [id(part) for part in resolve_from(self.table)._parts]
        named = {id(table): table for criterion in self._where_criteria for table in tables_in(criterion)}
        return [table for table in named.values() if id(table) not in own]

    @property
    def whereclause(self) -> ColumnElement[Any] | None:
        """All conditions as one expression, or None."""
        return conjunction(self._where_criteria)


class ValuedChange(Change):
    """A change that sets values."""

    select: Any = None
    """The SELECT whose rows are inserted; None where there is none."""

    _values: tuple[tuple[Any, ClauseElement], ...] = ()
    """Pairs of a column (or its key) and its new value."""

    def values(self, /, *args: Any, **kwargs: Any) -> Self:
        """Set columns to values.

        Args:
            args: one mapping from column (or key) to value or SQL expression; of an INSERT also one sequence of values
                in the order of the columns, or one list of such mappings or sequences for several rows.
            kwargs: values by key.

        Raises:
            ArgumentError: where the forms are mixed.
        """
        if len(args) > 1 or (args and kwargs):
            raise exc.ArgumentError(
                f"values() takes {self._forms_of_values}, or keyword arguments",
                why="each form stands for all values of the statement",
                fix="use only one of these forms",
                code="AZ-C83",
            )
        return self._with_given(args[0] if args else kwargs)

    _forms_of_values: ClassVar[str] = "one dictionary"

    def _with_given(self, given: Any) -> Self:
        """Copy this statement with the values that were given in one form."""
        raise NotImplementedError

    def _pairs(self, values: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> tuple[tuple[Any, ClauseElement], ...]:
        pairs = values.items() if isinstance(values, Mapping) else values
        return tuple([self._pair(key, value) for given in pairs for key, value in _of_single_columns(*given)])

    def _pair(self, key: Any, value: Any) -> tuple[Any, ClauseElement]:
        column = key if isinstance(key, str) else self._column_of(key)
        if isinstance(column, BinaryExpression) and column.operator in PARTS:
            element = clause_of(value)
            return column, bind_value(value, column.type, "param") if element is None else element.self_group()
        if isinstance(column, str):
            return column, self._value(column, self._target.c.get(column), value)
        return column, self._value(column.key, column, value)

    def _column_of(self, key: Any) -> Any:
        column = clause_of(key)
        if column is None or not hasattr(column, "key"):
            raise exc.ArgumentError(
                f"values are given by columns or their keys, not by an object of class {type(key).__name__}",
                why="a value needs a column that it goes to",
                fix='write {"name": value} or {table.c.name: value}',
                code="AZ-C83",
            )
        return column

    def _value(self, key: str, column: Any, value: Any, suffix: str = "") -> ClauseElement:
        type_ = NULLTYPE if column is None else column.type
        element = clause_of(value)
        if element is None:
            check_is_value(value)
            # Of an attribute that has another name than its column, the type comes when the statement is executed.
            return BindParameter(key + suffix, value, None if type_ is NULLTYPE and column is not None else type_)
        if isinstance(element, BindParameter) and element.type is NULLTYPE:
            return element._with_type(type_)
        if isinstance(element, SelectBase):
            return element.scalar_subquery()
        return element.self_group()


def _of_single_columns(key: Any, value: Any) -> Iterable[tuple[Any, Any]]:
    """Take the value of what stands for others apart; it says how."""
    take_apart = getattr(type(key), "__update_pairs__", None)
    if take_apart is None:
        return ((key, value),)
    # What it stands for may stand for others itself.
    return [single for pair in take_apart(key, value) for single in _of_single_columns(*pair)]


UpdateBase = Change
ValuesBase = ValuedChange
"""The names of SQLAlchemy."""
