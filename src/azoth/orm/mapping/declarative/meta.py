"""The metaclasses of declarative bases: they map each new class, and take in attributes that are added later."""

from __future__ import annotations

from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.declarative.columns import name_column
from azoth.orm.mapping.declarative.from_base import no_registry, registry_of
from azoth.orm.mapping.declarative.mapped_column import MappedColumn
from azoth.orm.mapping.declarative.scan import map_declared_class
from azoth.orm.mapping.lookup import MAPPER
from azoth.orm.mapping.properties.column_property import ColumnProperty
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.sql.schema import Column, Table


class DeclarativeAttributeIntercept(type):
    """Take in columns and properties that are set on a mapped class after it was defined."""

    def __setattr__(cls, key: str, value: object) -> None:
        if isinstance(value, MappedColumn | Column | MapperProperty) and MAPPER in cls.__dict__:
            add_attribute(cls, key, value)
        else:
            type.__setattr__(cls, key, value)
            if hasattr(value, "extension_type") and MAPPER in cls.__dict__:
                _forget_stand_ins(cls)

    def __delattr__(cls, key: str) -> None:
        value = cls.__dict__.get(key)
        if MAPPER in cls.__dict__ and cls.__dict__[MAPPER].has_property(key):
            raise UnmappingError(
                f"attribute {cls.__name__}.{key} cannot be taken out of the mapping",
                why="objects, statements and other classes may rely on it",
                fix="leave it out of the class; what is on the class after it was mapped stays",
                code="AZ-M387",
            )
        type.__delattr__(cls, key)
        if hasattr(value, "extension_type") and MAPPER in cls.__dict__:
            _forget_stand_ins(cls)


class DeclarativeMeta(DeclarativeAttributeIntercept):
    """Map each class that is derived from the base that ``declarative_base()`` made."""

    metadata: Any
    registry: Any

    def __init__(cls, classname: str, bases: tuple[type, ...], dict_: dict[str, Any], **kw: Any) -> None:
        super().__init__(classname, bases, dict_)
        registry = registry_of(cls)
        if registry is None:
            raise no_registry(cls)
        if "__azoth_base__" not in dict_ and dict_.get("registry") is not registry:
            map_declared_class(registry, cls)


class UnmappingError(InvalidRequestError, NotImplementedError):
    """Report an attempt to take a mapped attribute off its class."""


def _forget_stand_ins(class_: type[Any]) -> None:
    for mapper in class_.__dict__[MAPPER].self_and_descendants:
        mapper.forget_stand_ins()


def add_attribute(class_: type[Any], key: str, value: object) -> None:
    """Add an attribute to a class that is mapped already.

    Args:
        class_: the class.
        key: the attribute's name.
        value: a column or a property; a column joins the table too.

    Raises:
        InvalidRequestError: a column is given, and the class is mapped to something else than a table.
    """
    mapper: Any = class_.__dict__[MAPPER]
    if isinstance(value, MappedColumn | Column) and not isinstance(mapper.local_table, Table):
        raise InvalidRequestError(
            f"column {key!r} cannot be added to class {class_.__name__}, which has no table",
            why="it is mapped to a SELECT or a join, which have the columns of their tables",
            fix="add the column to the table, or map the class anew",
            code="AZ-M388",
        )
    if isinstance(value, MappedColumn | Column):
        column = element_of(value)
        name_column(column, key)
        if column.table is None:
            mapper.append_column(column)
        mapper.add_property(key, column)
        return
    if isinstance(value, ColumnProperty):
        for column in value.columns:
            if isinstance(column, Column) and column.table is None:
                name_column(column, key)
                mapper.append_column(column)
    mapper.add_property(key, value)
