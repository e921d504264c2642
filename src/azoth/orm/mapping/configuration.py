"""configure_mappers(): finishing mappings once all classes are there."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.construction_events import follow_constructor
from azoth.orm.mapping.mapper_events import MapperEvents

if TYPE_CHECKING:
    from collections.abc import Iterable


class ConfigurableMapper(Protocol):
    """A mapper, as far as configuring knows it."""

    configured: bool
    class_: type[Any]
    dispatch: Any
    registry: Any

    def configure_properties(self) -> None:
        """Let each property find what it could not know before."""
        ...

    def link_properties(self) -> None:
        """Join both sides of each relationship."""
        ...

    def finish(self) -> None:
        """Put the final attributes into place."""
        ...

    def mark_configured(self) -> None:
        """Let the class be used from now on without a look at its configuration."""
        ...

    def link_attributes(self) -> None:
        """Let the attributes of both sides of each relationship know each other."""
        ...


Hook = Callable[[Any], None]

_lock = threading.RLock()
_mappers: weakref.WeakSet[Any] = weakref.WeakSet()
_waiting: list[Any] = []
_failures: list[tuple[Any, Exception]] = []
_hooks: list[Hook] = []
_is_configuring = False


def enlist(mapper: ConfigurableMapper) -> None:
    """Take in a new mapper, to be configured with the others on first use."""
    with _lock:
        _mappers.add(mapper)
        _waiting.append(mapper)
        # A mapping that failed for want of another class may succeed now.
        _failures.clear()


def on_configured(callback: Hook) -> Hook:
    """Call a function with each mapper once it is configured; for mappers that are so already, at once.

    Args:
        callback: called with the mapper, after all mappers of the same round are configured.

    Returns:
        the callback, so that this can decorate it.
    """
    with _lock:
        _hooks.append(callback)
        for mapper in all_mappers():
            if mapper.configured:
                callback(mapper)
    return callback


def is_waiting() -> bool:
    """Tell whether there are mappers that are not configured."""
    return bool(_waiting)


def configure_mappers() -> None:
    """Configure all mappings: find the classes that relationships name, and how their tables join.

    It runs by itself when a mapped class is first used.

    Raises:
        InvalidRequestError: a mapping failed before and nothing was mapped since; its cause is chained.
        ArgumentError: a mapping is wrong.
    """
    global _is_configuring
    if not _waiting:
        return
    with _lock:
        if _is_configuring or not _waiting:
            return
        _raise_known_failure()
        _is_configuring = True
        try:
            _configure_waiting()
        finally:
            _is_configuring = False


def all_mappers() -> list[Any]:
    """List the mappers that exist."""
    with _lock:
        return list(_mappers)


def forget(mappers: Iterable[Any]) -> None:
    """Drop mappers, because their classes are no longer mapped."""
    with _lock:
        for mapper in mappers:
            _mappers.discard(mapper)
            if mapper in _waiting:
                _waiting.remove(mapper)
        _failures.clear()


def _configure_waiting() -> None:
    for listener in MapperEvents._everywhere.before_configured:
        listener()
    round_ = list(_waiting)
    for mapper in round_:
        for listener in mapper.dispatch.before_mapper_configured:
            listener(mapper, mapper.class_)
    for step in ("configure_properties", "link_properties"):
        for mapper in round_:
            try:
                getattr(mapper, step)()
            except Exception as error:
                _failures.append((mapper, error))
                raise
    for mapper in round_:
        mapper.finish()
    for mapper in round_:
        mapper.link_attributes()
    for hook in _hooks:
        for mapper in round_:
            hook(mapper)
    # Other threads look at the flag without the lock, so it is set when nothing is left to do.
    for mapper in round_:
        mapper.mark_configured()
    _waiting[:] = [mapper for mapper in _waiting if not mapper.configured]
    _announce_configured(round_)


def _announce_configured(round_: list[Any]) -> None:
    for mapper in round_:
        follow_constructor(mapper.class_)
        for listener in mapper.dispatch.mapper_configured:
            listener(mapper, mapper.class_)
    for listener in MapperEvents._everywhere.after_configured:
        listener()


def _raise_known_failure() -> None:
    if not _failures:
        return
    mapper, error = _failures[0]
    raise InvalidRequestError(
        f"One or more mappers failed to initialize; the first was that of class {mapper.class_.__name__}",
        why=str(error).replace("\n", " "),
        fix="correct that mapping; it keeps all others from being used",
        code="AZ-M06",
    ) from error
