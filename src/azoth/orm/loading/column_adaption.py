"""Exchange the columns of one selectable for those of another that stands for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azoth.orm.loading.entity_node import Adapt
from azoth.sql.visitors import Visitable, replace


def adapting(source: Any, target: Any) -> Adapt:
    """Make the adaption from a table to its alias or to a subquery with the same column keys."""
    return replacing({column: target.c[column.key] for column in source.c})


def replacing(columns: Mapping[Any, Any]) -> Adapt:
    """Make an adaption from a table of expressions and what stands for them."""
    stand_ins = {id(column): (column, stand_in) for column, stand_in in columns.items()}

    def stand_in_for(node: Visitable) -> Visitable | None:
        found = stand_ins.get(id(node))
        return None if found is None else found[1]

    def adapt(expression: Any) -> Any:
        found = stand_ins.get(id(expression))
        return replace(expression, stand_in_for) if found is None else found[1]

    return adapt
