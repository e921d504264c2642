"""The events of instances of mapped classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final

from azoth.event import EventSpec
from azoth.orm.runtime.instrumentation.entity_dispatch import EntityEvents
from azoth.orm.runtime.state import state_of

__all__ = ["LISTENERS_CHANGED", "InstanceEvents"]

LISTENERS_CHANGED: Final[list[Callable[[type[Any]], None]]] = []
"""Called with a class whose listeners may have changed: by those who generate code with the listeners in it."""


class InstanceEvents(EntityEvents):
    """The events of instances; listen to a mapped class, its mapper, a base class with ``propagate=True``, or Mapper.

    Listeners get the instance as ``target``, with ``raw=True`` its state.
    """

    _groups: ClassVar[dict[str, tuple[str, ...]]] = {
        "constructing": ("init", "init_failure"),
        "written": ("refresh_flush", "expire"),
    }

    def init(self, target: object, args: object, kwargs: object) -> None:
        """The constructor is about to run; the arguments by name can be changed in place."""

    def init_failure(self, target: object, args: object, kwargs: object) -> None:
        """The constructor raised an error."""

    def load(self, target: object, context: object) -> None:
        """The instance was made from a row; its columns are there."""

    def refresh(self, target: object, context: object, attrs: object) -> None:
        """Attributes of an instance that was present were loaded; ``attrs`` names them, None means all."""

    def refresh_flush(self, target: object, flush_context: object, attrs: object) -> None:
        """A flush put values into the instance that the program did not give.

        ``attrs`` names them: those that the database gave back, then those that functions made.
        """

    def copy_values(self, target: object) -> None:
        """Values of another instance were put into this one as they are: by merge(load=False), or by a copy."""

    def expire(self, target: object, attrs: object) -> None:
        """Attributes were expired; ``attrs`` names them, None means all.

        A flush tells of those whose values the database has made, and that are loaded when they are read next.
        """

    def pickle(self, target: object, state_dict: dict[str, Any]) -> None:
        """The instance is being pickled; what is put into ``state_dict`` goes along."""

    def unpickle(self, target: object, state_dict: dict[str, Any]) -> None:
        """The instance was unpickled; ``state_dict`` is what ``pickle`` listeners saw."""

    @classmethod
    def _fit(
        cls, spec: EventSpec, target: object, function: Callable[..., Any], options: dict[str, Any]
    ) -> Callable[..., Any]:
        if options.get("raw"):
            return lambda instance, *rest: function(state_of(instance), *rest)
        return function

    @classmethod
    def _listeners_changed(cls, class_: type[Any]) -> None:
        for follow in LISTENERS_CHANGED:
            follow(class_)
