"""Texts of a dialect before and behind a statement."""

from __future__ import annotations

from typing import Any, Self

from azoth.sql.elements import affixes

__all__ = ["HasPrefixes", "HasSuffixes"]


class HasPrefixes:
    """What has a place for texts behind its first word: SELECT, INSERT, UPDATE, DELETE, and CTEs."""

    _prefixes: tuple[tuple[Any, str], ...] = ()

    def prefix_with(self, *prefixes: Any, dialect: str = "*") -> Self:
        """Write something behind the first word, such as ``OR REPLACE``; of a CTE, before its parentheses.

        Args:
            prefixes: SQL texts or expressions.
            dialect: the dialect that gets them; all by default.
        """
        added = (*self._prefixes, *affixes("prefix_with", prefixes, dialect))
        return self._copy_with(_prefixes=added)  # type: ignore[attr-defined,no-any-return]  # of the elements


class HasSuffixes:
    """What has a place for texts at its end: SELECT and CTEs."""

    _suffixes: tuple[tuple[Any, str], ...] = ()

    def suffix_with(self, *suffixes: Any, dialect: str = "*") -> Self:
        """Write something at the end; of a CTE, behind its parentheses.

        Args:
            suffixes: SQL texts or expressions.
            dialect: the dialect that gets them; all by default.
        """
        added = (*self._suffixes, *affixes("suffix_with", suffixes, dialect))
        return self._copy_with(_suffixes=added)  # type: ignore[attr-defined,no-any-return]  # of the elements
