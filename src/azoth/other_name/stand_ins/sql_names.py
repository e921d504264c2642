"""Private names of ``sqlalchemy.sql`` that libraries import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azoth.schema import ExecutableDDLElement
from azoth.sql.expression import ColumnElement, FromClause
from azoth.sql.visitors import ReplacingExternalTraversal, Visitable
from azoth.util.signature import NO_DEFAULT, signature_of

__all__ = ["ClauseAdapter", "CreateDropBase", "LabelReference", "generic_repr"]


class ClauseAdapter(ReplacingExternalTraversal):
    """Exchanges columns for those of a selectable that was made of their table: an alias, a subquery, a join.

    Args:
        selectable: what has the other columns.
        include_fn: tells of each element whether it may be exchanged.
        exclude_fn: tells of each element whether it stays.
    """

    def __init__(
        self,
        selectable: FromClause,
        *,
        include_fn: Callable[[Any], bool] | None = None,
        exclude_fn: Callable[[Any], bool] | None = None,
    ) -> None:
        self.selectable = selectable
        self.include_fn = include_fn
        self.exclude_fn = exclude_fn

    def replace(self, elem: Visitable) -> Visitable | None:
        """Find what stands for an element; None where it stays, or where its parts are looked at."""
        if self.include_fn is not None and not self.include_fn(elem):
            return None
        if self.exclude_fn is not None and self.exclude_fn(elem):
            return None
        if isinstance(elem, FromClause):
            return self.selectable if self.selectable.is_derived_from(elem) else None
        if not isinstance(elem, ColumnElement):
            return None
        column: Visitable | None = self.selectable.corresponding_column(elem)
        return column


class CreateDropBase(ExecutableDDLElement):
    """A DDL statement about one thing, which a function of ``@compiles`` writes.

    Args:
        element: the thing.
    """

    def __init__(self, element: object) -> None:
        self.element = self.target = element


class LabelReference:
    """Stand for an expression of ORDER BY that names a label; the expression itself stands there."""


def generic_repr(obj: object) -> str:
    """Show an object by the arguments of its constructor that are not its defaults."""
    shown = []
    for name, default in signature_of(type(obj).__init__).defaults.items():
        value = getattr(obj, name, NO_DEFAULT)
        if name == "self" or value is NO_DEFAULT or value == default:
            continue
        shown.append(repr(value) if default is NO_DEFAULT else f"{name}={value!r}")
    return f"{type(obj).__name__}({', '.join(shown)})"
