"""The statements that a step of a plan sends, as the executors send them; worked out without changing an object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from azoth.exc import AzothError
from azoth.orm.persistence.planning.rows_apart import inserted_apart, updated_apart
from azoth.orm.persistence.planning.steps import (
    AssociationInsert,
    AssociationStep,
    ClearKeysStep,
    DeleteStep,
    FlushStep,
    InsertStep,
    ReleaseKeysStep,
    ReplaceStep,
    SetKeysStep,
    UpdateStep,
)
from azoth.orm.persistence.profile.expressions import clause, is_expression
from azoth.orm.persistence.statements.association_statements import association_statement
from azoth.orm.persistence.statements.insert_batches import ExpressionInsert, at_once, by_signature, chunks
from azoth.orm.persistence.statements.insert_form import InsertForm
from azoth.orm.persistence.statements.replacements import replacement
from azoth.orm.persistence.statements.statements import Signature, TableStatements, table_statements
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.persistence.statements.row_statement import RowStatement
    from azoth.sql.dml.rows_as_table import RowsAsTable
    from azoth.sql.ports import CompilerDialect


class PlannedStatement(NamedTuple):
    """Statements with the same text that are sent one after the other.

    Attributes:
        sql: the text; where no statement can be made of the objects as they stand, why not.
        rows: how many rows each of them writes.
        times: how many times the text is given to the driver.
        is_batch: whether its rows go to the driver as one list of parameters (``executemany``).
    """

    sql: str
    rows: int
    times: int
    is_batch: bool = False


def planned_statements(step: FlushStep, dialect: CompilerDialect) -> list[PlannedStatement]:
    """Work out the statements of a step.

    Args:
        step: the step.
        dialect: the dialect in which they are sent.

    Returns:
        the statements in order. Values that Python makes when the step runs (defaults) count as given.
    """
    if isinstance(step, AssociationStep):
        kind = "insert" if isinstance(step, AssociationInsert) else "delete"
        return [_together(association_statement(step.layout, dialect, kind).sql, len(step))]
    try:
        return _merged(_row_statements(step, dialect))
    except AzothError as error:
        return [PlannedStatement(f"-- {error.summary}", len(step), 1)]


def _row_statements(step: FlushStep, dialect: CompilerDialect) -> Iterator[PlannedStatement]:
    if isinstance(step, InsertStep):
        for part in inserted_apart(step, dialect):
            if part is not step and step.copies:
                own = set(part.states)
                part.copies = [copy for copy in step.copies if copy.child in own]
            planned = _replacements if isinstance(step, ReplaceStep) else _inserts
            yield from planned(part, table_statements(part.mapped, dialect))
    elif isinstance(step, UpdateStep):
        for changed in updated_apart(step):
            statements = table_statements(changed.mapped, dialect)
            yield from _updates(changed, statements, one_by_one=_goes_one_by_one(statements))
    elif isinstance(step, SetKeysStep):
        for set_apart in updated_apart(step):
            yield from _settings(set_apart, table_statements(set_apart.mapped, dialect))
    elif isinstance(step, ReleaseKeysStep):
        for released_apart in updated_apart(step):
            statements = table_statements(released_apart.mapped, dialect)
            keys, fired = released_apart.keys, statements.fired_along(released_apart.keys)
            yield from _updates_of_keys(keys, fired, len(released_apart), statements, versioned=statements.has_version)
    elif isinstance(step, ClearKeysStep):
        yield from _updates_of_keys(step.keys, (), len(step), table_statements(step.mapped, dialect), versioned=False)
    elif isinstance(step, DeleteStep):
        statements = table_statements(step.mapped, dialect)
        delete, count = statements.delete(), len(step)
        if _goes_one_by_one(statements):
            yield PlannedStatement(delete.sql, 1, count)
        else:
            yield from _alike(delete, count, dialect)


def _goes_one_by_one(statements: TableStatements) -> bool:
    """Tell whether versions are checked, and the driver cannot count the rows of a batch."""
    return statements.has_version and not statements.dialect.supports_sane_multi_rowcount


def _settings(step: SetKeysStep, statements: TableStatements) -> Iterator[PlannedStatement]:
    counting = _counting_rows(step)
    for versioned, rows in ((True, counting), (False, len(step) - counting)):
        yield from _updates_of_keys(step.keys, statements.made_by_update, rows, statements, versioned=versioned)


def _updates_of_keys(
    keys: tuple[str, ...], fired: tuple[str, ...], rows: int, statements: TableStatements, *, versioned: bool
) -> Iterator[PlannedStatement]:
    if rows:
        yield from _checked(statements.update_keys(keys, fired, versioned=versioned), rows, statements)


def _counting_rows(step: SetKeysStep) -> int:
    """Count the rows whose version an UPDATE of keys alone counts: those that were there before the flush."""
    if step.mapped.version_key is None:
        return 0
    own = set(step.states)
    return len({one.child for one in step.copies if one.flow.post_update and one.child.pk is not None} & own)


def _updates(step: UpdateStep, statements: TableStatements, *, one_by_one: bool) -> Iterator[PlannedStatement]:
    keys = statements.keys_to_set(step.keys, statements.updated)
    copied = _copied_keys(step)
    found = [
        _expressions(instance, step.keys, (*step.nulls, *copied.get(state, ())))
        for state, instance in zip(step.states, step.instances, strict=True)
    ]
    if not any(found):
        statement = statements.update_of_row(keys, {})
        if one_by_one or statement.returning:
            yield PlannedStatement(statement.sql, 1, len(step))
        else:
            yield from _checked(statement, len(step), statements)
        return
    compiled: dict[Any, str] = {}
    later = step.mapped.later_keys
    for state, expressions in zip(step.states, found, strict=True):
        place = tuple([(key, expression._shape) for key, expression in expressions.items()])
        sql = compiled.get(place, "")
        if not sql:
            own = later[state.manager.mapper]
            sql = compiled[place] = statements.update_of_row(keys, expressions, own).sql
        yield PlannedStatement(sql, 1, 1)


def _replacements(step: InsertStep, statements: TableStatements) -> Iterator[PlannedStatement]:
    signatures = _signatures(step, statements)
    copied = _copied_keys(step)
    for signature, states, instances in by_signature(statements, signatures, step.states, step.instances):
        keys = statements.insert_form(signature).keys
        alike = 0
        for state, instance in zip(states, instances, strict=True):
            expressions = _expressions(instance, keys, (*step.nulls, *copied.get(state, ())))
            if not expressions:
                alike += 1
            elif (statement := replacement(statements, keys, expressions)) is not None:
                yield PlannedStatement(statement.sql, 1, 1)
        if alike and (plain := replacement(statements, keys, {})) is not None:
            yield from _checked(plain, alike, statements)


def _inserts(step: InsertStep, statements: TableStatements) -> Iterator[PlannedStatement]:
    signatures = _signatures(step, statements)
    copied = _copied_keys(step)
    compiled: dict[Any, str] = {}
    later = statements.mapped.later_keys
    for signature, states, instances in by_signature(statements, signatures, step.states, step.instances):
        form = statements.insert_form(signature)
        alike = 0
        for state, instance in zip(states, instances, strict=True):
            expressions = _expressions(instance, form.keys, (*step.nulls, *copied.get(state, ())))
            if not expressions:
                alike += 1
                continue
            yield from _insert_rows(form, alike)
            alike = 0
            place = (form, tuple([(key, expression._shape) for key, expression in expressions.items()]))
            sql = compiled.get(place, "")
            if not sql:
                insert = ExpressionInsert(statements, form, expressions, later[state.manager.mapper])
                written = statements.compile_insert_with(insert.plain, insert.expressions, insert.returning)
                sql = compiled[place] = written.sql
            yield PlannedStatement(sql, 1, 1)
        yield from _insert_rows(form, alike)


def _insert_rows(form: InsertForm, count: int) -> Iterator[PlannedStatement]:
    if not count:
        return
    if form.lastrowid_key is not None:
        yield PlannedStatement(form.for_rows().sql, 1, count)
    elif not form.returning and not form.statements.dialect.use_insertmanyvalues_wo_returning:
        yield from _alike(form.for_rows(), count, form.statements.dialect)
    elif (for_many := _insert_of_many(form, count)) is not None:
        dialect = form.statements.dialect
        yield from _portions(for_many, count, at_once(dialect, dialect.rows_as_table.most))
    else:
        for size in chunks(form, count, len(form.keys)):
            yield PlannedStatement(form.for_rows(size).sql, size, 1)


def _insert_of_many(form: InsertForm, count: int) -> str | None:
    """Give the INSERT that gives something back for many rows at once, where they go to the database as a table."""
    together: RowsAsTable | None = getattr(form.statements.dialect, "rows_as_table", None)
    if together is None or count < together.fewest or not form.returning:
        return None
    statement = form.for_many()
    return None if statement is None else statement.for_many


def _signatures(step: InsertStep, statements: TableStatements) -> list[Signature]:
    """Find which optional attributes the rows are going to give once they took over what their parents make."""
    signatures = statements.signatures(step.instances)
    bits = {key: 1 << position for position, key in enumerate(statements.optional)}
    copies = [copy for copy in step.copies if any(key in bits for _, key in copy.flow.pairs)]
    if copies:
        places = {state: place for place, state in enumerate(step.states)}
        for copy in copies:
            place = places[copy.child]
            for _, key in copy.flow.pairs:
                if key in bits:
                    given = bits[key] if copy.parent is not None else 0
                    signatures[place] = signatures[place] & ~bits[key] | given
    # An object's earlier table has made these by then.
    made = sum([bits[key] for key in step.mapped.given_keys if key in bits])
    cleared = sum([bits[key] for key in step.nulls if key in bits])
    if made or cleared:
        return [(signature | made) & ~cleared for signature in signatures]
    return signatures


def _copied_keys(step: InsertStep | UpdateStep) -> dict[Any, list[str]]:
    copied: dict[Any, list[str]] = {}
    for copy in step.copies:
        copied.setdefault(copy.child, []).extend([key for _, key in copy.flow.pairs])
    return copied


def _expressions(instance: object, keys: Iterable[str], other: Sequence[str]) -> dict[str, Any]:
    """Find the SQL expressions among an object's values; some keys get other values when the step runs."""
    values = instance.__dict__
    return {
        key: clause(values[key]) for key in keys if key in values and key not in other and is_expression(values[key])
    }


def _checked(statement: RowStatement, count: int, statements: TableStatements) -> Iterator[PlannedStatement]:
    """Plan an UPDATE for several rows, each of which must be there."""
    dialect = statements.dialect
    if _goes_one_by_one(statements):
        yield PlannedStatement(statement.sql, 1, count)
    elif dialect.supports_sane_multi_rowcount:
        yield from _alike(statement, count, dialect)
    else:
        yield _together(statement.sql, count)


def _alike(statement: RowStatement, count: int, dialect: CompilerDialect) -> Iterator[PlannedStatement]:
    """Plan a statement for several rows: as one, where the database reads them as a table.

    Rows whose values are of several kinds for one column are sent as a batch all the same.
    """
    together: RowsAsTable | None = getattr(dialect, "rows_as_table", None)
    if together is None or count < together.fewest or (sql := statement.for_many) is None:
        yield _together(statement.sql, count)
    else:
        yield from _portions(sql, count, together.most)


def _portions(sql: str, count: int, most: int) -> Iterator[PlannedStatement]:
    """Plan a statement for many rows, of which it takes some number at once."""
    full, rest = divmod(count, most)
    if full:
        yield PlannedStatement(sql, most, full)
    if rest:
        yield PlannedStatement(sql, rest, 1)


def _together(sql: str, count: int) -> PlannedStatement:
    return PlannedStatement(sql, count, 1, is_batch=count > 1)


def _merged(planned: Iterable[PlannedStatement]) -> list[PlannedStatement]:
    """Count what is sent several times in a row."""
    merged: list[PlannedStatement] = []
    for one in planned:
        last = merged[-1] if merged else None
        if last is not None and (last.sql, last.rows, last.is_batch) == (one.sql, one.rows, one.is_batch):
            merged[-1] = last._replace(times=last.times + one.times)
        else:
            merged.append(one)
    return merged
