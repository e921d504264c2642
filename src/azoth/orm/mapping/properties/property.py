"""MapperProperty: what one attribute of a mapping means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, Self

from azoth.exc import ArgumentError
from azoth.orm.runtime.inspected.inspection_attr import InspectionAttr
from azoth.util.arguments import TakesTypeArguments
from azoth.util.near_names import did_you_mean
from azoth.util.serial_numbers import serial_numbers

if TYPE_CHECKING:
    from azoth.orm.mapping.ports import MapperPort
    from azoth.orm.runtime.ports import SessionPort
    from azoth.orm.runtime.state import InstanceState

creations = serial_numbers()
"""Numbers the parts of mappings in the order in which they are made."""


class Merging(Protocol):
    """One call of ``Session.merge()``, as the properties see it that take part in it themselves."""

    def merge_attribute(self, prop: MapperProperty, source_state: InstanceState, dest_state: InstanceState) -> None:
        """Copy an attribute as all of its kind are: the value of a column, or what a relationship leads to."""
        ...


class MapperProperty(TakesTypeArguments, InspectionAttr):
    """One attribute of a mapped class, as configured; the base of properties of other packages, too.

    These put something on the class in ``instrument_class()``, and find out in ``init()`` what they could not know
    while other classes were missing.

    Attributes:
        key: the attribute's name.
        parent: the mapper that it belongs to.
        info: the user's own dictionary.
        doc: the attribute's documentation.
    """

    key: str
    parent: MapperPort
    extension: Any = None
    """An AttributeExtension, or a list of them (classic)."""
    strategy_wildcard_key = "attribute"
    is_property = True
    is_column = False
    is_composite = False
    is_relationship = False
    is_synonym = False
    in_constructor = True
    """Whether the constructor of a dataclass has an argument for the attribute, unless it is told otherwise."""

    def __init__(self, *, info: dict[Any, Any] | None = None, doc: str | None = None) -> None:
        self._creation_order = next(creations)
        self._info = info
        self.doc = doc
        self.configured = False
        self._dataclass_options: dict[str, Any] = {}

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary, made on first use."""
        if self._info is None:
            self._info = {}
        return self._info

    @property
    def class_attribute(self) -> Any:
        """The attribute of the mapped class that this property is about."""
        return getattr(self.parent.class_, self.key)

    def attach(self, mapper: Any, key: str) -> None:
        """Join a mapping: remember mapper and key, and instrument the class.

        Args:
            mapper: the mapper.
            key: the attribute's name.
        """
        self.belong(mapper, key)
        self.instrument_class(mapper)

    def belong(self, mapper: MapperPort, key: str) -> None:
        """Remember mapper and key.

        Args:
            mapper: the mapper.
            key: the attribute's name.
        """
        self.key = key
        self.set_parent(mapper, init=mapper.configured)

    def set_parent(self, parent: MapperPort, init: bool) -> None:
        """Remember the mapper; for properties of other packages, which may find out more about it here.

        Args:
            parent: the mapper that declares the attribute.
            init: whether it is configured already, so that the property is configured at once.
        """
        self.parent = parent

    def attach_attribute(self, mapper: Any, key: str) -> None:
        """Instrument a class that inherits the attribute; what the property belongs to stays.

        Args:
            mapper: the mapper of the derived class.
            key: the attribute's name.
        """
        if key == self.key:
            self.instrument_class(mapper)

    def instrument_class(self, mapper: MapperPort) -> None:
        """Put what serves the attribute on a class; for properties of other packages.

        Args:
            mapper: the mapper of the class, the one that declares the attribute or of one that inherits it.
        """

    def belongs_to(self, mapper: object) -> bool:
        """Tell whether a mapper declares this property, rather than having it from a base class."""
        return self.parent is mapper

    def cascade_iterator(
        self,
        type_: str,
        state: InstanceState,
        dict_: dict[str, Any],
        visited_states: set[InstanceState],
        halt_on: Callable[[InstanceState], bool] | None = None,
    ) -> Iterator[tuple[object, MapperPort, InstanceState, dict[str, Any]]]:
        """Follow a cascade from an instance along this attribute; only relationships lead to others.

        Args:
            type_: the cascade, such as "save-update".
            state, dict_: those of the instance.
            visited_states: the states that are passed over; what is yielded joins them.
            halt_on: tells of a state whether it is left out, with what lies behind it.

        Returns:
            an iterator over tuples of an object, its mapper, its state and its dictionary.
        """
        return iter(())

    def merge(
        self,
        session: SessionPort,
        source_state: InstanceState,
        source_dict: dict[str, Any],
        dest_state: InstanceState,
        dest_dict: dict[str, Any],
        load: bool,
        _recursive: Merging,
        _resolve_conflict_map: object,
    ) -> None:
        """Copy the attribute of an object that is merged, as attributes of its kind are: a value, or related objects.

        ``Session.merge()`` calls it for properties of classes that override it, after it has copied the values of
        columns; other properties are merged without the call.

        Args:
            session: the session that is merged into.
            source_state, source_dict: those of the given object.
            dest_state, dest_dict: those of the session's object for it.
            load: False where the given state is taken as the database's.
            _recursive, _resolve_conflict_map: the merge itself, to be passed on as they are.
        """
        _recursive.merge_attribute(self, source_state, dest_state)

    def configure(self) -> None:
        """Find out what could not be known while other classes were missing; called once."""
        self.configured = True
        self.init()
        self.post_instrument_class(self.parent)

    def init(self) -> None:
        """Find out what could not be known while other classes were missing; for properties of other packages."""
        self.do_init()

    def do_init(self) -> None:
        """Do what ``init()`` does, unless that is overridden itself."""

    def post_instrument_class(self, mapper: MapperPort) -> None:
        """Put on the class what needs a property that is configured; for properties of other packages.

        Args:
            mapper: the mapper that declares the attribute.
        """

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as a reference, once it belongs to a mapper."""
        parent = getattr(self, "parent", None)
        if parent is None:
            return object.__new__, (type(self),), self.__dict__
        return _of_mapper, (parent, self.key)

    def __copy__(self) -> Self:
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        return copied

    def __str__(self) -> str:
        parent = getattr(self, "parent", None)
        key = getattr(self, "key", "<no key>")
        return key if parent is None else f"{parent.class_.__name__}.{key}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


def refuse_unknown(function: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse keywords that a function hands on to another one, which does not have them.

    Args:
        function: its name.
        given: the keywords.
        known: those that the other one has.

    Raises:
        ArgumentError: one is unknown.
    """
    for name in given:
        if name not in known:
            raise ArgumentError(
                f"{function} has no argument {name!r}",
                why="an argument that nobody reads would have no effect",
                fix=did_you_mean(name, known),
                code="AZ-M47",
            )


def _of_mapper(mapper: MapperPort, key: str) -> object:
    """Give a property that was unpickled."""
    return mapper.get_property(key)
