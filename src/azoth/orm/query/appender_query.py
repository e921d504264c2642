"""AppenderQuery: what an instance shows under a ``lazy="dynamic"`` relationship."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, overload

from azoth.orm.exc import DetachedInstanceError
from azoth.orm.mapping.attributes import mapped
from azoth.orm.mapping.entities.with_parent import select_members
from azoth.orm.query.query import Query
from azoth.orm.runtime.state import state_of
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute
    from azoth.orm.runtime.ports import SessionPort, Unit

Item = TypeVar("Item")


class AppenderQuery(Query[Item]):
    """A dynamic collection: a Query of its members, made when it is first asked for, that can also append and remove.

    Without a session, and on a pending object that no autoflush may insert, only reading the whole collection works: it
    gives what was appended.

    Args:
        attribute: the attribute.
        instance: the owner.
    """

    attribute: Any
    instance: Any

    def __init__(self, attribute: Any, instance: Any) -> None:
        # Query's own constructor is left out: append() and its like need no statement.
        self.attribute = attribute
        self.instance = instance

    @cached_property
    def _statement(self) -> Any:
        statement = self.__dict__["_members_statement"] = select_members(self.attribute.property, self.instance)
        return statement

    @property
    def session(self) -> Any:
        """The owner's session; flushes pending changes if that is on, None where nothing can be queried."""
        given = self.__dict__.get("_given_session")
        if given is not None:
            return given
        unit = self._unit()
        if unit is None:
            return None
        state = state_of(self.instance)
        if state.pk is None and self._flushes_first():
            unit.autoflush()
        return unit.session if state.pk is not None else None

    @session.setter
    def session(self, session: SessionPort) -> None:
        self.__dict__["_given_session"] = session

    # -- changing -------------------------------------------------------------

    def append(self, item: Item) -> None:
        """Put an object into the collection; the next flush writes it."""
        self.attribute.append(self.instance, item)

    add = append

    def extend(self, iterator: Iterable[Item]) -> None:
        """Put several objects into the collection."""
        for item in iterator:
            self.attribute.append(self.instance, item)

    add_all = extend

    def remove(self, item: Item) -> None:
        """Take an object out of the collection; the next flush writes it."""
        self.attribute.remove(self.instance, item)

    # -- reading --------------------------------------------------------------

    def count(self) -> int:
        """Count the members; without a session, those that were appended."""
        if self._whole and self.session is None:
            return len(self._appended())
        return super().count()

    def __iter__(self) -> Iterator[Item]:
        if self._whole and self.session is None:
            return iter(self._appended())
        return super().__iter__()

    def __getitem__(self, item: Any) -> Any:
        if self._whole and self.session is None:
            return self._appended()[item]
        return super().__getitem__(item)

    def _fetch(self, statement: Any) -> list[Any]:
        if self._whole and self.session is None:
            if statement is not self._statement:
                # first() asks for one of them.
                return self._appended()[:1]
            return self._appended()
        return super()._fetch(statement)

    def with_session(self, session: SessionPort) -> Self:
        """Let the query run in a session."""
        copy = super()._with(self._statement)
        copy.session = session
        return copy

    def _with(self, statement: Any) -> Self:
        """Make a query of some of the members.

        Raises:
            DetachedInstanceError: the owner is in no session, so that there is nothing to query.
        """
        if self._unit() is None and "_given_session" not in self.__dict__:
            raise self._unreachable()
        return super()._with(statement)

    def _session(self) -> Any:
        session = self.session
        if session is None:
            raise self._unreachable()
        return session

    def _unreachable(self) -> DetachedInstanceError:
        owner, key = self.attribute.class_.__name__, self.attribute.key
        return DetachedInstanceError(
            f"{owner}.{key} cannot be queried: the {owner} object is not persistent in a session",
            why="only a collection of a persistent object has rows to query.",
            fix="add() the object to a session (and flush it, where autoflush is off) first.",
            code="AZ-L62",
        )

    def _azoth_collection_members(self) -> list[Any]:
        """List the members with pending changes applied, for cascades and replacement; flushes nothing."""
        state = state_of(self.instance)
        changes = self.attribute.pending_if_any(state)
        unit = self._unit()
        if unit is None or state.pk is None:
            return [] if changes is None else list(changes.added)
        with unit.no_autoflush:
            members = super()._fetch(self._statement)
        return members if changes is None else changes.applied_to(members)

    @property
    def _whole(self) -> bool:
        """Whether nothing narrowed the query: then it stands for the collection itself."""
        return self._statement is self.__dict__.get("_members_statement")

    def _flushes_first(self) -> bool:
        return bool(self._statement._execution_options.get("autoflush", True))

    def _unit(self) -> Unit | None:
        identity_map = state_of(self.instance).identity_map
        return None if identity_map is None else identity_map.unit()

    def _appended(self) -> list[Any]:
        state = state_of(self.instance)
        if state.pk is not None and self._unit() is None:
            warn(
                f"{self.attribute.class_.__name__}.{self.attribute.key}: the object is detached",
                why="without a session its dynamic collection shows only what was appended since",
                fix="add() or merge() it into a session to see all",
                code="AZ-L308",
            )
        joining: list[Any] = self.attribute.joining(state)
        return joining


@lru_cache(maxsize=64)
def appender_class(query_class: type[Any] | None) -> type[Any]:
    """Give the class of a dynamic collection whose relationship names a ``query_class``."""
    if query_class is None or query_class is Query:
        return AppenderQuery
    if issubclass(query_class, AppenderQuery):
        return query_class
    return type(f"Appender{query_class.__name__}", (AppenderQuery, query_class), {})


if TYPE_CHECKING:
    Member = TypeVar("Member")

    # Mappings know the annotation, but not the collection, which stands above them. What relationship() gives fits the
    # protocol, since it does not say what its values are.

    class DynamicMapped(Protocol[Member]):
        """Annotate a collection that is queried instead of loaded."""

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[Member]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> AppenderQuery[Member]: ...

        def __set__(self, instance: Any, value: Any) -> None: ...

else:
    DynamicMapped = mapped.DynamicMapped
