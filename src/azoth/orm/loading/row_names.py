"""How the rows of results are named, and what finds their values: classes, aliases, columns, expressions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from azoth.engine.result import scalar_shape
from azoth.engine.result_shape import ResultShape
from azoth.orm.loading.result_nodes import EntityNode, ResultNode
from azoth.orm.loading.value_nodes import ValueNode
from azoth.orm.mapping.attributes.composite_attribute import CompositeAttribute
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.entities.bundle import Bundle
from azoth.sql.elements import ClauseList, Label
from azoth.sql.selectable import LABEL_STYLE_DEFAULT, FromClause, SelectLabelStyle
from azoth.sql.selectable.column_names import table_label
from azoth.sql.selectable.select_froms import single_columns

__all__ = ["is_made_anew", "shape_of_results", "shape_with"]

KEPT_AS_THEY_ARE: Final = frozenset({SelectLabelStyle.LABEL_STYLE_NONE, SelectLabelStyle.LABEL_STYLE_LEGACY_ORM})


def shape_of_results(
    raw_columns: Sequence[Any], results: Sequence[ResultNode], style: SelectLabelStyle = LABEL_STYLE_DEFAULT
) -> ResultShape:
    """Make the shape of result rows; a single thing stands in the results by itself.

    Args:
        raw_columns: what the statement selects.
        results: what each of it becomes.
        style: how the statement names its columns.
    """
    keys = _keys(results, style)
    return _shape(keys, raw_columns)


def shape_with(shape: ResultShape, raw_columns: Sequence[Any]) -> ResultShape:
    """Exchange the entities and columns of a shape for those of a statement that was built the same way.

    Args:
        shape: the shape.
        raw_columns: what that statement selects.
    """
    return _shape(shape.keys, raw_columns)


def is_made_anew(raw: object) -> bool:
    """Tell whether what stands in a statement may be another object in the next one that is built the same way.

    Aliases, labels and columns of subqueries may; mapped classes and their attributes may not.
    """
    entity = getattr(raw, "_azoth_entity", None)
    if entity is not None:
        return not entity.is_mapper
    parent = getattr(raw, "parent", None)
    return parent is None or not getattr(parent, "is_mapper", False)


def _shape(keys: tuple[str, ...], raw_columns: Sequence[Any]) -> ResultShape:
    objects = [one for raw in raw_columns for one in _objects(raw)]
    return scalar_shape(keys[0], objects[0]) if len(keys) == 1 else ResultShape(keys, tuple(objects))


def _objects(raw: object) -> list[tuple[Any, ...]]:
    """List what finds the values in rows that something selected becomes."""
    entity = getattr(raw, "_azoth_entity", None)
    if entity is not None:
        return [(entity.entity, entity)]
    if isinstance(raw, Bundle | CompositeAttribute):
        return [(raw,)]
    element = element_of(raw)
    if isinstance(element, FromClause):
        return [(column,) for column in element.c]
    if isinstance(element, ClauseList) and not element.group:
        return [(column,) for column in single_columns(element)]
    return [(element, element.element) if isinstance(element, Label) else (element,)]


def _keys(results: Sequence[ResultNode], style: SelectLabelStyle) -> tuple[str, ...]:
    """Name the results; of columns with one name the later ones get numbers, as the style says."""
    names = [_key(result, style) for result in results]
    if style in KEPT_AS_THEY_ARE or len(set(names)) == len(names):
        return tuple(names)
    taken: set[str] = set()
    keys: list[str] = []
    for result, name in zip(results, names, strict=True):
        key, number = name, 0
        while isinstance(result, ValueNode) and (key in taken or (number and key in names)):
            number += 1
            key = f"{name}_{number}"
        taken.add(key)
        keys.append(key)
    return tuple(keys)


def _key(result: ResultNode, style: SelectLabelStyle) -> str:
    if isinstance(result, EntityNode):
        entity = result.entity
        name: str | None = None if entity.is_mapper else entity.name
        return name or result.mapper.class_.__name__
    if isinstance(result, ValueNode) and style is SelectLabelStyle.LABEL_STYLE_TABLENAME_PLUS_COL:
        return table_label(result.expression, result.key)
    return result.key
