"""Functions whose result type is known, and what decides it."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth.sql.elements import (
    ClauseElement,
)
from azoth.sql.elements.column_element import ValueT
from azoth.sql.functions.element import FunctionElement
from azoth.sql.functions.registry import register_function
from azoth.sql.types import (
    NULLTYPE,
    TypeEngine,
    to_instance,
)

__all__ = ["AnsiFunction", "GenericFunction", "ReturnTypeFromArgs", "type_of_arguments"]


class GenericFunction(FunctionElement[ValueT]):
    """A function whose result type is known; each class derived from it becomes available from ``func``.

    ``type`` is the type of the result, ``name`` the name in SQL, ``identifier`` the name in ``func`` (both the name of
    the class where they are not given), ``package`` the package in ``func``.
    """

    __visit_name__: ClassVar[str] = "function"
    name: str
    _is_generic: ClassVar[bool] = True
    _register: ClassVar[bool] = False
    inherit_cache: ClassVar[bool] = True

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        own = cls.__dict__
        if "name" not in own:
            cls.name = own.get("identifier", cls.__name__)
        if isinstance(own.get("type"), type):
            cls.type = to_instance(own["type"])
        if own.get("_register", True):
            register_function(own.get("identifier", cls.name), cls, own.get("package") or "_default")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._anonymous_hint = self._value_hint = self.name
        type_ = kwargs.pop("type_", None)
        if kwargs.pop("monotonic", False):
            self.monotonic = True
        if type_ is not None:
            self.type = to_instance(type_)
        super().__init__(*args)


class AnsiFunction(GenericFunction[ValueT]):
    """A function of the standard that has no parentheses where it has no arguments."""

    __visit_name__: ClassVar[str] = "ansi_function"
    _register = False


class ReturnTypeFromArgs(GenericFunction[ValueT]):
    """A function whose result has the type of its arguments."""

    _register = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kwargs.get("type_") is None:
            self.type = type_of_arguments(self.clauses)


def type_of_arguments(clauses: tuple[ClauseElement, ...]) -> TypeEngine[Any]:
    """Find the type of the first argument whose type is known."""
    for clause in clauses:
        type_: TypeEngine[Any] = getattr(clause, "type", NULLTYPE)
        if type_ is not NULLTYPE:
            return type_
    return NULLTYPE
