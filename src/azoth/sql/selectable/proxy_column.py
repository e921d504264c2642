"""ProxyColumn, the column of an alias or a subquery that stands for a column inside it."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.sql.cache_key import UNCACHEABLE, Shape
from azoth.sql.elements import ColumnClause
from azoth.sql.selectable.from_clause import FromClause, lineage_of

__all__ = ["ProxyColumn"]


class ProxyColumn(ColumnClause[Any]):
    """Stand for a column of the selectable below an alias, a subquery or a CTE.

    Args:
        table: the alias, subquery or CTE that has this column.
        name: its name there.
        key: its key in the selectable's collection.
        proxies: the columns below that it stands for; several for a union.
    """

    __visit_name__: ClassVar[str] = "column"

    key: str
    table: FromClause

    def __init__(self, table: FromClause, name: str, key: str, proxies: tuple[Any, ...]) -> None:
        origin = proxies[0]
        self.name = self._anonymous_hint = self._value_hint = name
        self.key = key
        self.type = origin.type
        self.table = table
        self._proxies = proxies
        self.primary_key = origin.primary_key
        self.nullable = getattr(origin, "nullable", True)
        lineage: list[Any] = [self]
        for proxied in proxies:
            lineage.extend(one for one in lineage_of(proxied) if not any(one is known for known in lineage))
        self._lineage = tuple(lineage)

    @property
    def foreign_keys(self) -> Any:
        """The foreign keys of the column that this one stands for."""
        return self._proxies[0].foreign_keys

    @property
    def info(self) -> dict[Any, Any]:
        """The user's notes on the column that this one stands for."""
        notes: dict[Any, Any] = getattr(self._proxies[0], "info", {})
        return notes

    def _compute_shape(self) -> Shape:
        table_shape = self.table._shape
        if table_shape == UNCACHEABLE:
            return UNCACHEABLE
        return ("proxy", self.key, self.type._shape, table_shape)

    @property
    def _binds(self) -> tuple[Any, ...]:  # type: ignore[override]
        # The subquery may be reachable through its columns only, so each of them carries its values.
        binds: tuple[Any, ...] = self.table._binds
        return binds
