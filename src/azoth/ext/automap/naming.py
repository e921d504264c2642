"""How automap names classes and relationships, and makes the latter, where a program does not say otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from azoth.orm import RelationshipDirection, backref, relationship
from azoth.schema import ForeignKeyConstraint, Table


class PythonNameForTableType(Protocol):
    """What names the class of a table, or its module."""

    def __call__(self, base: type[Any], tablename: str, table: Table) -> str: ...


class NameForRelationshipType(Protocol):
    """What names the relationship that a foreign key leads to."""

    def __call__(
        self, base: type[Any], local_cls: type[Any], referred_cls: type[Any], constraint: ForeignKeyConstraint
    ) -> str: ...


NameForScalarRelationshipType = NameForRelationshipType
NameForCollectionRelationshipType = NameForRelationshipType


class GenerateRelationshipType(Protocol):
    """What makes a relationship, or the description of one on the other side; None for none."""

    def __call__(
        self,
        base: type[Any],
        direction: RelationshipDirection,
        return_fn: Callable[..., object],
        attrname: str,
        local_cls: type[Any],
        referred_cls: type[Any],
        **kw: Any,
    ) -> object: ...


def classname_for_table(base: type[Any], tablename: str, table: Table) -> str:
    """Name the class of a table: as the table.

    Args:
        base: the automap base.
        tablename: the name of the table.
        table: the table.
    """
    return str(tablename)


def name_for_scalar_relationship(
    base: type[Any], local_cls: type[Any], referred_cls: type[Any], constraint: ForeignKeyConstraint
) -> str:
    """Name a reference to one object: as the class referred to, in lower case.

    Args:
        base: the automap base.
        local_cls: the class that has the attribute.
        referred_cls: the class referred to.
        constraint: the foreign key.
    """
    return referred_cls.__name__.lower()


def name_for_collection_relationship(
    base: type[Any], local_cls: type[Any], referred_cls: type[Any], constraint: ForeignKeyConstraint
) -> str:
    """Name a collection: as the class of its members, in lower case, with ``_collection`` behind.

    Args:
        base: the automap base.
        local_cls: the class that has the attribute.
        referred_cls: the class of the members.
        constraint: the foreign key.
    """
    return referred_cls.__name__.lower() + "_collection"


def generate_relationship(
    base: type[Any],
    direction: RelationshipDirection,
    return_fn: Callable[..., object],
    attrname: str,
    local_cls: type[Any],
    referred_cls: type[Any],
    **kw: Any,
) -> object:
    """Make a relationship, or the description of the one on the other side.

    Args:
        base: the automap base.
        direction: MANYTOONE, ONETOMANY or MANYTOMANY.
        return_fn: ``relationship`` or ``backref``: what is to be made.
        attrname: the name of the attribute.
        local_cls: the class that has it.
        referred_cls: the class of the other side.
        kw: arguments for ``return_fn``.

    Returns:
        what ``return_fn`` gives.

    Raises:
        TypeError: ``return_fn`` is neither.
    """
    if return_fn is backref:
        return backref(attrname, **kw)
    if return_fn is relationship:
        return relationship(referred_cls, **kw)
    raise TypeError(f"generate_relationship() makes what relationship() or backref() give, not {return_fn!r}")
