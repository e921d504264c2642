"""The statements that a step of a plan sends, as the executors send them; worked out without changing an object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from azoth.exc import AzothError
from azoth.orm.persistence.planning.steps import (
    AssociationInsert,
    AssociationStep,
    ClearKeysStep,
    DeleteStep,
    FlushStep,
    InsertStep,
    SetKeysStep,
    UpdateStep,
)
from azoth.orm.persistence.profile.expressions import clause, is_expression
from azoth.orm.persistence.statements.association_statements import association_statement
from azoth.orm.persistence.statements.insert_batches import ExpressionInsert, by_signature, chunks
from azoth.orm.persistence.statements.statements import InsertForm, Signature, TableStatements, table_statements

if TYPE_CHECKING:
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
        return _merged(_row_statements(step, table_statements(step.mapped, dialect)))
    except AzothError as error:
        return [PlannedStatement(f"-- {error.summary}", len(step), 1)]


def _row_statements(step: FlushStep, statements: TableStatements) -> Iterator[PlannedStatement]:
    if isinstance(step, InsertStep):
        yield from _inserts(step, statements)
        return
    count = len(step)
    can_count = statements.dialect.supports_sane_multi_rowcount
    versioned = statements.has_version
    if isinstance(step, UpdateStep):
        yield from _updates(step, statements, one_by_one=versioned and not can_count)
    elif isinstance(step, DeleteStep):
        sql = statements.delete().sql
        yield PlannedStatement(sql, 1, count) if versioned and not can_count else _together(sql, count)
    elif isinstance(step, SetKeysStep | ClearKeysStep):
        counting = _counting_rows(step) if isinstance(step, SetKeysStep) else 0
        fired = statements.made_by_update if isinstance(step, SetKeysStep) else ()
        for is_counting, rows in ((True, counting), (False, count - counting)):
            if rows:
                sql = statements.update_keys(step.keys, fired, versioned=is_counting).sql
                yield PlannedStatement(sql, 1, rows) if versioned and not can_count else _together(sql, rows)


def _counting_rows(step: SetKeysStep) -> int:
    """Count the rows whose version an UPDATE of keys alone counts: those that were there before the flush."""
    if step.mapped.version_key is None:
        return 0
    return len({copy.child for copy in step.copies if copy.flow.post_update and copy.child.pk is not None})


def _updates(step: UpdateStep, statements: TableStatements, *, one_by_one: bool) -> Iterator[PlannedStatement]:
    keys = statements.keys_to_set(step.keys, statements.updated)
    copied = _copied_keys(step)
    found = [
        _expressions(instance, step.keys, (*step.nulls, *copied.get(state, ())))
        for state, instance in zip(step.states, step.instances, strict=True)
    ]
    if not any(found):
        statement = statements.update_of_row(keys, {})
        alone = one_by_one or bool(statement.returning)
        yield PlannedStatement(statement.sql, 1, len(step)) if alone else _together(statement.sql, len(step))
        return
    compiled: dict[Any, str] = {}
    for expressions in found:
        place = tuple([(key, expression._shape) for key, expression in expressions.items()])
        sql = compiled.get(place, "")
        if not sql:
            sql = compiled[place] = statements.update_of_row(keys, expressions).sql
        yield PlannedStatement(sql, 1, 1)


def _inserts(step: InsertStep, statements: TableStatements) -> Iterator[PlannedStatement]:
    signatures = _signatures(step, statements)
    copied = _copied_keys(step)
    compiled: dict[Any, str] = {}
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
                insert = ExpressionInsert(statements, form, expressions)
                written = statements.compile_insert_with(insert.plain, insert.expressions, insert.returning)
                sql = compiled[place] = written.sql
            yield PlannedStatement(sql, 1, 1)
        yield from _insert_rows(form, alike)


def _insert_rows(form: InsertForm, count: int) -> Iterator[PlannedStatement]:
    if not count:
        return
    if form.lastrowid_key is not None:
        yield PlannedStatement(form.for_rows().sql, 1, count)
    elif form.returning:
        for size in chunks(form, count, len(form.keys)):
            yield PlannedStatement(form.for_rows(size).sql, size, 1)
    else:
        yield _together(form.for_rows().sql, count)


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


def _expressions(instance: Any, keys: Iterable[str], other: Sequence[str]) -> dict[str, Any]:
    """Find the SQL expressions among an object's values; some keys get other values when the step runs."""
    values = instance.__dict__
    return {
        key: clause(values[key]) for key in keys if key in values and key not in other and is_expression(values[key])
    }


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
