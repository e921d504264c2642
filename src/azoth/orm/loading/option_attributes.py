"""The attributes that loader options are given: a name in their place is refused with the attribute to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azoth.exc import ArgumentError
from azoth.orm.mapping.lookup import classes_with

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper

WILDCARD: Final = "*"

MOST_CLASSES_NAMED: Final = 3


def key_of(attribute: object) -> str:
    """Give the key of an attribute that an option was given, or the wildcard.

    Raises:
        ArgumentError: it is none.
    """
    key = attribute if isinstance(attribute, str) else getattr(attribute, "key", None)
    if not isinstance(key, str):
        raise ArgumentError(
            f"{attribute!r} is no mapped attribute",
            why="loader options name attributes of mapped classes",
            fix="pass the attribute itself, as in joinedload(User.addresses)",
            code="AZ-L01",
        )
    return key


def parent_of(attribute: object) -> Any:
    """Give the mapper or alias that an attribute was taken from; None for the wildcard."""
    return None if isinstance(attribute, str) else getattr(attribute, "parent", None)


def name_given(name: str, function: str, mapper: Mapper | None) -> ArgumentError:
    """Make the error for a name in the place of an attribute.

    Args:
        name: what was given.
        function: the option's function.
        mapper: of whose class the attribute would be, or None where that is not known.
    """
    if name == WILDCARD:
        return ArgumentError(
            f"{function}('*') would have no meaning",
            why="this option is about single attributes.",
            fix=f"name the attribute, as in {function}(User.addresses)",
            code="AZ-L05",
        )
    *before, key = name.split(".")
    classes = [mapper.class_] if mapper is not None and not before else classes_with(key)
    written = [f"{function}({class_.__name__}.{key})" for class_ in classes[:MOST_CLASSES_NAMED]]
    return ArgumentError(
        f"{function}({name!r}): a name is no attribute",
        why="a name does not say of which class it is; loader options are given attributes, or '*' for all.",
        fix=f"write {' or '.join(written) or f'{function}(User.{key}), with the class that has it'}"
        f"{'; relationships on the way are options of their own' if before else ''}",
        code="AZ-L05",
    )
