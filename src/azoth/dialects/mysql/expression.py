"""MATCH ... AGAINST, the full text search of MySQL."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from azoth import exc, types
from azoth.sql.elements import ClauseElement, ColumnElement, Grouping, clause_of, plain_operand
from azoth.sql.operators import Operator

__all__ = ["match"]


class match(ColumnElement[Any]):
    """How well rows fit a text: ``MATCH (a, b) AGAINST (text)``; as a condition, whether they fit at all.

    Args:
        cols: the columns, which have a FULLTEXT index.
        against: the text.
        in_boolean_mode, in_natural_language_mode, with_query_expansion: how the text is read.

    Raises:
        ArgumentError: there is no column or no text.
    """

    __visit_name__: ClassVar[str] = "mysql_match"
    _fields: ClassVar[tuple[str, ...]] = ("columns", "against", "modes")
    type = types.Float()

    def __init__(
        self,
        *cols: Any,
        against: Any = None,
        in_boolean_mode: bool = False,
        in_natural_language_mode: bool = False,
        with_query_expansion: bool = False,
    ) -> None:
        if not cols or against is None:
            raise exc.ArgumentError(
                "match() needs columns and a text",
                why="the text is looked for in the columns",
                fix='write match(table.c.title, against="words")',
                code="AZ-D77",
            )
        self.columns: tuple[ClauseElement, ...] = tuple([_column_of(one) for one in cols])
        self.against: ClauseElement = plain_operand(against)
        self.modes = (in_boolean_mode, in_natural_language_mode, with_query_expansion)

    def in_boolean_mode(self) -> Self:
        """Read the text as a query with operators."""
        return self._copy_with(modes=(True, *self.modes[1:]))

    def in_natural_language_mode(self) -> Self:
        """Read the text as a phrase of a language."""
        return self._copy_with(modes=(self.modes[0], True, self.modes[2]))

    def with_query_expansion(self) -> Self:
        """Look for words of the rows that were found, too."""
        return self._copy_with(modes=(*self.modes[:2], True))

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand in parentheses as an operand."""
        return self if against is None else Grouping(self)


def _column_of(one: object) -> ClauseElement:
    found = clause_of(one)
    if found is None:
        raise exc.ArgumentError(
            f"match() takes columns, got an object of class {type(one).__name__}",
            why="the text is looked for in columns",
            fix='write match(table.c.title, against="words")',
            code="AZ-D77",
        )
    return found
