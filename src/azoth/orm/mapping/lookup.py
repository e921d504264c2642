"""From a class, an alias or a mapper to the mapper behind it."""

from __future__ import annotations

import weakref
from typing import Any

from azoth.orm.exc import UnmappedClassError

MAPPER = "__mapper__"
"""The name in a mapped class's ``__dict__`` under which its mapper stands."""
DEFERS = "__defers_mapping__"
"""The name of the class method that says whether a declared class is to be mapped later."""
DECLARATION = "__azoth_declaration__"
"""The name in a class's ``__dict__`` under which its declaration stands while it has a table, and no mapper yet."""

_of_table: weakref.WeakKeyDictionary[Any, weakref.WeakSet[Any]] = weakref.WeakKeyDictionary()


def note_table(mapper: object, table: object) -> None:
    """Note that a mapper maps a table, for ``mapper_of_table()``."""
    _of_table.setdefault(table, weakref.WeakSet()).add(mapper)


def forget_table(mapper: object, table: object) -> None:
    """Note that a mapper maps a table no more."""
    _of_table.get(table, weakref.WeakSet[Any]()).discard(mapper)


def mapper_of_table(table: object) -> Any:
    """Find the mapper of a table, or of the table that an alias stands for; None where there is none, or several."""
    element = getattr(table, "element", None)
    found = _of_table.get(table) or (None if element is None else _of_table.get(element)) or ()
    return next(iter(found)) if len(found) == 1 else None


class _Noted:
    """A mapper or alias that an element came from; copies in other processes know of none."""

    __slots__ = ("_reference",)

    def __init__(self, entity: object = None) -> None:
        # Weak, because the entity has the element.
        self._reference = None if entity is None else weakref.ref(entity)

    def __call__(self) -> object:
        return None if self._reference is None else self._reference()

    def __reduce__(self) -> tuple[object, ...]:
        return _Noted, ()


def note_entity(element: object, entity: object) -> None:
    """Note which mapper or alias an element came from that does not tell by its tables, for ``noted_entity()``."""
    element.__dict__["_came_from"] = _Noted(entity)


def noted_entity(element: object) -> Any:
    """Find the mapper or alias that was noted for an element; None where there is none, or it is gone."""
    noted = getattr(element, "_came_from", None)
    return None if noted is None else noted()


def classes_with(key: str) -> list[type[Any]]:
    """List the mapped classes that have an attribute of a name, by their own names: for errors."""
    mappers = {mapper for of_table in _of_table.values() for mapper in of_table}
    having = [mapper.class_ for mapper in mappers if hasattr(getattr(mapper.class_, key, None), "property")]
    return sorted(having, key=lambda class_: class_.__qualname__)


def mapper_of(subject: object) -> Any:
    """Find the mapper of a class, a mapper or an alias; None where there is none."""
    if isinstance(subject, type):
        return subject.__dict__.get(MAPPER)
    inspected = getattr(subject, "_azoth_entity", None)
    return None if inspected is None else inspected.mapper


def entity_of(subject: object) -> Any:
    """Find the mapper of a class or mapper, or the inspected form of an alias; None where there is none."""
    if isinstance(subject, type):
        return subject.__dict__.get(MAPPER)
    return getattr(subject, "_azoth_entity", None)


def required_mapper(subject: object) -> Any:
    """Find the mapper of a class, a mapper or an alias.

    Raises:
        UnmappedClassError: there is none.
    """
    mapper = mapper_of(subject)
    if mapper is None:
        raise unmapped_class(subject)
    return mapper


def is_declared_with_table(class_: type[Any]) -> bool:
    """Tell whether a class is mapped, or is going to be and has its table."""
    return MAPPER in class_.__dict__ or DECLARATION in class_.__dict__


def is_waiting(class_: type[Any]) -> bool:
    """Tell whether a declared class is to be mapped later."""
    return hasattr(class_, DEFERS) and MAPPER not in class_.__dict__


def unmapped_class(subject: object) -> UnmappedClassError:
    """Make the error for a class that is not mapped."""
    if not isinstance(subject, type):
        return UnmappedClassError(
            f"{type(subject).__name__} object is not a mapped class",
            why="a class, a mapper or an alias was expected here",
            fix="pass the mapped class itself",
            code="AZ-M01",
        )
    if is_waiting(subject):
        return UnmappedClassError(
            f"class {subject.__module__}.{subject.__qualname__} is not mapped yet",
            why="its mapping needs more than its body: tables that are read, or the classes derived from it",
            fix="call prepare() of its automap base or DeferredReflection, or configure_mappers() once its subclasses "
            "are there",
            code="AZ-M01",
        )
    return UnmappedClassError(
        f"class {subject.__module__}.{subject.__qualname__} is not mapped",
        why="no mapping was declared for it",
        fix="derive it from a declarative base, or call registry.map_imperatively() with its table",
        code="AZ-M01",
    )
