"""What can stand in a FROM clause, and what everything of this kind offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

from azoth import exc
from azoth.sql.elements import ClauseElement, ColumnClause
from azoth.sql.ports import import_builder
from azoth.sql.selectable.column_collection import (
    ColumnCollection,
    ColumnSet,
    corresponding_in,
    index_by_lineage,
    lineage_of,
)
from azoth.sql.visitors import Visitable, replace, walk

__all__ = [
    "AnonymousName",
    "FromClause",
    "NamedFromClause",
    "ReturnsRows",
    "Selectable",
    "builders",
    "lineage_of",
]


class AnonymousName(str):
    """A name that the compiler completes: "users" becomes ``users_1``, the next one of that stem ``users_2``."""

    __slots__ = ()


class SelectableBuilders:
    """What ``FromClause`` methods build although it is defined above this module; each module fills in its own."""

    alias: Callable[[FromClause, str | None, bool], NamedFromClause]
    tablesample: Callable[[FromClause, Any, str | None, Any], NamedFromClause]
    join: Callable[[FromClause, Any, Any, bool, bool], Any]
    select: Callable[..., Any]
    insert: Callable[..., Any]
    update: Callable[..., Any]
    delete: Callable[..., Any]
    create_table_as: Callable[..., Any]
    lateral: Callable[[Selectable, str | None], Any]
    table_valued_column: Callable[[NamedFromClause], Any]

    # Type checkers do not see it, so that they report misspelt names.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Import the module that fills a slot, when it is first needed."""
            if name not in SelectableBuilders.__annotations__:
                raise AttributeError(name)
            import_builder(name)
            return self.__dict__[name]


builders = SelectableBuilders()


class ReturnsRows(ClauseElement):
    """What gives rows: tables and all else that FROM can name, statements that select, changes with RETURNING."""

    @property
    def exported_columns(self) -> ColumnCollection:
        """The columns that a statement around this one can use."""
        raise NotImplementedError(f"{type(self).__name__} has no columns")

    @property
    def selectable(self) -> Self:
        """This itself, as mapped classes have it too."""
        return self

    def is_derived_from(self, fromclause: FromClause | None) -> bool:
        """Tell whether this is the given table or other selectable, or made from it.

        Args:
            fromclause: what this may be made from.
        """
        if fromclause is None:
            return False
        return any(
            fromclause in (node._ancestors() if isinstance(node, FromClause) else (getattr(node, "table", None),))
            for node in walk(self)
        )


class Selectable(ReturnsRows):
    """What can be selected from: tables and all else that FROM can name, and statements that select."""

    def corresponding_column(self, column: object, require_embedded: bool = False) -> Any:
        """Find the column of this selectable that stands for a column of another one.

        Args:
            column: a column that this selectable was made from, or that shares its origin.
            require_embedded: accept only columns which this selectable was made from.

        Returns:
            the column, or None.
        """
        return self.exported_columns.corresponding_column(column, require_embedded)

    def replace_selectable(self, old: FromClause, alias: FromClause) -> Self:
        """Copy this with a table (or other selectable) exchanged for an alias of it, and its columns too.

        Args:
            old: what is exchanged.
            alias: what takes its place.
        """

        def exchanged(node: Visitable) -> Visitable | None:
            if node is old:
                return alias
            if isinstance(node, ColumnClause) and node.table is old:
                found: Visitable | None = alias.corresponding_column(node)
                return found
            return None

        return replace(self, exchanged)

    def lateral(self, name: str | None = None) -> Any:
        """Make a subquery that sees the selectables before it: ``LATERAL``.

        Args:
            name: the name; one is made up where none is given.
        """
        return builders.lateral(self, name)


class FromClause(Selectable):
    """Anything that a FROM clause can name: tables, joins, aliases, subqueries."""

    __visit_name__ = "from_clause"
    is_selectable: ClassVar[bool] = True
    named_with_column: ClassVar[bool] = False
    schema: str | None = None
    _column_for: Callable[[Any], Any] | None = None
    """Finds the column that stands for one of a table, where queries for a class select from this instead; gives what
    it was asked for where there is none."""

    # Filled when first used, see _missing_attribute.
    c: ColumnCollection
    columns: ColumnCollection
    primary_key: Any
    foreign_keys: set[Any]

    def _as_operand(self) -> ClauseElement:
        raise exc.ArgumentError(
            f"SQL expression element expected, got {type(self).__name__} {self.description!r}",
            why="a table, or what stands for one, is no value",
            fix="name one of its columns, or write .table_valued() where the function takes whole rows",
            code="AZ-C741",
        )

    def _as_in_operand(self) -> ClauseElement:
        operand: ClauseElement = self.select()._as_in_operand()
        return operand

    def _missing_attribute(self, name: str) -> Any:
        if name in ("c", "columns"):
            # Other threads may make them at the same time: all get those that are kept.
            columns = self.__dict__.setdefault("c", ColumnCollection(self._make_columns()))
            self.__dict__["columns"] = columns
            return columns
        if name == "primary_key":
            return self.__dict__.setdefault("primary_key", ColumnSet(self._make_primary_key()))
        if name == "foreign_keys":
            return self._collect_foreign_keys()
        return super()._missing_attribute(name)

    def _make_columns(self) -> Iterable[tuple[str, Any]]:
        return ()

    def _make_primary_key(self) -> Iterable[Any]:
        return [column for column in self.c if getattr(column, "primary_key", False)]

    def _collect_foreign_keys(self) -> set[Any]:
        return {fk for column in self.c for fk in getattr(column, "foreign_keys", ())}

    def _copy_with(self, **fields: object) -> Self:
        copy = super()._copy_with(**fields)
        copy.forget_columns()
        copy.__dict__.pop("_column_for", None)
        return copy

    def forget_columns(self) -> None:
        """Make the columns anew when they are next asked for, because those of a part have changed."""
        for derived in ("c", "columns", "primary_key", "_lineage_index"):
            self.__dict__.pop(derived, None)

    @property
    def description(self) -> str:
        """What messages call this selectable."""
        return str(self.__dict__.get("name") or type(self).__name__)

    @property
    def exported_columns(self) -> ColumnCollection:
        """The columns that a statement around this one can use."""
        return self.c

    @property
    def entity_namespace(self) -> Any:
        """Where ``filter_by()`` looks its names up."""
        return self.c

    def with_cols(self, type_: type[Any]) -> Self:
        """Give this itself; for type checkers it has the columns that a class names.

        Args:
            type_: a class derived from ``TypedColumns``.
        """
        return self

    @property
    def _hidden_froms(self) -> tuple[FromClause, ...]:
        """The selectables that need no place of their own beside this one."""
        return ()

    @property
    def _parts(self) -> tuple[FromClause, ...]:
        """This selectable and, for a join, what it joins."""
        return (self,)

    def is_derived_from(self, fromclause: FromClause | None) -> bool:
        """Tell whether this selectable is the given one, or made from it."""
        return fromclause is not None and fromclause in self._ancestors()

    def _ancestors(self) -> Iterator[FromClause]:
        yield self

    def corresponding_column(self, column: Any, require_embedded: bool = False) -> Any:
        """Find the column of this selectable that stands for a column of another one.

        Args:
            column: a column that this selectable was made from, or that shares its origin.
            require_embedded: accept only columns which this selectable was made from.

        Returns:
            the column, or None.
        """
        index = self.__dict__.get("_lineage_index")
        if index is None or index[0] != len(self.c):
            index = self.__dict__["_lineage_index"] = (len(self.c), index_by_lineage(self.c))
        return corresponding_in(index[1], column, require_embedded)

    def alias(self, name: str | None = None, flat: bool = False) -> NamedFromClause:
        """Give this selectable another name.

        Args:
            name: the name; one is made up where none is given.
            flat: for joins, alias the joined parts instead of the whole.

        Returns:
            the alias, with columns of its own.
        """
        return builders.alias(self, name, flat)

    def tablesample(self, sampling: Any, name: str | None = None, seed: Any = None) -> NamedFromClause:
        """Take a random sample of the rows, where the database can.

        Args:
            sampling: a percentage or a sampling function such as ``func.bernoulli(5)``.
            name: the name of the sample.
            seed: an expression for REPEATABLE.
        """
        return builders.tablesample(self, sampling, name, seed)

    def join(self, right: Any, onclause: Any = None, isouter: bool = False, full: bool = False) -> FromClause:
        """Join this selectable with another one.

        Args:
            right: the other selectable.
            onclause: the condition; found from the foreign keys where none is given.
            isouter: make a LEFT OUTER JOIN.
            full: make a FULL OUTER JOIN.

        Raises:
            NoForeignKeysError: where no foreign key connects the two.
            AmbiguousForeignKeysError: where several do.
        """
        joined: FromClause = builders.join(self, right, onclause, isouter, full)
        return joined

    def outerjoin(self, right: Any, onclause: Any = None, full: bool = False) -> FromClause:
        """Join this selectable with another one by a LEFT OUTER JOIN; arguments as for ``join()``."""
        return self.join(right, onclause, True, full)

    def select(self, whereclause: Any = None, **classic: Any) -> Any:
        """Make a SELECT of this selectable's columns.

        Args:
            whereclause: a condition; the classic form of ``where()``.
            classic: further clauses of the classic form, see ``select()``.
        """
        statement = builders.select(self, **classic)
        return statement if whereclause is None else statement.where(whereclause)


class NamedFromClause(FromClause):
    """A selectable that has a name, by which its columns are qualified."""

    named_with_column: ClassVar[bool] = True
    name: str

    def table_valued(self) -> Any:
        """Make the column that stands for whole rows of this table, as an argument of a function."""
        return builders.table_valued_column(self)
