"""What constructs of programs' own ask of ``sqlalchemy.sql.coercions``, and pass on to the statements they are put in."""

from __future__ import annotations

from typing import Any

from azoth.orm.query.statement_facts import first_mapper
from azoth.other_name.stand_ins.typing_names import WhereHavingRole
from azoth.sql.elements import ClauseElement
from azoth.sql.elements.operand import plain_operand, truth_operand
from azoth.sql.visitors import iterate

__all__ = ["PropagatedAttributes", "expect"]

_NAME = "_propagate_attrs"


def expect(role: type[Any], element: Any, *, apply_propagate_attrs: Any = None) -> Any:
    """Turn what a program passes into an element.

    Args:
        role: where the element is to stand: a condition, for ``WhereHavingRole``; else an operand.
        element: an element, what has one, or a plain value.
        apply_propagate_attrs: takes over what the element has in its ``_propagate_attrs``, which it finds by itself.

    Raises:
        ArgumentError: it cannot stand there.
    """
    return (truth_operand if issubclass(role, WhereHavingRole) else plain_operand)(element)


class PropagatedAttributes:
    """The attribute of elements that says which mapper a statement is about: their own, or that of one of their parts."""

    def __get__(self, element: ClauseElement | None, owner: type[ClauseElement]) -> Any:
        if element is None:
            return self
        for part in iterate(element):
            own = part.__dict__.get(_NAME)
            if own:
                return own
        mapper = first_mapper(element)
        return {} if mapper is None else {"compile_state_plugin": "orm", "plugin_subject": mapper}

    def __set__(self, element: ClauseElement, value: Any) -> None:
        element.__dict__[_NAME] = value
