"""The instances that one unit of work holds: one instance per row, found by primary key."""

from __future__ import annotations

import weakref
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager
    from azoth.orm.runtime.state import InstanceState


class _Gone:
    """Nothing; what ``RELEASED`` referred to."""


RELEASED: Final[weakref.ref[Any]] = weakref.ref(_Gone())
"""A reference to what is gone already: the unit of work of a map that nobody uses any more."""


class AddedAgain:
    """What an instance points to that was added with more than its row: where in the map, and how it loads.

    Args:
        identity_map: the map.
        token: its identity token, or None.
        tree: the loader options with which it was loaded before it left its session, or was pickled; or None.
        terms: what else acts on later loads from it, or None.
    """

    __slots__ = ("identity_map", "terms", "token", "tree")

    def __init__(self, identity_map: IdentityMap, token: Hashable, tree: object, terms: object) -> None:
        self.identity_map = identity_map
        self.token = token
        self.tree = tree
        self.terms = terms

    def neighbours(self, state: InstanceState) -> tuple[()]:
        """Give nothing: what was added did not come in together."""
        return ()


class IdentityMap:
    """Persistent instances by entity and primary key, weakly, and the changed ones strongly.

    It is what states point to, directly or by way of the load that brought them in. Letting go of everything at once
    (``close``, ``expunge_all``) is giving the unit of work a new map and cutting this one off with ``release``: no loop
    over the instances.

    Attributes:
        entities: root manager of a class hierarchy -> primary key -> state; the instances with an identity token lie
            under (root manager, token), so that nothing asks about tokens where there are none.
        modified: states with changes -> their instances, kept alive until flushed.
        new: pending states -> their instances, in the order in which they were added.
        deleted: states marked for deletion -> their instances.
        cascaded: those among them that were marked along with another one, by a delete cascade.
        strong: every instance, where the user asked for a map that keeps them (``weak_identity_map=False``), else None.
        unit: a weak reference to the unit of work; a dead one once released.
        is_being_written: whether listeners are hearing of rows that a flush is writing.
    """

    __slots__ = (
        "__weakref__",
        "cascaded",
        "deleted",
        "entities",
        "is_being_written",
        "modified",
        "new",
        "strong",
        "unit",
    )

    tree: ClassVar[None] = None
    """The loader options of the instances that were added: none."""
    terms: ClassVar[None] = None
    """What else acts on loads from them: nothing."""
    token: ClassVar[None] = None
    """The identity token of the persistent instances that were added: those with one have an origin of their own."""

    def __init__(self, unit: object, strong: dict[InstanceState, Any] | None = None) -> None:
        self.entities: dict[ClassManager | tuple[ClassManager, Hashable], dict[Any, InstanceState]] = {}
        self.modified: dict[InstanceState, Any] = {}
        self.new: dict[InstanceState, Any] = {}
        self.deleted: dict[InstanceState, Any] = {}
        self.cascaded: set[InstanceState] = set()
        self.strong = strong
        self.unit: weakref.ref[Any] = weakref.ref(unit)
        self.is_being_written = False

    @property
    def identity_map(self) -> IdentityMap:
        """Itself: the origin of an instance is a load into an identity map, or the map."""
        return self

    def neighbours(self, state: InstanceState) -> tuple[()]:
        """Give nothing: what was added did not come in together."""
        return ()

    def warn_of_late_change(self, change: str) -> None:
        """Warn of a change that comes while a flush is writing.

        Args:
            change: what the program does, as the beginning of a sentence.
        """
        warn(
            f"{change} while a flush is writing rows",
            why="what a flush writes is settled before its first statement, so that this change is not part of it and "
            "may be lost",
            fix="change objects in a listener of before_flush; what hears of single rows may set columns of the object "
            "that it is given",
            code="AZ-S150",
        )

    def states(self, manager: ClassManager, token: Hashable = None) -> dict[Any, InstanceState]:
        """Give the states of one entity and identity token by primary key, making the dictionary on first use."""
        place = manager.root if token is None else (manager.root, token)
        states = self.entities.get(place)
        if states is None:
            states = self.entities[place] = {}
            if token is not None:
                manager.root.has_tokens = True
        return states

    def states_with(self, state: InstanceState) -> dict[Any, InstanceState]:
        """Give the states among which one is, or belongs: those of its entity and its identity token."""
        return self.states(state.manager, state.identity_token)

    def states_of_all_tokens(self, manager: ClassManager) -> list[dict[Any, InstanceState]]:
        """List the states of one entity by primary key, one dictionary for each identity token in use."""
        root = manager.root
        if not root.has_tokens:
            plain = self.entities.get(root)
            return [] if plain is None else [plain]
        places = list(self.entities.items())
        return [states for place, states in places if (place[0] if isinstance(place, tuple) else place) is root]

    def find(self, manager: ClassManager, pk: Any, token: Hashable = None) -> Any:
        """Give the instance with a primary key and identity token, or None."""
        states = self.entities.get(manager.root if token is None else (manager.root, token))
        if states is None:
            return None
        state = states.get(pk)
        return None if state is None else state()

    def add(self, state: InstanceState, instance: Any) -> None:
        """Take in a persistent instance; the caller made sure that its key is free."""
        token = state.identity_token
        came_with = state.came_with
        if token is None and came_with is None:
            state.origin = self
        else:
            state.origin = AddedAgain(self, token, *(came_with or (None, None)))
        self.states(state.manager, token)[state.pk] = state
        if self.strong is not None:
            self.strong[state] = instance
        if state.changes is not None:
            self.modified[state] = instance

    def discard(self, state: InstanceState) -> None:
        """Let go of an instance, whatever it was in here; its origin is left to the caller."""
        root = state.manager.root
        token = state.identity_token if root.has_tokens else None
        states = self.entities.get(root if token is None else (root, token))
        if states is not None and states.get(state.pk) is state:
            del states[state.pk]
        self.modified.pop(state, None)
        self.new.pop(state, None)
        self.deleted.pop(state, None)
        self.cascaded.discard(state)
        if self.strong is not None:
            self.strong.pop(state, None)

    def discard_deleted(self, state: InstanceState) -> None:
        """Let go of an instance whose row was deleted; it still points here until the transaction ends.

        State: what is changed on the instance from now on is of no concern to a flush.
        """
        self.discard(state)
        state.extras().was_deleted = True
        # An instance is noted as modified with its first change; one that has changes already never is.
        if state.changes is None:
            state.changes = {}

    def release(self) -> None:
        """Cut the map off from its unit of work: every instance in it is detached (or transient) from now on."""
        self.unit = RELEASED
        self.entities.clear()
        self.modified.clear()
        self.new.clear()
        self.deleted.clear()
        self.cascaded.clear()
        self.strong = None

    def forget_deletions(self) -> None:
        """Keep all objects that are marked for deletion."""
        self.deleted.clear()
        self.cascaded.clear()

    def all_states(self) -> list[InstanceState]:
        """List the persistent states, entity by entity."""
        return [state for states in self.entities.values() for state in list(states.values())]

    def instances(self) -> Iterator[Any]:
        """Yield the persistent instances that are alive."""
        for state in self.all_states():
            instance = state()
            if instance is not None:
                yield instance
