"""Own SQL: classes of elements, types and DDL of a program's own, and other spellings of those that there are.

    class within(FunctionElement):
        type = Boolean()
        name = "within"
        inherit_cache = True

    @compiles(within)
    def write_within(element, compiler, **kw):
        return "within(%s)" % compiler.process(element.clauses, **kw)

    @compiles(within, "sqlite")
    def write_within_on_sqlite(element, compiler, **kw):
        value, low, high = element.clauses
        return compiler.process(value.between(low, high), **kw)

How much there is to derive from, and what a class says so that its statements are compiled once only, is in
``docs/own-sql.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from azoth.exc import ArgumentError
from azoth.sql.compiler import add_handler, drop_handlers
from azoth.sql.visitors import Written

__all__ = ["compiles", "deregister"]

HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])


def compiles(class_: type[Any], *specs: str) -> Callable[[HandlerT], HandlerT]:
    """Let a function write the SQL of a class, and of the classes derived from it.

    Args:
        class_: a class of expressions, statements, types, parts of a schema or DDL; the program's own, or one that
            comes with azoth.
        specs: the names of the dialects for which the function is; none of them: for all that have no other one.

    Returns:
        a decorator for ``function(element, compiler, **kw)``. The function gives the SQL; it writes parts of the
        element by ``compiler.process(part, **kw)``, and what would be written without it by the compiler's own method,
        such as ``compiler.visit_insert(element, **kw)``.

    Raises:
        ArgumentError: compilers write no objects of this class, or a name of a dialect is no text.
    """
    checked = _checked(class_, "compiles()")
    for spec in specs:
        if not isinstance(spec, str):
            raise ArgumentError(
                f"compiles({class_.__name__}) takes names of dialects, not {type(spec).__name__}",
                why="the function is for the dialects that are named",
                fix='write names such as "sqlite", or none for all dialects',
                code="AZ-C603",
            )

    def registered(function: HandlerT) -> HandlerT:
        add_handler(checked, function, specs)
        return function

    return registered


def deregister(class_: type[Any]) -> None:
    """Take away all functions that ``compiles()`` has given a class.

    Args:
        class_: the class; nothing happens where it has none.

    Raises:
        ArgumentError: compilers write no objects of this class.
    """
    drop_handlers(_checked(class_, "deregister()"))


def _checked(class_: type[Any], function: str) -> type[Written]:
    if isinstance(class_, type) and issubclass(class_, Written):
        return class_
    name = class_.__name__ if isinstance(class_, type) else f"an object of {type(class_).__name__}"
    raise ArgumentError(
        f"{function} is about classes that compilers write, not about {name}",
        why="only expressions, statements, types, parts of a schema and DDL become SQL",
        fix="pass the class (Insert, not insert()), or derive it from ClauseElement, ColumnElement, FunctionElement, "
        "ExecutableDDLElement or a type",
        code="AZ-C602",
    )
