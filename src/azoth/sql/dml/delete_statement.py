"""Delete, the DELETE statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

from azoth.sql.dml.change import Change, ConditionalChange
from azoth.sql.selectable import builders, resolve_from
from azoth.sql.selectable.executable import RowTypes, TypedReturnsRows

if TYPE_CHECKING:
    from azoth.sql.selectable.typed_entities import A, B, C, D, E, Entity, F, G, H

__all__ = ["Delete", "ReturningDelete", "delete"]


class Delete(ConditionalChange):
    """A DELETE statement; each method gives a copy with more.

    Args:
        table: a table or a mapped class.
        whereclause: a condition; the classic form.
        returning: columns to give back; the classic form.
    """

    __visit_name__: ClassVar[str] = "delete"
    _fields: ClassVar[tuple[str, ...]] = (*Change._fields, "_where_criteria", "_using")
    is_delete: ClassVar[bool] = True
    _using: tuple[Any, ...] = ()

    def __init__(
        self, table: Any, whereclause: Any = None, returning: Sequence[Any] | None = None, **dialect_kwargs: Any
    ) -> None:
        if dialect_kwargs:
            self._take_dialect_options("delete", dialect_kwargs)
        super().__init__(table)
        if whereclause is not None:
            self.__dict__.update(self.where(whereclause).__dict__)
        if returning:
            self.__dict__.update(self.returning(*returning).__dict__)

    def using(self, *froms: Any) -> Self:
        """Name other tables that the condition needs, where the database can.

        Args:
            froms: the tables.
        """
        copy = self._copy()
        copy._using = self._using + tuple([resolve_from(one) for one in froms])
        return copy

    if TYPE_CHECKING:

        @overload
        def returning(self, __ent0: Entity[A], /) -> ReturningDelete[A]: ...
        @overload
        def returning(self, __ent0: Entity[A], __ent1: Entity[B], /) -> ReturningDelete[A, B]: ...
        @overload
        def returning(self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], /) -> ReturningDelete[A, B, C]: ...
        @overload
        def returning(
            self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], __ent3: Entity[D], /
        ) -> ReturningDelete[A, B, C, D]: ...
        @overload
        def returning(
            self, __ent0: Entity[A], __ent1: Entity[B], __ent2: Entity[C], __ent3: Entity[D], __ent4: Entity[E], /
        ) -> ReturningDelete[A, B, C, D, E]: ...
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
        ) -> ReturningDelete[A, B, C, D, E, F]: ...
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
        ) -> ReturningDelete[A, B, C, D, E, F, G]: ...
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
        ) -> ReturningDelete[A, B, C, D, E, F, G, H]: ...
        @overload
        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> ReturningDelete[*tuple[Any, ...]]: ...
        def returning(self, *cols: Any, sort_by_parameter_order: bool = False) -> Any: ...


class ReturningDelete(Delete, TypedReturnsRows[*RowTypes]):
    """What ``returning()`` gives, as type checkers know it; the object is an Delete."""


def delete(table: Any, whereclause: Any = None, returning: Sequence[Any] | None = None, **kwargs: Any) -> Delete:
    """Make a DELETE.

    Args:
        table: a table or a mapped class.
        whereclause: a condition; the classic form of ``where()``.
        returning: columns to give back; the classic form.

    Emits: one DELETE when executed.
    """
    return Delete(table, whereclause, returning, **kwargs)


builders.delete = delete
