"""Insert, the INSERT statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

from azoth import exc
from azoth.sql.dml.change import Change, ValuedChange
from azoth.sql.elements import BindParameter, ClauseElement, clause_of
from azoth.sql.selectable import FromClause, builders
from azoth.sql.selectable.executable import RowTypes, TypedReturnsRows
from azoth.util.arguments import as_list, wrong_value

if TYPE_CHECKING:
    from azoth.sql.selectable.typed_entities import A, B, C, D, E, Entity, F, G, H

__all__ = ["Insert", "ReturningInsert", "insert"]


class Insert(ValuedChange):
    """An INSERT statement; each method gives a copy with more.

    Args:
        table: a table or a mapped class.
        values: as for ``values()``; the classic form.
        inline: whether to look for no key that the database makes, and ask for no default before; the classic form.
        returning: columns to give back; the classic form.
    """

    __visit_name__: ClassVar[str] = "insert"
    _fields: ClassVar[tuple[str, ...]] = (
        *Change._fields,
        "_values",
        "_multi_values",
        "select",
        "_select_names",
        "include_insert_from_select_defaults",
        "_post_values_clause",
        "_inline",
    )
    _extension_points: ClassVar[tuple[str, ...]] = ("post_values",)
    is_insert: ClassVar[bool] = True
    _multi_values: tuple[tuple[tuple[Any, ClauseElement], ...], ...] = ()
    """The rows of a statement that inserts several."""
    select: Any = None
    _select_names: tuple[str, ...] = ()
    include_insert_from_select_defaults: bool = False
    _post_values_clause: Any = None
    """What a dialect adds behind the values, such as ON CONFLICT."""
    _inline: bool = False

    def __init__(
        self,
        table: Any,
        values: Any = None,
        inline: bool = False,
        returning: Sequence[Any] | None = None,
        **dialect_kwargs: Any,
    ) -> None:
        if dialect_kwargs:
            self._take_dialect_options("insert", dialect_kwargs)
        super().__init__(table)
        if values is not None:
            self.__dict__.update(self.values(values).__dict__)
        if inline:
            self._inline = True
        if returning:
            self.__dict__.update(self.returning(*returning).__dict__)

    _forms_of_values: ClassVar[str] = "one dictionary, sequence or list of rows"

    def _with_given(self, given: Any) -> Self:
        copy = self._copy()
        if isinstance(given, (list, tuple)) and given and isinstance(given[0], (Mapping, list, tuple)):
            copy._add_rows(given)
        else:
            copy._merge(self._as_mapping(given))
        return copy

    def _add_rows(self, rows: Sequence[Any]) -> None:
        if self._values:
            raise exc.ArgumentError(
                "one row and several rows of values cannot be mixed",
                why="one INSERT has one list of columns",
                fix="give all rows as one list of dictionaries",
                code="AZ-C85",
            )
        known = len(self._multi_values)
        mappings = [self._as_mapping(row) for row in rows]
        self._multi_values = self._multi_values + tuple(
            [self._row(row, f"_m{known + number}") for number, row in enumerate(mappings)]
        )

    def _row(self, row: Mapping[Any, Any], suffix: str) -> tuple[tuple[Any, ClauseElement], ...]:
        pairs = []
        for key, value in row.items():
            column = self._target.c.get(key) if isinstance(key, str) else self._column_of(key)
            name = key if isinstance(key, str) else column.key
            pairs.append((key if isinstance(key, str) else column, self._value(name, column, value, suffix)))
        return tuple(pairs)

    def _merge(self, given: Mapping[Any, Any]) -> None:
        if self._multi_values:
            raise exc.ArgumentError(
                "one row and several rows of values cannot be mixed",
                why="one INSERT has one list of columns",
                fix="give all rows as one list of dictionaries",
                code="AZ-C85",
            )
        if self.select is not None:
            raise exc.InvalidRequestError(
                "from_select() and values() cannot be combined",
                why="the rows come from the SELECT or from values",
                fix="use one of them; a constant can be selected too",
                code="AZ-C85",
            )
        new = self._pairs(given)
        replaced = [_key_of(key) for key, _ in new]
        self._values = tuple([pair for pair in self._values if _key_of(pair[0]) not in replaced]) + new

    def _as_mapping(self, row: Any) -> Mapping[Any, Any]:
        if isinstance(row, Mapping):
            return row
        if isinstance(row, (list, tuple)):
            columns = list(self._target.c)
            if len(row) > len(columns):
                raise exc.ArgumentError(
                    f"{len(row)} values for the {len(columns)} columns of table {self._target.description!r}",
                    why="a sequence has a value for each column, in their order",
                    fix="leave values out, or name the columns in a dictionary",
                    code="AZ-C83",
                )
            return dict(zip(columns, row, strict=False))
        raise exc.ArgumentError(
            f"values() takes mappings and sequences, got an object of class {type(row).__name__}",
            why="a row has several values",
            fix='write values(name="x"), values({"name": "x"}) or a list of such dictionaries',
            code="AZ-C83",
        )

    def from_select(self, names: Sequence[Any], select: Any, include_defaults: bool = True) -> Self:
        """Insert the rows of a SELECT.

        Args:
            names: the columns (or keys) that the SELECT gives values for.
            select: the SELECT.
            include_defaults: let Python's defaults fill the other columns.
        """
        if self._values or self._multi_values:
            raise exc.InvalidRequestError(
                "from_select() and values() cannot be combined",
                why="the rows come from the SELECT or from values",
                fix="use one of them; a constant can be selected too",
                code="AZ-C85",
            )
        if not isinstance(select, ClauseElement) and not hasattr(select, "__clause_element__"):
            raise wrong_value("from_select(): select", "a SELECT", select)
        listed = as_list("from_select(): names", names, "a list of columns or their keys")
        copy = self._copy()
        copy._select_names = tuple(
            [_key_of(name if isinstance(name, str) else self._column_of(name)) for name in listed]
        )
        source = select if isinstance(select, ClauseElement) else select.__clause_element__()
        copy.select = source.select() if isinstance(source, FromClause) else source
        copy.include_insert_from_select_defaults = include_defaults
        return copy

    def inline(self) -> Self:
        """Ask for nothing to be fetched about the new row."""
        copy = self._copy()
        copy._inline = True
        return copy

    def _pair_to_update(self, key: Any, value: Any) -> tuple[Any, ClauseElement]:
        """Name a column of the row that is there already, and its new value."""
        column, element = self._pair(key, value)
        name = column if isinstance(column, str) else column.key
        if name not in self._target.c:
            raise exc.ArgumentError(
                f"table {self._target.description!r} has no column {name!r} to set",
                why="the conflicting row is updated in this table",
                fix="name columns of the table",
                code="AZ-C87",
            )
        if isinstance(element, BindParameter) and clause_of(value) is None:
            # Its name must stay free for the inserted value of the same column.
            element = element._made_unique()
        return name, element

    if TYPE_CHECKING:

        @overload
        def returning(self, __ent0: Entity[A], /, *, sort_by_parameter_order: bool = False) -> ReturningInsert[A]: ...
        @overload
        def returning(
            self, __ent0: Entity[A], __ent1: Entity[B], /, *, sort_by_parameter_order: bool = False
        ) -> ReturningInsert[A, B]: ...
        @overload
        def returning(
            self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], /, *, sort_by_parameter_order: bool = False
        ) -> ReturningInsert[A, B, C]: ...
        @overload
        def returning(
            self,
            __ent0: Entity[A],
            __ent1: Entity[B],
            __ent2: Entity[C],
            __ent3: Entity[D],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[A, B, C, D]: ...
        @overload
        def returning(
            self,
            __ent0: Entity[A],
            __ent1: Entity[B],
            __ent2: Entity[C],
            __ent3: Entity[D],
            __ent4: Entity[E],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[A, B, C, D, E]: ...
        @overload
        def returning(
            self,
            __ent0: Entity[A],
            __ent1: Entity[B],
            __ent2: Entity[C],
            __ent3: Entity[D],
            __ent4: Entity[E],
            __ent5: Entity[F],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[A, B, C, D, E, F]: ...
        @overload
        def returning(
            self,
            __ent0: Entity[A],
            __ent1: Entity[B],
            __ent2: Entity[C],
            __ent3: Entity[D],
            __ent4: Entity[E],
            __ent5: Entity[F],
            __ent6: Entity[G],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[A, B, C, D, E, F, G]: ...
        @overload
        def returning(
            self,
            __ent0: Entity[A],
            __ent1: Entity[B],
            __ent2: Entity[C],
            __ent3: Entity[D],
            __ent4: Entity[E],
            __ent5: Entity[F],
            __ent6: Entity[G],
            __ent7: Entity[H],
            /,
            *,
            sort_by_parameter_order: bool = False,
        ) -> ReturningInsert[A, B, C, D, E, F, G, H]: ...
        @overload
        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> ReturningInsert[*tuple[Any, ...]]: ...
        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> Any: ...


class ReturningInsert(Insert, TypedReturnsRows[*RowTypes]):
    """What ``returning()`` gives, as type checkers know it; the object is an Insert."""


def _key_of(key: Any) -> str:
    return key if isinstance(key, str) else key.key


def insert(
    table: Any, values: Any = None, inline: bool = False, returning: Sequence[Any] | None = None, **kwargs: Any
) -> Insert:
    """Make an INSERT.

    Args:
        table: a table or a mapped class.
        values: the values, as for ``Insert.values()``; the classic form.
        inline: as for ``Insert``.
        returning: columns to give back; the classic form.

    Emits: one INSERT when executed; several rows of parameters are one call of the driver.
    """
    return Insert(table, values, inline, returning, **kwargs)


builders.insert = insert
