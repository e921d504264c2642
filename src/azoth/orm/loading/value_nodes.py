"""What plain columns and bundles of a statement become in its results."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from azoth.orm.mapping.attributes.instrumented_attribute import element_of

if TYPE_CHECKING:
    from azoth.orm.mapping.attributes.composite_attribute import CompositeAttribute
    from azoth.orm.mapping.entities.bundle import Bundle


class ValueNode:
    """A plain column in the result of a statement.

    Attributes:
        expression: what is selected.
        key: its name in the result's rows.
    """

    __slots__ = ("expression", "key")

    def __init__(self, expression: object, key: str) -> None:
        self.expression = expression
        self.key = key


class BundleNode:
    """Several columns that form one value of the result.

    Attributes:
        make_value: from the tuple of the columns' values to the bundle's value.
        values: the columns, those of bundles within it included.
        key: its name in the result's rows.
        stands_alone: whether a result that consists of the bundle alone is its value rather than a row of one.
    """

    __slots__ = ("key", "make_value", "stands_alone", "values")

    def __init__(
        self, make_value: Callable[[Any], Any], values: list[ValueNode], key: str, stands_alone: bool = False
    ) -> None:
        self.make_value = make_value
        self.values = values
        self.key = key
        self.stands_alone = stands_alone


def gathers_columns(raw: object) -> bool:
    """Tell whether something selected has several columns for one value: a bundle, or a composite."""
    return getattr(raw.__class__, "_gathers_columns", False)


def bundle_node(raw: Bundle | CompositeAttribute) -> BundleNode:
    """Say what a bundle or a composite becomes in the result."""
    values: list[ValueNode] = []
    if raw.is_bundle:
        bundle = cast("Bundle", raw)
        return BundleNode(_bundle_maker(bundle, values), values, bundle.name, bundle.single_entity)
    composite = cast("CompositeAttribute", raw)
    make = _composite_maker(composite, values)
    return BundleNode(make, values, composite.result_key)


def _bundle_maker(bundle: Bundle, values: list[ValueNode]) -> Callable[[Any], Any]:
    """Make what builds a bundle's value from all columns of the outermost bundle, which are added to ``values``."""
    makers: list[Callable[[Any], Any]] = []
    for key, raw in bundle.keyed:
        if gathers_columns(raw):
            makers.append(_bundle_maker(raw, values) if raw.is_bundle else _composite_maker(raw, values))
        else:
            makers.append(itemgetter(len(values)))
            values.append(ValueNode(element_of(raw), key))
    return bundle.create_row_processor(None, makers, [key for key, _ in bundle.keyed])


def _composite_maker(composite: CompositeAttribute, values: list[ValueNode]) -> Callable[[Any], Any]:
    """The same for a composite."""
    make, first = composite.property.make, len(values)
    values.extend([ValueNode(element_of(part), part.key) for part in composite.parts])
    last = len(values)
    return lambda row: make(row[first:last])


def value_key(raw: object, element: object) -> str:
    """Name a column in the rows of a result."""
    for named in (raw, element):
        for attribute in ("key", "name"):
            name = getattr(named, attribute, None)
            if isinstance(name, str):
                return name
    return "?column?"
