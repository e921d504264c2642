"""How an instance of a mapped class is made without its constructor, as loads and merges do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azoth.exc import ArgumentError

Allocator = Callable[[type[Any]], Any]


def allocator_of(class_: type[Any]) -> Allocator:
    """Give the ``__new__`` that makes an empty instance from the class alone.

    A class's own ``__new__`` is used where it needs no further arguments; one that does is passed over, because a
    loaded row knows nothing of them.
    """
    for base in class_.__mro__:
        allocate = base.__dict__.get("__new__")
        if allocate is not None:
            function: Allocator = getattr(base, "__new__")  # noqa: B009  # the static method itself
            if base.__flags__ & HEAP_TYPE == 0 or _needs_only_the_class(function):
                return function
    return object.__new__


HEAP_TYPE = 1 << 9
"""``Py_TPFLAGS_HEAPTYPE``: set for classes that are written in Python."""


def _needs_only_the_class(function: Any) -> bool:
    # Read from the code object: the standard way, the module inspect, costs too much time to import.
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    code = getattr(function, "__code__", None)
    if code is None:
        return True
    required = code.co_argcount - len(function.__defaults__ or ())
    required_by_name = code.co_kwonlyargcount - len(function.__kwdefaults__ or ())
    return bool(required <= 1 and required_by_name == 0)


def require_weak_dictionary_instances(class_: type[Any]) -> None:
    """Refuse a class whose instances have no ``__dict__`` or cannot be referred to weakly.

    Raises:
        ArgumentError: ``__slots__`` leaves one of them out.
    """
    missing = [
        name
        for name, offset in (("__dict__", class_.__dictoffset__), ("__weakref__", class_.__weakrefoffset__))
        if not offset
    ]
    if missing:
        raise ArgumentError(
            f"class {class_.__name__} cannot be mapped: its instances have no {' and no '.join(missing)}",
            why="__slots__ leaves it out; loaded values stand in __dict__, and sessions refer to instances weakly",
            fix=f"add {', '.join(map(repr, missing))} to __slots__, or leave __slots__ out",
            code="AZ-M82",
        )
