"""polymorphic_union(): the rows of several tables under one name, for mappings of concrete classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.sql.elements import ColumnElement, cast, literal, literal_column, null
from azoth.sql.selectable import FromClause, select, union_all
from azoth.sql.types import TypeEngine
from azoth.util.arguments import as_mapping, check_flag, checked


@checked
def polymorphic_union(
    table_map: Mapping[str, Any], typecolname: str | None, aliasname: str | None = "p_union", cast_nulls: bool = True
) -> FromClause:
    """Put the rows of several tables under one name; columns that a table lacks are NULL in its rows.

    Args:
        table_map: the tables, or other selectables, by what tells their rows: the polymorphic identities.
        typecolname: the name of the column that has this in each row; None where the tables have one themselves.
        aliasname: the name of the whole.
        cast_nulls: whether each NULL gets the type of its column by a CAST, as some databases need it.

    Returns:
        an alias of a UNION ALL.

    Raises:
        ArgumentError: there are no tables.
        InvalidRequestError: one has a column of the name that the new column is to have.
    """
    tables = {key: element_of(table) for key, table in as_mapping("polymorphic_union(): table_map", table_map).items()}
    check_flag("polymorphic_union(): cast_nulls", cast_nulls)
    if not tables:
        raise ArgumentError(
            "polymorphic_union() was given no tables",
            why="a union needs something to put together",
            fix="pass the tables by polymorphic identity: {'manager': managers, 'engineer': engineers}",
            code="AZ-M341",
        )
    columns_of = {identity: _columns_by_key(table) for identity, table in tables.items()}
    types = {key: column.type for columns in columns_of.values() for key, column in columns.items()}
    if typecolname in types:
        raise InvalidRequestError(
            f"polymorphic_union() can't name its column {typecolname!r}",
            why="a table has a column of this name, and one of the two would hide the other",
            fix="choose another typecolname, or pass None where all tables have this column",
            code="AZ-M342",
        )
    selects = []
    for identity, table in tables.items():
        own = columns_of[identity]
        columns = [own[key] if key in own else _nothing(key, type_, cast_nulls) for key, type_ in types.items()]
        if typecolname is not None:
            columns.append(_constant(identity).label(typecolname))
        selects.append(select(*columns).select_from(table))
    union: FromClause = union_all(*selects).alias(aliasname)
    return union


def _columns_by_key(table: FromClause) -> dict[str, Any]:
    """Give the columns of a table; of those of a join that have one key, the one that refers to none of the others."""
    found: dict[str, Any] = {}
    for column in table.c:
        if column.key not in found or not column.foreign_keys:
            found[column.key] = column
    return found


def _nothing(key: str, type_: TypeEngine[Any], cast_nulls: bool) -> ColumnElement[Any]:
    nothing = cast(null(), type_) if cast_nulls else null()
    named: ColumnElement[Any] = nothing.label(key)
    return named


def _constant(identity: object) -> ColumnElement[Any]:
    """Write an identity into the text of the statement, where it costs no parameter."""
    known = literal(identity)
    text = repr(identity) if isinstance(identity, int) else "'{}'".format(str(identity).replace("'", "''"))
    return literal_column(text, known.type)
