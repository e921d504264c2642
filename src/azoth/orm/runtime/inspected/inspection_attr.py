"""What can be said of whatever stands on a mapped class, extensions included."""

from __future__ import annotations

import enum
from typing import Any


class InspectionAttrExtensionType(enum.Enum):
    """Which extension an attribute belongs to; each extension derives an enumeration of its own."""


class NotExtension(InspectionAttrExtensionType):
    """What the ORM's own attributes belong to."""

    NOT_EXTENSION = "not_extension"


class InspectionAttr:
    """The base of what ``inspect()`` and ``mapper.all_orm_descriptors`` give; each flag tells one kind of them.

    An extension derives its descriptors from this class and says ``is_attribute = True`` and its ``extension_type``.
    The descriptor's ``__get__(None, owner)`` gives a ``QueryableAttribute``, computed from ``owner``: the mapped class
    or an alias of it.

    Attributes:
        is_selectable: it is what a statement can select from.
        is_aliased_class: it is an inspected alias.
        is_instance: it is the state of an object.
        is_mapper: it is a mapper.
        is_bundle: it is a bundle of columns.
        is_property: it is a property of a mapper.
        is_attribute: it is a descriptor on a mapped class.
        is_clause_element: it is a SQL expression.
        extension_type: which extension it belongs to.
    """

    __slots__ = ()

    is_selectable = False
    is_aliased_class = False
    is_instance = False
    is_mapper = False
    is_bundle = False
    is_property = False
    is_attribute = False
    is_clause_element = False
    extension_type: InspectionAttrExtensionType = NotExtension.NOT_EXTENSION
    _gathers_columns = False
    """Whether a statement that selects it has several columns for one value."""


class InspectionAttrInfo(InspectionAttr):
    """The same with a dictionary of the user."""

    _info: dict[Any, Any] | None = None

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary, made when it is first asked for."""
        if self._info is None:
            self._info = {}
        return self._info
