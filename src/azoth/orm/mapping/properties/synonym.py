"""SynonymProperty: another name for a mapped attribute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from azoth.exc import ArgumentError
from azoth.orm.mapping.attributes.comparator import standing_for
from azoth.orm.mapping.attributes.mapped import Mapped
from azoth.orm.mapping.properties.dataclass_options import FIELD_OPTIONS, UNSET, given_options
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.orm.runtime.symbols import DONT_SET
from azoth.sql.schema import Column
from azoth.util.arguments import check_function, checked, wrong_value
from azoth.util.near_names import did_you_mean

ValueT = TypeVar("ValueT")


class SynonymProperty(MapperProperty):
    """An attribute that stands for another one of the same class.

    Args:
        name: the attribute that it stands for, or the column of that.
        map_column: whether the column of the synonym's own name is mapped under ``name``.
        descriptor: what reads and writes on instances instead, such as a property.
        comparator_factory: a class with the operators on the class.
        info, doc: as for every property.
    """

    is_synonym = True

    def __init__(
        self,
        name: str | Column[Any],
        map_column: bool | None = None,
        descriptor: Any = None,
        comparator_factory: Any = None,
        *,
        info: dict[Any, Any] | None = None,
        doc: str | None = None,
    ) -> None:
        super().__init__(info=info, doc=doc)
        self.name: str = name if isinstance(name, str) else name.key
        self._column = None if isinstance(name, str) else name
        self.map_column = bool(map_column)
        self.descriptor = descriptor
        self.comparator_factory = comparator_factory

    @property
    def columns(self) -> list[Any]:
        """The columns of the attribute that it stands for."""
        return list(self.parent.get_property(self.name).columns)

    def attach(self, mapper: Any, key: str) -> None:
        """Join a mapping: put a descriptor on the class that passes everything on."""
        self.belong(mapper, key)
        if self._column is not None:
            # The attribute of a column may have another name than the column.
            self.name = mapper.key_of(self._column)
        descriptor = self.descriptor
        if descriptor is None and isinstance(mapper.class_.__dict__.get(key), property):
            descriptor = mapper.class_.__dict__[key]
        mapper.place(key, SynonymDescriptor(self, descriptor))

    def attach_attribute(self, mapper: Any, key: str) -> None:
        """Put a descriptor on a class that inherits the synonym."""
        of_base = self.parent.class_.__dict__.get(key)
        mapper.place(key, SynonymDescriptor(self, getattr(of_base, "descriptor", None)))

    def configure(self) -> None:
        """See that the other attribute exists."""
        self.configured = True
        if not hasattr(self.parent.class_, self.name):
            raise ArgumentError(
                f"synonym {self} stands for {self.name!r}, which {self.parent.class_.__name__} does not have",
                why="a synonym is another name for an attribute of its class",
                fix=did_you_mean(self.name, self.parent.attrs.keys()),
                code="AZ-M04",
            )


class SynonymDescriptor:
    """The synonym on its class: passes reads and writes on to the other attribute.

    Args:
        property: the synonym.
        descriptor: what takes its place on instances, or None.
    """

    def __init__(self, property: SynonymProperty, descriptor: Any) -> None:
        self.property = property
        self.key = property.key
        self.name = property.name
        self.descriptor = descriptor

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self.of_entity(owner, self.property.parent)
        if self.descriptor is not None:
            return self.descriptor.__get__(instance, owner)
        return getattr(instance, self.name)

    def __set__(self, instance: Any, value: Any) -> None:
        if value is DONT_SET:
            return
        if self.descriptor is not None:
            self.descriptor.__set__(instance, value)
        else:
            setattr(instance, self.name, value)

    def of_entity(self, entity: Any, inspected: Any) -> Any:
        """Give the SQL expression of the synonym, of the class or an alias.

        Args:
            entity: the class or alias.
            inspected: its mapper or inspected form.
        """
        attribute = getattr(entity, self.name)
        factory = self.property.comparator_factory
        if factory is None:
            return attribute
        alias = None if inspected.is_mapper else inspected
        return standing_for(factory(self.property, inspected.mapper, alias), attribute.__clause_element__())


class Synonym(SynonymProperty, Mapped[ValueT]):
    """A synonym as it stands in the body of a declared class."""


@checked
def synonym(
    name: str | Column[Any],
    *,
    map_column: bool | None = None,
    descriptor: Any = None,
    comparator_factory: Any = None,
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
) -> Synonym[Any]:
    """Give a mapped attribute another name.

    Args:
        name: the attribute that the new name stands for, or its column.
        map_column: map the column of the new name under ``name``.
        descriptor: what reads and writes on instances instead, such as a property.
        comparator_factory: a class with the operators on the class.
        info, doc: as for every property.
        init, repr, default, default_factory, compare, kw_only, hash: as for ``dataclasses.field()``, in classes that
            are mapped as dataclasses.
        dataclass_metadata: the ``metadata`` of the field.
    """
    if not isinstance(name, str | Column):
        raise wrong_value("synonym(): name", "the name of an attribute, or its column", name)
    if descriptor is not None and not hasattr(descriptor, "__get__"):
        raise wrong_value("synonym(): descriptor", "a descriptor such as a property", descriptor)
    if comparator_factory is not None:
        check_function("synonym(): comparator_factory", comparator_factory)
    prop: Synonym[Any] = Synonym(name, map_column, descriptor, comparator_factory, info=info, doc=doc)
    prop._dataclass_options = given_options(locals(), FIELD_OPTIONS)
    return prop


@checked
def synonym_for(name: str, map_column: bool = False) -> Callable[[Callable[..., Any] | property], Synonym[Any]]:
    """Decorate a method or a property that reads instances, where the class has a synonym.

    Args:
        name: the attribute that the synonym stands for.
        map_column: map the column of the synonym's own name under ``name``.
    """

    def decorate(function: Callable[..., Any] | property) -> Synonym[Any]:
        descriptor = function if isinstance(function, property) else property(function)
        return synonym(name, map_column=map_column, descriptor=descriptor)

    return decorate
