"""A flush plan for the eye and for other programs: text, dictionaries, a graph. Counts and names only, no user data.

A plan of n rows has at most about n steps, each of which waits for few others or for a whole kind of them; so that the
views stay as long as the plan, long lists of steps are summed up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from azoth.orm.persistence.planning.planned_statements import PlannedStatement
from azoth.orm.persistence.planning.step_notes import column_names, written_keys
from azoth.orm.persistence.planning.steps import AssociationStep, FlushStep, rows_by_class

if TYPE_CHECKING:
    from azoth.orm.persistence.changes.planned_load import PlannedLoad
    from azoth.orm.persistence.changes.removals import Removals
    from azoth.orm.persistence.planning.ordered_steps import Wait
    from azoth.orm.persistence.planning.step_notes import StepDescription
    from azoth.orm.persistence.profile.reason import Edge

LISTED_STEPS: Final = 8
"""How many steps a view names one by one."""

SHOWN_SQL: Final = 1000
"""How many characters of a statement the text shows; the rest of a long one repeats, row by row."""


class ViewedPlan(Protocol):
    """A plan, as far as the views know it."""

    steps: list[FlushStep]
    edges: list[Edge]
    waits: list[list[Wait]]
    loads: list[PlannedLoad]
    removals: Removals

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the flush is going to warn of."""

    def describe(self) -> list[StepDescription]:
        """Describe each step."""
        ...


def plan_as_text(plan: ViewedPlan) -> str:
    """Write a plan as lines: number, verb, table, rows, SQL, and why it waits for earlier steps."""
    if not plan:
        return "FlushPlan: nothing to do"
    steps = plan.steps
    rows = sum(len(step) for step in steps)
    lines = [f"FlushPlan: {_count(len(steps), 'step')}, {_count(rows, 'row')}"]
    if plan.loads:
        lines.append("The flush loads first, and then plans again:")
        lines.extend(f"  {load}" for load in plan.loads)
    lines.extend(_removed(plan.removals))
    lines.extend(f"Warning: {warning}" for warning in plan.warnings)
    width = max((len(step.label) for step in steps), default=0)
    digits = len(str(len(steps)))
    indent = " " * (digits + 4)
    shown: dict[str, int] = {}
    for number, (step, (statements, notes, _)) in enumerate(zip(steps, plan.describe(), strict=True), 1):
        form = _batch_form(step, statements)
        lines.append(f"{number:>{digits}}. {step.label:<{width}}  {_count(len(step), 'row')}, {form}")
        lines.extend(f"{indent}{line}" for line in _statement_lines(number, statements, shown))
        lines.extend(f"{indent}{note}" for note in notes)
        lines.extend(f"{indent}after {_step_list(wait.steps)}: {wait.reason}" for wait in _waits(plan, number))
    return "\n".join(lines)


def plan_as_dict(plan: ViewedPlan) -> dict[str, Any]:
    """Describe a plan in plain lists and dictionaries."""
    return {
        "loads": [load.as_dict() for load in plan.loads],
        "not_inserted": [
            {"class": class_, "reason": reason, "objects": count}
            for (class_, reason), count in _dropped(plan.removals).items()
        ],
        "warnings": list(plan.warnings),
        "steps": [
            {
                "number": number,
                "verb": step.verb,
                "table": step.table.fullname,
                "class": None if isinstance(step, AssociationStep) else ", ".join(rows_by_class(step)),
                "classes": rows_by_class(step),
                "rows": len(step),
                "columns": column_names(step, written_keys(step)),
                "batch": _batch_form(step, statements),
                "statements": [
                    {"sql": one.sql, "rows": one.rows, "times": one.times, "executemany": one.is_batch}
                    for one in statements
                ],
                "reasons": reasons,
                "notes": notes,
                "after": [_wait_as_dict(wait) for wait in _waits(plan, number)],
            }
            for number, (step, (statements, notes, reasons)) in enumerate(
                zip(plan.steps, plan.describe(), strict=True), 1
            )
        ],
        "edges": [
            {
                "before": edge.before,
                "after": edge.after,
                "kind": edge.reason.kind,
                "table": edge.reason.table,
                "columns": list(edge.reason.columns),
                "target": list(edge.reason.target),
                "name": edge.reason.name,
            }
            for edge in plan.edges
        ],
    }


def plan_as_dot(plan: ViewedPlan) -> str:
    """Draw a plan in Graphviz's language: one node for each step, one arrow for each reason.

    Where a step waits for many others, one arrow from the last of them stands for all.
    """
    lines = ["digraph flush {", "  rankdir=LR;", "  node [shape=box];"]
    for number, step in enumerate(plan.steps, 1):
        lines.append(f"  s{number} [label={_dot_text(f'{number}. {step.label}', _count(len(step), 'row'))}];")
    for number in range(1, len(plan.steps) + 1):
        for wait in _waits(plan, number):
            label = [str(wait.reason)]
            steps: Sequence[int] = wait.steps
            if len(steps) > LISTED_STEPS:
                label.append(f"and {_count(len(steps) - 1, 'step')} before")
                steps = steps[-1:]
            lines.extend(f"  s{before} -> s{number} [label={_dot_text(*label)}];" for before in steps)
    lines.append("}")
    return "\n".join(lines)


def _waits(plan: ViewedPlan, number: int) -> list[Wait]:
    return plan.waits[number - 1] if plan.waits else []


def _wait_as_dict(wait: Wait) -> dict[str, Any]:
    steps = wait.steps
    listed = list(steps) if len(steps) <= LISTED_STEPS else [steps[0], steps[-1]]
    return {"steps": listed, "count": len(steps), "reason": str(wait.reason)}


def _step_list(steps: Sequence[int]) -> str:
    if len(steps) <= LISTED_STEPS:
        return ", ".join(map(str, steps))
    return f"{len(steps):,} steps ({steps[0]} to {steps[-1]})"


def _removed(removals: Removals) -> list[str]:
    return [
        f"{_count(count, 'pending object')} of {class_} not inserted: {reason}"
        for (class_, reason), count in _dropped(removals).items()
    ]


def _dropped(removals: Removals) -> dict[tuple[str, str], int]:
    counted: dict[tuple[str, str], int] = {}
    for state in removals.dropped:
        place = (state.manager.class_.__name__, removals.reason(state))
        counted[place] = counted.get(place, 0) + 1
    return counted


def _batch_form(step: FlushStep, statements: Sequence[PlannedStatement]) -> str:
    """Say how the rows of a step are sent."""
    times = sum([one.times for one in statements])
    if any(one.is_batch for one in statements):
        return "one batch (executemany)" if times == 1 else f"{times:,} statements, batches (executemany) among them"
    if times == 1:
        return "one statement"
    return f"{times:,} statements" if times < len(step) else f"{times:,} statements, one for each row"


def _statement_lines(number: int, statements: Sequence[PlannedStatement], shown: dict[str, int]) -> list[str]:
    """Show each statement of a step, its text once in the plan."""
    lines = []
    for one in statements:
        earlier = shown.setdefault(one.sql, number)
        if earlier == number:
            text = one.sql.replace("\n", " ")
            if len(text) > SHOWN_SQL:
                text = f"{text[:SHOWN_SQL]} ... ({_count(one.rows, 'row')})"
        else:
            text = f"the same SQL as step {earlier}"
        lines.append(text if one.times == 1 else f"{text}  [{one.times:,} times]")
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _dot_text(*lines: str) -> str:
    text = "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return f'"{text}"'
