"""HybridAttribute: a hybrid property as its class shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeVar

from azoth.orm import QueryableAttribute

if TYPE_CHECKING:
    from azoth.ext.hybrid.hybrid_property import hybrid_property

ValueT = TypeVar("ValueT")
Function = Callable[..., Any]


class HybridAttribute(QueryableAttribute[ValueT]):
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
        if isinstance(expression, HybridAttribute):
            return expression.__update_pairs__(value)
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

    def getter(self, fget: Function) -> hybrid_property[Any]:
        """Derive a hybrid with another way to compute it."""
        return self.hybrid.getter(fget)

    def setter(self, fset: Function) -> hybrid_property[ValueT]:
        """Derive a hybrid with another way to set it on an object."""
        return self.hybrid.setter(fset)

    def deleter(self, fdel: Function) -> hybrid_property[ValueT]:
        """Derive a hybrid with another way to delete it on an object."""
        return self.hybrid.deleter(fdel)

    def update_expression(self, meth: Function) -> hybrid_property[ValueT]:
        """Derive a hybrid with another way to set it by an UPDATE."""
        return self.hybrid.update_expression(meth)

    def bulk_dml(self, meth: Function) -> hybrid_property[ValueT]:
        """Derive a hybrid with another way to set it in the rows of a statement with many rows."""
        return self.hybrid.bulk_dml(meth)
