"""How the listeners of one attribute are told."""

from __future__ import annotations

from typing import Any

from azoth.orm.runtime.instrumentation.attribute import Attribute
from azoth.orm.runtime.related.attribute_event_token import AttributeEventToken
from azoth.orm.runtime.related.collection_adapter import CollectionAdapter, collection_adapter
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import (
    NO_KEY,
    NO_VALUE,
    NOT_LOADED,
    OP_APPEND,
    OP_BULK_REPLACE,
    OP_MODIFIED,
    OP_REMOVE,
    OP_REPLACE,
    AttributeOp,
)


class Notifier:
    """Tells the listeners of an attribute of its changes; implements the port ``AttributeListeners``.

    Args:
        dispatch: the listeners.
        attribute: the attribute.
    """

    __slots__ = ("_dispatch", "_tokens")

    def __init__(self, dispatch: Any, attribute: Attribute) -> None:
        self._dispatch = dispatch
        self._tokens = {op: AttributeEventToken(attribute, op) for op in AttributeOp}

    def append(
        self,
        state: InstanceState,
        attribute: object,
        item: object,
        *,
        op: AttributeOp = OP_APPEND,
        key: object = NO_KEY,
        source: Attribute | None = None,
    ) -> object:
        """Tell of an object that joins a collection, and give the one to put in."""
        token = self._token(op, key, source)
        for listener in self._dispatch.append:
            item = listener(state(), item, token)
        return item

    def append_wo_mutation(
        self,
        state: InstanceState,
        attribute: object,
        item: object,
        *,
        op: AttributeOp = OP_APPEND,
        key: object = NO_KEY,
    ) -> None:
        """Tell of an object that was put into a collection that has it."""
        token = self._token(op, key, None)
        for listener in self._dispatch.append_wo_mutation:
            listener(state(), item, token)

    def remove(
        self,
        state: InstanceState,
        attribute: object,
        item: object,
        *,
        op: AttributeOp = OP_REMOVE,
        key: object = NO_KEY,
        source: Attribute | None = None,
    ) -> None:
        """Tell of an object that leaves a collection, or a value that is deleted."""
        token = self._token(op, key, source)
        for listener in self._dispatch.remove:
            listener(state(), item, token)

    def set(
        self,
        state: InstanceState,
        attribute: object,
        value: object,
        old: object,
        *,
        initiator: object = None,
        op: AttributeOp = OP_REPLACE,
        source: Attribute | None = None,
    ) -> object:
        """Tell of a new value, and give the one to store."""
        instance = state()
        if old is NO_VALUE and self._dispatch.active_history and state.pk is not None and state.origin is not None:
            old = state.manager.load_missing(state, instance, self._tokens[op].impl.key, asked=False)
        if old is NOT_LOADED:
            old = NO_VALUE
        token = self._token(op, NO_KEY, source) if initiator is None else initiator
        for listener in self._dispatch.set:
            value = listener(instance, value, old, token)
        return value

    def bulk_replace(
        self, state: InstanceState, attribute: object, items: list[object], keys: list[object] | None = None
    ) -> None:
        """Tell of the members of a new collection."""
        token = self._token(OP_BULK_REPLACE, NO_KEY if keys is None else keys, None)
        for listener in self._dispatch.bulk_replace:
            listener(state(), items, token)

    def init_scalar(self, state: InstanceState, attribute: object, instance: Any) -> object:
        """Ask for the value of an attribute that was never set."""
        value = None
        if getattr(attribute, "uselist", False):
            return None
        for listener in self._dispatch.init_scalar:
            value = listener(instance, value, instance.__dict__)
        return value

    def init_collection(self, state: InstanceState, attribute: object, collection: object) -> None:
        """Tell of a collection that became the value."""
        for listener in self._dispatch.init_collection:
            listener(state(), collection, collection_adapter(collection))

    def adapter(self, collection: object) -> CollectionAdapter:
        """Give the view of a collection that is about to be replaced; it has no owner afterwards."""
        return collection_adapter(collection)

    def dispose_collection(
        self, state: InstanceState, attribute: object, collection: object, adapter: CollectionAdapter
    ) -> None:
        """Tell of a collection that was replaced."""
        for listener in self._dispatch.dispose_collection:
            listener(state(), collection, adapter)

    def compose(self, state: InstanceState, value: object) -> None:
        """Tell of an object that a composite was made into."""
        for listener in self._dispatch.compose:
            listener(state(), value)

    def modified(self, state: InstanceState) -> None:
        """Tell that the attribute was marked as changed."""
        for listener in self._dispatch.modified:
            listener(state(), self._tokens[OP_MODIFIED])

    def _token(self, op: AttributeOp, key: object, source: Attribute | None) -> AttributeEventToken:
        """Give the token of a change: the attribute's own, or that of the other side."""
        if source is not None:
            return AttributeEventToken(source, op, key)
        token = self._tokens[op]
        return token if key is NO_KEY else AttributeEventToken(token.impl, op, key)
