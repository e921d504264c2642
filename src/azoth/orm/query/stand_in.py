"""A subquery that stands for the entities of a query: what ``union()`` and its like select from."""

from __future__ import annotations

from typing import Any

from azoth.orm.loading.loader_options import Load
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.entities.aliased import aliased
from azoth.orm.mapping.entities.bundle import Bundle
from azoth.orm.mapping.lookup import entity_of
from azoth.sql.elements import Label
from azoth.sql.selectable import FromClause, replace_free, result_expressions
from azoth.sql.visitors import Visitable


class StandIns:
    """What stands for the entities and columns of a SELECT outside of the subquery that it became.

    Args:
        raw_columns: what the SELECT selects.
        subquery: the subquery.
        former: the stand-ins within the SELECT itself.
    """

    def __init__(self, raw_columns: tuple[Any, ...], subquery: Any, former: StandIns | None) -> None:
        self.subquery = subquery
        self.entities: dict[Any, Any] = {}
        self._columns: dict[int, tuple[Any, Any]] = {}
        self.raw_columns = tuple([one for raw in raw_columns for one in self._all_outside(raw, former)])

    def _all_outside(self, raw: object, former: StandIns | None) -> list[Any]:
        if isinstance(raw, FromClause) and entity_of(raw) is None:
            # A table, or what is like one, is selected as its columns.
            return [self._outside(column, former) for column in raw.c]
        return [self._outside(raw, former)]

    def _outside(self, raw: Any, former: StandIns | None) -> Any:
        entity = getattr(raw, "_azoth_entity", None)
        if isinstance(raw, Bundle):
            return raw.with_exprs([self._outside(expr, former) for expr in raw.exprs])
        if entity is None:
            element = element_of(raw)
            column = self._column_for(element)
            for named in (element, *(() if former is None else former.named(element))):
                self._columns[id(named)] = (named, column)
            key = getattr(raw, "key", None)
            return column if key is None or key == column.key else column.label(key)
        mapped = entity if former is None else former.original(entity)
        inside = entity_of(aliased(entity.mapper, self.subquery, name=None if mapped.is_mapper else mapped.name))
        for expression, _ in result_expressions((mapped,)):
            source = expression if former is None else former.adapt(expression)
            self._columns[id(expression)] = (expression, self._column_for(source))
        self.entities[mapped] = inside
        return inside

    def _column_for(self, element: Any) -> Any:
        column = self.subquery.corresponding_column(element)
        return element if column is None else column

    def original(self, entity: Any) -> Any:
        """Give the entity that the user named for one that stands for it."""
        return next((mapped for mapped, inside in self.entities.items() if inside is entity), entity)

    def meant_by(self, raw: Any) -> tuple[Any, ...]:
        """List what the user named for something that is selected now: it is found in rows by that."""
        entity = getattr(raw, "_azoth_entity", None)
        if entity is not None:
            mapped = self.original(entity)
            return () if mapped is entity else (mapped.entity, mapped)
        return self.named(raw)

    def named(self, raw: Any) -> tuple[Any, ...]:
        """List the columns and expressions that a column of the subquery, or a label of one, stands for."""
        outside = raw.element if isinstance(raw, Label) else raw
        return tuple([element for element, column in self._columns.values() if column is outside])

    def entity(self, entity: Any) -> Any:
        """Give what stands for an entity; itself where nothing does."""
        return self.entities.get(entity, entity)

    def adapt(self, expression: Any) -> Any:
        """Exchange the columns of the entities for those of the subquery."""
        found = self._columns.get(id(expression))
        if found is not None:
            return found[1]
        return (
            replace_free(expression, self._exchanged, self._around) if isinstance(expression, Visitable) else expression
        )

    def _exchanged(self, node: Visitable) -> Visitable | None:
        if isinstance(node, FromClause):
            return self.subquery if any(node is table for table in self._around) else None
        found = self._columns.get(id(node))
        return None if found is None else found[1]

    @property
    def _around(self) -> tuple[FromClause, ...]:
        return tuple([part for mapped in self.entities for part in mapped.selectable._parts])

    def attribute(self, attribute: Any) -> Any:
        """Give the counterpart of a relationship attribute."""
        inside = self.entities.get(attribute.parent)
        return attribute if inside is None else attribute.adapt_to_entity(inside)

    def option(self, option: Any) -> Any:
        """Let a loader option begin at what stands for its entity."""
        if not isinstance(option, Load):
            return option
        load = Load()
        load.paths = tuple([self._path(path) for path in option.paths])
        return load

    def _path(self, path: tuple[Any, ...]) -> tuple[Any, ...]:
        inside = self.entities.get(path[0].parent)
        return path if inside is None else (path[0].starting_at(inside), *path[1:])
