"""New rows of an entity as programs give them, by attribute, as the parameters of an INSERT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from azoth.orm.bulk.attribute_values import column_of, parameter_name
from azoth.orm.mapping.properties.composite import in_rows
from azoth.orm.persistence.profile.table_columns import has_own_value

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.sql.schema import Column


def new_rows(
    mapper: Mapper,
    rows: Iterable[Mapping[Any, Any]],
    own: frozenset[str] = frozenset(),
    *,
    render_nulls: bool = False,
) -> list[dict[str, Any]]:
    """Name the values of new rows by column keys, with the first version where rows are versioned.

    None means that the column's default is wanted, as it does on an object that is added; where there is no default,
    and for a column that tells a None of its own from NULL, it stays.

    Args:
        mapper: the entity.
        rows: attribute (or its name) -> value.
        own: names of the statement's own parameters, which pass.
        render_nulls: whether None is NULL for all columns.
    """
    names: dict[Any, str] = {}
    defaulted: frozenset[str] = frozenset()
    if not render_nulls:
        defaulted = frozenset([column.key for column in mapper.local_table.c if none_means_default(column)]) - own
    class_column, identity = class_value(mapper)
    version = mapper.version_id_col
    generate = None if version is None else mapper.version_id_generator
    found = []
    in_others = mapper.composites_by_key or mapper.stand_ins
    for row in rows:
        named: dict[str, Any] = {}
        for key, value in (in_rows(mapper, row) if in_others else row).items():
            name = names.get(key)
            if name is None:
                name = names[key] = parameter_name(mapper, key, own)
            if value is not None or name not in defaulted:
                named[name] = value
        if generate and version is not None and named.get(version.key) is None:
            named[version.key] = generate(None)
        found.append(named)
    if class_column is not None and class_column.key not in own:
        for named in found:
            if named.get(class_column.key) is None:
                named[class_column.key] = identity
    return found


def none_means_default(column: Column[Any]) -> bool:
    """Tell whether a column that is given None in a new row is left to what makes its value."""
    return not column.type.should_evaluate_none and (column.primary_key or has_own_value(column))


def class_value(mapper: Mapper) -> tuple[Any, Any]:
    """Give the column that tells the class of a row, and its value for a class; None and None where nothing does."""
    key, identity = mapper.manager.discriminator or (None, None)
    return (None, None) if key is None else (mapper.columns[key], identity)


def rows_by_attribute(
    mapper: Mapper,
    rows: Iterable[Mapping[Any, Any]],
    own: frozenset[str] = frozenset(),
    *,
    render_nulls: bool = False,
) -> list[dict[str, Any]]:
    """Name the values of new rows by attributes, where they go to several tables.

    Args:
        mapper: the entity.
        rows: attribute (or its name, or its column) -> value; None means that the default is wanted.
        own: names of the statement's own parameters, which pass.
        render_nulls: whether None is NULL for all columns.
    """
    columns = mapper.columns
    found = []
    for row in rows:
        named = {
            key if key in own else attribute_name(mapper, key): value for key, value in in_rows(mapper, row).items()
        }
        found.append(
            named
            if render_nulls
            else {
                key: value
                for key, value in named.items()
                if value is not None or (key in columns and not none_means_default(columns[key]))
            }
        )
    return found


def attribute_name(mapper: Mapper, key: object) -> str:
    """Find the name of the attribute that an attribute, a column or a name stands for.

    Raises:
        InvalidRequestError: there is no such attribute, or it holds no column.
    """
    column = column_of(mapper, key.__clause_element__() if hasattr(key, "__clause_element__") else key)
    name: str = mapper.column_to_key[column]
    return name
