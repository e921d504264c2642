"""CompositeProperty: an object made of several columns."""

from __future__ import annotations

from operator import ne
from typing import Any, TypeVar

from azoth.exc import ArgumentError
from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute
from azoth.orm.mapping.attributes.mapped import Mapped
from azoth.orm.mapping.properties.property import MapperProperty, refuse_unknown
from azoth.sql.elements import ClauseList, and_, or_
from azoth.util.arguments import checked
from azoth.util.signature import signature_of

ValueT = TypeVar("ValueT")


class CompositeProperty(MapperProperty):
    """An attribute whose value is an object made from several columns.

    Args:
        composite_class: makes the object from the columns' values: a class or a function.
        attrs: the columns, or the names of the attributes.
        active_history, deferred, group, comparator_factory, info, doc: as for column properties.

    Attributes:
        keys: the attributes that the object is made of.
    """

    def __init__(
        self,
        composite_class: Any,
        *attrs: Any,
        active_history: bool = False,
        deferred: bool = False,
        group: str | None = None,
        comparator_factory: Any = None,
        info: dict[Any, Any] | None = None,
        doc: str | None = None,
    ) -> None:
        super().__init__(info=info, doc=doc)
        self.composite_class = composite_class
        self.attrs = attrs
        self.active_history = active_history
        self.deferred = deferred
        self.group = group
        self.comparator_factory = comparator_factory
        self.keys: tuple[str, ...] = ()

    def attach(self, mapper: Any, key: str) -> None:
        """Join a mapping: put a descriptor on the class that builds the object."""
        super().attach(mapper, key)
        self.keys = tuple([self._key_of(attribute) for attribute in self.attrs])
        mapper.place(key, CompositeDescriptor(self))

    @property
    def columns(self) -> list[Any]:
        """The columns that the object is made of."""
        return [self.parent.columns[key] for key in self.keys]

    @property
    def props(self) -> list[Any]:
        """The properties of the columns that the object is made of."""
        return [self.parent.get_property(key) for key in self.keys]

    def values_of(self, composite: Any) -> tuple[Any, ...]:
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
        return self.parent.key_of(attribute)


class CompositeDescriptor:
    """The composite on its class: an expression there, the object on instances.

    Args:
        property: the composite property.
    """

    def __init__(self, property: CompositeProperty) -> None:
        self.property = property
        self.key = property.key

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self.of_entity(owner, self.property.parent)
        values = tuple([getattr(instance, key) for key in self.property.keys])
        known = instance.__dict__.get(self.key)
        # Kept for as long as the columns hold what it was made of, so that reading twice gives one object.
        if known is not None and known[0] == values:
            return known[1]
        if all(value is None for value in values):
            return None
        composite = self.property.composite_class(*values)
        instance.__dict__[self.key] = (values, composite)
        return composite

    def __set__(self, instance: Any, value: Any) -> None:
        values = self.property.values_of(value)
        for key, part in zip(self.property.keys, values, strict=True):
            setattr(instance, key, part)
        instance.__dict__[self.key] = (values, value)

    def __delete__(self, instance: Any) -> None:
        self.__set__(instance, None)

    def of_entity(self, entity: Any, inspected: Any) -> Any:
        """Give the SQL expression of the composite, of the class or an alias."""
        factory = self.property.comparator_factory or CompositeAttribute
        return factory(entity, self.key, inspected, self.property)


class CompositeAttribute(InstrumentedAttribute[Any]):
    """A composite on its class or on an alias: equal to another one when all columns are.

    Args:
        entity: the class or alias.
        key: the attribute's name.
        parent: its mapper or inspected form.
        property: the composite property.
    """

    def __init__(self, entity: Any, key: str, parent: Any, property: CompositeProperty) -> None:
        super().__init__(parent.class_, key, parent, property)
        self.composite = property
        self.parts = [getattr(entity, part) for part in property.keys]

    def __clause_element__(self) -> Any:
        """Give the columns as a list."""
        return ClauseList(*[part.__clause_element__() for part in self.parts])

    def __eq__(self, other: object) -> Any:
        return and_(*[part == value for part, value in self._compared(other)])

    def __ne__(self, other: object) -> Any:
        return or_(*[ne(part, value) for part, value in self._compared(other)])

    def __hash__(self) -> int:
        return id(self)

    def _compared(self, other: Any) -> list[tuple[Any, Any]]:
        values = other.parts if isinstance(other, CompositeAttribute) else self.composite.values_of(other)
        return list(zip(self.parts, values, strict=True))


class Composite(CompositeProperty, Mapped[ValueT]):
    """A composite as it stands in the body of a declared class."""


@checked
def composite(
    class_or_attr: Any = None,
    *attrs: Any,
    group: str | None = None,
    deferred: bool = False,
    raiseload: bool = False,
    comparator_factory: Any = None,
    active_history: bool = False,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
    **dataclass_options: Any,
) -> Composite[Any]:
    """Map several columns as one object.

    Args:
        class_or_attr: makes the object from the columns' values; with ``Mapped[Point]`` it can be left out.
        attrs: the columns (declared here or elsewhere), or the names of their attributes.
        group, deferred, raiseload, comparator_factory, active_history, info, doc: as for ``column_property()``.
        dataclass_options: for classes that are mapped as dataclasses.
    """
    refuse_unknown("composite()", dataclass_options, signature_of(composite).defaults)
    prop: Composite[Any] = Composite(
        class_or_attr,
        *attrs,
        active_history=active_history,
        deferred=deferred,
        group=group,
        comparator_factory=comparator_factory,
        info=info,
        doc=doc,
    )
    prop._dataclass_options = {**dataclass_options, "raiseload": raiseload} if raiseload else dataclass_options
    return prop
