"""From tables to DDL: what ``create_all()``, ``drop_all()``, ``create()`` and ``drop()`` run, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from azoth import exc
from azoth.sql.ddl.elements import (
    AddConstraint,
    CreateIndex,
    CreateSequence,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropSequence,
    DropTable,
    ExecutableDDLElement,
    SetColumnComment,
    SetTableComment,
)
from azoth.sql.schema import DDLBind, Index, MetaData, Table, install_schema_work, sort_tables_and_constraints


class TablesToDDL:
    """Makes the DDL for tables and runs it on an engine or a connection."""

    def create_all(self, metadata: Any, bind: DDLBind, tables: Sequence[Any] | None, checkfirst: bool) -> None:
        """Create tables, their indexes and constraints."""
        wanted = list(metadata.tables.values()) if tables is None else list(tables)
        missing = [table for table in wanted if not (checkfirst and _exists(table, bind))]
        run(bind, create_elements(metadata, bind, missing, checkfirst, with_sequences=tables is None))

    def drop_all(self, metadata: Any, bind: DDLBind, tables: Sequence[Any] | None, checkfirst: bool) -> None:
        """Drop tables."""
        wanted = list(metadata.tables.values()) if tables is None else list(tables)
        present = [table for table in wanted if not checkfirst or _exists(table, bind)]
        run(bind, drop_elements(metadata, bind, present, checkfirst, with_sequences=tables is None))

    def create(self, item: Any, bind: DDLBind, checkfirst: bool) -> None:
        """Create one table, index or sequence."""
        if isinstance(item, Table):
            if not (checkfirst and _exists(item, bind)):
                run(bind, table_elements(item, bind, None))
        elif isinstance(item, Index):
            run(bind, [CreateIndex(item, if_not_exists=checkfirst)])
        elif _uses_sequences(bind):
            run(bind, [CreateSequence(item, if_not_exists=checkfirst)])

    def drop(self, item: Any, bind: DDLBind, checkfirst: bool) -> None:
        """Drop one table, index or sequence."""
        if isinstance(item, Table):
            if not checkfirst or _exists(item, bind):
                run(bind, [DropTable(item)])
        elif isinstance(item, Index):
            run(bind, [DropIndex(item, if_exists=checkfirst)])
        elif _uses_sequences(bind):
            run(bind, [DropSequence(item, if_exists=checkfirst)])


def create_elements(
    metadata: MetaData, bind: DDLBind, tables: Iterable[Any], checkfirst: bool, *, with_sequences: bool
) -> list[ExecutableDDLElement]:
    """Make the DDL that creates tables, in the order of their foreign keys."""
    elements: list[ExecutableDDLElement] = []
    if with_sequences and _uses_sequences(bind):
        elements += [CreateSequence(one, if_not_exists=checkfirst) for one in metadata._sequences.values()]
    can_alter = getattr(bind.dialect, "supports_alter", True)
    for table, constraints in sort_tables_and_constraints(tables):
        if table is not None:
            elements += table_elements(table, bind, constraints if can_alter else None)
        elif can_alter:
            elements += [AddConstraint(constraint) for constraint in constraints]
    return elements


def table_elements(table: Any, bind: DDLBind, foreign_keys: Sequence[Any] | None) -> Iterator[ExecutableDDLElement]:
    """Make the DDL that creates one table with its indexes and comments.

    Args:
        table: the table.
        bind: the engine or connection.
        foreign_keys: the foreign keys to create with it, None for all.
    """
    yield CreateTable(table, include_foreign_key_constraints=foreign_keys)
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        yield CreateIndex(index)
    if getattr(bind.dialect, "supports_comments", False) and not getattr(bind.dialect, "inline_comments", False):
        if table.comment is not None:
            yield SetTableComment(table)
        for column in table.c:
            if column.comment is not None:
                yield SetColumnComment(column)


def drop_elements(
    metadata: MetaData, bind: DDLBind, tables: Iterable[Any], checkfirst: bool, *, with_sequences: bool
) -> list[ExecutableDDLElement]:
    """Make the DDL that drops tables, those that refer to others first."""
    elements: list[ExecutableDDLElement] = []
    ordered = sort_tables_and_constraints(tables)
    if getattr(bind.dialect, "supports_alter", True):
        elements += [DropConstraint(_named(constraint)) for constraint in ordered[-1][1]]
    elements += [DropTable(table) for table, _ in reversed(ordered) if table is not None]
    if with_sequences and _uses_sequences(bind):
        elements += [DropSequence(one, if_exists=checkfirst) for one in metadata._sequences.values()]
    return elements


def run(bind: DDLBind, elements: Iterable[ExecutableDDLElement]) -> None:
    """Run DDL whose conditions hold."""
    chosen = tuple(element for element in elements if element.should_execute(element.target, bind))
    if chosen:
        bind.run_ddl(chosen)


def _exists(table: Any, bind: DDLBind) -> bool:
    return bind.has_table(table.name, schema=table.schema)


def _uses_sequences(bind: DDLBind) -> bool:
    return bool(getattr(bind.dialect, "supports_sequences", False))


def _named(constraint: Any) -> Any:
    if constraint.name is None:
        raise exc.CircularDependencyError(
            f"table {constraint.table.name} and {constraint.referred_table.name} refer to each other, and the foreign "
            f"key on {', '.join(constraint.column_keys)} has no name",
            [constraint.table, constraint.referred_table],
            why="one of the constraints must be dropped before the tables, by its name",
            fix="give it a name, or the MetaData a naming_convention",
            code="AZ-C49",
        )
    return constraint


install_schema_work(TablesToDDL())
