"""Which names attributes of a mapped class can have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from azoth.exc import ArgumentError
from azoth.orm.runtime.symbols import CLASS_MANAGER, STATE

OURS: Final = ("_azoth_", STATE, CLASS_MANAGER)
"""With what the names begin under which azoth keeps something on classes and instances."""


def check_attribute_names(class_: type[Any], keys: Iterable[str]) -> None:
    """Refuse names of attributes with which neither Python nor azoth could work; any other text is a name.

    Args:
        class_: the mapped class.
        keys: the names of its attributes.

    Raises:
        ArgumentError: one of them has a meaning of its own.
    """
    for key in keys:
        is_special = key.startswith("__") and key.endswith("__")
        if is_special or key.startswith(OURS):
            raise ArgumentError(
                f"{class_.__name__} cannot have a mapped attribute named {key!r}",
                why="Python gives that name a meaning of its own" if is_special else "azoth keeps its own notes there",
                fix=f"map the column under another name: properties={{'other': table.c[{key!r}]}}",
                code="AZ-M260",
            )
