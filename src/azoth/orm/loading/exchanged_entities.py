"""Entities and attributes that a SELECT names, after parts of the statement were exchanged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.attributes.column_attribute import ColumnAttribute
from azoth.orm.mapping.entities.aliased import AliasedInsp
from azoth.orm.mapping.entities.bundle import Bundle
from azoth.orm.mapping.lookup import entity_of
from azoth.sql.selectable import Select


class NamedEntities:
    """What a SELECT names besides Core's elements: classes, aliases, their attributes.

    Args:
        exchange: makes an element one in which the parts are exchanged, the element itself where nothing is.
    """

    def __init__(self, exchange: Callable[[Any], Any]) -> None:
        self._exchange = exchange
        self._aliases: dict[int, AliasedInsp] = {}

    def exchanged(self, select: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """Let a SELECT whose elements are exchanged name entities that fit them.

        Raises:
            InvalidRequestError: an option names an alias that had to be exchanged.
        """
        raw = tuple([self._one(part) for part in select._raw_columns])
        froms = tuple([self._one(part) for part in select._from_obj])
        joins = tuple([(self._one(target), *rest) for target, *rest in select._setup_joins])
        if not (
            _differ(raw, select._raw_columns)
            or _differ(froms, select._from_obj)
            or any(new[0] is not old[0] for new, old in zip(joins, select._setup_joins, strict=True))
        ):
            return select
        for _, onclause, *_ in joins:
            self._check(getattr(onclause, "_of_type", None))
            self._check(getattr(onclause, "parent", None))
        for option in select._with_options:
            for path in getattr(option, "paths", ()):
                for place, step in enumerate(path):
                    self._check(step.target)
                    if place or step.expression is not None:
                        self._check(step.parent)
        return select._copy_with(_raw_columns=raw, _from_obj=froms, _setup_joins=joins)

    def _one(self, raw: object) -> object:
        entity = entity_of(raw)
        if entity is not None:
            return raw if entity.is_mapper else self._alias(raw, entity)
        if isinstance(raw, ColumnAttribute):
            return self._attribute(raw)
        if isinstance(raw, Bundle):
            for part in raw.columns.values():
                if self._one(part) is not part:
                    raise _out_of_reach(f"bundle {raw.name}")
        return raw

    def _alias(self, raw: object, entity: AliasedInsp) -> object:
        other = self._entity(entity)
        if other is entity:
            return raw
        return other if raw is entity else other.entity

    def _entity(self, entity: AliasedInsp) -> AliasedInsp:
        known = self._aliases.get(id(entity))
        if known is None:
            selectable = self._exchange(entity.selectable)
            known = entity if selectable is entity.selectable else entity.with_selectable(selectable)
            self._aliases[id(entity)] = known
        return known

    def _attribute(self, attribute: ColumnAttribute[Any]) -> ColumnAttribute[Any]:
        parent = attribute.parent
        if not parent.is_mapper and self._entity(parent) is not parent:
            attribute = getattr(self._entity(parent).entity, attribute.key)
        if not attribute.property.is_expression:
            return attribute
        before = attribute.__clause_element__()
        after = self._exchange(before)
        if after is before:
            return attribute
        return ColumnAttribute(attribute.class_, attribute.key, attribute.parent, attribute.property, after)

    def _check(self, entity: AliasedInsp | None) -> None:
        if entity is not None and self._aliases.get(id(entity), entity) is not entity:
            raise _out_of_reach(f"an alias of {entity.class_.__name__} that stands for a subquery")


def _differ(new: tuple[Any, ...], old: tuple[Any, ...]) -> bool:
    return any(one is not other for one, other in zip(new, old, strict=True))


def _out_of_reach(what: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"with_loader_criteria() cannot reach the rows of {what}",
        why="an option, a bundle or a join through a relationship names the subquery as it was",
        fix="give the criteria to the SELECT that the subquery was made from, or put the criterion there",
        code="AZ-L307",
    )
