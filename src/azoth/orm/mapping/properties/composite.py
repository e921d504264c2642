"""CompositeProperty: an object made of several columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from azoth.exc import ArgumentError
from azoth.orm.mapping.attributes.composite_attribute import CompositeAttribute
from azoth.orm.mapping.attributes.mapped import Mapped
from azoth.orm.mapping.attributes.queryable_attribute import QueryableAttribute
from azoth.orm.mapping.properties.dataclass_options import FIELD_OPTIONS, UNSET, given_options
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.orm.runtime import by_name
from azoth.orm.runtime.history import NO_HISTORY, History, get_history
from azoth.orm.runtime.passive import PASSIVE_OFF, PassiveFlag
from azoth.orm.runtime.state import InstanceState, state_of
from azoth.orm.runtime.symbols import NO_VALUE as NOT_THERE
from azoth.sql.elements import NO_VALUE, BindParameter, ClauseElement, ClauseList, bind_value, clause_of
from azoth.sql.elements.grouping import Grouping
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.ports import AttributeListeners

ValueT = TypeVar("ValueT")
NoneTest: TypeAlias = Callable[..., bool]


class CompositeProperty(MapperProperty):
    """An attribute whose value is an object made from several columns.

    Args:
        composite_class: makes the object from the columns' values: a class or a function.
        attrs: the columns, or the names of the attributes.
        active_history: whether old values of the columns are loaded before they are replaced.
        deferred: whether the columns are loaded only when one of them is read.
        group: the name of deferred attributes that are loaded together.
        raiseload: whether reading deferred columns raises instead of loading them.
        return_none_on: called with the values of the columns; where it says True, the attribute is None.
        comparator_factory: a class with the attribute's operators, derived from ``CompositeProperty.Comparator``.
        column_template: a text with one "%s", which makes the name of a column from that of a field, where the object
            is a dataclass and no column is given for the field.
        info, doc: as for every property.

    Attributes:
        keys: the attributes that the object is made of.
    """

    is_composite = True

    Comparator: TypeAlias = CompositeAttribute

    def __init__(
        self,
        composite_class: Any,
        *attrs: Any,
        return_none_on: NoneTest | None = UNSET,
        active_history: bool = False,
        deferred: bool = False,
        group: str | None = None,
        raiseload: bool = False,
        comparator_factory: Any = None,
        column_template: str | None = None,
        info: dict[Any, Any] | None = None,
        doc: str | None = None,
    ) -> None:
        super().__init__(info=info, doc=doc)
        self.composite_class = composite_class
        self.attrs = attrs
        self.active_history = active_history
        self.deferred = deferred
        self.group = group
        self.raiseload = raiseload
        self.comparator_factory = comparator_factory or CompositeAttribute
        self.return_none_on = return_none_on
        self.column_template = None if column_template is None else _checked_template(column_template)
        self.keys: tuple[str, ...] = ()

    def find_columns(self, mapper: Any, key: str) -> None:
        """Find out what the object is made of, before the attributes of the columns are made.

        Args:
            mapper: the mapper.
            key: the attribute's name.

        State: the properties of the columns are deferred, keep history and so on as this one says.
        """
        self.belong(mapper, key)
        self.keys = tuple([self._key_of(attribute) for attribute in self.attrs])
        if not (self.deferred or self.active_history):
            return
        for part in self.keys:
            prop = mapper.get_property(part)
            if self.deferred:
                # One statement loads them all.
                prop.deferred, prop.group = True, self.group or f"composite {key}"
                prop.raiseload = self.raiseload
            prop.active_history = prop.active_history or self.active_history

    def attach(self, mapper: Any, key: str) -> None:
        """Join a mapping: put a descriptor on the class that builds the object."""
        if not self.keys:
            self.find_columns(mapper, key)
        self.attach_attribute(mapper, key)

    def configure(self) -> None:
        """Be configured: the columns need no other class."""
        self.configured = True

    def attach_attribute(self, mapper: Any, key: str) -> None:
        """Put a descriptor that builds the object on a class, the one of the mapping or one that is derived from it."""
        descriptor = CompositeDescriptor(self, mapper)
        mapper.place(key, descriptor)
        mapper.manager.add_composite(key, descriptor)

    def none_where_optional(self) -> None:
        """Let the attribute be None where all columns are, unless told otherwise: its annotation says so."""
        if self.return_none_on is UNSET:
            self.return_none_on = _all_none

    def get_history(self, state: InstanceState, dict_: dict[str, Any], passive: PassiveFlag = PASSIVE_OFF) -> History:
        """Compare the object of an instance with that of the last committed values.

        Args:
            state, dict_: those of the instance.
            passive: whether columns that are not loaded may be loaded; by default they are.

        Emits: the load of the columns, where they are not loaded and ``passive`` allows it.
        """
        return by_name.get_history(state, self.key, passive)

    @property
    def columns(self) -> list[Any]:
        """The columns that the object is made of."""
        return [self.parent.columns[key] for key in self.keys]

    @property
    def props(self) -> list[Any]:
        """The properties of the columns that the object is made of."""
        return [self.parent.get_property(key) for key in self.keys]

    def make(self, values: Sequence[Any]) -> Any:
        """Make the object from the values of the columns.

        Args:
            values: one for each column.

        Returns:
            the object; None where ``return_none_on`` says so.
        """
        is_none = self.return_none_on
        if is_none is not UNSET and is_none is not None and is_none(*values):
            return None
        return self.composite_class(*values)

    def is_made(self, value: object) -> bool:
        """Tell whether a value is an object that can be taken apart into the columns."""
        cls = type(value)
        return hasattr(cls, "__composite_values__") or (hasattr(cls, "__dataclass_fields__") and cls is not type)

    def history_of(self, state: InstanceState, instance: object) -> History:
        """Compare the object with that of the last committed values; loads nothing."""
        histories = [get_history(state, key) for key in self.keys]
        if state.pk is not None and not any(histories):
            return NO_HISTORY
        now = self.make([(*history.non_deleted(), None)[0] for history in histories])
        if not any(history.has_changes() for history in histories):
            return History((), [now], ())
        before = self.make([(*history.unchanged, *history.deleted, None)[0] for history in histories])
        return History([now], (), [before])

    def write(self, instance: object, value: object) -> None:
        """Put an object onto an instance, and what it is made of into the attributes of the columns.

        Nobody is asked or told about the object itself; those who listen to the columns are.

        Args:
            instance: the owner.
            value: an object of the composite's class, or None.

        Raises:
            ArgumentError: the object cannot be taken apart.

        State: the instance is changed.
        """
        values = self.values_of(value)
        for key, part in zip(self.keys, values, strict=True):
            setattr(instance, key, part)
        self.keep(state_of(instance), instance, value, values)

    def keep(self, state: InstanceState, instance: object, value: object, values: tuple[object, ...]) -> None:
        """Keep an object on an instance, for as long as the columns hold what it was made of.

        Args:
            state: the instance's state, which knows these values.
            instance: the owner.
            value: the object.
            values: those of the columns.
        """
        extra = state.extra or state.extras()
        if extra.composed is None:
            extra.composed = {}
        extra.composed[self.key] = values
        instance.__dict__[self.key] = value

    def values_of(self, composite: object) -> tuple[Any, ...]:
        """Take an object apart into the values of its columns.

        Raises:
            ArgumentError: the object cannot be taken apart.
        """
        if composite is None:
            return (None,) * len(self.keys)
        parts = getattr(composite, "__composite_values__", None)
        if parts is not None:
            return tuple(parts())
        fields = getattr(type(composite), "__dataclass_fields__", None)
        if fields is None:
            raise ArgumentError(
                f"{self} cannot take an object of class {type(composite).__name__} apart",
                why="it is no dataclass and has no method __composite_values__()",
                fix=f"assign an object of {getattr(self.composite_class, '__name__', 'the composite class')}",
                code="AZ-M05",
            )
        return tuple([getattr(composite, name) for name in fields])

    def _key_of(self, attribute: Any) -> str:
        if isinstance(attribute, str):
            return attribute
        if clause_of(attribute) is None:
            raise ArgumentError(
                f"composite {self} got {attribute!r}, which is no column",
                why="the object is made of columns, mapped attributes or names of these, one after the other",
                fix=f"write composite({getattr(self.composite_class, '__name__', 'Point')}, table.c.x, table.c.y)",
                code="AZ-M05",
            )
        return self.parent.key_of(attribute)


class CompositeDescriptor:
    """The composite on one class: an expression there, the object on instances.

    Args:
        property: the composite property.
        mapper: the mapper of the class.

    Attributes:
        keys, key_set: the attributes that the object is made of.
        listeners: what listens to events of the attribute, or None (filled by the event layer).
        loads_replaced: whether a listener wants to see the object that is about to be replaced, made if need be.
    """

    def __init__(self, property: CompositeProperty, mapper: object) -> None:
        self.property = property
        self.mapper = mapper
        self.key = property.key
        self.keys = property.keys
        self.key_set = frozenset(self.keys)
        self.listeners: AttributeListeners | None = None
        self.loads_replaced = False
        self.validators = ()

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self.of_entity(owner, self.mapper)
        values = tuple([getattr(instance, key) for key in self.keys])
        known = instance.__dict__
        state = state_of(instance)
        composed = None if state.extra is None else state.extra.composed
        # Kept for as long as the columns hold what it was made of, so that reading twice gives one object.
        if self.key in known and composed is not None and composed.get(self.key) == values:
            return known[self.key]
        return self._make(state, instance, values)

    def load(self, state: InstanceState, instance: object) -> None:
        """Make the object as soon as all of its columns are loaded, so that ``__dict__`` has it as it has these."""
        known = instance.__dict__
        if self.key in known:
            return
        values = tuple([known[key] for key in self.keys if key in known])
        if len(values) == len(self.keys):
            self._make(state, instance, values)

    def _make(self, state: InstanceState, instance: object, values: tuple[Any, ...]) -> object:
        composite: object = self.property.make(values)
        self.property.keep(state, instance, composite, values)
        if self.listeners is not None and composite is not None:
            self.listeners.compose(state, composite)
        return composite

    def __set__(self, instance: Any, value: Any) -> None:
        if self.listeners is not None:
            value = self.listeners.set(state_of(instance), self, value, self._before(instance))
        self.property.write(instance, value)

    def __delete__(self, instance: object) -> None:
        if self.listeners is not None:
            self.listeners.remove(state_of(instance), self, self._before(instance))
        self.property.write(instance, None)
        # What is read next is made of the columns.
        del instance.__dict__[self.key]

    def _before(self, instance: object) -> object:
        if self.loads_replaced:
            return self.__get__(instance, type(instance))
        return instance.__dict__.get(self.key, NOT_THERE)

    def history_of(self, state: InstanceState, instance: object) -> History:
        """Compare the object with that of the last committed values; loads nothing."""
        return self.property.history_of(state, instance)

    def of_entity(self, entity: Any, inspected: Any) -> Any:
        """Give the SQL expression of the composite, of the class or an alias."""
        return self.property.comparator_factory(entity, self.key, inspected, self.property)


class Composite(CompositeProperty, Mapped[ValueT]):
    """A composite as it stands in the body of a declared class."""


@checked
def composite(
    class_or_attr: Any = None,
    *attrs: Any,
    group: str | None = None,
    deferred: bool = False,
    raiseload: bool = False,
    return_none_on: NoneTest | None = UNSET,
    comparator_factory: Any = None,
    active_history: bool = False,
    column_template: str | None = None,
    init: bool = UNSET,
    repr: bool = UNSET,
    default: Any = UNSET,
    default_factory: Callable[[], Any] = UNSET,
    compare: bool = UNSET,
    kw_only: bool = UNSET,
    hash: bool | None = UNSET,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
    dataclass_metadata: Mapping[Any, Any] | None = UNSET,
) -> Composite[Any]:
    """Map several columns as one object.

    Args:
        class_or_attr: makes the object from the columns' values; with ``Mapped[Point]`` it can be left out.
        attrs: the columns (declared here or elsewhere), or the names of their attributes.
        group, deferred, raiseload: as for ``column_property()``, for all columns of the object.
        return_none_on: called with the values of the columns; where it says True, the attribute is None instead of an
            object. ``Mapped[Point | None]`` asks whether all are None; otherwise there is always an object.
        comparator_factory, active_history, info, doc: as for ``column_property()``.
        column_template: names the columns of a dataclass's fields for which none is given, such as ``"home_%s"``.
        init, repr, default, default_factory, compare, kw_only, hash: as for ``dataclasses.field()``, in classes that
            are mapped as dataclasses.
        dataclass_metadata: the ``metadata`` of the field.
    """
    prop: Composite[Any] = Composite(
        class_or_attr,
        *attrs,
        active_history=active_history,
        deferred=deferred,
        group=group,
        raiseload=raiseload,
        return_none_on=return_none_on,
        comparator_factory=comparator_factory,
        column_template=column_template,
        info=info,
        doc=doc,
    )
    prop._dataclass_options = given_options(locals(), FIELD_OPTIONS)
    return prop


def in_parts(mapper: Any, pairs: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """Take the composites among named values apart into values of columns; the other values pass.

    Args:
        mapper: the entity.
        pairs: an attribute, or its name, and its value: an object, or what stands for one in a statement.
    """
    composites = mapper.composites_by_key
    for key, value in pairs:
        name = key.key if isinstance(key, CompositeAttribute) else key
        composite = composites.get(name) if isinstance(name, str) else None
        if composite is not None:
            yield from zip(composite.keys, _parts_of(composite, value), strict=True)
            continue
        stand_in = mapper.stand_in(name) if isinstance(name, str) else None
        if stand_in is None:
            yield key, value
        else:
            parts = [(_name_of(part), its_value) for part, its_value in stand_in.__update_pairs__(_plain(value))]
            if isinstance(value, ClauseElement):
                parts = [(part, _element(part, its_value)) for part, its_value in parts]
            # What it stands for may stand for others itself.
            yield from in_parts(mapper, parts)


def in_rows(mapper: Any, row: Mapping[Any, Any]) -> dict[Any, Any]:
    """Take the composites, and what else stands for others, among the values of one row of many apart.

    Args:
        mapper: the entity.
        row: an attribute, or its name, and its value.
    """
    stand_ins = {name: value for key, value in row.items() if (name := _name_of(key)) in mapper.stand_ins}
    values = dict(in_parts(mapper, [pair for pair in row.items() if _name_of(pair[0]) not in stand_ins]))
    for name, value in stand_ins.items():
        mapper.stand_in(name).__bulk_values__(values, value)
    return dict(in_parts(mapper, values.items())) if stand_ins else values


def _name_of(key: object) -> object:
    return key.key if isinstance(key, QueryableAttribute) else key


def _element(name: Any, value: object) -> Any:
    """Give a value as a statement holds it."""
    element = clause_of(value)
    return BindParameter(name if isinstance(name, str) else name.key, value) if element is None else element


def _plain(value: object) -> object:
    """Give the value as the user wrote it, where it was put into a parameter already."""
    if isinstance(value, BindParameter) and value.value is not NO_VALUE:
        return value.effective_value
    return value


def _parts_of(composite: CompositeProperty, value: object) -> Sequence[Any]:
    if isinstance(value, Grouping):
        value = value.element
    if isinstance(value, ClauseList):
        return value.clauses
    if isinstance(value, BindParameter):
        parts = composite.values_of(value.effective_value)
        return [
            bind_value(part, column.type, column.key) for part, column in zip(parts, composite.columns, strict=True)
        ]
    return composite.values_of(value)


def _checked_template(template: str) -> str:
    """Give back a template of column names, and refuse what would not make a name for each field."""
    rest = template.replace("%%", "")
    if rest.count("%") != 1 or "%s" not in rest:
        raise ArgumentError(
            'composite(): column_template is a text with one "%s", which stands for the name of the field',
            why="each field of the object gets a column whose name is made by the template",
            fix='write it like column_template="home_%s"',
            code="AZ-M365",
        )
    return template


def _all_none(*values: object) -> bool:
    return all(value is None for value in values)
