"""The metaclasses of declarative bases: they map each new class, and take in attributes that are added later."""

from __future__ import annotations

from typing import Any

from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.declarative.columns import name_column
from azoth.orm.mapping.declarative.mapped_column import MappedColumn
from azoth.orm.mapping.declarative.scan import map_declared_class
from azoth.orm.mapping.lookup import MAPPER
from azoth.orm.mapping.properties.column_property import ColumnProperty
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.sql.schema import Column


class DeclarativeAttributeIntercept(type):
    """Take in columns and properties that are set on a mapped class after it was defined."""

    def __setattr__(cls, key: str, value: object) -> None:
        if isinstance(value, MappedColumn | Column | MapperProperty) and MAPPER in cls.__dict__:
            add_attribute(cls, key, value)
        else:
            type.__setattr__(cls, key, value)
            if hasattr(value, "extension_type") and MAPPER in cls.__dict__:
                for mapper in cls.__dict__[MAPPER].self_and_descendants:
                    mapper.forget_stand_ins()


class DeclarativeMeta(DeclarativeAttributeIntercept):
    """Map each class that is derived from the base that ``declarative_base()`` made."""

    metadata: Any
    registry: Any

    def __init__(cls, classname: str, bases: tuple[type, ...], dict_: dict[str, Any], **kw: Any) -> None:
        super().__init__(classname, bases, dict_)
        registry = getattr(cls, "registry", None) or getattr(cls, "_sa_registry", None)
        if registry is not None and "__azoth_base__" not in dict_ and "registry" not in dict_:
            map_declared_class(registry, cls)


def add_attribute(class_: type[Any], key: str, value: object) -> None:
    """Add an attribute to a class that is mapped already.

    Args:
        class_: the class.
        key: the attribute's name.
        value: a column or a property; a column joins the table too.
    """
    mapper: Any = class_.__dict__[MAPPER]
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
