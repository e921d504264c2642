"""hybrid_property: a property that computes on objects, and is a SQL expression on the class."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from azoth.ext.hybrid.comparator import Comparator, ExprComparator
from azoth.ext.hybrid.extension_type import HybridExtensionType
from azoth.orm import QueryableAttribute
from azoth.orm.interfaces import InspectionAttrInfo

ValueT = TypeVar("ValueT")
OtherT = TypeVar("OtherT")
Function = Callable[..., Any]


class Decorators(Generic[ValueT]):
    """The decorators that give a hybrid another function for one of its parts."""

    @abstractmethod
    def _with(self, **functions: Any) -> hybrid_property[Any]:
        """Give the hybrid, or another one, with other functions."""

    def getter(self, fget: Callable[[Any], OtherT]) -> hybrid_property[OtherT]:
        """Let a function compute it."""
        return self._with(fget=fget)

    def setter(self, fset: Function) -> hybrid_property[ValueT]:
        """Let a function of the object and the value set it on an object."""
        return self._with(fset=fset)

    def deleter(self, fdel: Function) -> hybrid_property[ValueT]:
        """Let a function delete it on an object."""
        return self._with(fdel=fdel)

    def update_expression(self, meth: Function) -> hybrid_property[ValueT]:
        """Let an UPDATE set it: a function of class and value gives (attribute, value) pairs."""
        return self._with(update_expr=function_of(meth))

    def bulk_dml(self, meth: Function) -> hybrid_property[ValueT]:
        """Let rows of many hold it: a function of class, row and value writes into the row."""
        return self._with(bulk_dml_setter=function_of(meth))


class AllDecorators(Decorators[ValueT]):
    """Those that an attribute on the class cannot have, too, since the names mean something else there."""

    def expression(self, expr: Function) -> hybrid_property[ValueT]:
        """Let a function make its SQL expression from the class."""
        return self._with(expr=function_of(expr))

    def comparator(self, comparator: Function) -> hybrid_property[ValueT]:
        """Give it the operators of the ``Comparator`` that a function makes from the class."""
        return self._with(custom_comparator=function_of(comparator))


class hybrid_property(AllDecorators[ValueT], InspectionAttrInfo):
    """Decorate a method that computes a value on an object, and from the class's attributes a SQL expression.

    Args:
        fget: computes the value; called with the class (or an alias) where there is no ``expr``.
        fset: sets it on an object.
        fdel: deletes it on an object.
        expr: makes the SQL expression from the class.
        custom_comparator: makes a ``Comparator`` with operators of one's own from the class.
        update_expr: makes (attribute, value) pairs from the class and a value, for UPDATE statements.
        bulk_dml_setter: writes into the row (a dictionary by attribute keys) of a statement with many rows.

    Attributes:
        key: the name on the class.
    """

    is_attribute = True
    extension_type = HybridExtensionType.HYBRID_PROPERTY

    def __init__(
        self,
        fget: Callable[[Any], ValueT],
        fset: Function | None = None,
        fdel: Function | None = None,
        expr: Function | None = None,
        custom_comparator: Function | None = None,
        update_expr: Function | None = None,
        bulk_dml_setter: Function | None = None,
    ) -> None:
        self.fget: Function = fget
        self.fset = fset
        self.fdel = fdel
        self.expr: Function | None = function_of(expr)
        self.custom_comparator = function_of(custom_comparator)
        self.update_expr = function_of(update_expr)
        self.bulk_dml_setter = function_of(bulk_dml_setter)
        self.key: str = getattr(fget, "__name__", "<hybrid>")
        self.__name__ = self.key
        self.__doc__ = fget.__doc__

    def __set_name__(self, owner: type[Any], name: str) -> None:
        # The functions of the ``inplace`` form leave the hybrid under their own names, too.
        if self.key not in owner.__dict__:
            self.key = name

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> HybridAttribute[ValueT]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> ValueT: ...

    def __get__(self, instance: object | None, owner: Any) -> Any:
        if instance is not None:
            return self.fget(instance)
        return HybridAttribute(owner, self, self._comparator(owner))

    def __set__(self, instance: object, value: Any) -> None:
        if self.fset is None:
            raise AttributeError(f"{type(instance).__name__}.{self.key}: can't set attribute; the hybrid has no setter")
        self.fset(instance, value)

    def __delete__(self, instance: object) -> None:
        if self.fdel is None:
            raise AttributeError(f"{type(instance).__name__}.{self.key}: can't delete attribute; there is no deleter")
        self.fdel(instance)

    def _comparator(self, owner: Any) -> Comparator[Any]:
        if self.custom_comparator is not None:
            comparator: Comparator[Any] = self.custom_comparator(owner)
            return comparator
        return ExprComparator(owner, (self.expr or self.fget)(owner), self)

    def _with(self, **functions: Any) -> hybrid_property[Any]:
        copy: hybrid_property[Any] = type(self).__new__(type(self))
        copy.__dict__.update(self.__dict__, **functions)
        return copy

    @property
    def overrides(self) -> hybrid_property[ValueT]:
        """The hybrid itself, for a derived class that changes a part: ``@Base.name.overrides.expression``."""
        return self

    @property
    def inplace(self) -> InPlace[ValueT]:
        """The same decorators, which change this hybrid instead of making another one."""
        return InPlace(self)


class HybridAttribute(Decorators[ValueT], QueryableAttribute[ValueT]):
    """A hybrid property on its class or on an alias: a SQL expression, and the way to derive other hybrids from it.

    Args:
        owner: the class or alias.
        hybrid: the descriptor.
        comparator: has the operators.
    """

    def __init__(self, owner: Any, hybrid: hybrid_property[ValueT], comparator: Any) -> None:
        super().__init__(owner, hybrid.key, None, comparator, hybrid)
        self.hybrid = hybrid

    def __update_pairs__(self, value: object) -> Iterable[tuple[Any, Any]]:
        """Give the attributes, each with its value, that a statement sets which sets the hybrid."""
        if self.hybrid.update_expr is not None:
            pairs: Iterable[tuple[Any, Any]] = self.hybrid.update_expr(self.class_, value)
            return pairs
        expression = getattr(self.comparator, "expression", None)
        return [(self.__clause_element__() if expression is None else expression, value)]

    def __bulk_values__(self, values: MutableMapping[str, Any], value: object) -> None:
        """Write what the hybrid stands for into the row of a statement with many rows."""
        if self.hybrid.bulk_dml_setter is None:
            super().__bulk_values__(values, value)
        else:
            self.hybrid.bulk_dml_setter(self.class_, values, value)

    @property
    def overrides(self) -> hybrid_property[ValueT]:
        """The hybrid, for a derived class that changes a part of it."""
        return self.hybrid

    def _with(self, **functions: Any) -> hybrid_property[Any]:
        return self.hybrid._with(**functions)


class InPlace(AllDecorators[ValueT]):
    """The decorators of a hybrid that change it: their functions have names of their own.

    Args:
        hybrid: the hybrid.
    """

    def __init__(self, hybrid: hybrid_property[ValueT]) -> None:
        self.hybrid = hybrid

    def _with(self, **functions: Any) -> hybrid_property[Any]:
        self.hybrid.__dict__.update(functions)
        return self.hybrid


@overload
def function_of(function: Function) -> Function: ...
@overload
def function_of(function: None) -> None: ...
def function_of(function: Any) -> Any:
    """Give the function within a class method: hybrids call it with the class, or an alias, themselves."""
    return function.__func__ if isinstance(function, classmethod) else function
