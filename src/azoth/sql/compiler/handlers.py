"""Functions of programs that write classes of elements, types and DDL in place of the compilers' own methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from azoth.exc import UnsupportedCompilationError
from azoth.sql.cache_key import forget_all_statements
from azoth.sql.ports import CompilerDialect
from azoth.sql.visitors import Written

__all__ = ["Handler", "add_handler", "drop_handlers", "written_by_handler"]

Handler: TypeAlias = Callable[..., Any]
"""``handler(element, compiler, **options)``, which gives the SQL."""

_KEY: Final = "_compile_handlers"
_BY_HANDLER: Final = "visit_by_handler"
_ANY: Final = ""


if TYPE_CHECKING:

    class WritingCompiler(Protocol):
        """A compiler, as far as the choice of a function concerns it."""

        dialect: CompilerDialect


def add_handler(cls: type[Written], handler: Handler, dialect_names: Iterable[str]) -> None:
    """Let a function write the instances of a class, and of those derived from it.

    Args:
        cls: a class of elements, types, schema items or DDL.
        handler: the function.
        dialect_names: for which dialects; none of them means all that have no function of their own.
    """
    handlers = {**cls.__dict__.get(_KEY, {})}
    handlers.update(dict.fromkeys(tuple(dialect_names) or (_ANY,), handler))
    setattr(cls, _KEY, handlers)
    cls._visit_method = _BY_HANDLER
    # What was compiled so far may have parts of this class.
    forget_all_statements()


def drop_handlers(cls: type[Written]) -> None:
    """Let the compilers' own methods write a class again, or the functions of the classes that it is derived from.

    Args:
        cls: the class; nothing happens where it has no functions.
    """
    if _KEY not in cls.__dict__:
        return
    delattr(cls, _KEY)
    if "__visit_name__" in cls.__dict__:
        cls._visit_method = f"visit_{cls.__visit_name__}"
    else:
        del cls._visit_method
    forget_all_statements()


def written_by_handler(compiler: WritingCompiler, element: Written, options: Mapping[str, Any]) -> str:
    """Write an element by the nearest function that is meant for it.

    The classes that it is derived from are asked in their order: each for a function of the dialect, then for one of
    all dialects. A class that names a method of the compilers (``__visit_name__``) ends the search.

    Args:
        compiler: the compiler.
        element: the element.
        options: the options of ``process()``.

    Raises:
        UnsupportedCompilationError: there are functions for other dialects only.
    """
    dialect_name = compiler.dialect.name
    for cls in type(element).__mro__:
        handlers = cls.__dict__.get(_KEY)
        if handlers is not None:
            handler = handlers.get(dialect_name) or handlers.get(_ANY)
            if handler is not None:
                return handler(element, compiler, **options)  # type: ignore[no-any-return]
        if "__visit_name__" in cls.__dict__:
            own = getattr(compiler, f"visit_{element.__visit_name__}", None)
            if own is not None:
                return own(element, **options)  # type: ignore[no-any-return]
            break
    raise UnsupportedCompilationError(
        f"{type(element).__name__} construct has no default compilation handler, and none for {dialect_name!r}",
        why="the functions that were registered with @compiles are for other dialects",
        fix=f"add one for all dialects, @compiles({type(element).__name__}), or for this one: "
        f'@compiles({type(element).__name__}, "{dialect_name}")',
        code="AZ-C600",
    )
