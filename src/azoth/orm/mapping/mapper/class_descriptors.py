"""What stands on a mapped class besides its mapped attributes: descriptors of extensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azoth.orm.mapping.attributes.queryable_attribute import QueryableAttribute
from azoth.orm.mapping.mapper.property_view import PropertyView
from azoth.orm.runtime.inspected.inspection_attr import NotExtension


class ClassDescriptors:
    """The part of a mapper that looks at the descriptors on its class."""

    class_: type[Any]
    _properties: dict[str, Any]
    _check_configure: Callable[[], None]
    _stand_ins: frozenset[str] | None = None

    @property
    def all_orm_descriptors(self) -> PropertyView[Any]:
        """Everything on the class that the mapping or an extension put there, by key: in the order of the class bodies.

        What the class has of its own comes before what it inherits.
        """
        self._check_configure()
        found: dict[str, Any] = {}
        for base in self.class_.__mro__:
            manager = base.__dict__.get("_azoth_manager")
            own = None if manager is None else manager.mapper
            for key, descriptor in base.__dict__.items():
                if key in self._properties:
                    # A derived class has attributes for what it inherits, too.
                    if own is None or own._properties[key].parent is own:
                        found.setdefault(key, getattr(self.class_, key))
                elif hasattr(descriptor, "extension_type") and descriptor.is_attribute:
                    found.setdefault(key, descriptor)
        for key in self._properties:
            if key not in found and hasattr(self.class_, key):
                found[key] = getattr(self.class_, key)
        return PropertyView(found)

    @property
    def stand_ins(self) -> frozenset[str]:
        """The names of attributes that stand for others: those of extensions."""
        names = self._stand_ins
        if names is None:
            names = self._stand_ins = frozenset(
                [
                    key
                    for base in self.class_.__mro__
                    for key, descriptor in base.__dict__.items()
                    if getattr(descriptor, "extension_type", NotExtension.NOT_EXTENSION)
                    is not NotExtension.NOT_EXTENSION
                    and key not in self._properties
                ]
            )
        return names

    def stand_in(self, name: str) -> QueryableAttribute[Any] | None:
        """Give the attribute of an extension as the class shows it; None where the name is none of one."""
        return getattr(self.class_, name) if name in self.stand_ins else None

    def forget_stand_ins(self) -> None:
        """Look at the class anew, because an attribute of it was set."""
        self._stand_ins = None
