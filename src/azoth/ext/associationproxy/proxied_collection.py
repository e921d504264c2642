"""What the collections of association proxies share: they hold nothing, they look at the owner's each time."""

from __future__ import annotations

from typing import Any

from azoth.ext.associationproxy.ports import Function, OfClass


class LazyCollection:
    """Gives the present collection of an owner.

    Args:
        owner: the object.
        key: the relationship.
    """

    __slots__ = ("key", "owner")

    def __init__(self, owner: object, key: str) -> None:
        self.owner = owner
        self.key = key

    def __call__(self) -> Any:
        """Read the relationship."""
        return getattr(self.owner, self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LazyCollection) and self.owner is other.owner and self.key == other.key

    __hash__ = None  # type: ignore[assignment]


class AssociationCollection:
    """A collection of values that are attributes of related objects.

    Args:
        lazy_collection: gives the collection of the related objects.
        creator: makes a related object from a value (from key and value for dictionaries).
        getter: gives the value of a related object.
        setter: gives a related object another value.
        parent: the proxy as the owner's class shows it.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        lazy_collection: Function,
        creator: Function,
        getter: Function,
        setter: Function,
        parent: OfClass,
    ) -> None:
        self.lazy_collection = lazy_collection
        self.creator = creator
        self.getter = getter
        self.setter = setter
        self.parent = parent

    @property
    def col(self) -> Any:
        """The collection of the related objects."""
        return self.lazy_collection()

    def __len__(self) -> int:
        return len(self.col)

    def __bool__(self) -> bool:
        return bool(self.col)

    def __reduce__(self) -> Any:
        return restored, (type(self), self.parent.owning_class, self.parent.key, self.lazy_collection)

    def shows_the_same(self, other: object) -> bool:
        """Tell whether another collection shows the same attribute of the same owner's objects."""
        return (
            isinstance(other, AssociationCollection)
            and other.parent.value_attr == self.parent.value_attr
            and other.lazy_collection == self.lazy_collection
        )

    def replace(self, values: Any) -> None:
        """Give the owner other values.

        Args:
            values: a collection of values.
        """
        # They may be those of this collection.
        given = list(values)
        self.clear()
        self.parent.fill(self, given)

    def clear(self) -> None:
        """Remove all values: the related objects leave the owner."""
        raise NotImplementedError


def restored(kind: type[AssociationCollection], class_: type[Any], key: str, lazy: LazyCollection) -> Any:
    """Make a collection anew that was pickled."""
    proxy = next(base.__dict__[key] for base in class_.__mro__ if key in base.__dict__)
    return proxy.for_class(class_).made(kind, lazy)
