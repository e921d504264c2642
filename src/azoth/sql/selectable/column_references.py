"""What the text in ORDER BY and GROUP BY stands for, where it is the name of a column or label."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from azoth import exc
from azoth.sql.elements import ClauseElement, Label, LabelReference, UnaryExpression
from azoth.sql.selectable.join import Join
from azoth.sql.selectable.select import Select

if TYPE_CHECKING:
    from azoth.sql.selectable.column_names import NamedColumn
    from azoth.sql.selectable.generative_select import GenerativeSelect

__all__ = ["column_in_froms", "selected_as", "unknown_label", "with_names_resolved"]


def selected_as(name: str, named: Iterable[NamedColumn]) -> NamedColumn | None:
    """Find the selected column or label of a name."""
    for one in named:
        if name in (one.name, one.shown) or getattr(one.column, "key", None) == name:
            return one
    return None


def column_in_froms(name: str, statement: GenerativeSelect) -> Any:
    """Find the column of a name in what a SELECT selects from; of the last that has one, None where none has."""
    found = None
    for from_ in statement.get_final_froms() if isinstance(statement, Select) else ():
        for part in from_._parts:
            if not isinstance(part, Join) and name in part.c:
                found = part.c[name]
    return found


def unknown_label(reference: LabelReference) -> exc.CompileError:
    """Make the error about a name that a statement does not have."""
    return exc.CompileError(
        f"Can't resolve label reference {reference.name!r} for ORDER BY / GROUP BY",
        why="the statement has no column or label of this name",
        fix="name a column or label of the statement, or write text('...') for literal SQL",
        code="AZ-C19",
    )


def with_names_resolved(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Exchange names in ORDER BY and GROUP BY for what they name: a larger statement has other columns.

    Raises:
        CompileError: the statement has no column or label of a name.
    """
    orders, groups = statement._order_by_clauses, statement._group_by_clauses
    named = statement._named_columns() if orders or groups else ()

    def resolved(clause: ClauseElement) -> ClauseElement:
        if isinstance(clause, LabelReference):
            selected = selected_as(clause.name, named)
            found = column_in_froms(clause.name, statement) if selected is None else selected.column
            if found is None:
                raise unknown_label(clause)
            return found  # type: ignore[no-any-return]
        if isinstance(clause, UnaryExpression) and clause.modifier is not None:
            element = resolved(clause.element)
            return clause if element is clause.element else clause._copy_with(element=element)
        return clause

    new_orders = [resolved(clause) for clause in orders]
    # A label is grouped by its name.
    new_groups = [clause if isinstance(found := resolved(clause), Label) else found for clause in groups]
    if all(new is old for new, old in zip((*new_orders, *new_groups), (*orders, *groups), strict=True)):
        return statement
    return statement._copy_with(_order_by_clauses=tuple(new_orders), _group_by_clauses=tuple(new_groups))
