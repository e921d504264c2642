"""configure_mappers(): finishing mappings once all classes are there.

Registries are configured each by itself, together with those that its relationships lead to: a mapping that cannot
be configured keeps only the classes of its own registry, and of those that depend on it, from being used.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from azoth.orm.mapping.configuring.configuration_round import ConfigurationRound
from azoth.orm.mapping.configuring.construction_events import follow_constructor
from azoth.orm.mapping.configuring.mapper_events import MapperEvents
from azoth.orm.mapping.configuring.registry_events import FIRST, LAST, call_declared, follow_declared, tell_registries
from azoth.orm.mapping.configuring.unfinished import Unfinished

if TYPE_CHECKING:
    from azoth.orm.mapping.ports import MapperPort

Hook = Callable[[Any], None]

_lock = threading.RLock()
_mappers: weakref.WeakSet[Any] = weakref.WeakSet()
_waiting: weakref.WeakValueDictionary[int, Unfinished] = weakref.WeakValueDictionary()
"""What is not configured, in the order in which the registries began to have such mappers."""
_backrefs: weakref.WeakKeyDictionary[type[Any], weakref.WeakSet[Unfinished]] = weakref.WeakKeyDictionary()
"""Class -> those whose relationships are going to add attributes to it."""
_hooks: list[Hook] = []


def enlist(mapper: Any) -> None:
    """Take in a new mapper, to be configured with the others of its registry on first use."""
    unfinished: Unfinished = mapper.registry.unfinished
    with _lock:
        _mappers.add(mapper)
        follow_declared(mapper.class_)
        unfinished.add(mapper)
        _waiting[unfinished.number] = unfinished
        for class_ in mapper.classes_with_backrefs():
            _backrefs.setdefault(class_, weakref.WeakSet()).add(unfinished)


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


def wire_all(mappers: Iterable[MapperPort]) -> None:
    """Call the hooks with mappers that got a relationship after they were configured."""
    for mapper in mappers:
        for hook in _hooks:
            hook(mapper)


def configure_mappers() -> None:
    """Configure all mappings: find the classes that relationships name, and how their tables join.

    The mappings of a registry are configured by themselves when one of its classes is first used.

    Raises:
        InvalidRequestError: a mapping failed before and nothing was mapped since; its cause is chained.
        ArgumentError: a mapping is wrong. Those of other registries are configured nevertheless.
    """
    with _lock:
        waiting = [one for _, one in sorted(_waiting.items())]
        errors = _configure([one for one in waiting if one.mappers and not one.is_in_work])
        if errors:
            raise errors[0]


def configure_registry(unfinished: Unfinished, *, cascade: bool = True) -> None:
    """Configure the mappings of one registry, and of those that it depends on.

    Args:
        unfinished: what is not configured of the registry.
        cascade: whether to configure other registries that its relationships lead to.

    Raises:
        InvalidRequestError: a mapping failed before and nothing was mapped since; its cause is chained. Or other
            registries have to be configured, and are not to be.
        ArgumentError: a mapping is wrong.
    """
    if not unfinished.mappers:
        return
    with _lock:
        if not unfinished.mappers or unfinished.is_in_work:
            return
        unfinished.raise_known_failure()
        for error in _configure([unfinished], cascade=cascade):
            raise error


@contextmanager
def configuring_nothing() -> Iterator[None]:
    """Keep other threads from configuring mappings in the block, which makes some that belong together."""
    with _lock:
        yield


def all_mappers() -> list[Any]:
    """List the mappers that exist."""
    with _lock:
        return list(_mappers)


def forget(mappers: Iterable[Any]) -> None:
    """Drop mappers, because their classes are no longer mapped."""
    with _lock:
        for mapper in mappers:
            _mappers.discard(mapper)
            mapper.registry.unfinished.remove(mapper)


def _configure(begun: list[Unfinished], *, cascade: bool = True) -> list[Exception]:
    """Configure registries one after the other; gives the errors of those that failed."""
    if not begun:
        return []
    for listener in MapperEvents._everywhere.before_configured:
        listener()
    tell_registries({mapper.registry: None for one in begun for mapper in one.mappers}, "before_configured")
    call_declared(FIRST)
    done: list[Any] = []
    failed = [_try(unfinished, done, cascade=cascade) for unfinished in begun]
    # Relationships of other registries may add attributes to these classes, which are to be there when they are used.
    # Where those registries fail, it is told when a class of theirs is used.
    for unfinished in _adding_to(done) if cascade else ():
        _try(unfinished, done, cascade=True)
    if done:
        _announce(done)
    return [error for error in failed if error is not None]


def _try(unfinished: Unfinished, done: list[Any], *, cascade: bool) -> Exception | None:
    """Configure a registry; adds its mappers to those that are done, or gives the error."""
    if not unfinished.mappers:
        return None
    try:
        done += ConfigurationRound(unfinished, cascade=cascade, hooks=_hooks).run()
    except Exception as error:  # noqa: BLE001 - a mapping may raise anything, and others go on
        return error
    return None


def _adding_to(mappers: list[Any]) -> list[Unfinished]:
    """Find the registries whose relationships add attributes to the classes of these mappers."""
    found = {one for mapper in mappers for one in _backrefs.get(mapper.class_, ())}
    for registry in {mapper.registry for mapper in mappers}:
        # Relationships that name their class as text do not say of which registry it is.
        found.update(other.unfinished for other in registry.sharing_names())
    return sorted({one for one in found if one.mappers and not one.is_in_work}, key=lambda one: one.number)


def _announce(mappers: list[Any]) -> None:
    for mapper in mappers:
        follow_constructor(mapper.class_)
        for listener in mapper.dispatch.mapper_configured:
            listener(mapper, mapper.class_)
    for listener in MapperEvents._everywhere.after_configured:
        listener()
    tell_registries({mapper.registry: None for mapper in mappers}, "after_configured")
    call_declared(LAST)
