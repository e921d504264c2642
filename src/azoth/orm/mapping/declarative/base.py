"""DeclarativeBase and declarative_base(): bases whose subclasses are mapped as their bodies declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.declarative.annotations.mapped_annotation import enclosing_variables
from azoth.orm.mapping.declarative.constructor import declarative_constructor
from azoth.orm.mapping.declarative.declared_attr import is_declared
from azoth.orm.mapping.declarative.from_base import no_registry, registry_of
from azoth.orm.mapping.declarative.mapped_column import mapped_column
from azoth.orm.mapping.declarative.mapped_dataclass import DATACLASS, become_unmapped_dataclass
from azoth.orm.mapping.declarative.meta import DeclarativeAttributeIntercept, DeclarativeMeta, add_attribute
from azoth.orm.mapping.declarative.registry import registry
from azoth.orm.mapping.declarative.scan import map_declared_class
from azoth.orm.mapping.lookup import MAPPER, is_declared_with_table, is_waiting
from azoth.orm.mapping.properties.column_property import column_property, deferred, query_expression
from azoth.orm.mapping.properties.dataclass_options import CLASS_OPTIONS, UNSET, given_options
from azoth.orm.mapping.properties.relationship_constructors import relationship
from azoth.sql.schema import MetaData
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.composite import composite
    from azoth.orm.mapping.properties.synonym import synonym
else:
    # They stand in dataclass_transform(), which is read by type checkers; few classes have any.
    composite = synonym = None

RegistryT = registry
ClassT = TypeVar("ClassT", bound=type[Any])


class DeclarativeBase(metaclass=DeclarativeAttributeIntercept):
    """Derive your own base from this, and the mapped classes from that.

    The own base may set ``metadata``, ``registry`` and ``type_annotation_map``.
    """

    if TYPE_CHECKING:
        registry: ClassVar[RegistryT]
        metadata: ClassVar[MetaData]
        type_annotation_map: ClassVar[Mapping[Any, Any]]
        __tablename__: Any
        __table__: ClassVar[Any]
        __table_args__: Any
        __mapper__: ClassVar[Mapper]
        __mapper_args__: Any

        def __init__(self, **kw: Any) -> None: ...

    def __init_subclass__(cls, **kw: Any) -> None:
        if DeclarativeBase in cls.__bases__:
            _become_base(cls, DeclarativeBase)
        else:
            map_declared_class(registry_of(cls), cls)
        super().__init_subclass__(**kw)


class DeclarativeBaseNoMeta:
    """The same without a metaclass; attributes that are set on mapped classes later are not mapped."""

    if TYPE_CHECKING:
        registry: ClassVar[RegistryT]
        metadata: ClassVar[MetaData]
        type_annotation_map: ClassVar[Mapping[Any, Any]]
        __tablename__: Any
        __table__: ClassVar[Any]
        __table_args__: Any
        __mapper__: ClassVar[Mapper]
        __mapper_args__: Any

        def __init__(self, **kw: Any) -> None: ...

    def __init_subclass__(cls, **kw: Any) -> None:
        if DeclarativeBaseNoMeta in cls.__bases__:
            _become_base(cls, DeclarativeBaseNoMeta)
        else:
            map_declared_class(registry_of(cls), cls)
        super().__init_subclass__(**kw)


@dataclass_transform(
    field_specifiers=(mapped_column, relationship, composite, column_property, deferred, synonym, query_expression)
)
class DCTransformDeclarative(DeclarativeAttributeIntercept):
    """The metaclass of bases whose classes are dataclasses; type checkers see the constructor through it."""


class MappedAsDataclass(metaclass=DCTransformDeclarative):
    """Mix this into a base or a mapped class to make mapped classes dataclasses.

    The options of ``dataclasses.dataclass`` are keyword arguments of the class: ``class User(Base, kw_only=True)``.
    """

    def __init_subclass__(
        cls,
        init: bool = UNSET,
        repr: bool = UNSET,
        eq: bool = UNSET,
        order: bool = UNSET,
        unsafe_hash: bool = UNSET,
        match_args: bool = UNSET,
        kw_only: bool = UNSET,
        dataclass_callable: Callable[..., type[Any]] = UNSET,
        **kw: Any,
    ) -> None:
        given = given_options(locals(), CLASS_OPTIONS)
        options = {**getattr(cls, DATACLASS, {}), **given}
        type.__setattr__(cls, DATACLASS, options)
        super().__init_subclass__(**kw)
        if MAPPER not in cls.__dict__ and not is_waiting(cls):
            become_unmapped_dataclass(cls, enclosing_variables(), options)


def _become_base(cls: Any, root: type[Any]) -> None:
    """Give a class that is derived from a root of bases directly its registry, metadata and constructor.

    What mixins of the class have counts as its own.

    Args:
        cls: the class.
        root: DeclarativeBase, or its like without a metaclass.

    Raises:
        InvalidRequestError: it is a class to be mapped; its registry is none; it has a registry, and what a registry
            would be made from beside it.
    """
    _refuse_mapped(cls, root)
    given, metadata = getattr(cls, "registry", None), getattr(cls, "metadata", None)
    types = getattr(cls, "type_annotation_map", None)
    if given is None:
        given = registry(metadata=metadata, type_annotation_map=types)
    elif not isinstance(given, RegistryT):
        raise no_registry(cls)
    elif types is not None:
        raise InvalidRequestError(
            f"declarative base {cls.__name__} has a type_annotation_map and a registry with types of its own",
            why="other bases may have the same registry, and its types are for all of them",
            fix="give the types to the registry: registry(type_annotation_map={...})",
            code="AZ-M71",
        )
    type.__setattr__(cls, "registry", given)
    type.__setattr__(cls, "metadata", given.metadata if metadata is None else metadata)
    if cls.__init__ is object.__init__ and given.constructor is not None:
        type.__setattr__(cls, "__init__", given.constructor)


def _refuse_mapped(cls: type[Any], root: type[Any]) -> None:
    for name in ("__tablename__", "__table__"):
        if name in cls.__dict__ and not is_declared(cls.__dict__[name]):
            raise InvalidRequestError(
                f"Cannot use {root.__name__} directly as the base of the mapped class {cls.__name__}",
                why=f"what is derived from it is a base with a registry of its own, and {cls.__name__} has {name}",
                fix=f"write a base of your own between them: class Base({root.__name__}): pass",
                code="AZ-M381",
            )


@checked
def declarative_base(
    bind: Any = None,
    metadata: MetaData | None = None,
    mapper: Callable[..., Mapper] | None = None,
    cls: type[Any] | tuple[type[Any], ...] = object,
    name: str = "Base",
    class_registry: MutableMapping[str, Any] | None = None,
    type_annotation_map: Mapping[Any, Any] | None = None,
    constructor: Callable[..., None] | None = declarative_constructor,
    metaclass: Callable[..., type[Any]] = DeclarativeMeta,
) -> Any:
    """Make a base whose subclasses are mapped as their bodies declare.

    Args:
        bind: an engine for the metadata (classic).
        metadata: the tables; a new MetaData where none is given.
        mapper: what makes the mappings, called as ``Mapper`` is.
        cls: a class, or classes, that the base derives from.
        name: the name of the base.
        class_registry: the dictionary of classes by name.
        type_annotation_map: types of columns by Python type, besides the usual ones.
        constructor: the constructor of classes that have none.
        metaclass: the metaclass of the base.

    Returns:
        the base.
    """
    own = registry(
        metadata=metadata,
        class_registry=class_registry,
        type_annotation_map=type_annotation_map,
        constructor=constructor,
    )
    if bind is not None:
        own.metadata.bind = bind
    return own.generate_base(mapper, cls, name, metaclass)


@checked
def as_declarative(
    *,
    bind: Any = None,
    metadata: MetaData | None = None,
    mapper: Callable[..., Mapper] | None = None,
    class_registry: MutableMapping[str, Any] | None = None,
    type_annotation_map: Mapping[Any, Any] | None = None,
    constructor: Callable[..., None] | None = declarative_constructor,
    metaclass: Callable[..., type[Any]] = DeclarativeMeta,
) -> Callable[[ClassT], ClassT]:
    """Decorate a class that becomes a declarative base.

    Args:
        bind, metadata, mapper, class_registry, type_annotation_map, constructor, metaclass: as for
            ``declarative_base()``.
    """
    options = dict(locals())

    def decorate(cls: ClassT) -> ClassT:
        base: ClassT = declarative_base(cls=cls, name=cls.__name__, **options)
        return base

    return decorate


def has_inherited_table(cls: type[Any]) -> bool:
    """Tell whether a base of a class is mapped, or is going to be, for use in ``declared_attr`` functions."""
    return any(is_declared_with_table(base) for base in cls.__mro__[1:])


def add_mapped_attribute(target: type[Any], key: str, attr: Any) -> None:
    """Add an attribute to a mapped class.

    Args:
        target: the class.
        key: the attribute's name.
        attr: a column or a property.
    """
    add_attribute(target, key, attr)
