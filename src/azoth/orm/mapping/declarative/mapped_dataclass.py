"""Mapped classes that are dataclasses."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from azoth.exc import ArgumentError
from azoth.orm.mapping.declarative.annotations.class_annotations import annotations_of
from azoth.orm.mapping.declarative.annotations.mapped_annotation import enclosing_variables
from azoth.orm.mapping.declarative.members import ABSENT, Member, collect_members
from azoth.orm.mapping.properties.dataclass_options import CLASS_OPTIONS, FIELD_OPTIONS, UNSET, given_options
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.orm.mapping.properties.relationship import RelationshipProperty
from azoth.orm.mapping.properties.synonym import SynonymProperty
from azoth.orm.runtime.symbols import DONT_SET

ClassT = TypeVar("ClassT", bound=type[Any])

DATACLASS = "__azoth_dataclass__"
"""The name under which a class that becomes a dataclass has its options."""

Decorator = Callable[[ClassT], ClassT]


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
    # A mixin may be a dataclass by itself, whose fields are inherited as they are.
    inherited = getattr(class_, "__dataclass_fields__", {})
    fields = {
        key: member
        for key, member in members.items()
        if member.annotation is not None and not (member.from_mixin and key in inherited)
    }
    _check_names(class_, (*fields, *annotations_of(class_)))
    ordered = sorted(fields, key=lambda key: not fields[key].from_mixin)
    annotations = annotations_of(class_)
    plain = {key: type_ for key, type_ in annotations.items() if key not in members}
    for key in ordered:
        given = _field_options(fields[key].value)
        if make is dataclasses.dataclass and _is_there_by_itself(class_, members, fields[key], given):
            given["default"] = DONT_SET
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
    options = {FIELD_OPTIONS[name]: option for name, option in getattr(value, "_dataclass_options", {}).items()}
    return options if getattr(value, "in_constructor", True) else options | {"init": False}


def _is_there_by_itself(class_: type[Any], members: dict[str, Member], member: Member, given: dict[str, Any]) -> bool:
    """Tell whether an attribute has the default of its field when nobody sets it; setting it would undo others' work.

    A relationship without an object is None, and the foreign key may have been given. A synonym has the default of the
    attribute that it stands for.
    """
    value = member.value
    if "default" not in given or not isinstance(value, RelationshipProperty | SynonymProperty):
        return False
    if isinstance(value, RelationshipProperty):
        return given["default"] is None
    if value.name not in members:
        return False
    default = _field_options(members[value.name].value).get("default", UNSET)
    if default is UNSET or default != given["default"]:
        raise ArgumentError(
            f"synonym {class_.__name__}.{member.key} has another default than {value.name}, for which it stands",
            why="both are arguments of the constructor for one value, and either may be left out",
            fix=f"give both the same default, or leave the synonym out of the constructor: synonym({value.name!r}, "
            "init=False)",
            code="AZ-M364",
        )
    return True


def refuse_field_options(class_: type[Any], members: dict[str, Member]) -> None:
    """Refuse options of fields in a class that is no dataclass.

    Args:
        class_: the class.
        members: what it and its mixins declare.

    Raises:
        ArgumentError: an attribute has such options.
    """
    for key, member in members.items():
        given = getattr(member.value, "_dataclass_options", None)
        if not given:
            continue
        # The default is that of the column, too.
        option = next((name for name in given if name != "default" or isinstance(member.value, MapperProperty)), None)
        if option is not None:
            raise ArgumentError(
                f"{class_.__name__}.{key} has the option {option!r}, and its class is no dataclass",
                why="the option is about a field of a dataclass, so it would have no effect",
                fix="derive the class, or its base, from MappedAsDataclass too; or leave the option out",
                code="AZ-M362",
            )


def unmapped_dataclass(
    cls: ClassT | None = None,
    /,
    *,
    init: bool = UNSET,
    repr: bool = UNSET,
    eq: bool = UNSET,
    order: bool = UNSET,
    unsafe_hash: bool = UNSET,
    match_args: bool = UNSET,
    kw_only: bool = UNSET,
    dataclass_callable: Callable[..., type[Any]] = UNSET,
) -> ClassT | Decorator[ClassT]:
    """Decorate a mixin of mapped dataclasses: it becomes a dataclass with its mapped attributes and is not mapped.

    Args:
        cls: the class.
        init, repr, eq, order, unsafe_hash, match_args, kw_only: as for ``dataclasses.dataclass``.
        dataclass_callable: what makes the dataclass, in the place of ``dataclasses.dataclass``.

    Raises:
        ArgumentError: the fields cannot be arguments of one constructor.
    """
    options = given_options(locals(), CLASS_OPTIONS)
    enclosing = enclosing_variables()

    def decorate(class_: ClassT) -> ClassT:
        # Declared attributes have to stand in the body of a mixin, for the classes that are derived from it.
        members = collect_members(class_, enclosing)
        become_dataclass(class_, members, options)
        for key, member in members.items():
            if member.annotation is None:
                continue
            if member.value is not ABSENT:
                type.__setattr__(class_, key, member.value)
            elif key in class_.__dict__:
                type.__delattr__(class_, key)
        return class_

    return decorate if cls is None else decorate(cls)
