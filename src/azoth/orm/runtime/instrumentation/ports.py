"""What the attributes of instances need from the layers above, and from those who listen to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from azoth.orm.runtime.state import InstanceState
    from azoth.orm.runtime.symbols import AttributeOp


class MissingValueLoader(Protocol):
    """Gives an attribute its value when it is read and has none: the one hook of every implicit load."""

    def __call__(self, state: InstanceState, instance: Any, key: str, *, asked: bool = True) -> Any:
        """Find the value, store it in the instance's ``__dict__`` and return it.

        What the library needs itself is not ``asked`` for by the program, which alone a ``raise`` refuses.

        Raises:
            DetachedInstanceError: the instance is in no unit of work that could load.
        """
        ...


class AttributeListeners(Protocol):
    """What listens to an attribute; ``Attribute.listeners`` holds one, or None while nobody listens.

    ``append`` and ``set`` answer with the value to store. ``bulk_replace`` may change the list that it gets.
    """

    def append(
        self,
        state: InstanceState,
        attribute: object,
        item: object,
        *,
        op: AttributeOp = ...,
        key: object = ...,
        source: object = None,
    ) -> Any: ...

    def append_wo_mutation(
        self, state: InstanceState, attribute: object, item: object, *, op: AttributeOp = ..., key: object = ...
    ) -> None: ...

    def remove(
        self,
        state: InstanceState,
        attribute: object,
        item: object,
        *,
        op: AttributeOp = ...,
        key: object = ...,
        source: object = None,
    ) -> None: ...

    def set(
        self,
        state: InstanceState,
        attribute: object,
        value: object,
        old: object,
        *,
        initiator: object = None,
        op: AttributeOp = ...,
        source: object = None,
    ) -> Any: ...

    def bulk_replace(
        self, state: InstanceState, attribute: object, items: list[Any], keys: list[Any] | None = None
    ) -> None: ...

    def init_collection(self, state: InstanceState, attribute: object, collection: object) -> None: ...

    def init_scalar(self, state: InstanceState, attribute: object, instance: Any) -> Any: ...

    def modified(self, state: InstanceState) -> None: ...

    def compose(self, state: InstanceState, value: object) -> None: ...

    def adapter(self, collection: object) -> Any: ...

    def dispose_collection(self, state: InstanceState, attribute: object, collection: object, adapter: Any) -> None: ...
