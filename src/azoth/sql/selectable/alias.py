"""Selectables under another name: Alias, TableSample, TableValuedAlias, Subquery, Lateral."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Self

from azoth.sql.cache_key import Shape, shape_of
from azoth.sql.elements import ClauseElement, plain_operand
from azoth.sql.selectable.derived_shape import derived_shape
from azoth.sql.selectable.from_clause import AnonymousName, FromClause, NamedFromClause, ReturnsRows, builders
from azoth.sql.selectable.proxy_column import ProxyColumn
from azoth.sql.selectable.resolve import resolve_from
from azoth.util.arguments import check_text

__all__ = ["Alias", "AliasedReturnsRows", "Lateral", "Subquery", "TableSample", "TableValuedAlias", "alias"]


class AliasedReturnsRows(NamedFromClause):
    """Give a name to something that has rows.

    Args:
        element: the selectable or statement.
        name: the name; the compiler makes one up where none is given.
    """

    _fields: ClassVar[tuple[str, ...]] = ("element", "name")
    _name_stem: ClassVar[str] = "anon"

    element: Any

    def __init__(self, element: Any, name: str | None = None) -> None:
        self.element = element
        if name is None:
            self.name: str = AnonymousName(self._stem())
        else:
            check_text("the name of an alias, subquery or CTE", name)
            self.name = name

    @property
    def original(self) -> Any:
        """What this is a name for."""
        return self.element

    def _stem(self) -> str:
        return self._name_stem

    def _compute_shape(self) -> Shape:
        name = None if isinstance(self.name, AnonymousName) else self.name
        structure = (name, shape_of(self.element), *[shape_of(getattr(self, field)) for field in self._fields[2:]])
        return derived_shape(self.__visit_name__, structure)

    def _make_columns(self) -> Iterable[tuple[str, Any]]:
        for key, column in self.element.c.items():
            yield key, ProxyColumn(self, column.name, key, (column,))

    def _ancestors(self) -> Iterator[FromClause]:
        yield self
        if isinstance(self.element, FromClause):
            yield from self.element._ancestors()

    def is_derived_from(self, fromclause: FromClause | None) -> bool:
        """Tell whether this is the given selectable, or made from it."""
        inside = self.element
        return super().is_derived_from(fromclause) or (
            isinstance(inside, ReturnsRows) and inside.is_derived_from(fromclause)
        )


class Alias(AliasedReturnsRows):
    """A table (or other selectable) under another name: ``users AS u``."""

    __visit_name__: ClassVar[str] = "alias"

    def __init__(self, element: Any, name: str | None = None) -> None:
        selectable = resolve_from(element)
        # An alias of an alias is another name for the same table.
        super().__init__(selectable.element if type(selectable) is Alias else selectable, name)

    def _stem(self) -> str:
        return str(self.element.name) if isinstance(self.element, NamedFromClause) else self._name_stem


class TableSample(AliasedReturnsRows):
    """A random sample of a table's rows.

    Args:
        element: the table.
        sampling: a percentage or a sampling function.
        name: the name of the sample.
        seed: an expression for REPEATABLE.
    """

    __visit_name__: ClassVar[str] = "tablesample"
    _fields: ClassVar[tuple[str, ...]] = ("element", "name", "sampling", "seed")

    def __init__(self, element: Any, sampling: Any, name: str | None = None, seed: Any = None) -> None:
        super().__init__(resolve_from(element), name)
        self.sampling = plain_operand(sampling)
        self.seed = None if seed is None else plain_operand(seed)

    def _stem(self) -> str:
        return str(self.element.name) if isinstance(self.element, NamedFromClause) else self._name_stem


class TableValuedAlias(AliasedReturnsRows):
    """A function whose result is a table.

    Args:
        element: the function.
        columns: the columns of its result.
        name: the name.
        joins_implicitly: whether it may stand in FROM beside others without a join condition.
    """

    __visit_name__: ClassVar[str] = "table_valued_alias"
    _fields: ClassVar[tuple[str, ...]] = (
        "element",
        "name",
        "_named_columns",
        "joins_implicitly",
        "_render_derived",
        "_render_derived_types",
        "_with_ordinality",
        "_lateral",
    )
    _render_derived: bool = False
    _render_derived_types: bool = False
    _with_ordinality: bool = False
    _lateral: bool = False

    def __init__(
        self, element: Any, columns: Iterable[Any] = (), name: str | None = None, joins_implicitly: bool = False
    ) -> None:
        super().__init__(element, name)
        self._named_columns = tuple(columns)
        self.joins_implicitly = joins_implicitly

    def _make_columns(self) -> Iterable[tuple[str, Any]]:
        for column in self._named_columns:
            yield column.key, ProxyColumn(self, column.name, column.key, (column,))

    @property
    def column(self) -> Any:
        """The only column, or the first of several."""
        return self.c[0]

    def alias(self, name: str | None = None, flat: bool = False) -> Self:
        """Give the function's result another name."""
        return self._copy_with(name=AnonymousName(self._name_stem) if name is None else name)

    def lateral(self, name: str | None = None) -> Self:
        """Let the function see the selectables before it: ``LATERAL``."""
        return self._copy_with(name=self.name if name is None else name, _lateral=True)

    def render_derived(self, name: str | None = None, with_types: bool = False) -> Self:
        """Write the column names behind the alias: ``AS name(x, y)``.

        Args:
            name: the name.
            with_types: write the types as well.
        """
        return self._copy_with(
            name=self.name if name is None else name, _render_derived=True, _render_derived_types=with_types
        )

    def with_ordinality(self) -> Self:
        """Number the rows: ``WITH ORDINALITY``."""
        return self._copy_with(_with_ordinality=True)


class Subquery(AliasedReturnsRows):
    """A SELECT in parentheses, with a name: ``(SELECT ...) AS name``."""

    __visit_name__: ClassVar[str] = "subquery"

    def _make_columns(self) -> Iterable[tuple[str, Any]]:
        yield from self.element._proxied_columns(self)

    def as_scalar(self) -> Any:
        """Use the SELECT inside, of one column, as a value; the classic form of ``Select.scalar_subquery()``."""
        return self.element.scalar_subquery()

    def _as_operand(self) -> ClauseElement:
        operand: ClauseElement = self.element._as_operand()
        return operand


class Lateral(Subquery):
    """A subquery that sees the selectables before it: ``LATERAL (SELECT ...) AS name``."""

    __visit_name__: ClassVar[str] = "lateral"
    _as_operand = FromClause._as_operand

    def _make_columns(self) -> Iterable[tuple[str, Any]]:
        if isinstance(self.element, FromClause):
            return AliasedReturnsRows._make_columns(self)
        return super()._make_columns()


def make_lateral(selectable: object, name: str | None) -> Lateral:
    """Let a statement, or a table or other selectable, see the selectables before it."""
    return Lateral(selectable.element if isinstance(selectable, (Alias, Subquery)) else selectable, name)


def alias(selectable: Any, name: str | None = None, flat: bool = False) -> NamedFromClause:
    """Give a selectable another name.

    Args:
        selectable: a table, join, subquery or SELECT.
        name: the name; one is made up where none is given.
        flat: accepted for joins, which become a subquery of all their columns.
    """
    if getattr(selectable, "is_select", False):
        return Subquery(selectable, name)
    element: Any = resolve_from(selectable)
    if element.__visit_name__ == "join":
        return Subquery(element.select(), name)
    if type(element) in (Subquery, Lateral):
        return Subquery(element.element, name)
    return Alias(element, name)


builders.alias = alias
builders.tablesample = TableSample
builders.lateral = make_lateral
