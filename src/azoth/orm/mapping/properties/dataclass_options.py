"""Options of dataclasses and of their fields: which there are, and what of them was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final


class _Unset:
    """Stands for an argument that was left out."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Any = _Unset()
"""The default of arguments for which None, too, would mean something."""

FIELD_OPTIONS: Final = {
    **{name: name for name in ("init", "repr", "default", "default_factory", "compare", "kw_only", "hash")},
    "dataclass_metadata": "metadata",
}
"""What attributes are given for their fields, and the names that ``dataclasses.field()`` has for it."""

CLASS_OPTIONS: Final = (
    "init", "repr", "eq", "order", "unsafe_hash", "match_args", "kw_only", "dataclass_callable",
)  # fmt: skip
"""What classes are given that become dataclasses."""


def given_options(options: Mapping[str, Any], names: Iterable[str] | None = None) -> dict[str, Any]:
    """Leave out the options that were left out.

    Args:
        options: all of them by name, such as the arguments of a function.
        names: the names of those that are meant; all of them where it is None.
    """
    return {name: options[name] for name in names or options if options[name] is not UNSET}
