"""What the entities, attributes and columns of a statement become in its results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from azoth.engine.result import scalar_shape
from azoth.engine.result_shape import ResultShape, shape_of_keys
from azoth.orm.loading.entity_node import BundleNode, EntityNode, ResultNode, ValueNode
from azoth.orm.loading.loader_options import TreeOption, tree_for
from azoth.orm.loading.node_builder import build_node
from azoth.orm.loading.option_check import check_options
from azoth.orm.mapping.attributes.column_adapter import unchanged
from azoth.orm.mapping.attributes.composite_attribute import CompositeAttribute
from azoth.orm.mapping.entities.bundle import Bundle
from azoth.orm.mapping.lookup import entity_of
from azoth.sql.selectable import FromClause


def names_entities(columns: Sequence[Any]) -> bool:
    """Tell whether there are mapped entities among what a statement selects, so that its rows become instances."""
    # A loop, because a generator costs more than the answer on the path of every statement.
    for raw in columns:  # noqa: SIM110
        if hasattr(raw, "_azoth_entity") or isinstance(raw, (Bundle, CompositeAttribute)):
            return True
    return False


def result_nodes(columns: Sequence[Any], options: Sequence[Any]) -> list[ResultNode]:
    """Decide what each thing that a statement selects becomes.

    Args:
        columns: what was passed to ``select()`` or ``returning()``.
        options: the loader options.
    """
    if options:
        check_options(columns, options)
    counter = [0]
    results: list[ResultNode] = []
    for raw in columns:
        results.extend(_nodes_of(raw, options, counter, is_first=not results))
    return results


def shape_of_results(results: Sequence[ResultNode]) -> ResultShape:
    """Make the shape of result rows; a single thing stands in the results by itself."""
    keys = tuple(_result_key(result) for result in results)
    return scalar_shape(keys[0]) if len(keys) == 1 else shape_of_keys(keys)


def _nodes_of(raw: Any, options: Sequence[Any], counter: list[int], *, is_first: bool) -> list[ResultNode]:
    entity = entity_of(raw)
    if entity is not None:
        tree = tree_for(entity, options, is_first=is_first)
        adapt = unchanged if entity.is_mapper else entity.adapt
        path = next((one.path for one in options if one.__class__ is TreeOption and one.mapper is entity), None)
        return [build_node(entity.mapper, entity, entity.selectable, adapt, tree, counter, path)]
    if isinstance(raw, Bundle):
        bundled: list[ValueNode] = []
        make_value = _bundle_maker(raw, bundled)
        return [BundleNode(make_value, bundled, raw.name, raw.single_entity)]
    if isinstance(raw, CompositeAttribute):
        parts = [ValueNode(_element_of(part), part.key) for part in raw.parts]
        return [BundleNode(raw.property.make, parts, raw.result_key)]
    element = _element_of(raw)
    if isinstance(element, FromClause):
        return [ValueNode(column, column.key) for column in element.c]
    return [ValueNode(element, _value_key(raw, element))]


def _bundle_maker(bundle: Bundle, values: list[ValueNode]) -> Callable[[Any], Any]:
    """Make what builds a bundle's value from all columns of the outermost bundle, which are added to ``values``."""
    makers: list[Callable[[Any], Any]] = []
    for key, raw in bundle.columns.items():
        if isinstance(raw, Bundle):
            makers.append(_bundle_maker(raw, values))
        elif isinstance(raw, CompositeAttribute):
            makers.append(_composite_maker(raw, len(values)))
            values.extend([ValueNode(_element_of(part), part.key) for part in raw.parts])
        else:
            makers.append(itemgetter(len(values)))
            values.append(ValueNode(_element_of(raw), key))
    return bundle.create_row_processor(None, makers, list(bundle.columns.keys()))


def _composite_maker(composite: CompositeAttribute, first: int) -> Callable[[Any], Any]:
    make, last = composite.property.make, first + len(composite.parts)
    return lambda row: make(row[first:last])


def _element_of(raw: Any) -> Any:
    return raw.__clause_element__() if hasattr(raw, "__clause_element__") else raw


def _value_key(raw: Any, element: Any) -> str:
    for named in (raw, element):
        for attribute in ("key", "name"):
            name = getattr(named, attribute, None)
            if isinstance(name, str):
                return name
    return "?column?"


def _result_key(result: ResultNode) -> str:
    if isinstance(result, EntityNode):
        entity = result.entity
        name: str | None = None if entity.is_mapper else entity.name
        return name or result.mapper.class_.__name__
    return result.key
