"""The events of instrumentation: classes and attributes that begin, and cease, to be azoth's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from azoth.event import Dispatch
from azoth.orm.runtime.instrumentation.entity_dispatch import EntityEvents

__all__ = ["InstrumentationEvents", "tell_attributes_instrumented", "tell_instrumented", "tell_uninstrumented"]


class InstrumentationEvents(EntityEvents):
    """The events of instrumentation; listen to any class and so to all derived from it, or to ``type`` for all.

    ``propagate=False`` leaves out the derived ones.
    """

    _options = frozenset()
    _propagates: ClassVar[bool] = True

    def class_instrument(self, cls: type[Any]) -> None:
        """A class was instrumented, as it is when it is mapped."""

    def class_uninstrument(self, cls: type[Any]) -> None:
        """A class is about to lose its instrumentation."""

    def attribute_instrument(self, cls: type[Any], key: str, inst: object) -> None:
        """An attribute of a class is ready for use, as it is when the mappings are configured."""

    @classmethod
    def _dispatch_for(cls, target: object) -> Dispatch | None:
        if target is type or target is object:
            return cls._everywhere
        return cls._of_class(target) if isinstance(target, type) else None


def _heard(class_: type[Any]) -> Any:
    """Give the listeners that a class has; None, and nothing is made, while nobody has ever listened."""
    if not InstrumentationEvents._by_class and not InstrumentationEvents._everywhere._own:
        return None
    return InstrumentationEvents._of_class(class_)


def tell_instrumented(class_: type[Any]) -> None:
    """Tell that a class was instrumented."""
    heard = _heard(class_)
    for listener in () if heard is None else heard.class_instrument:
        listener(class_)


def tell_uninstrumented(class_: type[Any]) -> None:
    """Tell that a class is going to lose its instrumentation."""
    heard = _heard(class_)
    for listener in () if heard is None else heard.class_uninstrument:
        listener(class_)


def tell_attributes_instrumented(class_: type[Any], attributes: Mapping[str, object]) -> None:
    """Tell that attributes of a class are ready."""
    heard = _heard(class_)
    if heard is None or not heard.attribute_instrument:
        return
    for key, attribute in list(attributes.items()):
        for listener in heard.attribute_instrument:
            listener(class_, key, attribute)
