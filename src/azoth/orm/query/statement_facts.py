"""What can be told of a statement by looking at it: its mappers, its kind, its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azoth.exc import ArgumentError
from azoth.orm.mapping.lookup import mapper_of, mapper_of_table, noted_entity
from azoth.sql.elements import ClauseElement, ClauseList
from azoth.sql.selectable import AliasedReturnsRows, Exists, FromClause, tables_in
from azoth.sql.visitors import walk


def kind_of(statement: Any) -> str:
    """Name the kind of a statement, as compilers visit it."""
    # By name: the classes of statements that change rows are imported by the programs that make such statements.
    kind: str = getattr(statement, "__visit_name__", "")
    return kind


def selected_mappers(statement: Any) -> list[Any]:
    """List the mappers of the entities and attributes that a statement selects or changes, each once."""
    parts = getattr(statement, "_raw_columns", ()) or (getattr(statement, "table", None),)
    within = [mapper for part in parts if (mapper := _mapper_within(part)) is not None]
    return list(dict.fromkeys([*_mappers(parts), *within]))


def first_mapper(statement: Any) -> Any:
    """Find the mapper that a statement is about, or None: of what it selects, selects from, or changes."""
    parts = (*getattr(statement, "_raw_columns", ()), *getattr(statement, "_from_obj", ()))
    for mapper in _mappers((*parts, getattr(statement, "table", None))):
        return mapper
    for part in parts:
        mapper = _mapper_within(part)
        if mapper is not None:
            return mapper
    return None


def _mapper_within(part: Any) -> Any:
    """Find the mapper that an expression or a subquery is about, or None.

    An expression does not say whether a column was meant or an attribute, so a mapped table counts as its class.
    """
    if isinstance(part, AliasedReturnsRows):
        return first_mapper(part.element)
    if not isinstance(part, ClauseElement) or isinstance(part, FromClause):
        return None
    if isinstance(part, Exists):
        return first_mapper(part.element) or mapper_of(noted_entity(part))
    are_columns = kind_of(part) == "column" or (isinstance(part, ClauseList) and not part.group)
    for table in tables_in(part):
        mapper = mapper_of_table(table) if not are_columns else None
        if mapper is None and isinstance(table, AliasedReturnsRows):
            mapper = first_mapper(table.element)
        if mapper is not None:
            return mapper
    noted = next((entity for node in walk(part) if (entity := noted_entity(node)) is not None), None)
    return None if noted is None else noted.mapper


def is_about_classes(statement: Any) -> bool:
    """Tell whether a statement names mapped classes or their attributes."""
    if first_mapper(statement) is not None:
        return True
    kind = kind_of(statement)
    if kind == "from_statement":
        return any(mapper_of(part) for part in statement._raw_columns)
    if kind == "compound_select":
        return any(is_about_classes(part) for part in statement.selects)
    return False


def _mappers(parts: Any) -> Iterator[Any]:
    for part in parts:
        mapper = mapper_of(part) or mapper_of(getattr(part, "parent", None))
        if mapper is not None:
            yield mapper


def options_of_execution(
    session_options: Mapping[str, Any], statement: Any, given: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """Put together the options of one execution, the most special ones last.

    Args:
        session_options: those of the session.
        statement: the statement, which may have some.
        given: those of the execution.

    Raises:
        ArgumentError: one of them belongs to connections.
    """
    if given and "isolation_level" in given:
        raise ArgumentError(
            "execution_options: 'isolation_level' cannot be given for one execution",
            why="it belongs to the connection, which may be in the middle of a transaction",
            fix="give it to session.connection(execution_options={'isolation_level': ...}) before the first statement, "
            "or to the engine",
            code="AZ-L303",
        )
    return {**session_options, **getattr(statement, "_execution_options", {}), **(given or {})}
