"""aliased(): a mapped class under another name in a statement."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from azoth.exc import ArgumentError
from azoth.inspection import register
from azoth.orm.mapping.attributes.column_adapter import Adapt, ColumnAdapter, in_turn, made_from
from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute
from azoth.orm.mapping.attributes.queryable_attribute import QueryableAttribute
from azoth.orm.mapping.hierarchy.polymorphic_selectable import narrowed_like
from azoth.orm.mapping.lookup import entity_of, note_entity, unmapped_class
from azoth.orm.mapping.mapper.selected_expressions import Named, selected_from
from azoth.orm.mapping.properties.composite import CompositeDescriptor
from azoth.orm.mapping.properties.synonym import SynonymDescriptor
from azoth.orm.runtime.inspected.inspection_attr import InspectionAttr
from azoth.orm.runtime.instrumentation.data_descriptor import DataDescriptor
from azoth.sql.selectable import FromClause
from azoth.util.arguments import wrong_value

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper

EntityT = TypeVar("EntityT")


class AliasedInsp(InspectionAttr):
    """What is known about an aliased class; ``inspect(alias)`` gives it.

    Args:
        entity: the alias as the user holds it.
        mapper: the mapper of the class.
        selectable: the alias of the table, or a subquery with its columns.
        name: the name that the user gave.
        adapt_on_names: whether columns of a subquery also correspond by name.
        source: what the selectable was made from; what queries for the class select from where it is not given.
        mappers: the mappers whose columns queries for the alias bring; as for the class where they are not given.
        polymorphic_on: what tells the class of a row, where it is not what the mapping says.
        within: the alias whose columns the selectable has, where it was not made from the class's own.
        part_of: the alias of a base class for whose rows of this class it stands, or None.
        narrows: whether the selectable may have rows of other classes, which are left out.

    Attributes:
        selectable: as given; narrowed to the rows of the class where it may have others.
        adapt: moves an expression from the table to the alias.
        with_polymorphic_mappers, polymorphic_on: as given, or those of the class.
        stands_for: the alias whose place this one takes in a statement; the alias itself where it takes none.
    """

    is_aliased_class = True

    def __init__(
        self,
        entity: AliasedClass,
        mapper: Mapper,
        selectable: Any,
        name: str | None,
        adapt_on_names: bool,
        source: Any = None,
        mappers: tuple[Any, ...] | None = None,
        polymorphic_on: Any = None,
        within: AliasedInsp | None = None,
        part_of: AliasedInsp | None = None,
        narrows: bool = False,
    ) -> None:
        self.entity: Any = entity
        self.mapper = mapper
        self.name = name
        self.source = mapper.selectable if source is None else source
        self.within = within
        self.adapt: Adapt = ColumnAdapter(selectable, self.source, on_names=adapt_on_names)
        if self.source is mapper.selectable:
            self.adapt = in_turn(mapper.adapt, self.adapt)
        elif not frozenset(self.source.c).issuperset(mapper.persist_selectable.c):
            # A union, or another selectable that was made from the tables of the classes.
            self.adapt = in_turn(made_from(selectable, mapper._equal_columns), self.adapt)
        if within is not None:
            self.adapt = in_turn(within.adapt, ColumnAdapter(selectable, within.selectable, on_names=adapt_on_names))
        self.with_polymorphic_mappers = tuple(mapper.with_polymorphic_mappers) if mappers is None else mappers
        self.polymorphic_on = mapper.polymorphic_on if polymorphic_on is None else polymorphic_on
        self.part_of = part_of
        self.selectable: Any = narrowed_like(mapper, selectable, self.adapt) if narrows else selectable
        classes = tuple([one._shape for one in self.with_polymorphic_mappers])
        self._shape: Any = ("aliased", mapper._shape, self.selectable._shape, *classes)
        self._binds: tuple[Any, ...] = self.selectable._binds
        self._azoth_entity = self
        self._on_names = adapt_on_names
        self.stands_for: AliasedInsp = self
        self._given = (mapper, selectable, name, adapt_on_names, source, mappers, polymorphic_on, within, narrows)

    def with_selectable(self, selectable: FromClause) -> AliasedInsp:
        """Make an alias that takes the place of this one, with another selectable that has the same columns."""
        entity = AliasedClass(
            self,
            selectable,
            self.name,
            self._on_names,
            source=self.source,
            mappers=self.with_polymorphic_mappers,
            polymorphic_on=self.polymorphic_on,
            within=self.within,
        )
        other: AliasedInsp = entity._azoth_entity
        other.stands_for = self.stands_for
        return other

    @property
    def class_(self) -> type[Any]:
        """The mapped class."""
        return self.mapper.class_

    @property
    def selected_expressions(self) -> list[Named]:
        """What a SELECT of the alias consists of where it is a part of another statement."""
        return selected_from(self.selectable, (self.mapper, *self.with_polymorphic_mappers), self.adapt)

    @property
    def entity_namespace(self) -> Any:
        """The object whose attributes ``filter_by()`` means."""
        return self.entity

    @property
    def persist_selectable(self) -> Any:
        """The alias of the table."""
        return self.selectable

    def __clause_element__(self) -> Any:
        """Give the alias of the table."""
        return self.selectable

    def __reduce__(self) -> tuple[object, ...]:
        return entity_of, (self.entity,)

    def __repr__(self) -> str:
        return f"<AliasedInsp at {id(self):#x}; {self.class_.__name__}>"

    def __str__(self) -> str:
        return f"aliased({self.class_.__name__})"


class AliasedClass:
    """A mapped class under another name: its attributes belong to the alias.

    Args:
        entity: the inspected class or alias.
        alias: a selectable with the class's columns; an alias of its table where none is given.
        name: the name of the alias.
        adapt_on_names: whether columns of a selectable also correspond by name.
        flat: whether the tables of a class of several are aliased one by one, instead of a subquery of all.
        source, mappers, polymorphic_on, within, part_of, narrows: as for ``AliasedInsp``.
    """

    def __init__(
        self,
        entity: Any,
        alias: Any = None,
        name: str | None = None,
        adapt_on_names: bool = False,
        *,
        flat: bool = False,
        source: Any = None,
        mappers: tuple[Any, ...] | None = None,
        polymorphic_on: Any = None,
        within: AliasedInsp | None = None,
        part_of: AliasedInsp | None = None,
        narrows: bool = False,
    ) -> None:
        mapper = entity.mapper
        selectable = entity.selectable.alias(name, flat) if alias is None else alias
        values = self.__dict__
        values["__name__"] = mapper.class_.__name__
        values["_azoth_entity"] = insp = AliasedInsp(
            self, mapper, selectable, name, adapt_on_names, source, mappers, polymorphic_on, within, part_of, narrows
        )
        if alias is None:
            note_entity(selectable, insp)
        values["_shape"] = insp._shape
        values["_binds"] = insp._binds

    def __clause_element__(self) -> Any:
        """Give the alias of the table."""
        return self._azoth_entity.selectable

    def __getattr__(self, key: str) -> Any:
        # Runs once per attribute: what is found stays in __dict__.
        insp = self.__dict__.get("_azoth_entity")
        if insp is None or (key.startswith("__") and key.endswith("__")):
            raise AttributeError(key)
        found = self._of_class(insp, key)
        if isinstance(found, QueryableAttribute) and not isinstance(found, InstrumentedAttribute):
            # What an extension computes may be another expression each time.
            return found
        return self.__dict__.setdefault(key, found)

    def _of_class(self, insp: AliasedInsp, key: str) -> Any:
        class_ = insp.mapper.class_
        for base in class_.__mro__:
            if key not in base.__dict__:
                continue
            member = base.__dict__[key]
            if isinstance(member, DataDescriptor):
                member = member.attribute
            if isinstance(member, InstrumentedAttribute):
                return member.adapt_to_entity(insp)
            if isinstance(member, SynonymDescriptor | CompositeDescriptor):
                return member.of_entity(self, insp)
            if isinstance(member, types.FunctionType):
                return types.MethodType(member, self)
            # Hybrids and the like compute their expression from the class they are read on, here the alias.
            return member.__get__(None, self) if hasattr(member, "__get__") else member
        return getattr(class_, key)

    def __reduce__(self) -> tuple[object, ...]:
        insp: AliasedInsp = self._azoth_entity
        if insp.part_of is not None:
            return getattr, (insp.part_of.entity, insp.class_.__name__)
        parts = {
            name: part._azoth_entity._given
            for name, part in self.__dict__.items()
            if isinstance(part, AliasedClass) and part._azoth_entity.part_of is insp
        }
        return _made_again, (insp._given, parts)

    def __repr__(self) -> str:
        return f"<AliasedClass at {id(self):#x}; {self.__name__}>"

    def __str__(self) -> str:
        return str(self._azoth_entity)


def _made_again(given: tuple[Any, ...], parts: dict[str, tuple[Any, ...]]) -> AliasedClass:
    """Make an alias that was pickled, with the aliases of derived classes that it had."""
    entity = _made_from(given, None)
    for name, of_part in parts.items():
        entity.__dict__[name] = _made_from(of_part, entity._azoth_entity)
    return entity


def _made_from(given: tuple[Any, ...], part_of: AliasedInsp | None) -> AliasedClass:
    mapper, selectable, name, on_names, source, mappers, polymorphic_on, within, narrows = given
    return AliasedClass(
        mapper,
        selectable,
        name,
        on_names,
        source=source,
        mappers=mappers,
        polymorphic_on=polymorphic_on,
        within=within,
        part_of=part_of,
        narrows=narrows,
    )


@overload
def aliased(
    element: type[EntityT],
    alias: FromClause | None = None,
    name: str | None = None,
    flat: bool = False,
    adapt_on_names: bool = False,
) -> type[EntityT]: ...
@overload
def aliased(
    element: object,
    alias: FromClause | None = None,
    name: str | None = None,
    flat: bool = False,
    adapt_on_names: bool = False,
) -> Any: ...
def aliased(
    element: Any,
    alias: FromClause | None = None,
    name: str | None = None,
    flat: bool = False,
    adapt_on_names: bool = False,
) -> Any:
    """Give a mapped class (or a table) another name in statements.

    Args:
        element: the class, an alias of it, or a selectable.
        alias: a subquery or other selectable to take the class's columns from.
        name: the name; one is made up where none is given.
        flat: whether the tables of a class that has several are aliased one by one; else the alias is a subquery of all
            of them.
        adapt_on_names: let columns of ``alias`` also correspond by their names.

    Returns:
        something to use in place of the class.

    Raises:
        UnmappedClassError: the class is not mapped.
    """
    if isinstance(element, FromClause):
        if adapt_on_names:
            raise ArgumentError(
                "adapt_on_names only applies to mapped classes",
                why="names of columns are matched with those of a class",
                fix="pass a mapped class, or leave adapt_on_names out",
                code="AZ-M72",
            )
        return element.alias(name)
    entity = entity_of(element)
    if entity is None:
        raise unmapped_class(element)
    if alias is not None and not hasattr(alias, "_shape"):
        raise wrong_value("aliased(): alias", "a subquery, or another selectable", alias)
    if entity.is_mapper:
        # A backref may be about to give the class more attributes.
        entity._check_configure()
    other = entity_of(alias) if alias is not None else None
    selectable = alias if other is None else other.selectable
    if selectable is not None and hasattr(selectable, "subquery") and not isinstance(selectable, FromClause):
        selectable = selectable.subquery(name)
    within = None if entity.is_mapper or selectable is None else entity
    narrows = selectable is not None
    return cast(Any, AliasedClass(entity, selectable, name, adapt_on_names, flat=flat, within=within, narrows=narrows))


def _inspected(alias: AliasedClass) -> AliasedInsp:
    insp: AliasedInsp = alias._azoth_entity
    return insp


register(AliasedClass, _inspected)
register(AliasedInsp, lambda alias: alias)
