"""Instrumentation of one's own: what is put on mapped classes passes a manager that the program gives.

    class Managed(InstrumentationManager):
        def install_descriptor(self, class_, key, inst): ...

    class User(Base):
        __sa_instrumentation_manager__ = Managed

Values stand in an instance's ``__dict__`` and its state under ``_sa_instance_state`` there, always; a manager that
would keep them elsewhere is refused when its class is mapped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from azoth import event
from azoth.exc import InvalidRequestError
from azoth.orm.attributes import instance_dict, instance_state
from azoth.orm.exc import UnmappedClassError
from azoth.orm.instrumentation import MANAGER_FACTORIES, ClassManager, InstrumentationFactory, manager_of_class

__all__ = [
    "INSTRUMENTATION_MANAGER",
    "ExtendedInstrumentationRegistry",
    "InstrumentationFactory",
    "InstrumentationManager",
    "find_native_user_instrumentation_hook",
    "instrumentation_finders",
]

INSTRUMENTATION_MANAGER: Final = "__sa_instrumentation_manager__"
"""The attribute of a class that says what manages its instrumentation: a function of the class."""

FIXED: Final = (
    "dict_getter",
    "get_instance_dict",
    "initialize_instance_dict",
    "install_state",
    "manager_getter",
    "remove_state",
    "state_getter",
)
"""Methods of SQLAlchemy's managers that say where values, states and managers are, which is fixed here."""


def find_native_user_instrumentation_hook(cls: type[Any]) -> Callable[[type[Any]], object] | None:
    """Give what a class says manages its instrumentation, or None."""
    return getattr(cls, INSTRUMENTATION_MANAGER, None)


instrumentation_finders: list[Callable[[type[Any]], Callable[[type[Any]], object] | None]] = [
    find_native_user_instrumentation_hook
]
"""Functions that are asked, for each class that is mapped, what manages its instrumentation; the first answer counts.
What they give is called with the class, and gives an InstrumentationManager, or an object with its methods."""


Collected: TypeAlias = Callable[..., Any]
"""What makes the collections of an attribute: a class, or a function."""


class InstrumentationManager:
    """Puts mapped attributes on a class, and takes them off; derive from it to do something else.

    Args:
        class_: the class.
    """

    def __init__(self, class_: type[Any]) -> None:
        pass

    def manage(self, class_: type[Any], manager: ClassManager) -> None:
        """Hear that a class has its instrumentation."""

    def unregister(self, class_: type[Any], manager: ClassManager) -> None:
        """Hear that a class has lost its instrumentation."""

    def instrument_attribute(self, class_: type[Any], key: str, inst: object) -> None:
        """Hear that an attribute was put on a class."""

    def post_configure_attribute(self, class_: type[Any], key: str, inst: object) -> None:
        """Hear that an attribute is ready for use."""

    def install_descriptor(self, class_: type[Any], key: str, inst: object) -> None:
        """Put a mapped attribute on a class."""
        setattr(class_, key, inst)

    def uninstall_descriptor(self, class_: type[Any], key: str) -> None:
        """Take a mapped attribute off a class."""
        delattr(class_, key)

    def install_member(self, class_: type[Any], key: str, implementation: object) -> None:
        """Put something else on a class: a method that the instrumentation needs."""
        setattr(class_, key, implementation)

    def uninstall_member(self, class_: type[Any], key: str) -> None:
        """Take something else off a class."""
        delattr(class_, key)

    def instrument_collection_class(self, class_: type[Any], key: str, collection_class: Collected) -> Collected:
        """Give the class, or the function, that makes the collections of an attribute."""
        return collection_class


class _ManagedClass(ClassManager):
    """A class whose instrumentation passes a manager of the program's."""

    __slots__ = ("_adapter",)

    def __init__(self, class_: type[Any], root: ClassManager | None, adapter: InstrumentationManager) -> None:
        super().__init__(class_, root)
        self._adapter = adapter

    def install(self) -> None:
        super().install()
        self._adapter.manage(self.class_, self)

    def add(self, attribute: Any, *, plain: bool) -> None:
        if hasattr(attribute, "collection_class"):
            chosen = self._adapter.instrument_collection_class(self.class_, attribute.key, attribute.collection_class)
            attribute.collection_class = chosen
        super().add(attribute, plain=plain)
        self._adapter.instrument_attribute(self.class_, attribute.key, attribute)

    def uninstall(self) -> None:
        super().uninstall()
        self._adapter.unregister(self.class_, self)

    def _set(self, name: str, value: object) -> None:
        install = self._adapter.install_descriptor if name in self.attributes else self._adapter.install_member
        install(self.class_, name, value)
        if name not in self.installed:
            self.installed.append(name)

    def _unset(self, name: str) -> None:
        remove = self._adapter.uninstall_descriptor if name in self.attributes else self._adapter.uninstall_member
        remove(self.class_, name)


class ExtendedInstrumentationRegistry(InstrumentationFactory):
    """Finds managers, states and values of classes and instances."""

    def manager_of_class(self, cls: type[Any]) -> ClassManager:
        """Give the manager of a class.

        Raises:
            UnmappedClassError: it has none.
        """
        manager = self.opt_manager_of_class(cls)
        if manager is None:
            raise UnmappedClassError(
                f"{cls.__name__} has no instrumentation",
                why="only mapped classes have one",
                fix="map the class first",
                code="AZ-X79",
            )
        return manager

    def opt_manager_of_class(self, cls: type[Any]) -> ClassManager | None:
        """Give the manager of a class, or None."""
        manager: ClassManager | None = manager_of_class(cls)
        return manager

    def state_of(self, instance: object) -> object:
        """Give the state of an instance."""
        return instance_state(instance)

    def dict_of(self, instance: object) -> dict[str, Any]:
        """Give the dictionary of an instance's values."""
        return instance_dict(instance)


def _managed(class_: type[Any], root: ClassManager | None) -> ClassManager | None:
    """Make the manager of a class that a finder has something for."""
    factory = next((found for find in instrumentation_finders if (found := find(class_)) is not None), None)
    if factory is None:
        return None
    adapter: Any = factory(class_)
    fixed = [name for name in FIXED if hasattr(adapter, name)]
    if fixed or isinstance(adapter, ClassManager):
        raise InvalidRequestError(
            f"{class_.__name__}: its instrumentation cannot have {', '.join(fixed) or 'a ClassManager of its own'}",
            why="values stand in __dict__ of an instance, its state beside them, and the manager on the class",
            fix="leave the method out; derive from azoth.ext.instrumentation.InstrumentationManager",
            code="AZ-X79",
        )

    def ready(cls: type[Any], key: str, inst: object) -> None:
        adapter.post_configure_attribute(cls, key, inst)

    event.listen(class_, "attribute_instrument", ready, propagate=False)
    return _ManagedClass(class_, root, adapter)


MANAGER_FACTORIES.append(_managed)
