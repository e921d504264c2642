"""New rows of an entity as programs give them, by attribute, as the parameters of an INSERT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from azoth.orm.bulk.attribute_values import parameter_name
from azoth.orm.mapping.properties.composite import in_parts
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
    version = mapper.version_id_col
    generate = None if version is None else mapper.version_id_generator
    found = []
    for row in rows:
        named: dict[str, Any] = {}
        for key, value in in_parts(mapper, row.items()) if mapper.composites_by_key else row.items():
            name = names.get(key)
            if name is None:
                name = names[key] = parameter_name(mapper, key, own)
            if value is not None or name not in defaulted:
                named[name] = value
        if generate and version is not None and named.get(version.key) is None:
            named[version.key] = generate(None)
        found.append(named)
    return found


def none_means_default(column: Column[Any]) -> bool:
    """Tell whether a column that is given None in a new row is left to what makes its value."""
    return not column.type.should_evaluate_none and (column.primary_key or has_own_value(column))
