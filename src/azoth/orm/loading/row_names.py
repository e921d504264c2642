"""How the rows of results are named, and what finds their values: classes, aliases, columns, expressions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from azoth.engine.result import scalar_shape
from azoth.engine.result_shape import ResultShape
from azoth.orm.loading.result_nodes import EntityNode, ResultNode
from azoth.orm.loading.value_nodes import ValueNode, gathers_columns
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.sql.elements import ClauseList, Label
from azoth.sql.selectable import LABEL_STYLE_DEFAULT, FromClause, Select, SelectLabelStyle
from azoth.sql.selectable.column_names import FUNCTIONS, table_label
from azoth.sql.selectable.select_froms import single_columns

__all__ = ["is_made_anew", "shape_of_columns", "shape_of_results", "shape_with"]

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


def shape_of_columns(shape: ResultShape, statement: Select[*tuple[Any, ...]]) -> ResultShape:
    """Give columns that are selected without entities the names that they have beside entities.

    Args:
        shape: the shape of the rows, as Core has it.
        statement: the statement, which is about a mapped class.
    """
    keys = shape.keys_in_sessions
    if keys is None:
        keys = shape.keys_in_sessions = _keys_of_columns(shape.keys, statement)
    if keys == shape.keys:
        return shape
    if shape.named_in_sessions is None:
        shape.named_in_sessions = ResultShape(keys, shape.objects, shape.processors, shape.sources)
    return shape.named_in_sessions


def _keys_of_columns(core_names: tuple[str, ...], statement: Select[*tuple[Any, ...]]) -> tuple[str, ...]:
    expressions = statement._result_expressions()
    if statement._label_style is not LABEL_STYLE_DEFAULT or len(expressions) != len(core_names):
        return core_names
    names = [
        wanted or _own_name(column) or core_name
        for (column, wanted), core_name in zip(expressions, core_names, strict=True)
    ]
    return _numbered(names, [True] * len(names))


def _own_name(column: Any) -> str | None:
    """Name a column by its key, and a function by its name; None for all else, whose names are as good as any."""
    kind = column.__visit_name__
    name: str | None = column.key if kind == "column" else column.name if kind in FUNCTIONS else None
    return name


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
    if gathers_columns(raw):
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
    if len(set(names)) == len(names):
        return tuple(names)
    classes = {name for result, name in zip(results, names, strict=True) if _is_class(result)}
    # What stands beside its class has no claim to the name of the class.
    yielding = [
        isinstance(result, EntityNode) and not _is_class(result) and not result.entity.name and name in classes
        for result, name in zip(results, names, strict=True)
    ]
    if style not in KEPT_AS_THEY_ARE:
        yielding = [gives or isinstance(result, ValueNode) for gives, result in zip(yielding, results, strict=True)]
    return _numbered(names, yielding)


def _is_class(result: ResultNode) -> bool:
    return isinstance(result, EntityNode) and bool(result.entity.is_mapper)


def _numbered(names: Sequence[str], yielding: Sequence[bool]) -> tuple[str, ...]:
    """Put numbers behind names that are taken, where what they stand for gives way to others.

    Args:
        names: the names.
        yielding: for each of them whether it may get a number.
    """
    taken = {name for name, gives in zip(names, yielding, strict=True) if not gives}
    keys: list[str] = []
    for name, gives in zip(names, yielding, strict=True):
        key, number = name, 0
        while gives and (key in taken or (number and key in names)):
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
