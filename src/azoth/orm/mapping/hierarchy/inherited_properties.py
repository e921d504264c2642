"""Which attributes a derived class has from its base, and what its own columns make of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from azoth.orm.mapping.hierarchy.inheritance import CONCRETE, JOINED, Inheritance
from azoth.orm.mapping.properties.column_property import ColumnProperty
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.mapping.ports import HierarchyPort, InheritanceOptions
    from azoth.sql.schema import Column


def with_inherited(
    class_: type[Any], inheritance: Inheritance, own: dict[str, MapperProperty], options: InheritanceOptions
) -> dict[str, MapperProperty]:
    """Add the properties of the base class to those that a class declares.

    A column of a joined table that has the name of an attribute of the base stands under that attribute beside the
    base's column; one that refers to a column of the base does so whatever its own name is, unless there is another one
    of its table.

    Args:
        class_: the derived class.
        inheritance: how it is derived.
        own: its own properties by key.
        options: the options of its mapping.

    Returns:
        the properties by key, those of the base first.
    """
    if inheritance.kind == CONCRETE:
        return own
    found: dict[str, MapperProperty] = {}
    inherited = inheritance.base._properties
    equal = {own_column: column for column, own_column in inheritance.pairs}
    for key, prop in inherited.items():
        mine = own.get(key)
        if mine is None:
            if not _is_hidden(class_, key, options):
                found[key] = prop
        elif inheritance.kind == JOINED and _is_stored(mine) and _is_stored(prop):
            assert isinstance(mine, ColumnProperty)
            assert isinstance(prop, ColumnProperty)
            _warn_of_unrelated(class_, key, mine, prop, equal)
            found[key] = mine.with_columns(*mine.columns, *prop.columns)
        else:
            found[key] = mine
    for own_column, column in equal.items():
        shared = _key_of(found, column)
        if shared is not None:
            prop = found[shared]
            assert isinstance(prop, ColumnProperty)
            if stands_for_own(prop, own_column):
                found[shared] = prop.with_columns(*prop.columns, own_column)
    return {**found, **{key: prop for key, prop in own.items() if key not in found}}


def stands_for_own(prop: ColumnProperty, own_column: Column[Any]) -> bool:
    """Tell whether an attribute of a base can stand for a column that a derived class keeps equal to its own column.

    Not where it has another column of that table already, as its key: then the one has an attribute of its own.

    Args:
        prop: the attribute's property.
        own_column: the column of the derived class.
    """
    return all(one.table is not own_column.table for one in prop.columns)


def left_to_base(class_: type[Any], base: HierarchyPort, own: Mapping[str, MapperProperty]) -> list[str]:
    """List the attributes of a base that a class with a table of its own has not.

    Args:
        class_: the class.
        base: the mapper of the base.
        own: the properties of the class by key.
    """
    return [key for key in base._properties if key not in own and not _is_redefined(class_, key)]


def _is_redefined(class_: type[Any], key: str) -> bool:
    return key in class_.__dict__ and _is_plain(class_.__dict__[key])


def _is_stored(prop: MapperProperty) -> bool:
    return isinstance(prop, ColumnProperty) and not prop.is_expression


def _key_of(properties: Mapping[str, MapperProperty], column: object) -> str | None:
    for key, prop in properties.items():
        if isinstance(prop, ColumnProperty) and any(one is column for one in prop.columns):
            return key
    return None


def _is_hidden(class_: type[Any], key: str, options: InheritanceOptions) -> bool:
    """Tell whether a class has something else in the place of an attribute of its base, or leaves it out."""
    included, excluded = options.include_properties, options.exclude_properties
    if included is not None and key not in included:
        return True
    if excluded is not None and key in excluded:
        return True
    return _is_redefined(class_, key)


def _is_plain(member: object) -> bool:
    """Tell whether a member of a class body is no part of its mapping: a method, a property, a value."""
    return not hasattr(member, "_azoth_entity") and not isinstance(member, MapperProperty) and not _is_mapped(member)


def _is_mapped(member: object) -> bool:
    return hasattr(type(member), "__clause_element__") or hasattr(member, "property")


def _warn_of_unrelated(
    class_: type[Any], key: str, mine: ColumnProperty, prop: ColumnProperty, equal: Mapping[Any, Any]
) -> None:
    column = mine.columns[0]
    is_meant = any(one in prop.columns for one in mine.columns)
    if is_meant or column in equal or any(one.table is column.table for one in prop.columns):
        return
    warn(
        f"{class_.__name__}.{key} stands for both {column} and {prop.columns[0]}",
        why="both tables have a column of this name, and nothing keeps them equal but this attribute",
        fix=f"name the attribute of one of them otherwise, or say that it is meant: "
        f"{key} = column_property({column}, {prop.columns[0]})",
        code="AZ-M325",
    )
