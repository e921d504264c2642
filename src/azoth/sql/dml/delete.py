"""Delete, the DELETE statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from azoth.sql.dml.change import Change, ConditionalChange
from azoth.sql.selectable import builders, resolve_from

__all__ = ["Delete", "delete"]


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
