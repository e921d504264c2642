"""What ``inspect(instance)`` tells: the public, reading side of an instance's state."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar

from azoth.orm.runtime.history import History, told_history
from azoth.orm.runtime.inspected.inspection_attr import InspectionAttr
from azoth.orm.runtime.passive import PASSIVE_NO_INITIALIZE, PassiveFlag
from azoth.orm.runtime.symbols import NO_VALUE

Default = TypeVar("Default")
Values: TypeAlias = dict[str, Any]


class AttributeState:
    """One attribute of one instance.

    Args:
        state: the state of the instance.
        key: the attribute's name.
    """

    __slots__ = ("key", "state", "stored")

    def __init__(self, state: InspectedState, key: str) -> None:
        self.state = state
        self.key = key
        synonym = None if key in state.manager.attributes else state.mapper.synonyms.get(key)
        self.stored: str = key if synonym is None else synonym.name
        """The attribute that has the value, where this one is a synonym of it."""

    @property
    def value(self) -> Any:
        """The value; loads it where it is not loaded."""
        return getattr(self.state.obj(), self.key)

    @property
    def loaded_value(self) -> Any:
        """The value in memory, or NO_VALUE; loads nothing."""
        return self.state.dict.get(self.stored, NO_VALUE)

    @property
    def history(self) -> History:
        """What changed since the instance was loaded or flushed; loads nothing."""
        return told_history(self.state, self.stored)

    def load_history(self) -> History:
        """Tell what changed, loading the value first where it is not loaded."""
        attribute = self.state.manager.attributes.get(self.stored)
        if getattr(attribute, "never_loads", False):
            history: History = attribute.history_with_members(self.state, self.state.obj())
            return history
        _ = self.value
        return self.history

    def __repr__(self) -> str:
        return f"<AttributeState {self.state.class_.__name__}.{self.key}>"


class AttributeStates:
    """The attributes of one instance by key, as a mapping and as attributes.

    Args:
        state: the state of the instance.
    """

    __slots__ = ("_state",)

    def __init__(self, state: InspectedState) -> None:
        self._state = state

    def _all(self) -> dict[str, AttributeState]:
        manager = self._state.manager
        keys = (*manager.attributes, *manager.composites, *self._state.mapper.synonyms.keys())
        return {key: AttributeState(self._state, key) for key in keys}

    def __getitem__(self, key: str) -> AttributeState:
        if key not in self:
            raise KeyError(key)
        return AttributeState(self._state, key)

    def __getattr__(self, key: str) -> AttributeState:
        if key not in self:
            raise AttributeError(f"{self._state.class_.__name__} has no mapped attribute {key!r}")
        return AttributeState(self._state, key)

    def __contains__(self, key: object) -> bool:
        manager = self._state.manager
        return key in manager.attributes or key in manager.composites or key in self._state.mapper.synonyms

    def __iter__(self) -> Iterator[AttributeState]:
        return iter(self._all().values())

    def __len__(self) -> int:
        return len(self._all())

    def get(self, key: str, default: Default | None = None) -> AttributeState | Default | None:
        """Give an attribute, or the default where there is none of the name."""
        return AttributeState(self._state, key) if key in self else default

    def has_key(self, key: str) -> bool:
        """Tell whether there is an attribute of a name."""
        return key in self

    def keys(self) -> list[str]:
        """List the names of the attributes."""
        return list(self._all())

    def values(self) -> list[AttributeState]:
        """List the attributes."""
        return list(self._all().values())

    def items(self) -> list[tuple[str, AttributeState]]:
        """List names and attributes."""
        return list(self._all().items())


class InspectedState(InspectionAttr):
    """The part of an instance's state that ``inspect()`` promises; it only reads what the state holds.

    Attributes:
        async_session: the asynchronous session that the instance is in: none, as all sessions are synchronous ones.
    """

    __slots__ = ()

    is_instance = True
    async_session = None

    if TYPE_CHECKING:
        # What InstanceState holds.
        manager: ClassVar[Any]
        pk: Any
        changes: Values | None
        extra: Any

        @property
        def identity_map(self) -> Any: ...

        @property
        def identity_token(self) -> Hashable: ...

        @property
        def was_deleted(self) -> bool: ...

        def __call__(self) -> Any: ...

    # -- the instance ---------------------------------------------------------

    def obj(self) -> Any:
        """Give the instance, or None when it was garbage collected."""
        return self()

    @property
    def object(self) -> Any:
        """The instance, or None when it was garbage collected."""
        return self()

    @property
    def class_(self) -> type[Any]:
        """The mapped class."""
        class_: type[Any] = self.manager.class_
        return class_

    @property
    def mapper(self) -> Any:
        """The mapper of the class."""
        return self.manager.mapper

    @property
    def class_manager(self) -> Any:
        """The instrumentation of the class."""
        return self.manager

    @property
    def dict(self) -> Values:
        """The values in memory by attribute: the instance's ``__dict__``."""
        instance = self()
        return {} if instance is None else instance.__dict__

    # -- where it is in its life ----------------------------------------------

    @property
    def session(self) -> Any:
        """The session that the instance is in, or None."""
        identity_map = self.identity_map
        unit = None if identity_map is None else identity_map.unit()
        return None if unit is None else unit.session

    @property
    def session_id(self) -> int | None:
        """A number for the session that the instance is in, or None."""
        session = self.session
        return None if session is None else id(session)

    @property
    def transient(self) -> bool:
        """Whether the instance has no row and is in no session."""
        return self.pk is None and not self.pending

    @property
    def pending(self) -> bool:
        """Whether the instance waits in a session to be inserted."""
        identity_map = self.identity_map
        return identity_map is not None and self in identity_map.new

    @property
    def persistent(self) -> bool:
        """Whether the instance has a row and is in a session."""
        return self.pk is not None and self.session is not None and not self.was_deleted

    @property
    def deleted(self) -> bool:
        """Whether the instance's row was deleted in a transaction that has not ended."""
        return self.pk is not None and self.session is not None and self.was_deleted

    @property
    def detached(self) -> bool:
        """Whether the instance has, or had, a row and is in no session."""
        return self.pk is not None and self.session is None

    # -- identity -------------------------------------------------------------

    @property
    def has_identity(self) -> bool:
        """Whether the instance has a primary key in the database."""
        return self.pk is not None

    @property
    def identity(self) -> tuple[Any, ...] | None:
        """The primary key in the database as a tuple, or None."""
        if self.pk is None:
            return None
        return self.pk if self.mapper.composite_key else (self.pk,)

    @property
    def identity_key(self) -> tuple[Any, ...] | None:
        """``(class, (primary key, ...), identity token)``, or None."""
        identity = self.identity
        return None if identity is None else (self.manager.root.class_, identity, self.identity_token)

    @property
    def key(self) -> tuple[Any, ...] | None:
        """The identity key."""
        return self.identity_key

    # -- values ---------------------------------------------------------------

    @property
    def attrs(self) -> AttributeStates:
        """The attributes, each with value, loaded value and history."""
        return AttributeStates(self)

    @property
    def modified(self) -> bool:
        """Whether anything was set since the instance was loaded or flushed."""
        return bool(self._changed)

    @property
    def committed_state(self) -> Values:
        """The values before the changes, by attribute."""
        changes = self.changes or {}
        return {key: changes.get(key, NO_VALUE) for key in self._changed}

    @property
    def unmodified(self) -> set[str]:
        """The attributes that were not set since the instance was loaded or flushed."""
        return set(self.manager.attributes) - self._changed

    @property
    def _changed(self) -> set[str]:
        changed = set(self.changes or ())
        # What was given to a constructor is no change to a flush, which inserts the whole row.
        if self.pk is not None:
            return changed
        given: set[str] = self.manager.attributes.keys() & self.dict.keys()
        discriminator = self.manager.discriminator
        return changed | (given if discriminator is None else given - {discriminator[0]})

    def unmodified_intersection(self, keys: Iterable[str]) -> set[str]:
        """Give those of some attributes that were not set."""
        return self.unmodified.intersection(keys)

    @property
    def unloaded(self) -> set[str]:
        """The attributes that have no value in memory."""
        return set(self.manager.attributes) - set(self.dict)

    @property
    def unloaded_expirable(self) -> set[str]:
        """The same; older name."""
        return self.unloaded

    @property
    def expired_attributes(self) -> set[str]:
        """The columns whose values will be loaded anew, except those that load on demand only."""
        if self.pk is None:
            return set()
        mapper = self.mapper
        return {key for key in mapper.column_keys if key not in mapper.deferred_keys} & self.unloaded

    @property
    def expired(self) -> bool:
        """Whether the instance was expired as a whole and not loaded since."""
        return self.pk is not None and not any(key in self.dict for key in self.mapper.column_keys)

    def get_history(self, key: str, passive: PassiveFlag = PASSIVE_NO_INITIALIZE) -> History:
        """Tell what changed on an attribute.

        Args:
            key: the attribute's name.
            passive: whether a value that is not loaded may be loaded; by default it is not.
        """
        attribute = self.attrs[key]
        return attribute.load_history() if passive.allows_load() else attribute.history

    def __repr__(self) -> str:
        instance = self()
        where = (
            "of an instance that is gone" if instance is None else f"of {type(instance).__name__} at {id(instance):#x}"
        )
        return f"<InstanceState {where}; {self.identity or 'no identity'}>"
