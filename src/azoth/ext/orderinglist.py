"""ordering_list(): collections whose members know their position.

    class Slide(Base):
        bullets = relationship("Bullet", order_by="Bullet.position", collection_class=ordering_list("position"))

Inserting, moving and removing members sets their ``position``, which the next flush writes. Only changes of the list
set positions: members are loaded as they are, and ``reorder()`` numbers them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, SupportsIndex, TypeVar, overload

__all__ = ["OrderingList", "count_from_0", "count_from_1", "count_from_n_factory", "ordering_list"]

MemberT = TypeVar("MemberT")
OrderingFunction = Callable[[int, Sequence[Any]], object]
"""Makes the value for a member from its index and the list."""


def ordering_list(
    attr: str,
    count_from: int | None = None,
    ordering_func: OrderingFunction | None = None,
    reorder_on_append: bool = False,
) -> Callable[[], OrderingList[Any]]:
    """Make a ``collection_class`` whose members have their position in an attribute.

    Args:
        attr: the attribute of the members.
        count_from: the number of the first member; 0 where nothing else is said.
        ordering_func: makes the value from a member's index and the list, instead of numbers.
        reorder_on_append: whether a member that is appended gets its position also where it has one; it then gets one
            while it is loaded, too.

    Returns:
        a function that makes such a list.
    """
    function = ordering_func if ordering_func is not None else _counting_from(count_from)
    return lambda: OrderingList(attr, function, reorder_on_append)


def count_from_0(index: int, collection: Sequence[Any]) -> int:
    """Number the members from 0 on."""
    return index


def count_from_1(index: int, collection: Sequence[Any]) -> int:
    """Number the members from 1 on."""
    return index + 1


def count_from_n_factory(start: int) -> OrderingFunction:
    """Make a function that numbers the members from some number on.

    Args:
        start: the number of the first one.
    """

    def count(index: int, collection: Sequence[Any]) -> int:
        return index + start

    count.__name__ = f"count_from_{start}"
    return count


def _counting_from(start: int | None) -> OrderingFunction:
    if start is None or start == 0:
        return count_from_0
    return count_from_1 if start == 1 else count_from_n_factory(start)


class OrderingList(list[MemberT]):
    """A list whose members have their position in an attribute.

    Args:
        ordering_attr: the attribute.
        ordering_func: makes its value from a member's index and the list; numbers from 0 on where none is given.
        reorder_on_append: whether appended members get their position also where they have one.
    """

    # What a list has that is just being unpickled.
    ordering_attr: str | None = None
    ordering_func: OrderingFunction = staticmethod(count_from_0)
    reorder_on_append: bool = False

    def __init__(
        self,
        ordering_attr: str | None = None,
        ordering_func: OrderingFunction | None = None,
        reorder_on_append: bool = False,
    ) -> None:
        self.ordering_attr = ordering_attr
        self.ordering_func = count_from_0 if ordering_func is None else ordering_func
        self.reorder_on_append = reorder_on_append

    def reorder(self) -> None:
        """Give every member its position.

        State: members whose position was another one are changed.
        """
        for index, member in enumerate(self):
            self._place(index, member, anew=True)

    def _place(self, index: int, member: object, *, anew: bool) -> None:
        name = self.ordering_attr
        if name is None or (not anew and getattr(member, name) is not None):
            return
        position = self.ordering_func(index, self)
        if getattr(member, name) != position:
            setattr(member, name, position)

    def append(self, entity: MemberT) -> None:
        """Put a member at the end; it gets its position, unless it has one."""
        super().append(entity)
        self._place(len(self) - 1, entity, anew=self.reorder_on_append)

    def extend(self, entities: Iterable[MemberT]) -> None:
        """Put members at the end, one after the other."""
        for entity in entities:
            self.append(entity)

    def insert(self, index: SupportsIndex, entity: MemberT) -> None:
        """Put a member before another one; all get their positions."""
        super().insert(index, entity)
        self.reorder()

    def remove(self, entity: MemberT) -> None:
        """Take a member out, and move those behind it up."""
        super().remove(entity)
        self.reorder()

    def pop(self, index: SupportsIndex = -1) -> MemberT:
        """Take the member of an index out and give it, and move those behind it up."""
        entity = super().pop(index)
        self.reorder()
        return entity

    @overload
    def __setitem__(self, index: SupportsIndex, entity: MemberT) -> None: ...
    @overload
    def __setitem__(self, index: slice, entity: Iterable[MemberT]) -> None: ...
    def __setitem__(self, index: SupportsIndex | slice, entity: Any) -> None:
        super().__setitem__(index, entity)
        self.reorder()

    def __delitem__(self, index: SupportsIndex | slice) -> None:
        super().__delitem__(index)
        self.reorder()

    def sort(self, *, key: Callable[[MemberT], Any] | None = None, reverse: bool = False) -> None:
        """Sort the members; all get their positions."""
        super().sort(key=key, reverse=reverse)
        self.reorder()

    def reverse(self) -> None:
        """Turn the order round; all get their positions."""
        super().reverse()
        self.reorder()
