"""Values by attribute, in the statements and parameters of entities, as values by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.properties.composite import in_parts
from azoth.sql.elements import NO_VALUE, BindParameter
from azoth.sql.types import NULLTYPE
from azoth.util.near_names import did_you_mean

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper


def column_of(mapper: Mapper, key: Any) -> Any:
    """Find the column that an attribute's name stands for.

    Args:
        mapper: the entity.
        key: the attribute's name, or a column's key where no attribute has it; anything but a text passes.

    Raises:
        InvalidRequestError: there is no such attribute, or it holds no column.
    """
    if not isinstance(key, str):
        return key
    column = mapper.columns.get(key)
    if column is not None:
        return column
    attribute = getattr(mapper.class_, key, None)
    if attribute is not None and hasattr(attribute, "__clause_element__") and not hasattr(attribute, "__join_steps__"):
        element = attribute.__clause_element__()
        if element in mapper.column_to_key:
            return element
    column = mapper.local_table.c.get(key)
    if column is not None:
        return column
    name = mapper.class_.__name__
    if mapper.has_property(key):
        raise InvalidRequestError(
            f"{name}.{key} cannot be set by a statement",
            why="it holds no single column of the table",
            fix="set its columns by their own attributes",
            code="AZ-L40",
        )
    raise InvalidRequestError(
        f"{name} has no attribute {key!r} to set",
        why="the values of a change are named by mapped attributes",
        fix=did_you_mean(key, mapper.columns.keys()),
        code="AZ-L41",
    )


def by_column(mapper: Mapper, pairs: Iterable[tuple[Any, Any]]) -> tuple[tuple[Any, Any], ...]:
    """Exchange attribute names for columns in the values of a statement."""
    if mapper.composites_by_key:
        pairs = in_parts(mapper, pairs)
    return tuple([_pair(key, column_of(mapper, key), value) for key, value in pairs])


def _pair(key: object, column: Any, value: Any) -> tuple[Any, Any]:
    if isinstance(value, BindParameter) and value.type is NULLTYPE:
        if value.key is not None and value.value is not NO_VALUE and isinstance(key, str) and key != column.key:
            # Made of a plain value under the attribute's name: it is one of the column, as in a statement of the table.
            value = value._renamed(column.key + value.key.removeprefix(key))
        value = value._with_type(column.type)
    return column, value


def by_column_key(mapper: Mapper, values: Mapping[Any, Any], extra: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Exchange attribute names for column keys in the parameters of an execution.

    Args:
        mapper: the entity.
        values: attribute (or its name) -> value.
        extra: names of the statement's own parameters, which pass.
    """
    if mapper.composites_by_key:
        values = dict(in_parts(mapper, values.items()))
    return {parameter_name(mapper, key, extra): value for key, value in values.items()}


def parameter_name(mapper: Mapper, key: Any, extra: frozenset[str]) -> str:
    """Find the column key that an attribute, or its name, stands for; the statement's own parameters pass."""
    if key in extra and isinstance(key, str):
        return key
    if not isinstance(key, str):
        key = key.__clause_element__() if hasattr(key, "__clause_element__") else key
        name: str = key.key
        return name
    found: str = column_of(mapper, key).key
    return found
