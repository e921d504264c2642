"""Which rows a change of a class of a hierarchy concerns: those that a SELECT of the class with its criteria finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from azoth.exc import InvalidRequestError
from azoth.orm.bulk.attribute_values import by_columns
from azoth.orm.mapping.attributes.column_adapter import ColumnAdapter
from azoth.orm.mapping.derived import derived
from azoth.orm.mapping.hierarchy.polymorphic_selectable import single_table_criterion
from azoth.orm.mapping.lookup import entity_of
from azoth.sql.dml import Change, Delete, Insert, Update
from azoth.sql.elements import ColumnElement, Part, tuple_
from azoth.sql.selectable import (
    FromClause,
    Select,
    SelectBase,
    correlated_froms,
    resolve_from,
    select,
    statement_froms,
    tables_in,
)
from azoth.sql.visitors import Visitable, replace, walk

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper

ChangeT = TypeVar("ChangeT", bound=Update | Delete)
Node = TypeVar("Node", bound=Visitable)


def is_spread(mapper: Mapper) -> bool:
    """Tell whether each object of a class has rows in several tables, because the class is derived by joined tables."""
    return mapper.inherits is not None and mapper.persist_selectable is not mapper.local_table


def as_sent(statement: object) -> object:
    """Write a change of an entity in terms of its own table.

    Args:
        statement: any statement.

    Returns:
        the statement with columns in the place of attribute names; an UPDATE or DELETE of a class of a hierarchy with
        the condition that makes its rows those of the class. Anything else as it is.
    """
    statement = by_columns(statement)
    if not isinstance(statement, Update | Delete):
        return statement
    entity = entity_of(statement.table)
    if entity is None or not entity.is_mapper:
        return statement
    check_own_table(entity, statement)
    return of_class(entity, statement, entity.local_table)


def check_own_table(mapper: Mapper, statement: Change) -> None:
    """Refuse a statement whose attributes are not columns of the table that it changes.

    Raises:
        InvalidRequestError: queries for the class read a union of the tables of several classes.
    """
    if not mapper.is_in_hierarchy:
        return
    # Bases of concrete classes learn then what they select from.
    mapper._check_configure()
    selectable = mapper.selectable
    if any(part is mapper.local_table for part in selectable._parts):
        return
    if isinstance(statement, Insert) and not statement._returning:
        return
    name, function = mapper.class_.__name__, statement.__visit_name__
    tables = {one.local_table.description: None for one in mapper.self_and_descendants}
    raise InvalidRequestError(
        f"{function}({name}) cannot be executed: what is selected for {name} is {selectable.description}",
        why=f"its rows are in {', '.join(tables)}, and {function.upper()} is about one table",
        fix=f"execute {function}() of {mapper.local_table.description} and of the other classes, or change objects",
        code="AZ-L323",
    )


def of_class(mapper: Mapper, statement: ChangeT, table: FromClause) -> ChangeT:
    """Let an UPDATE or DELETE concern the rows of a class in one of its tables.

    Args:
        mapper: the class.
        statement: the statement; its values are those of this table.
        table: the table.
    """
    if not mapper.is_in_hierarchy:
        return statement
    return of_table(mapper, statement, table, rows_of_class(mapper, table, statement._where_criteria))


def of_table(mapper: Mapper, statement: ChangeT, table: FromClause, criteria: tuple[Any, ...]) -> ChangeT:
    """Let an UPDATE or DELETE of a class be one of a table of it, with other criteria."""
    changed: dict[str, Any] = {"_where_criteria": criteria, "supports_execution": True}
    if table is not mapper.local_table:
        changed["table"] = table
    if isinstance(statement, Update):
        changed["_values"] = tuple([(column, _readable(mapper, value, table)) for column, value in statement._values])
    return cast(ChangeT, statement._copy_with(**changed))


def rows_of_class(mapper: Mapper, table: FromClause, criteria: Sequence[Any]) -> tuple[Any, ...]:
    """Say which rows of one of a class's tables are those of the objects that meet criteria."""
    own = tuple([without_wholes(mapper, criterion) for criterion in criteria])
    class_criterion = single_table_criterion(mapper)
    if class_criterion is not None:
        own = (*own, class_criterion)
    if table is mapper.local_table and not reads_others(mapper, own, table):
        return own
    # Found as a SELECT finds them, for a change of one table sees no other one's rows.
    columns = key_of_table(mapper, table)
    return (in_keys(columns, select(*columns).select_from(mapper.selectable).where(*criteria)),)


def reads_others(mapper: Mapper, expressions: Iterable[Visitable], table: FromClause) -> bool:
    """Tell whether expressions read columns of an object that are not in one of its tables.

    Args:
        mapper: the class.
        expressions: criteria or values.
        table: the table.
    """
    if not is_spread(mapper):
        return False
    others = {id(one) for one in _parts(mapper) if one is not table}
    return any(_reads(expression, mapper, table, others) for expression in expressions)


def in_keys(columns: Sequence[Any], keys: Select[*tuple[Any, ...]] | Sequence[tuple[Any, ...]]) -> ColumnElement[bool]:
    """Compare key columns with a list of keys, or with the rows of a SELECT.

    Args:
        columns: the columns.
        keys: the SELECT, or tuples of values.
    """
    if len(columns) == 1:
        found: ColumnElement[bool] = columns[0].in_(keys if isinstance(keys, Select) else [key for (key,) in keys])
        return found
    return tuple_(*columns).in_(keys)


def _parts(mapper: Mapper) -> tuple[Any, ...]:
    return (*mapper.selectable._parts, *mapper.persist_selectable._parts)


def returns_others(mapper: Mapper, statement: Change, table: FromClause) -> bool:
    """Tell whether a statement returns what is not in one of a class's tables."""
    for raw in statement._returning:
        if entity_of(raw) is not None:
            known = {*mapper.tables, *[one.local_table for one in mapper.self_and_descendants]}
            froms = [part for part in resolve_from(raw)._parts if part in known]
        else:
            element = raw.__clause_element__() if hasattr(raw, "__clause_element__") else raw
            froms = tables_in(without_wholes(mapper, element))
        if any(one is not table for one in froms):
            return True
    return False


def key_of_table(mapper: Mapper, table: FromClause) -> list[Any]:
    """List the columns by which rows of one of a class's tables are found."""
    return list(mapper.primary_key) if table is mapper.persist_selectable else list(table.primary_key)


def _reads(expression: Visitable, mapper: Mapper, table: FromClause, others: set[int]) -> bool:
    if any(id(one) in others for one in tables_in(expression)):
        return True
    around = _parts(mapper)
    for node in walk(expression):
        if isinstance(node, Select):
            # What a subquery leaves to the statement around it, which would select from the whole class.
            left = correlated_froms(node, around, around)
            kept = {id(one) for one in left}
            if any(one is not table and id(one) not in kept for one in statement_froms(node)):
                return True
    return False


def without_wholes(mapper: Mapper, expression: Node) -> Node:
    """Let attributes be plain columns, where what their class selects from has the table that is changed in it."""
    table = mapper.local_table

    def plain(node: Visitable) -> Visitable | None:
        if isinstance(node, SelectBase):
            return node
        if isinstance(node, Part) and any(one is table for one in cast(Any, node.whole)._parts):
            return node.element
        return None

    return replace(expression, plain)


def _readable(mapper: Mapper, value: Visitable, table: FromClause) -> Visitable:
    """Let a value that needs columns of an object's other tables be read by the object's key."""
    plain = without_wholes(mapper, value)
    if not reads_others(mapper, [plain], table):
        return plain
    whole = _other_names(mapper)
    same_object = [whole.corresponding_column(column) == column for column in key_of_table(mapper, table)]
    moved = ColumnAdapter(whole, mapper.persist_selectable)(plain)
    return select(moved).select_from(whole).where(*same_object).scalar_subquery()


@derived
def _other_names(mapper: Mapper) -> FromClause:
    """Give all tables of a class under other names: where one of them is changed, it is another one that is read."""
    whole: FromClause = mapper.persist_selectable.alias(flat=True)
    return whole
