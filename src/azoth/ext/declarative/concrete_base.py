"""ConcreteBase and AbstractConcreteBase: bases whose queries select from the tables of all classes below them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView
from typing import Any, ClassVar

from azoth.exc import ArgumentError
from azoth.orm import Mapper, polymorphic_union
from azoth.sql.expression import FromClause


class ConcreteBase:
    """Mix this into a mapped class whose subclasses have tables of their own (``"concrete": True``).

    Queries for the class then bring objects of all of them: they select from a union of the tables, which is made when
    the mappings are configured. ``_concrete_discriminator_name`` names the column that the union gets for the
    polymorphic identities ("type" by default).
    """

    _concrete_discriminator_name: ClassVar[str] = "type"

    @classmethod
    def __declare_first__(cls) -> None:
        mapper: Mapper = cls.__dict__["__mapper__"]
        tables = _tables(mapper.self_and_descendants)
        if len(tables) > 1 and tables.keys() != _known(mapper):
            union = _union(cls, tables)
            mapper.select_from_union(union, union.c[cls._concrete_discriminator_name])


class AbstractConcreteBase(ConcreteBase):
    """Derive a class without a table from this; its subclasses have tables of their own (``"concrete": True``).

    The class is mapped when the mappings are configured: to a union of the tables of all its subclasses. It has an
    attribute for each of their columns; with ``strict_attrs = True`` only those that it declares itself.
    """

    __no_table__: ClassVar[bool] = True

    @classmethod
    def __defers_mapping__(cls, declaration: object) -> bool:
        return AbstractConcreteBase in cls.__bases__ and "__table__" not in cls.__dict__

    @classmethod
    def __declare_first__(cls) -> None:
        for base in reversed(cls.__mro__):
            if AbstractConcreteBase in base.__bases__ and "__mapper__" not in base.__dict__:
                _map_to_union(base)


def _map_to_union(base: type[Any]) -> None:
    mappers = [subclass.__mapper__ for subclass in _subclasses(base) if "__mapper__" in subclass.__dict__]
    tables = _tables(mappers)
    if not tables:
        return
    name = base._concrete_discriminator_name
    union = _union(base, tables)
    arguments: dict[str, Any] = {"polymorphic_on": union.c[name], "polymorphic_abstract": True}
    if any("__mapper__" in one.__dict__ for one in base.__mro__):
        arguments["concrete"] = True
    if base.__dict__.get("strict_attrs", False):
        declared = [key for one in base.__mro__ for key in (*vars(one), *vars(one).get("__annotations__", ()))]
        arguments["include_properties"] = [*union.primary_key, name, *declared]
    given = base.__dict__.get("__mapper_args__")
    base.__table__ = union
    base.__mapper_args__ = {**(given or {}), **arguments}
    try:
        mapper = base.registry.map_declaratively(base)
    finally:
        if given is None:
            del base.__mapper_args__
        else:
            base.__mapper_args__ = given
    for below in mappers:
        if below.inherits is None and below.concrete:
            below.take_base(mapper)


def _subclasses(base: type[Any]) -> Iterator[type[Any]]:
    for subclass in base.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def _tables(mappers: Iterable[Mapper]) -> dict[Any, Any]:
    """Give the tables of a class and of the concrete classes below it, by polymorphic identity."""
    found: dict[Any, Any] = {}
    for mapper in mappers:
        if not mapper.concrete and mapper.inherits is not None:
            continue
        if mapper.polymorphic_identity is None:
            raise ArgumentError(
                f"class {mapper.class_.__name__} has no polymorphic identity",
                why="rows of concrete classes are told from one another by it",
                fix="add it to __mapper_args__: {'polymorphic_identity': 'manager', 'concrete': True}",
                code="AZ-M343",
            )
        found[mapper.polymorphic_identity] = mapper.local_table
    return found


def _known(mapper: Mapper) -> KeysView[object] | None:
    """Give the identities that the union of a class has already."""
    known: dict[object, Any] | None = mapper.class_.__dict__.get("__azoth_union__")
    return None if known is None else known.keys()


def _union(cls: type[Any], tables: dict[Any, Any]) -> FromClause:
    type.__setattr__(cls, "__azoth_union__", tables)
    return polymorphic_union(tables, cls._concrete_discriminator_name, "pjoin")
