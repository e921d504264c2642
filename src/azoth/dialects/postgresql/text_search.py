"""The functions of the text search, whose first argument may be the name of a configuration."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth import types
from azoth.dialects.postgresql.types.scalars import REGCONFIG, TSQUERY, TSVECTOR
from azoth.sql.elements import bind_value, clause_of
from azoth.sql.functions import GenericFunction

__all__ = [
    "phraseto_tsquery",
    "plainto_tsquery",
    "to_tsquery",
    "to_tsvector",
    "ts_headline",
    "websearch_to_tsquery",
]


class _TextSearchFunction(GenericFunction[Any]):
    """A function that takes the name of a configuration before its other arguments.

    Args:
        args: the arguments.
        kwargs: ``type_`` for the type of the result.
    """

    _register: ClassVar[bool] = False
    inherit_cache: ClassVar[bool] = True
    most_without_configuration: ClassVar[int] = 1

    def __init__(self, *args: Any, **kwargs: object) -> None:
        if self._names_configuration(args) and clause_of(args[0]) is None:
            args = (bind_value(args[0], REGCONFIG(), self.name), *args[1:])
        super().__init__(*args, **kwargs)

    def _names_configuration(self, args: tuple[Any, ...]) -> bool:
        return len(args) > self.most_without_configuration


class to_tsvector(_TextSearchFunction):
    """Take a document apart for the text search."""

    type = TSVECTOR()


class to_tsquery(_TextSearchFunction):
    """Read a query with operators."""

    type = TSQUERY()


class plainto_tsquery(_TextSearchFunction):
    """Make a query of all words of a text."""

    type = TSQUERY()


class phraseto_tsquery(_TextSearchFunction):
    """Make a query of the words of a text in their order."""

    type = TSQUERY()


class websearch_to_tsquery(_TextSearchFunction):
    """Read a query as people write it in search engines."""

    type = TSQUERY()


class ts_headline(_TextSearchFunction):
    """Show the places of a document that a query finds."""

    type = types.TEXT()

    def _names_configuration(self, args: tuple[Any, ...]) -> bool:
        # Where the second argument is a query, the first is the document.
        return len(args) > 2 and not isinstance(getattr(clause_of(args[1]), "type", None), TSQUERY)
