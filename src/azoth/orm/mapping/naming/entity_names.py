"""Several mappings of one class, told apart by entity name (classic).

A class has one instrumentation, so each further mapping is made for a class of its own: one that is derived from the
user's class, has its name, and adds nothing but the mapping. Instances that such a mapping loads are instances of the
user's class in every respect but ``type(instance)``.
"""

from __future__ import annotations

import weakref
from typing import Any, Final

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.lookup import MAPPER
from azoth.orm.runtime.state import state_of
from azoth.orm.runtime.symbols import STATE
from azoth.util.near_names import did_you_mean

ENTITY_NAME: Final = "__azoth_entity_name__"
"""The name under which a class that was made for an entity name keeps the user's class and that name."""

named_classes: Final[weakref.WeakKeyDictionary[type[Any], dict[str, type[Any]]]] = weakref.WeakKeyDictionary()
"""From a class to the classes that stand for it, by entity name."""


def named_class(class_: Any, entity_name: str) -> type[Any]:
    """Find what stands for a class under an entity name.

    Args:
        class_: the class, or one of those that stand for it.
        entity_name: the name.

    Raises:
        InvalidRequestError: the class has no mapping of this name.
    """
    original = class_.__dict__.get(ENTITY_NAME, (class_,))[0] if isinstance(class_, type) else class_.class_
    known = {name: found for name, found in named_classes.get(original, {}).items() if MAPPER in found.__dict__}
    found = known.get(entity_name)
    if found is None:
        raise InvalidRequestError(
            f"class {original.__name__} has no mapping with the entity name {entity_name!r}",
            why=f"its entity names are {', '.join(sorted(known)) or 'none'}",
            fix=did_you_mean(entity_name, known),
            code="AZ-M96",
        )
    return found


def assign_entity_name(instance: object, entity_name: str) -> None:
    """Let an object belong to the mapping of its class that has an entity name.

    Args:
        instance: a new object, or one that belongs to this mapping already.
        entity_name: the name.

    State: the object's class is the one that stands for the mapping; its values are kept.

    Raises:
        InvalidRequestError: the class has no such mapping, or the object belongs to a session or has a row of another.
    """
    wanted = named_class(type(instance), entity_name)
    if type(instance) is wanted:
        return
    if hasattr(type(instance), "_azoth_manager"):
        state = state_of(instance)
        if state.pk is not None or state.origin is not None:
            raise InvalidRequestError(
                f"this {type(instance).__name__} object belongs to another mapping than {entity_name!r}",
                why="an object that is in a session or has a row stays with the mapping that it came with",
                fix="pass the entity name when the new object is saved first, or save a copy",
                code="AZ-M97",
            )
    values = instance.__dict__
    values.pop(STATE, None)
    keys = [prop.key for prop in wanted.__dict__[MAPPER].attrs]
    mapped = {key: values.pop(key) for key in keys if key in values}
    instance.__class__ = wanted
    for key, value in mapped.items():
        setattr(instance, key, value)
