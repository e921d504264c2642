"""What a flush did to the objects in memory, and how to take it back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from azoth.orm.persistence.execution.key_copy_executor import Written
from azoth.orm.persistence.statements.row_statement import Learnt
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.runtime.identity_map import IdentityMap


NOTHING: Final[Mapping[Any, Any]] = {}


class InsertedRows(NamedTuple):
    """Objects whose rows were inserted alike.

    Attributes:
        states: their states; the objects are not kept alive.
        made_keys: the attribute keys of the primary key that the database made.
        is_first: whether it is the first of the tables in which the objects have rows, so that they are counted here.
    """

    states: list[InstanceState]
    made_keys: tuple[str, ...]
    is_first: bool


class FlushOutcome:
    """What one flush changed in memory.

    It refers to objects through their states, so that a long transaction does not keep alive what it wrote; only
    deleted objects are held, because a rollback must bring them back.

    Attributes:
        identity_map: the map.
        inserted_rows: what was inserted, batch by batch.
        deleted: state -> instance whose row was deleted.
        updated: states whose rows were updated, each once.
        untouched: changed states whose own rows needed no statement, as after a change of a collection.
        key_changes: state -> its primary key before, for those whose key changed.
        carried: states whose foreign keys the database changed along with the keys that they refer to.
        settled: collections of objects outside of the session whose links the flush wrote: state, key, what they told.
        replaced: new state -> the deleted object whose row it takes over.
        placed: new states for which the flush has chosen the database of their rows, as their identity token says.
        nulls_learnt: what was not given and is known to be NULL since then: attributes -> states.
        written: what the flush put into objects: state, key, value before, value that it put there.
        expired: of the step that runs, the attributes that are loaded when they are read next, as the database has made
            their values; None while nobody listens.
    """

    __slots__ = (
        "_holders", "_looked_at", "carried", "deleted", "expired", "identity_map", "inserted_rows", "key_changes",
        "nulls_learnt", "placed", "replaced", "settled", "untouched", "updated", "written",
    )  # fmt: skip

    def __init__(
        self, identity_map: IdentityMap, replaced: Mapping[InstanceState, tuple[InstanceState, Any]] = NOTHING
    ) -> None:
        self.identity_map = identity_map
        self.replaced = replaced
        self.inserted_rows: list[InsertedRows] = []
        self.deleted: dict[InstanceState, Any] = {}
        self.updated: dict[InstanceState, None] = {}
        self.untouched: Collection[InstanceState] = ()
        self.key_changes: dict[InstanceState, Any] = {}
        self.carried: list[InstanceState] = []
        self.settled: list[tuple[InstanceState, str, tuple[Any, ...]]] = []
        self.placed: Collection[InstanceState] = ()
        self.nulls_learnt: Learnt = {}
        self.written: Written = []
        self.expired: list[tuple[Sequence[InstanceState], Sequence[str]]] | None = None
        self._holders: set[InstanceState | None] = set()
        """What the identity map has under the keys of inserted rows, as far as these were looked at."""
        self._looked_at = 0

    @property
    def inserted(self) -> list[InstanceState]:
        """The states whose rows were inserted, in order."""
        return [state for rows in self.inserted_rows if rows.is_first for state in rows.states]

    @property
    def generated(self) -> dict[InstanceState, tuple[str, ...]]:
        """The inserted states with the attribute keys that the database made."""
        found: dict[InstanceState, tuple[str, ...]] = {}
        for rows in self.inserted_rows:
            if rows.made_keys:
                for state in rows.states:
                    found[state] = (*found.get(state, ()), *rows.made_keys)
        return found

    def write(self, state: InstanceState, values: dict[str, Any], key: str, value: object) -> None:
        """Put a value into an object, remembering what was there."""
        self.written.append((state, key, values.get(key, NO_VALUE), value))
        values[key] = value

    def settle(self, state: InstanceState, key: str, item: object, *, adds: bool) -> None:
        """Take a member whose link is written out of what an object has to tell of its collection.

        Args:
            state: the object's state; the object is in no session, or in another one.
            key: the collection.
            item: the member.
            adds: whether it was put in, else it was taken out.
        """
        changes = state.changes
        before = None if changes is None else changes.get(key)
        if changes is None or not isinstance(before, tuple) or any(one is item for one in before) is adds:
            return
        self.settled.append((state, key, before))
        changes[key] = (*before, item) if adds else tuple([one for one in before if one is not item])

    def with_reused_keys(self, states: Iterable[InstanceState]) -> set[InstanceState]:
        """Find the objects among some whose key a row has that this flush inserted for another object.

        Their own rows are gone: a statement that names the key would meet the new one.
        """
        self._look_at_inserted()
        held = [state for state in states if state in self._holders]
        if not held:
            return set()
        former = {state for state, _ in self.replaced.values()}
        return {state for state in held if state not in former and not _changes_key(state)}

    def _look_at_inserted(self) -> None:
        entities, holders = self.identity_map, self._holders
        # Each row once, however many statements follow.
        for rows in self.inserted_rows[self._looked_at :]:
            if rows.is_first:
                known = entities.states_with(rows.states[0])
                has_tokens = rows.states[0].manager.root.has_tokens
                holders.update(
                    [(entities.states_with(one) if has_tokens else known).get(one.pk) for one in rows.states]
                )
        self._looked_at = len(self.inserted_rows)

    def undo(self) -> None:
        """Take back in memory a flush that has failed; objects that are in another session since then are left alone.

        Persistent objects lose what it gave them, too: an earlier flush of the transaction may have inserted them, so
        that they are about to be transient.
        """
        self.undo_states()
        self.undo_values(persistent=True)

    def undo_states(self) -> None:
        """Let objects be in the states that they had before.

        State: inserted objects are transient again, also where the session let go of them since then, and without
        generated keys; deleted objects are persistent again; changed primary keys are the old ones. Attributes of
        persistent objects are not restored: the session expires them.
        """
        identity_map = self.identity_map
        for state in self.key_changes:
            states = identity_map.states_with(state)
            if states.get(state.pk) is state:
                del states[state.pk]
        self._undo_inserts()
        for state in self.placed:
            if state.pk is None:
                state.identity_token = None
        for state, pk in self.key_changes.items():
            if state.identity_map is identity_map:
                state.pk = pk
                identity_map.states_with(state)[pk] = state
        for state, instance in self.deleted.items():
            if state.identity_map is identity_map and state.pk is not None:
                state.extras().was_deleted = False
                if not state.changes:
                    state.changes = None
                present = identity_map.states_with(state).get(state.pk)
                if present is not None and present is not state:
                    # Another object was brought for the row meanwhile; it is detached.
                    identity_map.discard(present)
                    present.origin = None
                identity_map.add(state, instance)

    def _undo_inserts(self) -> None:
        for rows in self.inserted_rows:
            if rows.is_first:
                for state in rows.states:
                    if self._is_ours(state):
                        keep_key(state)
        # Those of an object's later tables before that of its first one, with which it leaves the session.
        for rows in sorted(self.inserted_rows, key=_is_first):
            for state in rows.states:
                if self._is_ours(state):
                    if rows.is_first:
                        self._make_transient(state)
                    _forget_keys(state, rows.made_keys)

    def _is_ours(self, state: InstanceState) -> bool:
        """Tell whether an object that was inserted is in this session, or was expunged and is nowhere."""
        present = state.identity_map
        return present is self.identity_map or (present is None and state.pk is not None)

    def undo_values(self, *, persistent: bool = False) -> None:
        """Give objects that are transient now the values that they had before the flush; what was set since stays.

        Where several flushes are taken back, the states of all go first: a later flush may have written into an object
        that an earlier one inserted.

        Args:
            persistent: whether persistent objects get theirs, too.
        """
        for state, key, before, made in reversed(self.written):
            instance = state()
            if instance is None or not (persistent or state.pk is None):
                continue
            if not _is_as_made(state, instance, key, made):
                continue
            if before is NO_VALUE:
                instance.__dict__.pop(key, None)
            else:
                instance.__dict__[key] = before
        for state, key, told in reversed(self.settled):
            if state.changes is not None and key in state.changes:
                state.changes[key] = told
        for keys, states in self.nulls_learnt.items():
            _forget_nulls(keys, states)

    def _make_transient(self, state: InstanceState) -> None:
        if state.pk is not None:
            self.identity_map.discard(state)
        state.pk = state.origin = state.changes = None


def keep_key(state: InstanceState) -> None:
    """Let an object have its key, whether it was expired or not: nothing is going to load it any more."""
    instance = state()
    if instance is not None and state.pk is not None:
        mapper = state.manager.mapper
        values = instance.__dict__
        for place, key in enumerate(mapper.primary_key_keys):
            if key not in values:
                values[key] = state.pk[place] if mapper.composite_key else state.pk


def _changes_key(state: InstanceState) -> bool:
    return not (state.changes or NOTHING).keys().isdisjoint(state.manager.mapper.primary_key_keys)


def _is_as_made(state: InstanceState, instance: object, key: str, made: object) -> bool:
    """Tell whether an attribute has what a flush put there, or nothing any more."""
    present = instance.__dict__.get(key, made)
    if present is made or made is NO_VALUE:
        return True
    return bool(state.manager.mapper.columns[key].type.compare_values(present, made))


def _forget_nulls(keys: tuple[str, ...], states: list[InstanceState]) -> None:
    for state in states:
        instance = state()
        if instance is None or state.pk is not None:
            continue
        values = instance.__dict__
        for key in keys:
            if values.get(key, NO_VALUE) is None:
                del values[key]


def _is_first(rows: InsertedRows) -> bool:
    return rows.is_first


def _forget_keys(state: InstanceState, made_keys: tuple[str, ...]) -> None:
    instance = state()
    if instance is not None:
        for key in made_keys:
            instance.__dict__.pop(key, None)
