"""Which functions of ``func`` have a class of their own."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

Registry: TypeAlias = dict[str, dict[str, Any]]

__all__ = ["register_function", "registered"]


_registry: Final[Registry] = {}
"""From package ("_default" for none) and small-letter name to what makes the function."""


def register_function(identifier: str, fn: Any, package: str = "_default") -> None:
    """Make ``func.<identifier>`` build a certain function.

    Args:
        identifier: the name.
        fn: a class of functions, or what else makes an expression from arguments.
        package: the package, for ``func.<package>.<identifier>``.
    """
    _registry.setdefault(package, {})[identifier.lower()] = fn


def registered(package: str, identifier: str) -> Any:
    """Find what makes a function, or None."""
    return _registry.get(package, {}).get(identifier.lower())
