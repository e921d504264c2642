"""Modules whose names are imported when they are first asked for.

Such a module lists its names as imports for type checkers; ``scripts/facades`` writes where each of them is at home.
"""

from __future__ import annotations

from importlib import import_module

# As typing.TYPE_CHECKING, which type checkers take it for; importing typing would be most of what `import azoth` costs.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["late_names"]


def late_names(
    module: str, namespace: dict[str, Any], first: str | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make the ``__getattr__`` and ``__dir__`` of a module, so that its import costs nothing.

    A name costs the import of its own module, once; then it stands here like any other. Where each is at home is read
    from ``_HOMES`` with the first of them: from module to the names that it defines. Those of the module itself are
    submodules. Other submodules are found as attributes as well, but not listed.

    Args:
        module: the module's name.
        namespace: its ``globals()``.
        first: a module that must have been imported before any name is handed out.

    Returns:
        the two functions.
    """
    home_of: dict[str, str] | None = None

    def homes() -> dict[str, str]:
        nonlocal home_of
        if home_of is None:
            # Whole when other threads see it.
            home_of = {name: home for home, names in namespace["_HOMES"].items() for name in names}
        return home_of

    def find(name: str) -> Any:
        home = homes().get(name, module)
        if home != module:
            if first is not None:
                import_module(first)
            value = namespace[name] = getattr(import_module(home), name)
            return value
        if not name.startswith("_"):
            try:
                return import_module(f"{module}.{name}")
            except ModuleNotFoundError as error:
                if error.name != f"{module}.{name}":
                    raise
        raise _unknown(module, name, homes())

    def listed() -> list[str]:
        return sorted({*homes(), *namespace.get("__all__", ()), *(name for name in namespace if name.startswith("__"))})

    return find, listed


def _unknown(module: str, name: str, known: dict[str, str]) -> AttributeError:
    # Whoever only asks whether a name is there, as Python does for names of its own, needs no advice.
    near = []
    if not name.startswith("_"):
        from azoth.util.near_names import near_names  # noqa: PLC0415

        near = near_names(name, known)
    advice = f"; did you mean {near[0]!r}?" if near else ""
    # With the name, and without the module: Python would add a guess of its own to the traceback.
    return AttributeError(f"module {module!r} has no attribute {name!r}{advice}", name=name)
