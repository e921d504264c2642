"""Functions made from source text, whose lines appear in tracebacks and can be printed.

A name that a program or its users chose (of a class, an attribute, a column, a label) never becomes code: the source
has it through ``literal()``, or refers to a value among the names of its namespace by a numbered identifier.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

from azoth.util.serial_numbers import serial_numbers

__all__ = ["define", "literal"]

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
    # With the first function: the import of linecache takes as long as that of ten of our modules.
    import linecache  # noqa: PLC0415

    # Neither line breaks in a traceback nor characters that the file system's encoding does not know.
    shown = title.encode("unicode_escape").decode("ascii")
    filename = f"<azoth {shown} #{next(_serial)}>"
    scope: dict[str, Any] = dict(names)
    exec(compile(source, filename, "exec"), scope)
    # The mtime None keeps linecache.checkcache from dropping an entry that has no file.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    function = scope[name]
    function.__source__ = source
    # Functions come and go with the caches that hold them; their text must not stay behind.
    weakref.finalize(function, linecache.cache.pop, filename, None).atexit = False
    return function
