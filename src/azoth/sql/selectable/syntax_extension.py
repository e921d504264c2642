"""Clauses of a program's own in SELECT, INSERT, UPDATE and DELETE, at the places that these have for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azoth.sql.elements import ClauseElement
from azoth.sql.selectable.executable import TakesExtensions

__all__ = ["SyntaxExtension"]


class SyntaxExtension:
    """A clause of a program's own; derive from this class and from ``ClauseElement``, and write it with ``@compiles``.

    ``statement.ext(extension)`` calls the method for the kind of statement with a copy of it; the method says where
    the clause stands, by ``apply_syntax_extension_point()`` of that copy.
    """

    def apply_to_select(self, select_stmt: TakesExtensions) -> None:
        """Take a place in a SELECT; refused where a class does not say which."""
        raise self._not_for("select")

    def apply_to_insert(self, insert_stmt: TakesExtensions) -> None:
        """Take a place in an INSERT; refused where a class does not say which."""
        raise self._not_for("insert")

    def apply_to_update(self, update_stmt: TakesExtensions) -> None:
        """Take a place in an UPDATE; refused where a class does not say which."""
        raise self._not_for("update")

    def apply_to_delete(self, delete_stmt: TakesExtensions) -> None:
        """Take a place in a DELETE; refused where a class does not say which."""
        raise self._not_for("delete")

    def append_replacing_same_type(self, existing: Sequence[ClauseElement]) -> list[Any]:
        """Stand behind what a place has, in place of another clause of the same class; an ``apply_fn``.

        Args:
            existing: what stands there.
        """
        return [*[one for one in existing if not isinstance(one, type(self))], self]

    def _not_for(self, statement: str) -> NotImplementedError:
        name = type(self).__name__
        return NotImplementedError(
            f"{name} cannot stand in {statement}()\n"
            f"  why: the class has no method apply_to_{statement}(), which says where\n"
            f"  fix: define it on {name}, or use the extension in other statements"
        )
