"""Warnings about members of class bodies that are allowed, and probably mean something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from azoth.orm.mapping.declarative.declared_attr import is_cascading
from azoth.orm.mapping.declarative.mapped_column import MappedColumn
from azoth.orm.mapping.naming.class_registry import ClassRegistry
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.sql.elements import ColumnElement
from azoth.sql.schema import Column, MetaData
from azoth.util.warning import warn

if TYPE_CHECKING:

    class MemberPort(Protocol):
        """A member of a class body: what it is, and whether a mixin has it."""

        value: Any
        from_mixin: bool


RESERVED = {"metadata": MetaData, "registry": ClassRegistry}
"""What bases have under these names."""


def warn_of_expression(class_: type[Any], key: str, value: object) -> None:
    """Warn of a SQL expression that is no attribute of the mapping.

    Args:
        class_: the class.
        key, value: its member.
    """
    if isinstance(value, ColumnElement) and not isinstance(value, Column | MappedColumn):
        warn(
            f"{class_.__name__}.{key} is a SQL expression that is not mapped",
            why="an expression of columns is no column of a table",
            fix="write column_property(...) around it, if objects are to have its value",
            code="AZ-M384",
        )


def warn_of_tuple(where: str, value: tuple[object, ...], kinds: Iterable[object]) -> None:
    """Warn of declarations in a tuple, which are not mapped.

    Args:
        where: class and member.
        value: the tuple.
        kinds: the declarations in it.
    """
    warn(
        f"{where} is a tuple of {type(next(iter(kinds))).__name__}, and is not mapped",
        why="a comma behind an expression makes a tuple of it",
        fix="remove the comma at the end of the line" if len(value) == 1 else "declare one attribute for each",
        code="AZ-M308",
    )


def warn_of_reserved_names(class_: type[Any], members: Mapping[str, MemberPort]) -> None:
    """Warn of attributes that hide what classes have from their base.

    Args:
        class_: the class.
        members: what it and its mixins declare.
    """
    for key, kind in RESERVED.items():
        value = class_.__dict__.get(key)
        if key in members or (value is not None and not isinstance(value, kind)):
            warn(
                f"{class_.__name__}: attribute name {key!r} should be left to the base of declared classes",
                why=f"{class_.__name__}.{key} is no longer that of its base, which programs may look for there",
                fix=f"name the attribute otherwise, and its column {key!r}: other = mapped_column({key!r})",
                code="AZ-M262",
            )


def warn_of_cascading(class_: type[Any], members: Mapping[str, MemberPort]) -> None:
    """Warn of ``declared_attr.cascading`` where no class is derived from the one that says it before it is mapped.

    Args:
        class_: the class.
        members: what it and its mixins declare.
    """
    for key, member in members.items():
        if not member.from_mixin and is_cascading(member.value):
            warn(
                f"declared_attr.cascading has no effect on {class_.__name__}.{key}",
                why="it is for mixins and abstract classes, and this class is mapped itself",
                fix="use declared_attr, or move the method to a mixin",
                code="AZ-M386",
            )


def shared_declarations(class_: type[Any], members: Mapping[str, MemberPort]) -> set[str]:
    """Find the members that declare once more what another one has declared, and warn of them.

    Args:
        class_: the class.
        members: what it and its mixins declare.

    Returns:
        those that are not mapped, since the column is mapped under its first name.
    """
    of_column: dict[str, list[str]] = {}
    of_property: dict[int, str] = {}
    first: dict[int, str] = {}
    left_out: set[str] = set()
    for key, member in members.items():
        value = member.value
        if isinstance(value, MappedColumn | Column):
            column = value.column if isinstance(value, MappedColumn) else value
            of_column.setdefault(column.name, []).append(key)
            if first.setdefault(id(column), key) != key:
                left_out.add(key)
        elif isinstance(value, MapperProperty) and (other := of_property.setdefault(id(value), key)) != key:
            warn(
                f"{class_.__name__}.{other} and {class_.__name__}.{key} are one property",
                why=f"a property belongs to one attribute; it is that of {key} now",
                fix=f"declare {key} by itself, or write {key} = synonym({other!r})",
                code="AZ-M385",
            )
    for keys in of_column.values():
        if len(keys) > 1:
            warn(
                f"class {class_.__name__} has one column under several names: {', '.join(keys)}",
                why="only one of them is mapped",
                fix=f"write synonym({keys[0]!r}) for the others, or give their columns names of their own",
                code="AZ-M383",
            )
    return left_out
