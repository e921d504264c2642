"""Mapped classes that are dataclasses."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from typing import Any

from azoth.exc import ArgumentError
from azoth.orm.mapping.declarative.annotations.class_annotations import annotations_of
from azoth.orm.mapping.declarative.mapped_column import MappedColumn
from azoth.orm.mapping.declarative.members import ABSENT, Member
from azoth.orm.mapping.properties.property import MapperProperty

DATACLASS = "__azoth_dataclass__"
"""The name under which a class that becomes a dataclass has its options."""

FIELD_OPTIONS = frozenset(["init", "repr", "default", "default_factory", "compare", "kw_only", "hash"])


def become_dataclass(class_: type[Any], members: dict[str, Member], options: dict[str, Any]) -> None:
    """Make a class a dataclass whose fields are its annotated attributes, before it is mapped.

    Args:
        class_: the class.
        members: what it and its mixins declare; those of mixins are the first fields.
        options: those of ``dataclasses.dataclass``.

    Raises:
        ArgumentError: the fields cannot be arguments of one constructor.
    """
    # Few programs map dataclasses; the others need not wait for the import.
    import dataclasses  # noqa: PLC0415

    options = dict(options)
    make = options.pop("dataclass_callable", None) or dataclasses.dataclass
    fields = {key: member for key, member in members.items() if member.annotation is not None}
    _check_names(class_, (*fields, *annotations_of(class_)))
    ordered = sorted(fields, key=lambda key: not fields[key].from_mixin)
    annotations = annotations_of(class_)
    plain = {key: type_ for key, type_ in annotations.items() if key not in members}
    for key in ordered:
        given = _field_options(fields[key].value)
        type.__setattr__(class_, key, dataclasses.field(**given))
    type.__setattr__(class_, "__annotations__", {**dict.fromkeys(ordered, Any), **plain})
    body = class_.__dict__
    stand_ins = {key: body[key] for key in plain if hasattr(body.get(key), "_dataclass_options")}
    for key, value in stand_ins.items():
        type.__setattr__(class_, key, dataclasses.field(**_field_options(value)))
    try:
        make(class_, **options)
    except TypeError as error:
        raise ArgumentError(
            f"class {class_.__name__} cannot be a dataclass",
            why=str(error),
            fix="order the fields so that those with defaults come last, or set kw_only=True",
            code="AZ-M75",
        ) from error
    finally:
        type.__setattr__(class_, "__annotations__", annotations)
        for key, value in stand_ins.items():
            # Descriptors of extensions: on the class again, where they read and write.
            type.__setattr__(class_, key, value)


def _check_names(class_: type[Any], names: Iterable[str]) -> None:
    """Refuse fields that could not be written as parameters: dataclasses write a constructor with them as they are."""
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ArgumentError(
                f"class {class_.__name__} cannot be a dataclass: its field {name!r} is no name for a parameter",
                why="the constructor of a dataclass has a parameter for each field",
                fix="give the attribute another name, or map the class without dataclass options",
                code="AZ-M261",
            )


def _field_options(value: Any) -> dict[str, Any]:
    if value is ABSENT:
        return {}
    if isinstance(value, MappedColumn):
        return dict(value.dataclass_options)
    if isinstance(value, MapperProperty) or hasattr(value, "_dataclass_options"):
        return {name: option for name, option in value._dataclass_options.items() if name in FIELD_OPTIONS}
    return {}
