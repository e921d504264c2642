"""Functions made from source text, whose lines appear in tracebacks and can be printed.

A name that a program or its users chose (of a class, an attribute, a column, a label) never becomes code: the source
has it through ``literal()``, or refers to a value among the names of its namespace by a numbered identifier.
"""

from __future__ import annotations

import builtins
import weakref
from collections.abc import Mapping
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any

from azoth.util.serial_numbers import serial_numbers

__all__ = ["Template", "define", "literal"]

_serial = serial_numbers()


def literal(name: str) -> str:
    """Write a name as a literal of source text.

    Args:
        name: any text; what a subclass of str does for ``repr()`` does not matter.
    """
    return str.__repr__(name)


def define(source: str, name: str, title: str, names: Mapping[str, Any]) -> Any:
    """Compile a function from source.

    Args:
        source: Python text with one function definition at its top level; names in it come from ``literal()``.
        name: the name of that function.
        title: what the function is for; it stands in tracebacks as the file name.
        names: the values that the source refers to as globals.

    Returns:
        the function; its text is in ``__source__``.
    """
    filename, code = _compiled(source, title)
    scope: dict[str, Any] = dict(names)
    exec(code, scope)
    function = scope[name]
    function.__source__ = source
    _forget_with(function, filename)
    return function


class Template:
    """The source of a function that many have, which differ in the values that it refers to; compiled once.

    Args:
        source: as for ``define()``.
        name: the name of the function.
        title: what the functions are for.
    """

    def __init__(self, source: str, name: str, title: str) -> None:
        self.source = source
        self.name = name
        self.title = title

    @cached_property
    def _code(self) -> CodeType:
        filename, module = _compiled(self.source, self.title)
        code = next(part for part in module.co_consts if isinstance(part, CodeType) and part.co_name == self.name)
        _forget_with(self, filename)
        return code

    def function(self, names: Mapping[str, Any]) -> Any:
        """Make a function.

        Args:
            names: the values that the source refers to as globals.

        Returns:
            the function; its text is in ``__source__``.
        """
        function: Any = FunctionType(self._code, {"__builtins__": builtins, **names})
        function.__source__ = self.source
        return function


def _compiled(source: str, title: str) -> tuple[str, CodeType]:
    # With the first function: the import of linecache takes as long as that of ten of our modules.
    import linecache  # noqa: PLC0415

    # Neither line breaks in a traceback nor characters that the file system's encoding does not know.
    shown = title.encode("unicode_escape").decode("ascii")
    filename = f"<azoth {shown} #{next(_serial)}>"
    # The mtime None keeps linecache.checkcache from dropping an entry that has no file.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return filename, compile(source, filename, "exec")


def _forget_with(owner: object, filename: str) -> None:
    """Let the text go with what was made of it: functions come and go with the caches that hold them."""
    import linecache  # noqa: PLC0415

    weakref.finalize(owner, linecache.cache.pop, filename, None).atexit = False
