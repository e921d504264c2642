"""``func``, which makes functions of any name."""

from __future__ import annotations

from typing import Any, Final

from azoth import exc
from azoth.sql.functions.element import Function
from azoth.sql.functions.registry import registered

__all__ = ["FunctionGenerator", "func"]


def _known(package: str, name: str) -> Any:
    # With the first function; those of the standard are classes, which nobody needs who calls none.
    import azoth.sql.functions.standard  # noqa: F401, PLC0415

    return registered(package, name)


class FunctionGenerator:
    """Make functions of any name: ``func.lower("X")``, ``func.package.name()``.

    Args:
        names: the names so far.
        options: options for ``Function``.
    """

    def __init__(self, names: tuple[str, ...] = (), **options: Any) -> None:
        self.__names = names
        self.__options = options

    def __getattr__(self, name: str) -> FunctionGenerator:
        if name.startswith("__"):
            # Tools probe for special attributes, which are no names of functions.
            raise AttributeError(name)
        name = name.removesuffix("_")
        return FunctionGenerator((*self.__names, name), **self.__options)

    def __call__(self, *clauses: Any, **kwargs: Any) -> Any:
        """Make the function.

        Args:
            clauses: its arguments.
            kwargs: ``type_`` for the type of the result.
        """
        options = {**self.__options, **kwargs} if self.__options else kwargs
        names = self.__names
        if not names:
            raise exc.ArgumentError(
                "func needs the name of a function",
                why="func itself is no function",
                fix="write func.lower(...), func.count(...)",
                code="AZ-C22",
            )
        package = "_default" if len(names) == 1 else names[0] if len(names) == 2 else None
        known = _known(package, names[-1]) if package is not None else None
        if known is not None:
            return known(*clauses, **options)
        return Function(names[-1], *clauses, packagenames=names[:-1], **options)

    def __repr__(self) -> str:
        return f"<{'.'.join(('func', *self.__names))}>"


func: Final[FunctionGenerator] = FunctionGenerator()
modifier: Final[FunctionGenerator] = FunctionGenerator()
