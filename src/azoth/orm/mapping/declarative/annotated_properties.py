"""What annotations tell about relationships and composites."""

from __future__ import annotations

import collections.abc
from typing import TYPE_CHECKING, Any, get_args, get_origin

from azoth.exc import ArgumentError
from azoth.orm.mapping.attributes.mapped import DynamicMapped, WriteOnlyMapped
from azoth.orm.mapping.declarative.annotations.annotation_names import AnnotationNames, Unresolved
from azoth.orm.mapping.declarative.annotations.class_annotations import annotations_of
from azoth.orm.mapping.declarative.annotations.mapped_annotation import (
    MappedAnnotation,
    enclosing_variables,
    resolve,
    without_none,
)
from azoth.orm.mapping.declarative.annotations.type_resolve import AttributeTypes
from azoth.orm.mapping.declarative.columns import complete_from_type, name_column
from azoth.orm.mapping.declarative.mapped_column import MappedColumn
from azoth.orm.mapping.lookup import mapper_of
from azoth.orm.mapping.properties.relationship import RelationshipProperty
from azoth.sql.schema import Column

if TYPE_CHECKING:
    from azoth.orm.mapping.properties.composite import CompositeProperty

LAZY_BY_KIND: dict[type[Any], str] = {DynamicMapped: "dynamic", WriteOnlyMapped: "write_only"}


def complete_relationship(prop: RelationshipProperty, annotation: MappedAnnotation, registry: Any) -> None:
    """Give a relationship the target, and the kind of collection, that its annotation tells.

    Args:
        prop: the relationship.
        annotation: what stands in ``Mapped[...]``.
        registry: the registry of the class.
    """
    inner, _ = without_none(annotation.inner)
    origin = get_origin(inner)
    if annotation.kind in LAZY_BY_KIND:
        prop.lazy = LAZY_BY_KIND[annotation.kind]
        prop._uselist_argument = True
    if isinstance(origin, type) and issubclass(origin, collections.abc.Collection):
        if prop.collection_class is None and not getattr(origin, "__abstractmethods__", None):
            prop.collection_class = origin
        if prop._uselist_argument is None:
            prop._uselist_argument = True
        arguments = get_args(inner)
        inner = arguments[-1] if arguments else None
    elif prop._uselist_argument is None:
        prop._uselist_argument = False
    if prop.argument is None:
        prop.argument = _target(inner, registry)


def _target(inner: object, registry: Any) -> Any:
    if isinstance(inner, Unresolved):
        return inner.path
    if not isinstance(inner, type):
        return inner
    mapper = mapper_of(inner)
    if mapper is not None and mapper.registry is registry:
        return inner
    # The name may lead to a class of the same name elsewhere; the one of this registry is meant, once it is there.
    return _LikelyTarget(registry, inner)


class _LikelyTarget:
    """Finds the class that an annotation means, once all classes are there.

    Args:
        registry: the registry of the class with the annotation.
        likely: the class that the name means now.
    """

    def __init__(self, registry: Any, likely: type[Any]) -> None:
        self._registry = registry
        self.likely = likely

    def __call__(self) -> type[Any]:
        found: type[Any] | None = self._registry.class_at(self.likely.__name__)
        return found or self.likely


def complete_composite(
    prop: CompositeProperty, annotation: MappedAnnotation | None, types: AttributeTypes, class_: type[Any], key: str
) -> list[tuple[Column[Any], int]]:
    """Give a composite its class and its columns.

    Args:
        prop: the composite.
        annotation: what stands in ``Mapped[...]``, or None.
        types: finds the types of columns for the attribute.
        class_, key: the class and attribute.

    Returns:
        the columns that the composite declares, named and typed, each with its sort order.

    Raises:
        ArgumentError: there is neither an annotation nor a class, or a template of names for what has no fields.
    """
    where = f"{class_.__name__}.{key}"
    if prop.composite_class is None or not _makes_objects(prop.composite_class):
        if annotation is None:
            raise ArgumentError(
                f"composite {where} names no class",
                why="neither the argument nor the annotation says what makes the object",
                fix=f"write {key}: Mapped[Point] = composite(...), or composite(Point, ...)",
                code="AZ-M66",
            )
        if prop.composite_class is not None:
            # Without a class in front, the first argument is the first column.
            prop.attrs = (prop.composite_class, *prop.attrs)
        prop.composite_class = without_none(annotation.inner)[0]
    if annotation is not None and without_none(annotation.inner)[1]:
        prop.none_where_optional()
    fields = _field_types(prop.composite_class)
    is_dataclass = hasattr(prop.composite_class, "__dataclass_fields__")
    if prop.column_template is not None and not is_dataclass:
        raise ArgumentError(
            f"composite {where} has a column_template, and makes objects of no dataclass",
            why="only the fields of a dataclass tell how the columns are named",
            fix="make the class a dataclass, or give the columns: composite(Point, mapped_column('x'), ...)",
            code="AZ-M366",
        )
    if is_dataclass or not prop.attrs:
        names = [None if prop.column_template is None else prop.column_template % name for name in fields]
        prop.attrs += tuple([MappedColumn((name,), {}) for name in names[len(prop.attrs) :]])
    for attribute, (name, type_) in zip(prop.attrs, fields.items(), strict=False):
        if isinstance(attribute, MappedColumn):
            # A constructor does not declare columns, as the fields of a dataclass do: it tells types that are missing.
            if is_dataclass or not (attribute.has_given_type or attribute.column.foreign_keys):
                complete_from_type(attribute, type_, types)
            name_column(attribute.column, name)
        elif isinstance(attribute, Column):
            name_column(attribute, name)
    declared: list[tuple[Column[Any], int]] = []
    for attribute in prop.attrs:
        if isinstance(attribute, MappedColumn):
            declared.append((attribute.column, attribute.sort_order))
        elif isinstance(attribute, Column) and attribute.table is None and attribute.name is not None:
            declared.append((attribute, 0))
    return declared


def _makes_objects(subject: Any) -> bool:
    return isinstance(subject, type) or (callable(subject) and not hasattr(subject, "__clause_element__"))


def _field_types(class_: Any) -> dict[str, Any]:
    """Give the fields of a dataclass, or the parameters of another class's constructor, with their types."""
    fields = getattr(class_, "__dataclass_fields__", None)
    names = AnnotationNames(class_, enclosing_variables()) if isinstance(class_, type) else None
    if fields is not None and names is not None:
        return {name: resolve(names, f"{class_.__name__}.{name}", field.type) for name, field in fields.items()}
    function = getattr(class_, "__init__") if isinstance(class_, type) else class_  # noqa: B009
    found = {name: type_ for name, type_ in annotations_of(function).items() if name != "return"}
    if names is None:
        return found
    return {name: resolve(names, f"{class_.__name__}.{name}", type_) for name, type_ in found.items()}
