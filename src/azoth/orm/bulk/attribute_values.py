"""Values by attribute, in the statements and parameters of entities, as values by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.lookup import entity_of
from azoth.orm.mapping.properties.composite import in_parts, in_rows
from azoth.sql.dml import Insert, Update
from azoth.sql.elements import NO_VALUE, BindParameter, ClauseElement, Part
from azoth.sql.types import NULLTYPE
from azoth.util.near_names import did_you_mean

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper

StatementT = TypeVar("StatementT")


def column_of(mapper: Mapper, key: object) -> Any:
    """Find the column that an attribute's name stands for.

    Args:
        mapper: the entity.
        key: the attribute's name, or a column's key where no attribute has it; anything but a text passes.

    Raises:
        InvalidRequestError: there is no such attribute, or it holds no column.
    """
    if not isinstance(key, str):
        return key.element if isinstance(key, Part) else key
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
    if mapper.composites_by_key or mapper.stand_ins:
        pairs = in_parts(mapper, pairs)
    return tuple([_pair(key, column_of(mapper, key), value) for key, value in pairs])


def _pair(key: object, column: Any, value: Any) -> tuple[Any, Any]:
    if isinstance(value, BindParameter) and value.type is NULLTYPE:
        if value.key is not None and value.value is not NO_VALUE and isinstance(key, str) and key != column.key:
            # Made of a plain value under the attribute's name: it is one of the column, as in a statement of the table.
            value = value._renamed(column.key + value.key.removeprefix(key))
        value = value._with_type(column.type)
    return column, value


def by_columns(statement: StatementT) -> StatementT:
    """Exchange attribute names for columns in the values of an INSERT or UPDATE of an entity; others pass."""
    if not isinstance(statement, Insert | Update):
        return statement
    entity = entity_of(statement.table)
    if entity is None:
        return statement
    changed: dict[str, Any] = {}
    if statement._values:
        changed["_values"] = by_column(entity.mapper, statement._values)
    if isinstance(statement, Insert):
        if not statement.supports_execution:
            changed["supports_execution"] = True
        if statement._multi_values:
            changed["_multi_values"] = tuple([by_column(entity.mapper, row) for row in statement._multi_values])
        if statement._select_names:
            changed["_select_names"] = tuple([column_of(entity.mapper, name).key for name in statement._select_names])
    return cast(StatementT, statement._copy_with(**changed)) if changed else statement


def by_column_key(mapper: Mapper, values: Mapping[Any, Any], extra: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Exchange attribute names for column keys in the parameters of an execution.

    Args:
        mapper: the entity.
        values: attribute (or its name) -> value.
        extra: names of the statement's own parameters, which pass.
    """
    if mapper.composites_by_key or mapper.stand_ins:
        values = in_rows(mapper, values)
    return {parameter_name(mapper, key, extra): value for key, value in values.items()}


def parameter_name(mapper: Mapper, key: Any, extra: frozenset[str] = frozenset()) -> str:
    """Find the column key that an attribute, or its name, stands for; the statement's own parameters pass."""
    if key in extra and isinstance(key, str):
        return key
    if not isinstance(key, str):
        key = key.__clause_element__() if hasattr(key, "__clause_element__") else key
        name: str = key.key
        return name
    found: str = column_of(mapper, key).key
    return found


def bind_names(statement: ClauseElement) -> frozenset[str]:
    """List the names of a statement's own parameters."""
    return frozenset([bind.key for bind in statement._binds if bind.key is not None])


def by_column_keys(mapper: Mapper, params: Any, own: frozenset[str]) -> Any:
    """Name parameters by columns, which are named by attributes or columns."""
    if not params:
        return None
    if isinstance(params, Mapping):
        return by_column_key(mapper, params, own)
    return [by_column_key(mapper, row, own) for row in params]


def with_parameters(
    mapper: Mapper, statement: Update, params: Mapping[Any, Any] | None
) -> tuple[Update, dict[str, Any] | None]:
    """Make those parameters of an UPDATE that are new values a part of it.

    Args:
        mapper: the entity.
        statement: the UPDATE; its values are named by columns.
        params: attribute name -> value, and values for the statement's own parameters.

    Returns:
        the statement, and the values for its own parameters.
    """
    if not params:
        return statement, None
    own = bind_names(statement)
    named = {key: value for key, value in params.items() if key in own}
    given = {key: value for key, value in params.items() if key not in own}
    more: list[tuple[Any, Any]] = [
        (column, BindParameter(column.key, value, column.type)) for column, value in by_column(mapper, given.items())
    ]
    return statement._copy_with(_values=(*statement._values, *more)), named or None
