"""The events of mappers: what happens to the rows of a class, and to the mapping itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.event import Dispatch, EventSpec
from azoth.exc import InvalidRequestError
from azoth.orm.mapping.configuring.registry_events import RegistryEvents
from azoth.orm.runtime.instrumentation.entity_dispatch import EntityEvents
from azoth.orm.runtime.state import state_of

if TYPE_CHECKING:
    from azoth.orm.mapping.ports import ListenersConnection

__all__ = ["MapperEvents"]

OF_INSTANCES = frozenset({
    "before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete",
})  # fmt: skip

OF_ALL_MAPPERS = {"before_configured": "before_mapper_configured", "after_configured": "mapper_configured"}
"""Events that no single mapper has, each with its like of one mapper."""


class MapperEvents(EntityEvents):
    """The events of mappers; listen to a mapped class, its mapper, a base class with ``propagate=True``, or Mapper.

    Listeners of the events about one instance get the instance as ``target``, with ``raw=True`` its state. They may
    change its columns and execute statements on ``connection``; adding, deleting and linking objects is for
    ``before_flush``.
    """

    _groups: ClassVar[dict[str, tuple[str, ...]]] = {
        "inserting": ("before_insert", "after_insert"),
        "updating": ("before_update", "after_update"),
        "deleting": ("before_delete", "after_delete"),
    }

    def before_insert(self, mapper: object, connection: ListenersConnection, target: object) -> None:
        """The row of an object is about to be inserted."""

    def after_insert(self, mapper: object, connection: ListenersConnection, target: object) -> None:
        """The row of an object was inserted."""

    def before_update(self, mapper: object, connection: ListenersConnection, target: object) -> None:
        """A changed object is about to be updated, if it has net changes of columns."""

    def after_update(self, mapper: object, connection: ListenersConnection, target: object) -> None:
        """A changed object was updated, if it had net changes of columns."""

    def before_delete(self, mapper: object, connection: ListenersConnection, target: object) -> None:
        """The row of an object is about to be deleted."""

    def after_delete(self, mapper: object, connection: ListenersConnection, target: object) -> None:
        """The row of an object was deleted."""

    def instrument_class(self, mapper: object, class_: type[Any]) -> None:
        """A class is being mapped and has not got its attributes yet."""

    def after_mapper_constructed(self, mapper: object, class_: type[Any]) -> None:
        """A mapper was made; its relationships are not configured yet."""

    def before_mapper_configured(self, mapper: object, class_: type[Any]) -> None:
        """A mapper is about to be configured; with ``retval=True``, EXT_SKIP as the answer leaves it for later."""

    def mapper_configured(self, mapper: object, class_: type[Any]) -> None:
        """A mapper was configured; others of the same round may not have been yet."""

    def before_configured(self) -> None:
        """Mappers are about to be configured; listen to Mapper."""

    def after_configured(self) -> None:
        """All mappers were configured; listen to Mapper."""

    @classmethod
    def _dispatch_for_event(cls, name: str, target: object) -> Dispatch | None:
        dispatch = cls._dispatch_for(target)
        if name not in OF_ALL_MAPPERS or dispatch is None or dispatch is cls._everywhere:
            return dispatch
        if RegistryEvents._dispatch_for(target) is not None:
            return None
        raise InvalidRequestError(
            f"{target!r} has no event {name!r}",
            why="mappers are configured in rounds: the event is one of all mappers, or of all of a registry.",
            fix="listen to Mapper, to the declarative base or its registry; or to "
            f"{OF_ALL_MAPPERS[name]!r} of the class.",
            code="AZ-M99",
        )

    @classmethod
    def _fit(
        cls, spec: EventSpec, target: object, function: Callable[..., Any], options: dict[str, Any]
    ) -> Callable[..., Any]:
        if spec.name == "before_mapper_configured" and not options.get("retval"):
            return lambda mapper, class_: (function(mapper, class_), None)[1]
        if spec.name in OF_INSTANCES and options.get("raw"):
            return lambda mapper, connection, instance: function(mapper, connection, state_of(instance))
        return function
