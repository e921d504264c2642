"""From tables to DDL: what ``create_all()``, ``drop_all()``, ``create()`` and ``drop()`` run, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

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
    SetConstraintComment,
    SetTableComment,
)
from azoth.sql.schema import (
    CheckFirst,
    Constraint,
    DDLBind,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    install_schema_work,
    sort_tables_and_constraints,
)
from azoth.util.arguments import wrong_value
from azoth.util.named_tuple import NamedTuple


class Announcement(NamedTuple):
    """An event between DDL statements: its listeners are called when it is its turn.

    Args:
        listeners: who listens.
        target: the table or the metadata.
        facts: what is told by name.
    """

    listeners: tuple[Callable[..., Any], ...]
    target: Any
    facts: Mapping[str, object]

    def tell(self, connection: object) -> None:
        """Call the listeners."""
        for listener in self.listeners:
            listener(self.target, connection, **self.facts)


if TYPE_CHECKING:
    from azoth.sql.types.schema_type import TypeBind

    class NamedInDatabase(Protocol):
        """A type that is created in the database under a name."""

        name: str | None
        schema: str | None

        def create_ddl(self) -> ExecutableDDLElement:
            """Make the statement that creates it."""

        def drop_ddl(self) -> ExecutableDDLElement:
            """Make the statement that drops it."""


Step: TypeAlias = ExecutableDDLElement | Announcement


class TablesToDDL:
    """Makes the DDL for tables and runs it on an engine or a connection."""

    def create_all(
        self, metadata: Any, bind: DDLBind, tables: Sequence[Any] | None, checkfirst: bool | CheckFirst
    ) -> None:
        """Create tables, their indexes and constraints."""
        wanted = _wanted(metadata, tables, "create_all")
        CheckFirst(checkfirst)  # also where there is no table that would be looked for
        checkfirst = checkfirst if is_answering(bind) else False
        missing = [table for table in wanted if not _exists(table, bind, checkfirst)]
        elements = create_elements(metadata, bind, missing, checkfirst, with_sequences=tables is None)
        facts = {"tables": missing, "checkfirst": checkfirst}
        run(bind, [*_before("create", metadata, facts), *elements, *_after("create", metadata, facts)])

    def drop_all(
        self, metadata: Any, bind: DDLBind, tables: Sequence[Any] | None, checkfirst: bool | CheckFirst
    ) -> None:
        """Drop tables."""
        wanted = _wanted(metadata, tables, "drop_all")
        CheckFirst(checkfirst)  # also where there is no table that would be looked for
        checkfirst = checkfirst if is_answering(bind) else False
        present = [table for table in wanted if not _looks_for(table, checkfirst) or _exists(table, bind, checkfirst)]
        elements = drop_elements(metadata, bind, present, checkfirst, with_sequences=tables is None)
        facts = {"tables": present, "checkfirst": checkfirst}
        run(bind, [*_before("drop", metadata, facts), *elements, *_after("drop", metadata, facts)])

    def create(self, item: object, bind: DDLBind, checkfirst: bool | CheckFirst) -> None:
        """Create one table, index or sequence."""
        checkfirst = checkfirst if is_answering(bind) else False
        if isinstance(item, Table):
            if not _exists(item, bind, checkfirst):
                types = [one.create_ddl() for one in types_of([item], [], bind) if not _has_type(one, bind, checkfirst)]
                run(bind, [*types, *table_elements(item, bind, None, checkfirst)])
        elif isinstance(item, Index):
            run(bind, [CreateIndex(item, if_not_exists=_checks(checkfirst, CheckFirst.INDEXES))])
        elif _uses_sequences(bind):
            run(bind, [CreateSequence(item, if_not_exists=_checks(checkfirst, CheckFirst.SEQUENCES))])

    def drop(self, item: object, bind: DDLBind, checkfirst: bool | CheckFirst) -> None:
        """Drop one table, index or sequence."""
        checkfirst = checkfirst if is_answering(bind) else False
        if isinstance(item, Table):
            if not _looks_for(item, checkfirst) or _exists(item, bind, checkfirst):
                run(bind, _drop_table(item, checkfirst))
        elif isinstance(item, Index):
            run(bind, [DropIndex(item, if_exists=_checks(checkfirst, CheckFirst.INDEXES))])
        elif _uses_sequences(bind):
            run(bind, [DropSequence(item, if_exists=_checks(checkfirst, CheckFirst.SEQUENCES))])


def _wanted(metadata: MetaData, tables: Sequence[Any] | None, function: str) -> list[Table]:
    """List the tables that are meant: those that were named, or all.

    Raises:
        ArgumentError: something else than a table was named.
    """
    if tables is None:
        return list(metadata.tables.values())
    for table in tables:
        if not isinstance(table, Table):
            mapped = isinstance(getattr(table, "__table__", None), Table)
            fix = "give Table objects, as in metadata.tables['name'], or the __table__ of a mapped class"
            fix = f"write {table.__name__}.__table__" if mapped and isinstance(table, type) else fix
            raise wrong_value(f"{function}(): each of tables", "a Table", table, fix)
    return list(tables)


def create_elements(
    metadata: MetaData, bind: DDLBind, tables: Iterable[Any], checkfirst: bool | CheckFirst, *, with_sequences: bool
) -> list[Step]:
    """Make the DDL that creates tables, in the order of their foreign keys, and before them what they need."""
    types = types_of(tables, metadata._types if with_sequences else (), bind)
    elements: list[Step] = [one.create_ddl() for one in types if not _has_type(one, bind, checkfirst)]
    if with_sequences and _uses_sequences(bind):
        elements += [
            CreateSequence(one, if_not_exists=_checks(checkfirst, CheckFirst.SEQUENCES))
            for one in metadata._sequences.values()
        ]
    can_alter = getattr(bind.dialect, "supports_alter", True)
    for table, constraints in sort_tables_and_constraints(tables):
        if table is not None:
            elements += table_elements(table, bind, constraints if can_alter else None, checkfirst)
        elif can_alter:
            for constraint in constraints:
                elements += [AddConstraint(constraint), *_comments_of([constraint], bind)]
    return elements


def table_elements(
    table: Any, bind: DDLBind, foreign_keys: Sequence[Any] | None, checkfirst: bool | CheckFirst = False
) -> Iterator[Step]:
    """Make the DDL that creates one table with its indexes and comments.

    Args:
        table: the table.
        bind: the engine or connection.
        foreign_keys: the foreign keys to create with it, None for all.
        checkfirst: whether it was looked whether the table exists; listeners are told.
    """
    facts = {"checkfirst": checkfirst}
    yield from _before("create", table, facts)
    yield _creator(table, foreign_keys)
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        yield CreateIndex(index)
    if bind.dialect.supports_comments and not bind.dialect.inline_comments:
        if table.comment is not None:
            yield SetTableComment(table)
        for column in table.c:
            if column.comment is not None:
                yield SetColumnComment(column)
        yield from _comments_of([one for one in table._sorted_constraints() if _is_within(one, foreign_keys)], bind)
    yield from _after("create", table, facts)


def _is_within(constraint: Constraint, foreign_keys: Sequence[Any] | None) -> bool:
    """Tell whether a constraint is part of CREATE TABLE; some foreign keys are added when all tables are there."""
    if not isinstance(constraint, ForeignKeyConstraint):
        return True
    return not constraint.use_alter if foreign_keys is None else constraint in foreign_keys


def _comments_of(constraints: Iterable[Constraint], bind: DDLBind) -> Iterator[Step]:
    if getattr(bind.dialect, "supports_constraint_comments", False):
        yield from [SetConstraintComment(one) for one in constraints if one.comment is not None]


def drop_elements(
    metadata: MetaData, bind: DDLBind, tables: Iterable[Any], checkfirst: bool | CheckFirst, *, with_sequences: bool
) -> list[Step]:
    """Make the DDL that drops tables, those that refer to others first."""
    elements: list[Step] = []
    ordered = sort_tables_and_constraints(tables)
    if getattr(bind.dialect, "supports_alter", True):
        elements += [DropConstraint(_named(constraint)) for constraint in ordered[-1][1]]
    for table, _ in reversed(ordered):
        if table is not None:
            elements += _drop_table(table, checkfirst)
    if with_sequences and _uses_sequences(bind):
        elements += [
            DropSequence(one, if_exists=_checks(checkfirst, CheckFirst.SEQUENCES))
            for one in metadata._sequences.values()
        ]
    types = types_of(tables, metadata._types if with_sequences else (), bind)
    looks = _checks(checkfirst, CheckFirst.TYPES)
    return elements + [one.drop_ddl() for one in types if not looks or _has_type(one, bind, checkfirst)]


def run(bind: DDLBind, steps: Iterable[Step]) -> None:
    """Run DDL whose conditions hold, and call the listeners in between.

    Args:
        bind: an engine or a connection; listeners get a connection in any case.
        steps: the statements and events, in order.
    """
    planned = list(steps)
    elements = tuple([step for step in planned if not isinstance(step, Announcement)])
    if len(elements) == len(planned) and not any(element.asks_a_function for element in elements):
        chosen = tuple([element for element in elements if element.should_execute(element.target, bind)])
        # Nothing to create is a transaction, too: a database that is a file is there afterwards.
        if chosen or not planned:
            bind.run_ddl(chosen)
        return
    with _connection_of(bind) as connection:
        for step in planned:
            if isinstance(step, Announcement):
                step.tell(connection)
            elif step.should_execute(step.target, connection):
                connection.run_ddl((step,))


def _connection_of(bind: Any) -> AbstractContextManager[Any]:
    """Take a connection from an engine for a transaction; a connection stands for itself."""
    engine: Any = getattr(bind, "engine", None)
    if engine is bind and is_answering(bind):
        transaction: AbstractContextManager[Any] = engine.begin()
        return transaction
    return nullcontext(bind)


def _before(verb: str, target: object, facts: Mapping[str, object]) -> Iterator[Step]:
    return _announce(f"before_{verb}", target, facts)


def _after(verb: str, target: object, facts: Mapping[str, object]) -> Iterator[Step]:
    return _announce(f"after_{verb}", target, facts)


def _announce(name: str, target: Any, facts: Mapping[str, object]) -> Iterator[Step]:
    listeners = getattr(target.dispatch, name)
    if listeners:
        yield Announcement(listeners, target, facts)


def _drop_table(table: Table, checkfirst: bool | CheckFirst) -> list[Step]:
    facts = {"checkfirst": checkfirst}
    dropper = DropTable(table) if table._dropper_ddl is None else table._dropper_ddl
    return [*_before("drop", table, facts), dropper, *_after("drop", table, facts)]


def _creator(table: Any, foreign_keys: Sequence[Any] | None) -> ExecutableDDLElement:
    """Find what creates a table: what was set for it, or CREATE TABLE with these foreign keys."""
    own: ExecutableDDLElement | None = table._creator_ddl
    if own is None:
        return CreateTable(table, include_foreign_key_constraints=foreign_keys)
    if isinstance(own, CreateTable) and own.include_foreign_key_constraints is None:
        return own._copy_with(include_foreign_key_constraints=foreign_keys)
    return own


def _checks(checkfirst: bool | CheckFirst, kind: CheckFirst) -> bool:
    return checkfirst if isinstance(checkfirst, bool) else bool(checkfirst & kind)


def _looks_for(table: Table, checkfirst: bool | CheckFirst) -> bool:
    return _checks(checkfirst, CheckFirst.VIEWS if table.is_view else CheckFirst.TABLES)


def _exists(table: Table, bind: DDLBind, checkfirst: bool | CheckFirst) -> bool:
    """Tell whether a table is known to exist: it is looked for only where it is to be."""
    return _looks_for(table, checkfirst) and bind.has_table(table.name, schema=table.schema)


def is_answering(bind: object) -> bool:
    """Tell whether an engine or a connection could be asked what there is; one that only shows statements could not."""
    return bool(getattr(bind, "answers", True))


def types_of(tables: Iterable[Table], more: Iterable[Any], bind: DDLBind) -> list[NamedInDatabase]:
    """List the types with a name of their own that tables need, and further ones, each once."""
    find = getattr(bind.dialect, "types_to_create", None)
    if find is None:
        return []
    found: dict[tuple[str | None, str | None], NamedInDatabase] = {}
    for type_ in [*[column.type for table in tables for column in table.c], *more]:
        for one in find(type_):
            found.setdefault((one.schema, one.name), one)
    return list(found.values())


def has_type(type_: NamedInDatabase, bind: TypeBind) -> bool | None:
    """Ask whether a type exists; None where the dialect cannot tell.

    Args:
        type_: the type.
        bind: an engine or a connection.
    """
    known: Callable[..., bool] | None = getattr(bind.dialect, "has_type", None)
    if known is None:
        return None
    connect = None if hasattr(bind, "exec_driver_sql") else getattr(bind, "connect", None)
    if connect is not None:
        with connect() as connection:
            return has_type(type_, connection)
    # Where a connection has a schema_translate_map, the type goes by it.
    place: Callable[[object], str | None] | None = getattr(bind, "schema_for_object", None)
    return known(bind, type_.name, schema=type_.schema if place is None else place(type_))


def _has_type(type_: NamedInDatabase, bind: DDLBind, checkfirst: bool | CheckFirst) -> bool:
    """Tell whether a type is known to exist: it is looked for only where it is to be."""
    return bool(_checks(checkfirst, CheckFirst.TYPES) and has_type(type_, bind))


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
            code="AZ-C80",
        )
    return constraint


install_schema_work(TablesToDDL())
