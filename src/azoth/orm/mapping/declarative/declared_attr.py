"""declared_attr: what a mixin declares anew for each class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from azoth.util.arguments import check_flag

ValueT = TypeVar("ValueT")


class Directive(Generic[ValueT]):
    """Decorate a method that gives a directive such as ``__tablename__``.

    Args:
        function: called with the class.
    """

    def __init__(self, function: Callable[..., ValueT] | classmethod[Any, Any, ValueT]) -> None:
        self.fget: Callable[..., ValueT] = function.__func__ if isinstance(function, classmethod) else function
        self.__doc__ = self.fget.__doc__

    def __get__(self, instance: Any, owner: Any) -> ValueT:
        return self.fget(owner)

    def evaluate(self, class_: type[Any]) -> ValueT:
        """Call the function for a class."""
        return self.fget(class_)


class declared_attr(Generic[ValueT]):
    """Decorate a method of a mixin whose result becomes an attribute of each mapped class.

    Args:
        fn: called with the class; returns a column, a relationship, a table name, ...
        cascading: whether each class of a hierarchy declares it anew, and not only the topmost mapped one.

    Attributes:
        fget: the function.
    """

    def __init__(self, fn: Callable[..., ValueT] | classmethod[Any, Any, ValueT], cascading: bool = False) -> None:
        check_flag("declared_attr(): cascading", cascading)
        self.fget: Callable[..., ValueT] = fn.__func__ if isinstance(fn, classmethod) else fn
        self.cascades = cascading
        self.__doc__ = self.fget.__doc__
        self.__name__ = self.fget.__name__

    def __get__(self, instance: Any, owner: Any) -> ValueT:
        # While the class is being mapped, everybody who asks gets the one column that the class will have.
        return self.evaluate(owner) if owner in _evaluated else self.fget(owner)

    def evaluate(self, class_: type[Any]) -> ValueT:
        """Call the function for a class; while that class is being mapped, once only.

        Args:
            class_: the class.
        """
        known = _evaluated.setdefault(class_, {})
        if self not in known:
            # A class that is derived from this one may say otherwise what reading the attribute gives.
            own = type(self).__get__ is not declared_attr.__get__
            known[self] = self.__get__(None, class_) if own else self.fget(class_)
        value: ValueT = known[self]
        return value

    directive = Directive

    @staticmethod
    def cascading(function: Any) -> declared_attr[Any]:
        """Declare for each class of a hierarchy anew, and not only for the topmost mapped one."""
        declared: declared_attr[Any] = function if isinstance(function, declared_attr) else declared_attr(function)
        declared.cascades = True
        return declared


_evaluated: dict[type[Any], dict[declared_attr[Any], Any]] = {}


@contextmanager
def evaluating(class_: type[Any], known: dict[declared_attr[Any], Any]) -> Iterator[None]:
    """Remember what is evaluated for a class, as long as it is being mapped.

    Args:
        class_: the class.
        known: what was evaluated for it before; the rest is added.
    """
    _evaluated[class_] = known
    try:
        yield
    finally:
        _evaluated.pop(class_, None)


def is_declared(value: object) -> bool:
    """Tell whether a member of a class is evaluated for each mapped class."""
    return isinstance(value, declared_attr | Directive)


def is_cascading(value: object) -> bool:
    """Tell whether a member of a class is evaluated for each class of a hierarchy."""
    return isinstance(value, declared_attr) and value.cascades


def declarative_mixin(class_: type[Any]) -> type[Any]:
    """Mark a class as a mixin; nothing else is needed."""
    return class_
