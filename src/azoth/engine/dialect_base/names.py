"""The part of a dialect that knows what names and words its database has."""

from __future__ import annotations

import datetime
from typing import Any

from azoth.exc import IdentifierError
from azoth.sql.schema import quoted_name
from azoth.sql.types import TypeEngine

__all__ = ["DialectNames"]


class DialectNames:
    """Names."""

    name: str
    identifier_preparer: Any
    max_identifier_length: int = 9999
    max_index_name_length: int | None = None
    """How long names are that naming conventions make for indexes; None where it is as for other names."""
    max_constraint_name_length: int | None = None
    """How long names are that naming conventions make for constraints; None where it is as for other names."""

    requires_name_normalize: bool = False
    """Whether the database has its names without quotes in capitals, where statements have them in small letters."""

    def normalize_name(self, name: str) -> str:
        """Turn a name of the database into the one that statements have; where ``requires_name_normalize`` is set.

        Args:
            name: the name, as the database has it.

        Returns:
            in small letters, where it needs no quotes that way; one in small letters already is always quoted.
        """
        if name is None or getattr(name, "quote", None) is True:
            return name
        small = name.lower()
        if name == small:
            return name if name == name.upper() else quoted_name(name, quote=True)
        if name == name.upper() and not self.identifier_preparer.requires_quotes(small):
            return small
        return name

    def denormalize_name(self, name: str) -> str:
        """Turn a name of statements into the one that the database has; where ``requires_name_normalize`` is set.

        Args:
            name: the name, as statements have it.

        Returns:
            in capitals, where it is in small letters and needs no quotes.
        """
        if name is None or getattr(name, "quote", None) is True:
            return name
        if name == name.lower() and not self.identifier_preparer.requires_quotes(name):
            return name.upper()
        return name

    def identifier_length(self, ident: str) -> int:
        """Tell how long a name is, as ``max_identifier_length`` counts: in characters, unless the dialect says else.

        Args:
            ident: the name.
        """
        return len(ident)

    def validate_identifier(self, ident: str) -> None:
        """Refuse a name that is too long for the database.

        Args:
            ident: the name.

        Raises:
            IdentifierError: it is.
        """
        length = self.identifier_length(ident)
        if length > self.max_identifier_length:
            unit = "characters" if length == len(ident) else "bytes"
            raise IdentifierError(
                f"the name {ident!r} is longer than {self.max_identifier_length} {unit}",
                why=f"names of {self.name!r} have no more, and it would cut the rest off or refuse the statement.",
                fix="choose a shorter name; those that naming conventions make are shortened by themselves.",
                code="AZ-E635",
            )

    def min_year_for_type(self, typeobj: TypeEngine[Any]) -> int:
        """Tell the earliest year that values of a type can have.

        Args:
            typeobj: a type of dates or moments.
        """
        return datetime.MINYEAR
