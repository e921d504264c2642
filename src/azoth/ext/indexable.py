"""index_property: an attribute that is an element of another one, such as a key of a JSON column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from azoth.ext.hybrid import hybrid_property
from azoth.inspection import inspect
from azoth.orm.attributes import flag_modified

__all__ = ["index_property"]

ValueT = TypeVar("ValueT")

_REQUIRED: Final = object()


class index_property(hybrid_property[ValueT]):
    """An attribute that reads and writes one element of a column's value.

    On an object it is the element in memory, on the class the SQL expression for it. A derived class overrides
    ``expr(model)`` to make another expression.

    Args:
        attr_name: the attribute with the dictionary or list.
        index: the key or position in it.
        default: what reading gives where there is no such element; without one that is an ``AttributeError``.
        datatype: makes the container where the attribute is None and an element is set; without it a dictionary for a
            key, a list that is long enough for a position.
        mutable: whether the element can be set and deleted.
        onebased: whether positions in SQL begin at 1, as those of arrays do, while they begin at 0 in Python.
    """

    def __init__(
        self,
        attr_name: str,
        index: int | str,
        default: Any = _REQUIRED,
        datatype: Callable[[], Any] | None = None,
        mutable: bool = True,
        onebased: bool = True,
    ) -> None:
        # Of the class, so that those of a derived class count; a hybrid keeps its functions under these names.
        fset, fdel = (self._set, self._delete) if mutable else (None, None)
        super().__init__(self._get, fset, fdel, self.expr)
        self.attr_name = attr_name
        self.index = index
        self.default = default
        self.onebased = isinstance(index, int) and onebased
        self.datatype: Callable[[], Any]
        if datatype is not None:
            self.datatype = datatype
        elif isinstance(index, int):
            length = index + 1
            self.datatype = lambda: [None] * length
        else:
            self.datatype = dict

    def expr(self, model: Any) -> Any:
        """Make the SQL expression of the element.

        Args:
            model: the class, or an alias of it.
        """
        column = getattr(model, self.attr_name)
        return column[self.index + 1] if self.onebased and isinstance(self.index, int) else column[self.index]

    def _get(self, instance: object) -> Any:
        container = getattr(instance, self.attr_name)
        if container is None:
            return self._default_for(instance)
        try:
            return container[self.index]
        except (KeyError, IndexError) as error:
            return self._default_for(instance, error)

    def _default_for(self, instance: object, cause: Exception | None = None) -> Any:
        if self.default is _REQUIRED:
            raise self._missing(instance) from cause
        return self.default

    def _set(self, instance: object, value: Any) -> None:
        container = getattr(instance, self.attr_name)
        if container is None:
            container = self.datatype()
        container[self.index] = value
        self._store(instance, container)

    def _delete(self, instance: object) -> None:
        container = getattr(instance, self.attr_name)
        if container is None:
            raise self._missing(instance)
        try:
            del container[self.index]
        except (KeyError, IndexError) as error:
            raise self._missing(instance) from error
        self._store(instance, container)

    def _store(self, instance: object, container: Any) -> None:
        setattr(instance, self.attr_name, container)
        # It is the same object as before, as a rule: the attribute sees no change by itself.
        if self.attr_name in inspect(instance).mapper.attrs:
            flag_modified(instance, self.attr_name)

    def _missing(self, instance: object) -> AttributeError:
        return AttributeError(f"{type(instance).__name__}.{self.attr_name} has no element {self.index!r}")
