"""From Python types in annotations to the types of columns."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, get_args, get_origin

from azoth.orm.exc import MappedAnnotationError
from azoth.orm.mapping.declarative.annotations.annotation_names import Unresolved
from azoth.orm.mapping.declarative.annotations.mapped_annotation import alias_value, without_none
from azoth.sql import types as sql

DEFAULT_TYPES: dict[Any, Any] = {
    int: sql.Integer,
    str: sql.String,
    float: sql.Double,
    bool: sql.Boolean,
    bytes: sql.LargeBinary,
    datetime.date: sql.Date,
    datetime.datetime: sql.DateTime,
    datetime.time: sql.Time,
    datetime.timedelta: sql.Interval,
}
TYPES_OF_NAMED_CLASSES: dict[tuple[str, str], Any] = {
    ("decimal", "Decimal"): sql.Numeric,
    ("uuid", "UUID"): sql.Uuid,
}
"""Those of classes whose modules are slow to import: a program that has such columns has imported them itself."""


class TypeMap:
    """The types of columns by Python type: what the user added, then the usual ones.

    Args:
        additions: Python type -> type of columns, as given for ``type_annotation_map``.
    """

    def __init__(self, additions: Mapping[Any, Any] | None = None) -> None:
        self.additions: dict[Any, Any] = {}
        self.update(additions or {})

    def update(self, additions: Mapping[Any, Any]) -> None:
        """Add types; a union stands for the union without None as well."""
        for python_type, type_ in additions.items():
            self.additions[python_type] = type_
            self.additions.setdefault(without_none(python_type)[0], type_)

    def find(self, inner: object, where: str) -> sql.TypeEngine[Any]:
        """Find the type of a column for what stands in ``Mapped[...]``.

        Args:
            inner: the Python type.
            where: class and attribute, for messages.

        Raises:
            MappedAnnotationError: nothing is known about the type.
        """
        for candidate in _candidates(inner):
            found = self.lookup(candidate)
            if found is not None:
                return found
        raise self._unknown(inner, where)

    def lookup(self, candidate: Any) -> sql.TypeEngine[Any] | None:
        """Find the type of a column for a Python type as it is; None where there is none."""
        found = _get(self.additions, candidate)
        if found is not None:
            return sql.to_instance(found)
        if isinstance(candidate, type):
            return None if isinstance(candidate, Unresolved) else self._by_class(candidate)
        return self._literal(get_args(candidate)) if str(get_origin(candidate)) == "typing.Literal" else None

    def _by_class(self, candidate: type[Any]) -> sql.TypeEngine[Any] | None:
        if issubclass(candidate, enum.Enum):
            for base in candidate.__mro__[:-1]:
                found = self.additions.get(base)
                if found is not None:
                    return _enum_like(found, candidate)
            return sql.Enum(candidate)
        for base in candidate.__mro__[:-1]:
            found = (
                self.additions.get(base)
                or DEFAULT_TYPES.get(base)
                or TYPES_OF_NAMED_CLASSES.get((base.__module__, base.__qualname__))
            )
            if found is not None:
                return sql.to_instance(found)
        return None

    def _literal(self, values: Iterable[Any]) -> sql.TypeEngine[Any] | None:
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) != len(tuple(values)):
            return None
        given = self.additions.get(str)
        if isinstance(given, sql.Enum):
            return sql.to_instance(given)
        return sql.Enum(*texts, native_enum=False)

    def _unknown(self, inner: object, where: str) -> MappedAnnotationError:
        name = inner.path if isinstance(inner, Unresolved) else getattr(inner, "__name__", str(inner))
        if isinstance(inner, Unresolved):
            return MappedAnnotationError(
                f"the annotation of {where} names {name!r}, which is not defined",
                why="a column's type is needed while the class is defined; only relationships can name later classes",
                fix=f"import {name} where Python can find it, or add relationship() if it is a mapped class",
                code="AZ-M62",
            )
        return MappedAnnotationError(
            f"Could not locate a type of columns for Python type {name} inside the Mapped annotation of {where}",
            why="neither type_annotation_map nor the built-in list has it",
            fix="give mapped_column() a type, add it to type_annotation_map, or use relationship() for a mapped class",
            code="AZ-M63",
        )


def _candidates(inner: object) -> Iterable[Any]:
    """List the forms of a type that the map may have, the most specific first."""
    yield inner
    bare, optional = without_none(inner)
    if optional:
        yield from _candidates(bare)
        return
    if get_origin(inner) is Annotated:
        yield from _candidates(get_args(inner)[0])
        return
    # One name after the other: each of them may be in the map.
    target = alias_value(inner)
    if target is not inner:
        yield from _candidates(target)
        return
    supertype = getattr(inner, "__supertype__", None)
    if supertype is not None:
        yield from _candidates(supertype)
        return
    origin = get_origin(inner)
    if isinstance(origin, type):
        yield origin


def _get(types: dict[Any, Any], key: Any) -> Any:
    try:
        return types.get(key)
    except TypeError:
        # Annotated with something unhashable, such as mapped_column() with a list.
        return None


def _enum_like(found: Any, candidate: type[enum.Enum]) -> sql.TypeEngine[Any]:
    """Give the enum type that the map asks for, filled with the members of the annotated enum."""
    if isinstance(found, type) and issubclass(found, sql.Enum):
        return sql.Enum(candidate)
    type_ = sql.to_instance(found)
    if not isinstance(type_, sql.Enum) or type_.enum_class is candidate:
        return type_
    options = {name: type_.__dict__[name] for name in ENUM_OPTIONS if name in type_.__dict__}
    filled = sql.Enum(candidate, **options)
    wanted = type_.length or 0
    return filled if wanted <= (filled.length or 0) else sql.Enum(candidate, **options, length=wanted)


ENUM_OPTIONS = ("native_enum", "create_constraint", "values_callable", "validate_strings")
