"""Reading the annotations of a class body: what stands in ``Mapped[...]``, also where it is text or not defined yet."""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from typing import Annotated, Any, ForwardRef, Union, get_args, get_origin

from azoth.orm.exc import MappedAnnotationError
from azoth.orm.mapping.attributes.mapped import Mapped
from azoth.orm.mapping.declarative.annotations.annotation_names import AnnotationNames

NONE_TYPE = type(None)


class MappedAnnotation:
    """What stands in ``Mapped[...]``.

    Args:
        kind: Mapped, DynamicMapped or WriteOnlyMapped.
        inner: the type inside.
    """

    __slots__ = ("inner", "kind")

    def __init__(self, kind: type[Any], inner: object) -> None:
        self.kind = kind
        self.inner = inner


def enclosing_variables() -> Mapping[str, Any]:
    """Give the variables of the function outside of azoth that is defining a class just now."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    return {} if frame.f_locals is frame.f_globals else frame.f_locals


def _is_ours(module: str) -> bool:
    return module == "azoth" or module.startswith("azoth.") or module == "dataclasses"


def read_annotation(names: AnnotationNames, where: str, raw: object) -> MappedAnnotation | None:
    """Read the annotation of an attribute.

    Args:
        names: the names that it can use.
        where: class and attribute, for messages.
        raw: the annotation, an object or text.

    Returns:
        what stands in ``Mapped[...]``, or None for an annotation of another kind.

    Raises:
        MappedAnnotationError: the annotation is Mapped without brackets.
    """
    value = evaluated(names, where, raw)
    if isinstance(value, type) and issubclass(value, Mapped) and get_origin(value) is None:
        raise MappedAnnotationError(
            f"{where} is annotated as {value.__name__} without a type",
            fix=f"write {value.__name__}[...] with the type of its values",
            code="AZ-M60",
        )
    origin = get_origin(value)
    if isinstance(origin, type) and issubclass(origin, Mapped):
        return MappedAnnotation(origin, resolve(names, where, get_args(value)[0]))
    return None


def evaluated(names: AnnotationNames, where: str, raw: object) -> Any:
    """Evaluate an annotation that is text; any other is what it is."""
    if isinstance(raw, ForwardRef):
        raw = raw.__forward_arg__
    if not isinstance(raw, str):
        return raw
    try:
        return names.evaluate(raw)
    except Exception as error:
        raise MappedAnnotationError(
            f"the annotation {raw!r} of {where} cannot be understood",
            why=f"{type(error).__name__}: {error}",
            fix="write the type so that Python can evaluate it",
            code="AZ-M61",
        ) from error


def resolve(names: AnnotationNames, where: str, inner: object) -> Any:
    """Evaluate text inside of a type, at any depth: ``Optional["Child"]``, ``list["Child"]``."""
    if isinstance(inner, type):
        return inner
    if isinstance(inner, str | ForwardRef):
        return resolve(names, where, evaluated(names, where, inner))
    origin = get_origin(inner)
    if origin is None or origin is Annotated or str(origin) == "typing.Literal":
        return inner
    arguments = get_args(inner)
    resolved = tuple(
        [
            resolve(names, where, part) if isinstance(part, str | ForwardRef) or get_origin(part) else part
            for part in arguments
        ]
    )
    if resolved == arguments:
        return inner
    if origin in (Union, types.UnionType):
        return Union[resolved]
    return origin[resolved] if len(resolved) != 1 else origin[resolved[0]]


def without_none(inner: object) -> tuple[Any, bool]:
    """Take None out of a union.

    Returns:
        the rest, and whether None was in.
    """
    if isinstance(inner, type) or get_origin(inner) not in (Union, types.UnionType):
        return inner, False
    parts = get_args(inner)
    kept = tuple([part for part in parts if part is not NONE_TYPE])
    if len(kept) == len(parts):
        return inner, False
    return (kept[0] if len(kept) == 1 else Union[kept]), True


def is_optional(inner: object) -> bool:
    """Tell whether a type has None among its values, looking through Annotated and type aliases."""
    plain = alias_target(inner)
    if get_origin(plain) is Annotated:
        plain = alias_target(get_args(plain)[0])
    return without_none(plain)[1]


def alias_target(inner: object) -> Any:
    """Look through ``type X = ...`` aliases."""
    while (target := alias_value(inner)) is not inner:
        inner = target
    return inner


def alias_value(inner: Any) -> Any:
    """Give what an alias stands for, which may be another one; anything else is what it is."""
    if isinstance(inner, type):
        return inner
    if _is_alias(inner):
        return inner.__value__
    alias = get_origin(inner)
    if not _is_alias(alias):
        return inner
    given = dict(zip(alias.__type_params__, get_args(inner), strict=False))
    value = alias.__value__
    parameters = getattr(value, "__parameters__", ())
    return value[tuple([given[parameter] for parameter in parameters])] if parameters else given.get(value, value)


def _is_alias(inner: object) -> bool:
    return type(inner).__name__ == "TypeAliasType"
