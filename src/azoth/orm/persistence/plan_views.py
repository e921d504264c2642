"""A flush plan for the eye and for other programs: text, dictionaries, a graph. Counts and names only, no user data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azoth.orm.persistence.reason import Edge
from azoth.orm.persistence.steps import (
    AssociationStep,
    ClearKeysStep,
    DeleteStep,
    FlushStep,
    InsertStep,
    SetKeysStep,
    UpdateStep,
)


def plan_as_text(steps: Sequence[FlushStep], edges: Sequence[Edge], unknown: int = 0) -> str:
    """Write a plan as lines: number, verb, table, rows, how they are sent, and why they wait for earlier steps."""
    if not steps:
        return "FlushPlan: nothing to do"
    rows = sum(len(step) for step in steps)
    lines = [f"FlushPlan: {_count(len(steps), 'step')}, {_count(rows, 'row')}"]
    width = max(len(step.label) for step in steps)
    digits = len(str(len(steps)))
    for number, step in enumerate(steps, 1):
        lines.append(f"{number:>{digits}}. {step.label:<{width}}  {_count(len(step), 'row')}, {batch_form(step)}")
        indent = " " * (digits + 4)
        lines.extend(f"{indent}{note}" for note in notes(step))
        for edge, earlier in _reasons_before(number, steps, edges):
            lines.append(f"{indent}after {', '.join(map(str, earlier))}: {edge.reason}")
    if unknown:
        lines.append(f"Old values of {_count(unknown, 'row')} are not loaded; the flush looks at them first.")
    return "\n".join(lines)


def plan_as_dict(steps: Sequence[FlushStep], edges: Sequence[Edge]) -> dict[str, Any]:
    """Describe a plan in plain lists and dictionaries."""
    return {
        "steps": [
            {
                "number": number,
                "verb": step.verb,
                "table": step.table.fullname,
                "class": None if isinstance(step, AssociationStep) else step.mapper.class_.__name__,
                "rows": len(step),
                "columns": [step.mapper.columns[key].name for key in _written_keys(step)],
                "batch": batch_form(step),
                "notes": notes(step),
                "after": [
                    {"steps": earlier, "reason": str(edge.reason)}
                    for edge, earlier in _reasons_before(number, steps, edges)
                ],
            }
            for number, step in enumerate(steps, 1)
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
            for edge in edges
        ],
    }


def plan_as_dot(steps: Sequence[FlushStep], edges: Sequence[Edge]) -> str:
    """Draw a plan in Graphviz's language: one node for each step, one arrow for each reason."""
    lines = ["digraph flush {", "  rankdir=LR;", "  node [shape=box];"]
    for number, step in enumerate(steps, 1):
        lines.append(f"  s{number} [label={_dot_text(f'{number}. {step.label}', _count(len(step), 'row'))}];")
    for number in range(1, len(steps) + 1):
        for edge, earlier in _reasons_before(number, steps, edges):
            lines.extend(f"  s{before} -> s{number} [label={_dot_text(str(edge.reason))}];" for before in earlier)
    lines.append("}")
    return "\n".join(lines)


def batch_form(step: FlushStep) -> str:
    """Say how the rows of a step are sent."""
    if len(step) == 1:
        return "one statement"
    if isinstance(step, InsertStep) and _keys_from_server(step):
        return "one batch; the database makes the keys"
    if isinstance(step, UpdateStep) and step.mapper.version_id_col is not None:
        return "one batch; versions are checked"
    return "one batch (executemany)"


def notes(step: FlushStep) -> list[str]:
    """Say what is particular about a step."""
    found = []
    if isinstance(step, UpdateStep | SetKeysStep):
        found.append(f"sets {_columns(step, step.keys)}")
    if isinstance(step, ClearKeysStep):
        found.append(f"sets {_columns(step, step.keys)} to NULL for a moment, which breaks a cycle")
    if isinstance(step, InsertStep | UpdateStep) and step.nulls:
        found.append(f"leaves {_columns(step, step.nulls)} NULL for now, which breaks a cycle; a later step sets it")
    if isinstance(step, InsertStep | UpdateStep | SetKeysStep):
        found.extend(
            f"takes {column} when the step is bound, because an earlier step makes it"
            for column in dict.fromkeys(_fed_columns(step))
        )
    return found


def _fed_columns(step: InsertStep | UpdateStep | SetKeysStep) -> list[str]:
    """Name the columns whose values exist only once their parents are inserted."""
    found: dict[Any, str] = {}
    for copy in step.copies:
        if copy.link not in found and copy.parent is not None and copy.parent.pk is None:
            names = ", ".join(f"{column.table.fullname}.{column.name}" for column in copy.link.columns)
            sources = ", ".join(f"{column.table.fullname}.{column.name}" for column in copy.link.sources)
            found[copy.link] = f"{names} from {sources}"
    return list(found.values())


def _keys_from_server(step: InsertStep) -> bool:
    keys = step.mapper.primary_key_keys
    return len(keys) == 1 and any(instance.__dict__.get(keys[0]) is None for instance in step.instances)


def _written_keys(step: FlushStep) -> tuple[str, ...]:
    if isinstance(step, InsertStep):
        return tuple(step.mapper.column_keys)
    if isinstance(step, UpdateStep | SetKeysStep | ClearKeysStep):
        return step.keys
    if isinstance(step, DeleteStep):
        return tuple(step.mapper.primary_key_keys)
    return ()


def _columns(step: Any, keys: tuple[str, ...]) -> str:
    return ", ".join(step.mapper.columns[key].name for key in keys)


def _reasons_before(number: int, steps: Sequence[FlushStep], edges: Sequence[Edge]) -> list[tuple[Edge, list[int]]]:
    """Find the edges that end at a step, with the numbers of the earlier steps that they begin at."""
    label = steps[number - 1].label
    found = []
    for edge in edges:
        if edge.after == label:
            earlier = [index for index, step in enumerate(steps[: number - 1], 1) if step.label == edge.before]
            if earlier:
                found.append((edge, earlier))
    return found


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _dot_text(*lines: str) -> str:
    text = "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return f'"{text}"'
