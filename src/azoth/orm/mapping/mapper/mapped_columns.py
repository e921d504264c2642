"""Which columns a mapping has, and under which attribute keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.mapping.mapper.mapper_options import MapperOptions
from azoth.orm.mapping.properties.column_property import ColumnProperty
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.sql.elements import ColumnElement

if TYPE_CHECKING:
    from azoth.orm.mapping.ports import MapperPort
    from azoth.sql.selectable import FromClause


def column_properties(
    class_: type[Any], own_columns: Iterable[Any], table: FromClause, properties: dict[str, Any], options: MapperOptions
) -> dict[str, MapperProperty]:
    """Decide the properties of a mapping: those that were given, and one for each further column of the table.

    Args:
        class_: the mapped class.
        own_columns: the columns of its own table; those of base classes have their properties there.
        table: what has all of its columns.
        properties: what was given by key: properties, columns, or lists of equal columns.
        options: the mapping's options.

    Returns:
        the properties by key, those of columns first and in the order of the table.
    """
    given = {key: as_property(class_, key, subject) for key, subject in properties.items()}
    # By identity: an expression such as NULL compares with a column as SQL, whose truth nobody knows.
    own = {id(column) for column in table.c}
    named = {
        column: key
        for key, prop in given.items()
        if isinstance(prop, ColumnProperty)
        for column in prop.columns
        if id(column) in own
    }
    _mark_expressions(given, table)
    synonyms = _columns_behind_synonyms(given)
    found: dict[str, MapperProperty] = {}
    columns: dict[str, Any] = {}
    for column in own_columns:
        key = named.get(column)
        if key is not None:
            found[key] = given[key]
            continue
        key = synonyms.get(column.key, (options.column_prefix or "") + column.key)
        if column._omit_from_statements or _is_left_out(class_, key, column, options):
            continue
        if key in given:
            _check_hidden(class_, key, column, given[key])
            continue
        if key in columns:
            raise _same_name(class_, key, columns[key], column)
        columns[key] = column
        found[key] = ColumnProperty(column)
    return {**found, **given}


def _check_hidden(class_: type[Any], key: str, column: object, prop: MapperProperty) -> None:
    """Refuse a property of another kind in the place of a column, which nothing would read or write then."""
    if not isinstance(prop, ColumnProperty):
        raise ArgumentError(
            f"{class_.__name__}.{key} is a {type(prop).__name__}, and has the name of column {column}",
            why="the column would get that attribute, and nothing says which other one it has",
            fix="name one of them otherwise, give the column an attribute of another name, such as "
            f"{key}_ = mapped_column({key!r}), or leave it out: exclude_properties=[{key!r}]",
            code="AZ-X28",
        )


def _same_name(class_: type[Any], key: str, first: object, second: object) -> InvalidRequestError:
    return InvalidRequestError(
        f"{class_.__name__}.{key} would stand for both {first} and {second}",
        why=f"the tables that are joined have columns of the same name, and nothing says which of them {key} is",
        fix=f"map them explicitly: properties={{{key!r}: [...]}} with both where they are always equal, or each "
        "under a name of its own",
        code="AZ-M300",
    )


def is_of_column(prop: MapperProperty) -> bool:
    """Tell whether a property holds columns of the table, rather than an expression or a relationship."""
    return isinstance(prop, ColumnProperty) and not prop.is_expression


def as_property(class_: type[Any], key: str, subject: object) -> MapperProperty:
    """Turn what was given for an attribute into a property.

    Raises:
        ArgumentError: it is neither a property nor a column.
    """
    if isinstance(subject, MapperProperty):
        return subject
    if isinstance(subject, list | tuple):
        return ColumnProperty(*subject)
    if isinstance(subject, ColumnElement) or hasattr(subject, "__clause_element__"):
        return ColumnProperty(subject)
    raise ArgumentError(
        f"attribute {class_.__name__}.{key} is mapped to an object of {type(subject).__name__}",
        why="an attribute is mapped to a column, a SQL expression or a property such as relationship()",
        fix="pass one of these",
        code="AZ-M09",
    )


def _mark_expressions(properties: dict[str, MapperProperty], table: FromClause) -> None:
    columns = set(table.c)
    for prop in properties.values():
        if isinstance(prop, ColumnProperty):
            prop.is_expression = not any(column in columns for column in prop.columns)


def _columns_behind_synonyms(properties: dict[str, MapperProperty]) -> dict[str, str]:
    """Give, for synonyms that take over a column's name, that name and the attribute that gets the column."""
    synonyms = [(key, prop) for key, prop in properties.items() if getattr(prop, "map_column", False)]
    return {key: getattr(prop, "name") for key, prop in synonyms}  # noqa: B009


def _is_left_out(class_: type[Any], key: str, column: ColumnElement[Any], options: MapperOptions) -> bool:
    included, excluded = options.include_properties, options.exclude_properties
    if included is not None and not _names(included, key, column):
        return True
    if excluded is not None and _names(excluded, key, column):
        return True
    # A property that the class itself defines under the column's name stays what it is.
    return isinstance(getattr(class_, "__dict__", {}).get(key), property)


def _names(listed: Collection[Any], key: str, column: ColumnElement[Any]) -> bool:
    return any(entry in (key, column.key) if isinstance(entry, str) else entry is column for entry in listed)


def key_column(mapper: MapperPort, columns: Mapping[str, ColumnElement[Any]], name: str) -> ColumnElement[Any]:
    """Find the column that a text in the mapper option ``primary_key`` means.

    Args:
        mapper: the mapper.
        columns: its columns by attribute.
        name: an attribute of one column, or a column of the table.

    Raises:
        ArgumentError: there is none.
    """
    column = columns.get(name)
    if column is None and not mapper.has_property(name):
        column = mapper.local_table.c.get(name)
    if column is None:
        raise ArgumentError(
            f"primary_key of {mapper} names {name!r}, which is no attribute of one column",
            why="a primary key is made of columns",
            fix="name attributes that stand for a column of the table, or give the columns themselves",
            code="AZ-M382",
        )
    return column
