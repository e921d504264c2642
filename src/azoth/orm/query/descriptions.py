"""What ``column_descriptions`` says of entities, attributes, bundles and expressions of mapped classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from azoth.orm.mapping.lookup import entity_of, mapper_of_table, noted_entity
from azoth.sql.elements import ClauseElement
from azoth.sql.visitors import walk


def description_of_entity(raw: object, columns: Sequence[object]) -> dict[str, Any] | None:
    """Describe something that is selected; None for what is of no mapped class.

    Args:
        raw: what is selected.
        columns: all that is selected with it.
    """
    found = described(raw, columns)
    return None if found["entity"] is None and not getattr(raw, "is_bundle", False) else found


def described(raw: Any, columns: Sequence[object]) -> dict[str, Any]:
    """Describe something that is selected: name, type, whether aliased, expression and entity.

    Args:
        raw: what is selected.
        columns: all that is selected with it.
    """
    entity = entity_of(raw)
    if entity is not None:
        name = entity.mapper.class_.__name__ if entity.is_mapper else entity.name
        return _description(name, entity.mapper.class_, entity.entity, entity)
    if getattr(raw, "is_bundle", False):
        inner = [described(one, columns)["entity"] for one in raw.exprs]
        return _description(raw.name, type(raw), raw, next((entity_of(one) for one in inner if one is not None), None))
    element = raw.__clause_element__() if hasattr(raw, "__clause_element__") else raw
    name = getattr(raw, "key", None) or getattr(raw, "name", None)
    parent = getattr(raw, "parent", None) or _entity_behind(element, columns)
    return _description(name, getattr(element, "type", None), raw, parent)


def _description(name: str | None, type_: object, expr: object, entity: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": type_,
        "aliased": entity is not None and not entity.is_mapper,
        "expr": expr,
        "entity": None if entity is None else entity.entity,
    }


def _entity_behind(element: ClauseElement, columns: Sequence[object]) -> Any:
    """Find the entity that an expression is about: one that is selected, or the class of a table that it reads.

    A column that stands alone is one of its table, whether or not a class is mapped to that.
    """
    entities = [entity_of(other) or getattr(other, "parent", None) for other in columns]
    for table in _tables_in(element):
        for entity in entities:
            if entity is not None and entity.selectable is table:
                return entity
        alias = noted_entity(table)
        if alias is not None:
            return alias
        mapper = None if element.__visit_name__ == "column" else mapper_of_table(table)
        if mapper is not None and mapper.local_table is table:
            return mapper
    return next((entity for node in walk(element) if (entity := noted_entity(node)) is not None), None)


def _tables_in(element: ClauseElement) -> Iterable[Any]:
    """Yield the tables whose columns an expression reads, outside of subqueries."""
    if element.__visit_name__ in {"scalar_select", "exists"}:
        return
    for node in walk(element):
        table = getattr(node, "table", None)
        if table is not None:
            yield table
