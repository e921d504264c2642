"""hybrid_method: a method that computes on objects, and makes SQL on the class."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from azoth.ext.hybrid.extension_type import HybridExtensionType
from azoth.ext.hybrid.hybrid_property import function_of
from azoth.orm.interfaces import InspectionAttrInfo

if TYPE_CHECKING:
    from azoth.sql.elements import ColumnElement

Arguments = ParamSpec("Arguments")
ResultT = TypeVar("ResultT")


class hybrid_method(InspectionAttrInfo, Generic[Arguments, ResultT]):
    """Decorate a method that gets an object when it is called on one, and the class (or an alias) otherwise.

    Args:
        func: the method.
        expr: what is called on the class instead.
    """

    is_attribute = True
    extension_type = HybridExtensionType.HYBRID_METHOD

    def __init__(
        self, func: Callable[Concatenate[Any, Arguments], ResultT], expr: Callable[..., Any] | None = None
    ) -> None:
        self.func: Callable[..., Any] = func
        self.expr: Callable[..., Any] = func if expr is None else function_of(expr)
        self.__doc__ = func.__doc__
        self.__name__ = getattr(func, "__name__", type(self).__name__)

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> Callable[Arguments, ColumnElement[ResultT]]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> Callable[Arguments, ResultT]: ...

    def __get__(self, instance: object | None, owner: Any) -> Callable[..., Any]:
        return MethodType(self.expr, owner) if instance is None else MethodType(self.func, instance)

    @property
    def inplace(self) -> hybrid_method[Arguments, ResultT]:
        """The hybrid itself: ``expression()`` changes it in place as it is."""
        return self

    def expression(self, expr: Callable[..., Any]) -> hybrid_method[Arguments, ResultT]:
        """Decorate what makes the SQL, called with the class and the method's arguments."""
        self.expr = function_of(expr)
        return self
