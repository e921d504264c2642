"""Update, the UPDATE statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

from azoth import exc
from azoth.sql.dml.change import Change, ConditionalChange, ValuedChange
from azoth.sql.selectable import builders
from azoth.sql.selectable.executable import RowTypes, TypedReturnsRows
from azoth.util.arguments import wrong_value

if TYPE_CHECKING:
    from azoth.sql.selectable.typed_entities import A, B, C, D, E, Entity, F, G, H

__all__ = ["ReturningUpdate", "Update", "update"]


class Update(ValuedChange, ConditionalChange):
    """An UPDATE statement; each method gives a copy with more.

    Args:
        table: a table or a mapped class.
        whereclause: a condition; the classic form.
        values: as for ``values()``; the classic form.
        returning: columns to give back; the classic form.
        preserve_parameter_order: set the columns in the order of ``values``; the classic form.
    """

    __visit_name__: ClassVar[str] = "update"
    _fields: ClassVar[tuple[str, ...]] = (*Change._fields, "_values", "_preserves_order", "_where_criteria")
    is_update: ClassVar[bool] = True
    _preserves_order: bool = False

    def __init__(
        self,
        table: Any,
        whereclause: Any = None,
        values: Any = None,
        inline: bool = False,
        returning: Sequence[Any] | None = None,
        preserve_parameter_order: bool = False,
        **dialect_kwargs: Any,
    ) -> None:
        if dialect_kwargs:
            self._take_dialect_options("update", dialect_kwargs)
        super().__init__(table)
        if whereclause is not None:
            self.__dict__.update(self.where(whereclause).__dict__)
        if values is not None:
            pairs = self._pairs(values)
            self._values = pairs
        if preserve_parameter_order:
            self._preserves_order = True
        if returning:
            self.__dict__.update(self.returning(*returning).__dict__)

    def _with_given(self, given: Any) -> Self:
        if self._preserves_order and self._values:
            raise exc.ArgumentError(
                "values() and ordered_values() cannot be combined",
                why="the one keeps an order, the other has none",
                fix="give all values to one of them",
                code="AZ-C85",
            )
        copy = self._copy()
        if not isinstance(given, Mapping | list | tuple):
            raise wrong_value("values()", "a dictionary, a list of pairs, or keyword arguments", given)
        if isinstance(given, (list, tuple)) and given and not isinstance(given[0], tuple):
            given = dict(zip(self._target.c, given, strict=False))
        new = self._pairs(given)
        replaced = {_key_of(key) for key, _ in new}
        copy._values = tuple([pair for pair in self._values if _key_of(pair[0]) not in replaced]) + new
        return copy

    def ordered_values(self, *args: tuple[Any, Any]) -> Self:
        """Set columns to values, in this order.

        Args:
            args: pairs of column (or key) and value.
        """
        if self._values:
            raise exc.ArgumentError(
                "values() and ordered_values() cannot be combined",
                why="the one keeps an order, the other has none",
                fix="give all values to one of them",
                code="AZ-C85",
            )
        for pair in args:
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise wrong_value("ordered_values(): each", "a pair of column and value", pair)
        copy = self._copy()
        copy._values = self._pairs(args)
        copy._preserves_order = True
        return copy

    def inline(self) -> Self:
        """Ask for nothing to be fetched about the changed rows."""
        return self._copy()

    if TYPE_CHECKING:

        @overload
        def returning(self, __ent0: Entity[A], /) -> ReturningUpdate[A]: ...
        @overload
        def returning(self, __ent0: Entity[A], __ent1: Entity[B], /) -> ReturningUpdate[A, B]: ...
        @overload
        def returning(self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], /) -> ReturningUpdate[A, B, C]: ...
        @overload
        def returning(
            self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], __ent3: Entity[D], /
        ) -> ReturningUpdate[A, B, C, D]: ...
        @overload
        def returning(
            self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], __ent3: Entity[D], __ent4: Entity[E], /
        ) -> ReturningUpdate[A, B, C, D, E]: ...
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
        ) -> ReturningUpdate[A, B, C, D, E, F]: ...
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
        ) -> ReturningUpdate[A, B, C, D, E, F, G]: ...
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
        ) -> ReturningUpdate[A, B, C, D, E, F, G, H]: ...
        @overload
        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> ReturningUpdate[*tuple[Any, ...]]: ...
        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> Any: ...


class ReturningUpdate(Update, TypedReturnsRows[*RowTypes]):
    """What ``returning()`` gives, as type checkers know it; the object is an Update."""


def _key_of(key: Any) -> Any:
    # A part of a column has no key; several of one column may be set.
    return key if isinstance(key, str) or key.key is None else key.key


def update(
    table: Any,
    whereclause: Any = None,
    values: Any = None,
    inline: bool = False,
    returning: Sequence[Any] | None = None,
    **kwargs: Any,
) -> Update:
    """Make an UPDATE.

    Args:
        table: a table or a mapped class.
        whereclause: a condition; the classic form of ``where()``.
        values: the new values; the classic form of ``values()``.
        inline: accepted as in the classic form.
        returning: columns to give back; the classic form.

    Emits: one UPDATE when executed.
    """
    return Update(table, whereclause, values, inline, returning, **kwargs)


builders.update = update
