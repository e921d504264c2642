"""Columns from their declarations and annotations."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin

from azoth.orm.mapping.declarative.annotations.mapped_annotation import (
    MappedAnnotation,
    alias_target,
    is_optional,
    without_none,
)
from azoth.orm.mapping.declarative.annotations.type_resolve import AttributeTypes
from azoth.orm.mapping.declarative.mapped_column import MappedColumn


def complete_column(
    mapped: MappedColumn[Any], key: str, annotation: MappedAnnotation | None, types: AttributeTypes
) -> None:
    """Give a declared column its name, and the type and nullability that its annotation tells.

    Args:
        mapped: the declaration.
        key: the attribute.
        annotation: what stands in ``Mapped[...]``, or None.
        types: finds the types of columns for the attribute.

    Raises:
        MappedAnnotationError: no type of columns is known for the annotation.
    """
    if annotation is not None:
        complete_from_type(mapped, annotation.inner, types)
    name_column(mapped.column, key)


def complete_from_type(mapped: MappedColumn[Any], inner: object, types: AttributeTypes) -> None:
    """Give a declared column the type and nullability that a Python type tells.

    Args:
        mapped: the declaration.
        inner: the Python type.
        types: finds the types of columns for the attribute.
    """
    template = _template(inner)
    if template is not None:
        mapped.merge(template)
    column = mapped.column
    if not mapped.has_given_nullable and not column.primary_key:
        column.nullable = is_optional(inner)
    if not mapped.has_given_type and not column.foreign_keys:
        column._take_type(types.find(inner))


def name_column(column: Any, key: str) -> None:
    """Name a column after its attribute, where it has no name of its own."""
    if column.name is None:
        column._take_name(key, column.key)


def _template(inner: object) -> MappedColumn[Any] | None:
    plain = alias_target(without_none(alias_target(inner))[0])
    if get_origin(plain) is not Annotated:
        return None
    for metadata in get_args(plain)[1:]:
        if isinstance(metadata, MappedColumn):
            return metadata
    return _template(get_args(plain)[0])
