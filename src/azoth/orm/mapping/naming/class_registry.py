"""ClassRegistry: the mapped classes that know each other by name."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from azoth.event import Dispatch
from azoth.exc import InvalidRequestError
from azoth.orm.mapping.configuring.registry_events import RegistryEvents
from azoth.orm.mapping.configuring.unfinished import Unfinished
from azoth.orm.mapping.naming.name_resolver import NameResolver
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.mapping.ports import MapperPort
    from azoth.sql.schema import MetaData

_sharing: weakref.WeakSet[ClassRegistry] = weakref.WeakSet()
"""The registries that were given a dictionary for their classes."""


class ClassRegistry:
    """Classes by name, and the tables that they may name.

    Args:
        metadata: the tables.
        class_registry: the dictionary that holds the classes; one of its own where none is given.

    Attributes:
        classes: name -> the class, or the tuple of classes that share the name.
        unfinished: the mappers that are not configured.
        dependents: the registries whose relationships are known to lead to classes of this one.
        dispatch: who listens to the registry's events.
    """

    dispatch: Dispatch

    def __init__(
        self, metadata: MetaData | None = None, class_registry: MutableMapping[str, Any] | None = None
    ) -> None:
        self.metadata: Any = metadata
        self.classes: MutableMapping[str, Any] = {} if class_registry is None else class_registry
        self._mappers: weakref.WeakSet[Any] = weakref.WeakSet()
        self.unfinished = Unfinished()
        self.dependents: weakref.WeakSet[ClassRegistry] = weakref.WeakSet()
        self._shares_names = class_registry is not None
        if self._shares_names:
            _sharing.add(self)

    @property
    def mappers(self) -> frozenset[Any]:
        """The mappers of this registry's classes."""
        return frozenset(self._mappers)

    def add_class(self, class_: type[Any]) -> None:
        """Make a class known by its name; a second class of the same name needs its module's path from then on."""
        known = self.classes.get(class_.__name__, ())
        several = known if isinstance(known, tuple) else (known,)
        if any(other is not class_ and other.__module__ == class_.__module__ for other in several):
            warn(
                f"this declarative base has another class {class_.__name__} of the module {class_.__module__}",
                why="texts that name the class, as in relationship(), are ambiguous or mean the later one",
                fix="give one of them another name, or a declarative base of its own",
                code="AZ-M389",
            )
        # A class that is defined again in the same module (a reload, a test) takes the place of its forerunner.
        kept = tuple([other for other in several if not _is_same_definition(other, class_)])
        self.classes[class_.__name__] = (*kept, class_) if kept else class_

    def remove_class(self, class_: type[Any]) -> None:
        """Forget a class."""
        known = self.classes.get(class_.__name__, ())
        several = known if isinstance(known, tuple) else (known,)
        kept = tuple([other for other in several if other is not class_])
        if kept:
            self.classes[class_.__name__] = kept if len(kept) > 1 else kept[0]
        else:
            self.classes.pop(class_.__name__, None)

    def add_mapper(self, mapper: MapperPort) -> None:
        """Take in the mapper of one of the classes."""
        self._mappers.add(mapper)

    def remove_mapper(self, mapper: MapperPort) -> None:
        """Forget the mapper of a class that is not mapped any longer."""
        self._mappers.discard(mapper)

    def all_dependents(self) -> list[ClassRegistry]:
        """List the registries whose relationships lead to this one, directly or by way of others."""
        found: dict[ClassRegistry, None] = {self: None}
        for registry in (pending := [self]):
            new = [one for one in registry.dependents if one not in found]
            found.update(dict.fromkeys(new))
            pending += new
        return list(found)[1:]

    def sharing_names(self) -> list[ClassRegistry]:
        """List the other registries that know their classes in the same dictionary."""
        if not self._shares_names:
            return []
        return [other for other in _sharing if other.classes is self.classes and other is not self]

    def classes_named(self, name: str) -> tuple[type[Any], ...]:
        """Give the classes of a name: none, one, or several from different modules."""
        found = self.classes.get(name, ())
        return found if isinstance(found, tuple) else (found,)

    def all_classes(self) -> Iterator[type[Any]]:
        """Yield every class."""
        for name in list(self.classes):
            yield from self.classes_named(name)

    def class_at(self, path: str) -> type[Any] | None:
        """Find a class by a path that ends in its name: ``models.user.User``, or any tail of that.

        Raises:
            InvalidRequestError: the path fits several classes.
        """
        module, _, name = path.rpartition(".")
        found = [class_ for class_ in self.classes_named(name) if _is_in(class_, module)]
        if len(found) > 1:
            places = ", ".join(sorted(f"{class_.__module__}.{class_.__name__}" for class_ in found))
            raise InvalidRequestError(
                f"Multiple classes found for path {path!r} in the registry of this declarative base",
                why=f"they are {places}",
                fix="name the class with as much of its module's path as tells it apart",
                code="AZ-M50",
            )
        return found[0] if found else None

    def names_for(self, class_: type[Any], key: str) -> NameResolver:
        """Make what resolves the names in the arguments of one relationship.

        Args:
            class_: the class that declares it.
            key: its attribute.
        """
        return NameResolver(self, class_, key)


def _is_in(class_: type[Any], module: str) -> bool:
    return not module or class_.__module__ == module or class_.__module__.endswith(f".{module}")


def _is_same_definition(class_: type[Any], other: type[Any]) -> bool:
    return class_.__module__ == other.__module__ and class_.__qualname__ == other.__qualname__


RegistryEvents._accept(ClassRegistry)
