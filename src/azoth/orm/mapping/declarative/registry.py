"""registry: the classes that are mapped together, and the ways to map them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, Unpack, dataclass_transform, overload

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.configuring.configuration import all_mappers, configure_registry, configuring_nothing, forget
from azoth.orm.mapping.declarative.annotations.type_map import TypeMap
from azoth.orm.mapping.declarative.annotations.type_resolve import AttributeTypes
from azoth.orm.mapping.declarative.constructor import declarative_constructor
from azoth.orm.mapping.declarative.mapped_column import mapped_column
from azoth.orm.mapping.declarative.mapped_dataclass import DATACLASS
from azoth.orm.mapping.declarative.meta import DeclarativeMeta
from azoth.orm.mapping.declarative.scan import map_declared_class
from azoth.orm.mapping.entities import inspection as _inspection
from azoth.orm.mapping.mapper.mapper import Mapper
from azoth.orm.mapping.mapper.mapper_options import refuse_unknown_options
from azoth.orm.mapping.naming.class_registry import ClassRegistry
from azoth.orm.mapping.properties.column_property import column_property, deferred, query_expression
from azoth.orm.mapping.properties.dataclass_options import CLASS_OPTIONS, UNSET, given_options
from azoth.orm.mapping.properties.relationship_constructors import relationship
from azoth.sql.schema import MetaData
from azoth.util.arguments import check_function, checked, wrong_value

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper_arguments import MapperArguments
    from azoth.orm.mapping.properties.composite import composite
    from azoth.orm.mapping.properties.synonym import synonym
else:
    # They stand in dataclass_transform(), which is read by type checkers; few classes have any.
    composite = synonym = None

ClassT = TypeVar("ClassT", bound=type[Any])


if TYPE_CHECKING:

    class DeclarationPort(Protocol):
        """A class that has waited to be mapped."""

        def mapped(self) -> Mapper: ...


assert _inspection  # imported for what it registers: without it nobody recognises mapped classes


class registry(ClassRegistry):
    """Hold classes that are mapped together: their tables' metadata, their names, the types of their annotations.

    Args:
        metadata: the tables; a new MetaData where none is given.
        class_registry: the dictionary of classes by name, to be shared by several registries.
        type_annotation_map: types of columns by Python type, besides the usual ones.
        constructor: the constructor of classes that have none.
    """

    @checked
    def __init__(
        self,
        *,
        metadata: MetaData | None = None,
        class_registry: MutableMapping[str, Any] | None = None,
        type_annotation_map: Mapping[Any, Any] | None = None,
        constructor: Callable[..., None] | None = declarative_constructor,
    ) -> None:
        if metadata is not None and not isinstance(metadata, MetaData):
            raise wrong_value("registry(): metadata", "a MetaData", metadata)
        if class_registry is not None and not hasattr(class_registry, "__setitem__"):
            raise wrong_value("registry(): class_registry", "a dictionary", class_registry)
        super().__init__(MetaData() if metadata is None else metadata, class_registry)
        self.constructor = constructor
        self.types = TypeMap(type_annotation_map)

    @property
    def type_annotation_map(self) -> dict[Any, Any]:
        """The types of columns that were added, by Python type."""
        return self.types.additions

    def update_type_annotation_map(self, type_annotation_map: Mapping[Any, Any]) -> None:
        """Add types of columns by Python type."""
        self.types.update(type_annotation_map)

    def types_for(self, class_: type[Any], key: str) -> AttributeTypes:
        """Make what finds the types of columns for the annotation of one attribute.

        Args:
            class_: the class that is being mapped.
            key: its attribute.
        """
        return AttributeTypes(self, class_, key)

    def map_imperatively(
        self,
        class_: type[Any],
        local_table: Any = None,
        *,
        properties: Mapping[str, Any] | None = None,
        entity_name: str | None = None,
        **kw: Unpack[MapperArguments],
    ) -> Mapper:
        """Map a class to a table that is defined apart from it.

        Args:
            class_: the class.
            local_table: the table.
            properties: attributes by name: columns, ``relationship(...)``, ``synonym(...)`` and others.
            entity_name: the name that tells this mapping of its class from others (classic).
            kw: the options of the mapping (see ``MapperOptions``).

        State: for as long as it is mapped, attributes of the class are replaced by mapped ones, its table is its
        ``__table__``, and it has the registry's constructor where it has none.
        """
        if not isinstance(class_, type):
            raise wrong_value("map_imperatively(): class_", "a class", class_)
        refuse_unknown_options(class_, kw)
        if not isinstance(properties, Mapping | None):
            raise wrong_value("map_imperatively(): properties", "a dictionary by name", properties)
        for key in properties or ():
            if not isinstance(key, str):
                raise wrong_value("map_imperatively(): each key of properties", "a name", key)
        maker: object = class_.__new__
        has_constructor = class_.__init__ is not object.__init__ or maker is not object.__new__
        self.add_class(class_)
        try:
            mapper = Mapper(class_, local_table, properties, registry=self, entity_name=entity_name, **kw)
        except Exception:
            self.remove_class(class_)
            raise
        # A listener of instrument_class may have given it one meanwhile.
        if self.constructor is not None and not has_constructor and mapper.first_use.own is None:
            mapper.first_use.lend(self.constructor)
        if local_table is not None and "__table__" not in class_.__dict__:
            mapper.manager._set("__table__", local_table)
        return mapper

    def map_declaratively(self, cls: type[Any]) -> Mapper | None:
        """Map a class as its body declares.

        Args:
            cls: the class.
        """
        _check_class("map_declaratively()", cls)
        return map_declared_class(self, cls)

    def map_declared(self, declarations: Iterable[DeclarationPort]) -> list[Mapper]:
        """Map classes that have waited for it, together: none of them is configured before all are mapped.

        Args:
            declarations: what ``__defers_mapping__()`` of the classes was given, base classes first.

        Returns:
            their mappers, in the same order.
        """
        with configuring_nothing():
            return [declaration.mapped() for declaration in declarations]

    def mapped(self, cls: ClassT) -> ClassT:
        """Decorate a class whose body declares its mapping, and which has no declarative base."""
        _check_class("mapped()", cls)
        self._give_constructor(cls)
        map_declared_class(self, cls)
        return cls

    @overload
    @dataclass_transform(
        field_specifiers=(mapped_column, relationship, composite, column_property, deferred, synonym, query_expression)
    )
    def mapped_as_dataclass(self, cls: ClassT, /) -> ClassT: ...
    @overload
    def mapped_as_dataclass(
        self,
        cls: None = None,
        /,
        *,
        init: bool = ...,
        repr: bool = ...,
        eq: bool = ...,
        order: bool = ...,
        unsafe_hash: bool = ...,
        match_args: bool = ...,
        kw_only: bool = ...,
        dataclass_callable: Callable[..., type[Any]] = ...,
    ) -> Callable[[ClassT], ClassT]: ...
    def mapped_as_dataclass(
        self,
        cls: ClassT | None = None,
        /,
        *,
        init: bool = UNSET,
        repr: bool = UNSET,
        eq: bool = UNSET,
        order: bool = UNSET,
        unsafe_hash: bool = UNSET,
        match_args: bool = UNSET,
        kw_only: bool = UNSET,
        dataclass_callable: Callable[..., type[Any]] = UNSET,
    ) -> ClassT | Callable[[ClassT], ClassT]:
        """Decorate a class whose body declares its mapping, and make it a dataclass too.

        Args:
            cls: the class.
            init, repr, eq, order, unsafe_hash, match_args, kw_only: as for ``dataclasses.dataclass``.
            dataclass_callable: what makes the dataclass, in the place of ``dataclasses.dataclass``.
        """
        options = given_options(locals(), CLASS_OPTIONS)

        def decorate(class_: ClassT) -> ClassT:
            _check_class("mapped_as_dataclass()", class_)
            type.__setattr__(class_, DATACLASS, options)
            map_declared_class(self, class_)
            return class_

        return decorate if cls is None else decorate(cls)

    @checked
    def as_declarative_base(
        self, *, mapper: Callable[..., Mapper] | None = None, metaclass: Callable[..., type[Any]] = DeclarativeMeta
    ) -> Callable[[ClassT], ClassT]:
        """Decorate a class that becomes a declarative base.

        Args:
            mapper, metaclass: as for ``generate_base()``.
        """

        def decorate(cls: ClassT) -> ClassT:
            base: ClassT = self.generate_base(mapper, cls, cls.__name__, metaclass)
            return base

        return decorate

    @checked
    def generate_base(
        self,
        mapper: Callable[..., Mapper] | None = None,
        cls: type[Any] | tuple[type[Any], ...] = object,
        name: str = "Base",
        metaclass: Callable[..., type[Any]] = DeclarativeMeta,
    ) -> Any:
        """Make a base whose subclasses are mapped as their bodies declare.

        Args:
            mapper: what makes the mappings, called as ``Mapper`` is.
            cls: a class, or classes, that the base derives from.
            name: the name of the base.
            metaclass: its metaclass.

        Returns:
            the base.
        """
        if not isinstance(cls, type) and not (isinstance(cls, tuple) and all(isinstance(one, type) for one in cls)):
            raise wrong_value("generate_base(): cls", "a class, or a tuple of classes", cls)
        check_function("generate_base(): metaclass", metaclass)
        bases = cls if isinstance(cls, tuple) else (cls,)
        namespace: dict[str, Any] = {"registry": self, "metadata": self.metadata, "__azoth_base__": True}
        if isinstance(cls, type):
            namespace["__doc__"] = cls.__doc__
        if self.constructor is not None:
            namespace["__init__"] = self.constructor
        if mapper is not None:
            namespace["__mapper_cls__"] = staticmethod(mapper)
        return metaclass(name, bases, namespace)

    @checked
    def configure(self, cascade: bool = False) -> None:
        """Configure the mappers of this registry that are not configured.

        Args:
            cascade: also those of the registries that its relationships lead to.

        Raises:
            InvalidRequestError: such another registry is not configured, and cascade is False; or a mapping failed
                before and nothing was mapped since.
            ArgumentError: a mapping is wrong.
        """
        configure_registry(self.unfinished, cascade=cascade)

    @checked
    def dispose(self, cascade: bool = False) -> None:
        """Take all mappings of this registry off their classes.

        Args:
            cascade: also those of the registries whose relationships lead to this one.

        Raises:
            InvalidRequestError: there are such registries, and cascade is False.

        State: the classes are plain again.
        """
        dependents = [one for one in self.all_dependents() if one.mappers]
        if dependents and not cascade:
            raise InvalidRequestError(
                "a registry on whose classes others depend cannot be disposed of alone",
                why="relationships of other registries lead to its classes: "
                + ", ".join(sorted(mapper.class_.__name__ for one in dependents for mapper in one.mappers)),
                fix="dispose of those first, or call dispose(cascade=True)",
                code="AZ-M264",
            )
        for one in (self, *dependents):
            dispose_mappers(one._mappers)

    def _give_constructor(self, cls: type[Any]) -> None:
        if self.constructor is not None and getattr(cls, "__init__") is object.__init__:  # noqa: B009
            type.__setattr__(cls, "__init__", self.constructor)


def _check_class(function: str, class_: object) -> None:
    if not isinstance(class_, type):
        raise wrong_value(f"{function}: cls", "a class", class_)


def dispose_mappers(mappers: Iterable[Any]) -> None:
    """Take mappings off their classes.

    Args:
        mappers: their mappers.
    """
    disposed = list(mappers)
    for mapper in disposed:
        mapper.dispose()
    forget(disposed)


def clear_mappers() -> None:
    """Take all mappings off all classes.

    State: the classes are plain again, and can be mapped anew.
    """
    dispose_mappers(all_mappers())


@dataclass_transform(
    field_specifiers=(mapped_column, relationship, composite, column_property, deferred, synonym, query_expression)
)
def mapped_as_dataclass(
    registry: registry,
    /,
    *,
    init: bool = UNSET,
    repr: bool = UNSET,
    eq: bool = UNSET,
    order: bool = UNSET,
    unsafe_hash: bool = UNSET,
    match_args: bool = UNSET,
    kw_only: bool = UNSET,
    dataclass_callable: Callable[..., type[Any]] = UNSET,
) -> Callable[[ClassT], ClassT]:
    """Make a decorator of classes that a registry maps and that become dataclasses.

    Args:
        registry: the registry.
        init, repr, eq, order, unsafe_hash, match_args, kw_only: as for ``dataclasses.dataclass``.
        dataclass_callable: what makes the dataclasses, in the place of ``dataclasses.dataclass``.
    """
    return registry.mapped_as_dataclass(**given_options(locals(), CLASS_OPTIONS))


def as_typed_table(cls: Any, typed_columns_cls: type[Any] | None = None, /) -> Any:
    """Give the table of a mapped class; type checkers take its columns from a class that describes them.

    Args:
        cls: the mapped class.
        typed_columns_cls: the class with the columns' types.
    """
    if typed_columns_cls is not None and not isinstance(typed_columns_cls, type):
        raise wrong_value("as_typed_table(): typed_columns_cls", "a class that describes columns", typed_columns_cls)
    _check_class("as_typed_table()", cls)
    return cls.__table__
