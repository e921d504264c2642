"""What finds the values in the rows of a result: names, entities, and the expressions that were selected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from azoth.engine.result import scalar_shape
from azoth.engine.result_shape import ResultShape
from azoth.orm.loading.result_nodes import EntityNode, ResultNode
from azoth.orm.mapping.attributes.composite_attribute import CompositeAttribute
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.entities.bundle import Bundle
from azoth.sql.selectable import FromClause, canonical_shape


def shape_of_results(results: Sequence[ResultNode], raw_columns: Sequence[Any]) -> ResultShape:
    """Make the shape of result rows; a single thing stands in the results by itself.

    Args:
        results: what the rows consist of.
        raw_columns: what was passed to ``select()`` or ``returning()``.
    """
    keys = tuple([_result_key(result) for result in results])
    objects = _objects(raw_columns)
    return scalar_shape(keys[0], objects[0]) if len(keys) == 1 else ResultShape(keys, objects)


def with_columns(shape: ResultShape, raw_columns: Sequence[Any]) -> ResultShape:
    """Make the shape of the rows of a statement whose aliases and expressions stand in the places of others.

    Args:
        shape: the shape of the rows of the other statement.
        raw_columns: what the statement selects.
    """
    objects = _objects(raw_columns)
    return scalar_shape(shape.keys[0], objects[0]) if len(shape.keys) == 1 else ResultShape(shape.keys, objects)


def are_made_anew(raw_columns: Iterable[Any]) -> bool:
    """Tell whether statements of one shape may select objects of their own: aliases, expressions with values."""
    return any(canonical_shape(raw._shape) is not raw._shape or raw._binds for raw in raw_columns)


def _objects(raw_columns: Iterable[Any]) -> tuple[tuple[Any, ...], ...]:
    return tuple([objects for raw in raw_columns for objects in _objects_of(raw)])


def _objects_of(raw: object) -> list[tuple[Any, ...]]:
    entity = getattr(raw, "_azoth_entity", None)
    if entity is not None:
        return [(entity.entity, entity)]
    if isinstance(raw, Bundle | CompositeAttribute):
        return [(raw,)]
    element = element_of(raw)
    return [(column,) for column in element.c] if isinstance(element, FromClause) else [(element,)]


def _result_key(result: ResultNode) -> str:
    if isinstance(result, EntityNode):
        entity = result.entity
        name: str | None = None if entity.is_mapper else entity.name
        return name or result.mapper.class_.__name__
    return result.key
