"""The events of mappers: what happens to the rows of a class, and to the mapping itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.event import EventSpec
from azoth.orm.runtime.instrumentation.entity_dispatch import EntityEvents
from azoth.orm.runtime.state import state_of

if TYPE_CHECKING:
    from azoth.orm.mapping.ports import ListenersConnection

__all__ = ["MapperEvents"]

OF_INSTANCES = frozenset({
    "before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete",
})  # fmt: skip


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

    def before_insert(self, mapper: Any, connection: ListenersConnection, target: Any) -> None:
        """The row of an object is about to be inserted."""

    def after_insert(self, mapper: Any, connection: ListenersConnection, target: Any) -> None:
        """The row of an object was inserted."""

    def before_update(self, mapper: Any, connection: ListenersConnection, target: Any) -> None:
        """A changed object is about to be updated, if it has net changes of columns."""

    def after_update(self, mapper: Any, connection: ListenersConnection, target: Any) -> None:
        """A changed object was updated, if it had net changes of columns."""

    def before_delete(self, mapper: Any, connection: ListenersConnection, target: Any) -> None:
        """The row of an object is about to be deleted."""

    def after_delete(self, mapper: Any, connection: ListenersConnection, target: Any) -> None:
        """The row of an object was deleted."""

    def instrument_class(self, mapper: Any, class_: type[Any]) -> None:
        """A class is being mapped and has not got its attributes yet."""

    def after_mapper_constructed(self, mapper: Any, class_: type[Any]) -> None:
        """A mapper was made; its relationships are not configured yet."""

    def before_mapper_configured(self, mapper: Any, class_: type[Any]) -> None:
        """A mapper is about to be configured."""

    def mapper_configured(self, mapper: Any, class_: type[Any]) -> None:
        """A mapper was configured; others of the same round may not have been yet."""

    def before_configured(self) -> None:
        """Mappers are about to be configured; listen to Mapper."""

    def after_configured(self) -> None:
        """All mappers were configured; listen to Mapper."""

    @classmethod
    def _wrap(
        cls, spec: EventSpec, target: Any, function: Callable[..., Any], options: dict[str, Any]
    ) -> Callable[..., Any]:
        if spec.name in OF_INSTANCES and options.get("raw"):
            return lambda mapper, connection, instance: function(mapper, connection, state_of(instance))
        return function
