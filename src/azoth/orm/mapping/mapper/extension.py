"""MapperExtension: the classic way to hear of what happens to the instances of a mapping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azoth.event import Dispatch, Registration
from azoth.orm.mapping.configuring.mapper_events import MapperEvents
from azoth.orm.runtime.instrumentation.instance_events import InstanceEvents
from azoth.orm.runtime.symbols import EXT_STOP


class MapperExtension:
    """Base of classes whose methods are called for the instances of a mapping; override what is needed.

    One instance, or a list of them, is given as ``extension=`` to ``mapper()``; the same instance can serve any number
    of mappings. A method that returns EXT_STOP keeps the extensions behind it in the list from being called.
    """

    def instrument_class(self, mapper: Any, class_: type[Any]) -> Any:
        """Hear of a class that is being mapped."""

    def init_instance(self, mapper: Any, class_: type[Any], oldinit: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        """Hear of an instance whose constructor is about to run."""

    def init_failed(self, mapper: Any, class_: type[Any], oldinit: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        """Hear of an instance whose constructor raised an error."""

    def reconstruct_instance(self, mapper: Any, instance: Any) -> Any:
        """Hear of an instance that was made from a row."""

    def on_reconstitute(self, mapper: Any, instance: Any) -> Any:
        """Hear of an instance that was made from a row; older name of ``reconstruct_instance``."""

    def before_insert(self, mapper: Any, connection: Any, instance: Any) -> Any:
        """Hear of an object whose row is about to be inserted."""

    def after_insert(self, mapper: Any, connection: Any, instance: Any) -> Any:
        """Hear of an object whose row was inserted."""

    def before_update(self, mapper: Any, connection: Any, instance: Any) -> Any:
        """Hear of a changed object that is about to be updated."""

    def after_update(self, mapper: Any, connection: Any, instance: Any) -> Any:
        """Hear of a changed object that was updated."""

    def before_delete(self, mapper: Any, connection: Any, instance: Any) -> Any:
        """Hear of an object whose row is about to be deleted."""

    def after_delete(self, mapper: Any, connection: Any, instance: Any) -> Any:
        """Hear of an object whose row was deleted."""


OF_ROWS = ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete")


class Extended:
    """The extensions of one mapper, listening; ``remove()`` ends it.

    Args:
        mapper: the mapper.
        extension: an extension, or a list of them.
    """

    __slots__ = ("_extensions", "_mapper", "_registered")

    def __init__(self, mapper: Any, extension: Any) -> None:
        self._mapper = mapper
        self._extensions = extension if isinstance(extension, (list, tuple)) else (extension,)
        self._registered: list[tuple[Dispatch, str, Callable[..., Any]]] = []
        of_mapper = MapperEvents._of_class(mapper.class_)
        of_instances = InstanceEvents._of_class(mapper.class_)
        for name in ("instrument_class", *OF_ROWS):
            self._listen(of_mapper, name, self._chain(name))
        self._listen(of_instances, "init", self._of_constructor("init_instance"))
        self._listen(of_instances, "init_failure", self._of_constructor("init_failed"))
        for name in ("reconstruct_instance", "on_reconstitute"):
            self._listen(of_instances, "load", self._of_load(name))

    def remove(self) -> None:
        """Stop listening."""
        for dispatch, name, function in self._registered:
            dispatch.discard(name, function)
        self._registered.clear()

    def _listen(self, dispatch: Dispatch, name: str, function: Callable[..., Any] | None) -> None:
        if function is not None:
            dispatch.add(name, Registration(function, function))
            self._registered.append((dispatch, name, function))

    def _chain(self, name: str) -> Callable[..., Any] | None:
        """Make one function of the extensions' methods of a name; None where no extension has its own."""
        original = getattr(MapperExtension, name)
        methods = [
            method
            for extension in self._extensions
            if (method := getattr(extension, name, None)) is not None
            and getattr(method, "__func__", None) is not original
        ]
        if not methods:
            return None

        def call(*arguments: Any) -> None:
            for method in methods:
                if method(*arguments) is EXT_STOP:
                    return

        return call

    def _of_constructor(self, name: str) -> Callable[..., Any] | None:
        chain, mapper = self._chain(name), self._mapper
        if chain is None:
            return None
        class_ = mapper.class_
        return lambda instance, args, kwargs: chain(mapper, class_, class_.__init__, instance, args, kwargs)

    def _of_load(self, name: str) -> Callable[..., Any] | None:
        chain, mapper = self._chain(name), self._mapper
        return None if chain is None else lambda instance, context: chain(mapper, instance)
