"""What a SELECT selects from: its joins, the tables of its columns and conditions, less what is correlated."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from azoth import exc
from azoth.sql.elements import ClauseElement, ClauseList, ColumnClause, ColumnElement, Part, truth_operand
from azoth.sql.ports import JoinStep
from azoth.sql.selectable.adapt import are_elsewhere, column_elsewhere, host_of, is_elsewhere
from azoth.sql.selectable.from_clause import FromClause, builders
from azoth.sql.selectable.join import Join
from azoth.sql.selectable.join_condition import can_join, equalities_in
from azoth.sql.selectable.narrowed import Narrowed
from azoth.sql.selectable.resolve import resolve_from
from azoth.sql.selectable.select_base import SelectBase
from azoth.sql.visitors import Visitable, children, replace

__all__ = [
    "correlated_froms",
    "further_froms",
    "join_by_steps",
    "joined_froms",
    "result_expressions",
    "statement_froms",
    "tables_in",
]


def result_expressions(raw_columns: Iterable[Any]) -> list[tuple[Any, str | None]]:
    """List the expressions of a SELECT, with the name that a mapped attribute wants for its column.

    Args:
        raw_columns: what was passed to ``select()``; a selectable stands for all of its columns, an entity for those
            that it maps and for its expressions.
    """
    expressions: list[tuple[Any, str | None]] = []
    for raw in raw_columns:
        element = raw if isinstance(raw, ClauseElement) else raw.__clause_element__()
        if isinstance(element, FromClause):
            entity = getattr(raw, "_azoth_entity", None)
            if entity is None:
                expressions += [(column, None) for column in element.c if not column._omit_from_statements]
            else:
                expressions += entity.selected_expressions
        elif isinstance(element, ClauseList) and not element.group:
            # Several columns: a list of them, or what they become one value for, as a bundle or a composite attribute.
            expressions.extend([(column, None) for column in single_columns(element)])
        elif element is raw:
            expressions.append((element, None))
        else:
            key = getattr(raw, "key", None)
            expressions.append((element, key if key != getattr(element, "name", None) else None))
    return expressions


def single_columns(clauses: ClauseList) -> Iterator[ClauseElement]:
    """List the columns of a list without parentheses, those of lists within it included."""
    for clause in clauses.clauses:
        if isinstance(clause, ClauseList) and not clause.group:
            yield from single_columns(clause)
        else:
            yield clause


def tables_in(element: Any, outside: Sequence[FromClause] = (), known: Sequence[FromClause] = ()) -> list[FromClause]:
    """List the selectables that an expression refers to, in order, each once; subqueries are not searched.

    Args:
        element: the expression.
        outside: what a statement around selects from; parts of a whole among that are parts of its rows.
        known: what the statement selects from already; it may have the columns of a whole in its place.
    """
    found: list[FromClause] = []
    pending: list[Any] = [element]
    while pending:
        current = pending.pop()
        if current.__visit_name__ == "column":
            table = current.table
            if table is not None and not _holds(found, table):
                found.append(table)
        elif isinstance(current, FromClause):
            if not _holds(found, current):
                found.append(current)
        elif isinstance(current, Part):
            if not _holds(outside, current.whole) and not is_elsewhere(current.element, current.whole, known):
                pending += [current.element, current.whole]
        elif not isinstance(current, SelectBase) and current.__visit_name__ != "scalar_values":
            pending.extend(reversed(list(children(current))))
    return found


def statement_froms(select: Any, outside: Sequence[FromClause] = ()) -> list[FromClause]:
    """List what a SELECT would select from if it stood alone.

    Args:
        select: the SELECT.
        outside: what a statement around selects from; parts of a whole among that are parts of its rows.

    Returns:
        the explicit selectables and joins first, then the tables of the columns, then those of the conditions; what a
        join contains does not stand beside it.
    """
    froms = joined_froms(select)
    # A table of the statement around that a criterion names by itself is that one, and not one of a whole's.
    theirs: list[FromClause] = []
    for criterion in select._where_criteria if outside else ():
        theirs += [table for table in _named_alone(criterion) if _holds(outside, table)]
    for raw in select._raw_columns:
        whole = getattr(raw, "_whole_from", None) if theirs else None
        is_theirs = whole is not None and any(_holds(whole._parts, table) for table in theirs)
        _add(froms, tables_in(raw.__clause_element__()) if is_theirs else _froms_of_raw(raw, froms))
    for criterion in select._where_criteria:
        _add(froms, _froms_of_criterion(criterion, froms, outside, theirs))
    return _without_hidden(froms)


def correlated_froms(
    select: Any, explicit: Sequence[FromClause] | None, implicit: Sequence[FromClause] | None
) -> list[FromClause]:
    """List what a SELECT inside of another one selects from by itself.

    Args:
        select: the SELECT.
        explicit: the selectables around it that ``correlate()`` may name; None at the top.
        implicit: those around it with which it is correlated without being told.

    Raises:
        InvalidRequestError: where nothing is left to select from.
    """
    froms = statement_froms(select)
    outside = implicit if select._auto_correlate else select._correlate and explicit
    if outside:
        # Parts of what the statement around selects from are its own, unless that is all that is named here.
        froms = statement_froms(select, outside) or froms
    left = froms
    if select._correlate is not None and explicit:
        wanted = [table for table in select._correlate if _holds(explicit, table)]
        left = [table for table in left if not _holds(wanted, table)]
    if select._correlate_except is not None and explicit:
        kept = select._correlate_except
        left = [
            table
            for table in left
            if _holds(kept, table)
            or not (_covers(explicit, table) or are_elsewhere(table, select._where_criteria, explicit))
        ]
    if select._auto_correlate and implicit and len(left) > 1:
        left = [table for table in left if not _covers(implicit, table)]
        if not left:
            raise exc.InvalidRequestError(
                "a subquery has nothing left to select from",
                why="all of its tables belong to the statement around it, so they were correlated: "
                + ", ".join(table.description for table in froms),
                fix="name the tables to correlate by .correlate(...), or the others by .correlate_except(...)",
                code="AZ-C37",
            )
    return left


def further_froms(named: Sequence[object], froms: Iterable[FromClause]) -> list[FromClause]:
    """List the selectables that do not stand among those that a SELECT names.

    Args:
        named: what was passed to ``select_from()``.
        froms: the selectables, those of the columns.
    """
    known = [part for one in named for part in resolve_from(one)._parts]
    return [table for table in froms if not _holds(known, table)]


def joined_froms(select: Any) -> list[FromClause]:
    """List what a SELECT names to select from, with its joins carried out."""
    froms: list[FromClause] = [resolve_from(raw) for raw in select._from_obj]
    if not select._setup_joins:
        return froms
    of_columns = select._column_froms
    if not froms:
        for raw in select._raw_columns:
            _add(froms, _froms_of_raw(raw, froms))
        of_columns = tuple(froms)
    explicit = len(select._from_obj) or len(froms)
    used = {place for place in range(len(select._from_obj)) if not _holds(of_columns, froms[place])}
    joined: set[int] = set()
    ways: list[Sequence[JoinStep]] = []
    for target, onclause, left, isouter, full in select._setup_joins:
        position = _add_join(froms, of_columns, ways, target, onclause, left, isouter, full)
        if position is None:
            continue
        used.add(position)
        joined.add(position)
        for place in reversed(_brought(froms, position, used)):
            # Further joins begin at it where it was joined to.
            del froms[place]
            explicit -= place < explicit
            used, joined = ({one - (one > place) for one in places} for places in (used, joined))
    # A table of the columns that takes part in no join keeps its place behind the joins, unless they bring it.
    order = sorted(used) + [i for i in range(len(froms)) if i not in used and i < explicit]
    parts = [part for i in joined for part in froms[i]._parts]
    return [froms[i] for i in order if i in joined or not _is_brought(parts, froms[i])]


def _is_brought(parts: Sequence[FromClause], table: FromClause) -> bool:
    """Tell whether joins bring what a selectable that takes part in none has."""
    return not isinstance(table, Narrowed) and (_covers(parts, table) or host_of(table, parts) is not None)


def _brought(froms: Sequence[FromClause], position: int, used: Collection[int]) -> list[int]:
    """Find the tables of the columns that a join has brought, so that they do not stand by themselves any more."""
    parts = froms[position]._parts
    return [
        place
        for place, table in enumerate(froms)
        if place not in used and not isinstance(table, Narrowed) and _covers(parts, table)
    ]


def _add_join(
    froms: list[FromClause],
    of_columns: Sequence[FromClause],
    ways: list[Sequence[JoinStep]],
    target: Any,
    onclause: Any,
    left: Any,
    isouter: bool,
    full: bool,
) -> int | None:
    """Join something to one of the selectables; tell which one, or None where the statement has this join.

    Args:
        froms: the selectables, of which one is changed.
        of_columns: those that the columns have brought.
        ways: the joins along relationships so far; this one is added.
        target, onclause, left, isouter, full: the join.
    """
    steps = _steps_of(target, onclause)
    if steps is None:
        right = resolve_from(target)
        condition = None if onclause is None else truth_operand(onclause)
        position = _position_of_left(froms, of_columns, right, condition, left)
        _refuse_shared(froms[position], right)
        froms[position] = Join(froms[position], right, condition, isouter, full)
        return position
    near = resolve_from(steps[0].left if left is None else left)
    way = [JoinStep(near, steps[0].right, steps[0].onclause), *steps[1:]]
    if any(_is_same_way(way, other) for other in ways):
        return None
    ways.append(way)
    near, steps = _beginning_elsewhere(froms, near, _beginning_with(froms, near, steps))
    position = _position_with(froms, near, tables_in(steps[0].onclause))
    for step in steps:
        _refuse_shared(froms[position], resolve_from(step.right))
    froms[position] = join_by_steps(froms[position], steps, isouter, full)
    return position


def _is_same_way(way: Sequence[JoinStep], other: Sequence[JoinStep]) -> bool:
    """Tell whether two joins lead along the same relationship, from the same to the same: they are one.

    Programs that make statements in several places join in each what it needs.
    """
    if len(way) != len(other) or resolve_from(way[-1].right) is not resolve_from(other[-1].right):
        return False
    # A table in between has another anonymous name in each join.
    between = [(resolve_from(step.right), resolve_from(same.right)) for step, same in zip(way, other, strict=True)][:-1]
    if not all(getattr(mine, "element", mine) is getattr(its, "element", its) for mine, its in between):
        return False

    def exchanged(node: Visitable) -> Visitable | None:
        if isinstance(node, ColumnClause):
            return next((mine.c.get(node.key) for mine, its in between if node.table is its), None)
        return None

    return resolve_from(way[0].left) is resolve_from(other[0].left) and all(
        step.onclause.compare(replace(same.onclause, exchanged) if between else same.onclause)
        for step, same in zip(way, other, strict=True)
    )


def _beginning_with(froms: Sequence[FromClause], near: FromClause, steps: Sequence[JoinStep]) -> Sequence[JoinStep]:
    """Let a join begin at what is there, where only some of the tables of its near side are.

    The columns of the others are exchanged for those that the near side keeps equal to them.
    """
    known = [part for table in froms for part in table._parts]
    joins = [part for part in near._parts if isinstance(part, Join)]
    if _holds(known, near) or not any(_holds(known, part) for part in near._parts):
        return steps
    equal: dict[int, ColumnElement[Any]] = {}
    # The innermost join comes last: what it keeps equal is known when the others ask.
    for clause in equalities_in([part.onclause for part in reversed(joins)]):
        for one, other in ((clause.left, clause.right), (clause.right, clause.left)):
            other = equal.get(id(other), other)
            if not _holds(known, getattr(one, "table", None)) and _holds(known, getattr(other, "table", None)):
                equal[id(one)] = other
    first = steps[0]
    onclause = replace(first.onclause, lambda node: equal.get(id(node)))
    return (JoinStep(first.left, first.right, onclause), *steps[1:])


def _beginning_elsewhere(
    froms: Sequence[FromClause], near: FromClause, steps: Sequence[JoinStep]
) -> tuple[FromClause, Sequence[JoinStep]]:
    """Let a join begin at what has the columns of its near side, where that is not there itself."""
    known = [part for table in froms for part in table._parts]
    first = steps[0]
    own = [table for table in tables_in(first.onclause) if _holds(near._parts, table)]
    if _holds(known, near) or any(_holds(known, table) for table in own):
        return near, steps
    found: list[ColumnClause[Any]] = []

    def exchanged(node: Visitable) -> Visitable | None:
        if not isinstance(node, ColumnClause) or not _holds(own, node.table):
            return None
        column: ColumnClause[Any] | None = column_elsewhere(node, known)
        found.extend([] if column is None else [column])
        return column

    onclause = replace(first.onclause, exchanged)
    if not found:
        return near, steps
    return resolve_from(found[0].table), (JoinStep(first.left, first.right, onclause), *steps[1:])


def _refuse_shared(left: FromClause, right: FromClause) -> None:
    """Refuse a join of a table with itself, and of classes of one hierarchy that have a table in common."""
    tables = [part for part in right._parts if not isinstance(part, Join | Narrowed)]
    shared = [part.description for part in left._parts if _holds(tables, part)]
    if shared:
        raise exc.InvalidRequestError(
            f"{', '.join(shared)} stands on both sides of the join of {left.description} and {right.description}",
            why="each column of it would be ambiguous",
            fix="give one side another name: other = aliased(Class, flat=True) for a class, joined by "
            "join(Relationship.of_type(other)) or join(other, onclause); table.alias() for a table",
            code="AZ-C331",
        )


def join_by_steps(left: object, steps: Sequence[JoinStep], isouter: bool, full: bool) -> Join:
    """Join a selectable along a relationship.

    What lies between the two sides of an outer join belongs to the far side: a row of it that leads nowhere must not
    count as one more row without a match.

    Args:
        left: the near side.
        steps: one ``JoinStep``, or two where a table lies between.
        isouter: make a LEFT OUTER JOIN.
        full: make a FULL OUTER JOIN.
    """
    first, last = steps[0], steps[-1]
    if first is last:
        return Join(left, first.right, first.onclause, isouter, full)
    if full:
        return Join(left, Join(last.right, first.right, last.onclause, True), first.onclause, isouter, True)
    if isouter:
        return Join(left, Join(first.right, last.right, last.onclause), first.onclause, True)
    return Join(Join(left, first.right, first.onclause), last.right, last.onclause)


def _steps_of(target: Any, onclause: Any) -> Any:
    if onclause is not None and hasattr(onclause, "__join_steps__"):
        return onclause.__join_steps__(target)
    if hasattr(target, "__join_steps__"):
        steps = target.__join_steps__(None)
        if onclause is None or not steps:
            return steps
        # The target says where the join goes, the caller's condition replaces its own.
        return (*steps[:-1], type(steps[-1])(steps[-1].left, steps[-1].right, truth_operand(onclause)))
    return None


def _position_of_left(
    froms: list[FromClause], of_columns: Sequence[FromClause], right: FromClause, condition: Any, left: Any
) -> int:
    if left is not None:
        return _position_with(froms, resolve_from(left))
    if not froms:
        raise _unknown_left(right, "there is nothing to join from")
    # What is joined, or a part of it, may be among the selected columns too; it cannot be its own left side.
    positions = [i for i, table in enumerate(froms) if not _holds(right._parts, table)]
    if len(positions) == 1:
        return positions[0]
    if condition is not None:
        mentioned = tables_in(condition)
        candidates = [i for i in positions if any(_holds(froms[i]._parts, one) for one in mentioned)]
    else:
        candidates = [i for i in positions if can_join(froms[i], right)]
    # What was named, or joined before, goes before the tables that only the columns have brought.
    candidates = [i for i in candidates if not _holds(of_columns, froms[i])] or candidates
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise _unknown_left(right, "no foreign key connects it with " + _names(froms))
    raise _unknown_left(right, "several could be joined from: " + _names([froms[i] for i in candidates]))


def _position_with(froms: list[FromClause], left: FromClause, named: Sequence[FromClause] = ()) -> int:
    """Find what has the left side of a join: that itself, or the tables of it that the condition names."""
    for position, table in enumerate(froms):
        if _holds(table._parts, left):
            return position
    own = _own_tables(left, named)
    for position, table in enumerate(froms) if own else ():
        if all(_holds(table._parts, part) for part in own):
            return position
    for table in froms:
        _refuse_shared(table, left)
    froms.append(left)
    return len(froms) - 1


def _unknown_left(right: FromClause, why: str) -> exc.InvalidRequestError:
    return exc.InvalidRequestError(
        f"Can't determine which FROM clause to join {right.description!r} to",
        why=why,
        fix="name the left side by select_from() or join_from(), and the onclause if needed",
        code="AZ-C38",
    )


def _names(froms: Iterable[FromClause]) -> str:
    return ", ".join(table.description for table in froms)


def _froms_of_raw(raw: Any, froms: Sequence[FromClause]) -> list[FromClause]:
    if isinstance(raw, ClauseElement):
        return [raw] if isinstance(raw, FromClause) else tables_in(raw)
    # A part of something that is mapped to a join or subquery is selected from the whole of it.
    whole = getattr(raw, "_whole_from", None)
    if whole is not None:
        known = [part for table in froms for part in table._parts]
        return [] if is_elsewhere(raw.__clause_element__(), whole, known) else [whole]
    if hasattr(raw, "exprs"):
        # A bundle.
        return [table for expr in raw.exprs for table in _froms_of_raw(expr, froms)]
    element = raw.__clause_element__()
    return [element] if isinstance(element, FromClause) else tables_in(element)


def _froms_of_criterion(
    criterion: ClauseElement,
    froms: Sequence[FromClause],
    outside: Sequence[FromClause],
    theirs: Sequence[FromClause],
) -> list[FromClause]:
    """List what a criterion selects from; the whole of a part only where nothing else reads the part's own tables."""
    known = [part for table in froms for part in table._parts]
    found = tables_in(criterion, outside, known)
    wholes = [table for table in found if isinstance(table, Join)]
    if not wholes:
        return found
    covered = [whole for whole in wholes if any(_holds(known, part) for part in _own_tables(whole, found))]
    covered += [whole for whole in wholes if any(_holds(whole._parts, table) for table in theirs)]
    return [table for table in found if not _holds(covered, table)]


def _named_alone(criterion: ClauseElement) -> list[FromClause]:
    """List the tables of columns that are no parts of a whole; subqueries are not searched."""
    found: list[FromClause] = []
    pending: list[Any] = [criterion]
    while pending:
        current = pending.pop()
        if current.__visit_name__ == "column" and current.table is not None:
            found.append(current.table)
        elif not isinstance(current, Part | SelectBase | FromClause):
            pending.extend(children(current))
    return found


def _own_tables(whole: FromClause, named: Sequence[FromClause]) -> list[FromClause]:
    """List the tables of a whole of which a criterion names columns."""
    return [part for part in whole._parts if part is not whole and _holds(named, part)]


def _add(froms: list[FromClause], more: Iterable[FromClause]) -> None:
    for table in more:
        known = any(_holds(own._parts, table) for own in froms)
        # Of a narrowed table that is read by others as well, the criterion counts nevertheless.
        if not known and (isinstance(table, Narrowed) or not any(_covers(own._parts, table) for own in froms)):
            froms.append(table)


def _without_hidden(froms: list[FromClause]) -> list[FromClause]:
    hidden: list[FromClause] = [part for table in froms for part in table._hidden_froms]
    return [table for table in froms if not _holds(hidden, table)] if hidden else froms


def _covers(tables: Sequence[FromClause], wanted: FromClause) -> bool:
    """Tell whether tables are all that a selectable is made of, where it is not one of them itself."""
    if _holds(tables, wanted):
        return True
    return isinstance(wanted, Join | Narrowed) and all(
        _holds(tables, part) for part in wanted._parts if not isinstance(part, Join | Narrowed)
    )


def _holds(tables: Iterable[Any], wanted: Any) -> bool:
    return any(table is wanted for table in tables)


def _join_along(left: object, right: object, onclause: Any, isouter: bool, full: bool) -> Join:
    """Join two selectables by a condition, or along a relationship that leads from the left one."""
    if not hasattr(onclause, "__join_steps__"):
        return Join(left, right, onclause, isouter, full)
    return join_by_steps(left, onclause.__join_steps__(right), isouter, full)


builders.join = _join_along
