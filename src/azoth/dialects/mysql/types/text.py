"""Text with MySQL's attributes: character set, collation, and what is left of older ways to name them."""

from __future__ import annotations

from collections.abc import Iterator

from azoth import types
from azoth.util.arguments import checked

__all__ = [
    "CHAR",
    "LONGTEXT",
    "MEDIUMTEXT",
    "NCHAR",
    "NVARCHAR",
    "TEXT",
    "TINYTEXT",
    "VARCHAR",
    "CharacterAttributes",
    "Characters",
]


class Characters:
    """The words about characters behind the type of a text, an ENUM or a SET."""

    charset: str | None = None
    collation: str | None = None
    ascii: bool = False
    unicode: bool = False
    binary: bool = False
    national: bool = False

    def _take_characters(
        self, charset: str | None, collation: str | None, ascii: bool, unicode: bool, binary: bool, national: bool
    ) -> None:
        self.charset, self.collation = charset, collation
        self.ascii, self.unicode, self.binary, self.national = ascii, unicode, binary, national

    def _character_parameters(self) -> Iterator[str]:
        """Write the arguments that were given, as ``repr()`` shows them."""
        for name in ("charset", "collation", "ascii", "unicode", "binary", "national"):
            value = getattr(self, name)
            if value:
                yield f"{name}={value!r}"

    def attributes(self) -> str:
        """Write the words behind the type."""
        if self.charset is not None:
            text = f" CHARACTER SET {self.charset}"
        else:
            text = " ASCII" if self.ascii else " UNICODE" if self.unicode else ""
        if self.collation is not None:
            return f"{text} COLLATE {self.collation}"
        return f"{text} BINARY" if self.binary else text


class CharacterAttributes(Characters, types.String):
    """What MySQL's texts may have.

    Args:
        length: the largest length.
        charset: the character set.
        collation: the collation.
        ascii: the character set latin1, by its old name.
        unicode: the character set ucs2, by its old name.
        binary: the binary collation of the character set.
        national: the server's national character set.
    """

    @checked
    def __init__(
        self,
        length: int | None = None,
        *,
        charset: str | None = None,
        collation: str | None = None,
        ascii: bool = False,
        unicode: bool = False,
        binary: bool = False,
        national: bool = False,
    ) -> None:
        super().__init__(length=length, collation=collation)
        self._take_characters(charset, collation, ascii, unicode, binary, national)

    def _repr_parameters(self) -> Iterator[str]:
        yield from self._character_parameters()
        if self.length is not None:
            yield f"length={self.length!r}"


class _SizedText(CharacterAttributes):
    """A text whose largest length its name says; the arguments are those of the base without a length."""

    def __init__(
        self,
        *,
        charset: str | None = None,
        collation: str | None = None,
        ascii: bool = False,
        unicode: bool = False,
        binary: bool = False,
        national: bool = False,
    ) -> None:
        super().__init__(
            None,
            charset=charset,
            collation=collation,
            ascii=ascii,
            unicode=unicode,
            binary=binary,
            national=national,
        )


class TEXT(CharacterAttributes, types.TEXT):
    """Text of up to 65,535 bytes."""

    __visit_name__ = "TEXT"


class TINYTEXT(_SizedText):
    """Text of up to 255 bytes."""

    __visit_name__ = "TINYTEXT"


class MEDIUMTEXT(_SizedText):
    """Text of up to 16 million bytes."""

    __visit_name__ = "MEDIUMTEXT"


class LONGTEXT(_SizedText):
    """Text of up to four billion bytes."""

    __visit_name__ = "LONGTEXT"


class VARCHAR(CharacterAttributes, types.VARCHAR):
    """Text of variable length."""

    __visit_name__ = "VARCHAR"


class CHAR(CharacterAttributes, types.CHAR):
    """Text of fixed length."""

    __visit_name__ = "CHAR"


class NVARCHAR(CharacterAttributes, types.NVARCHAR):
    """Text of variable length in the server's national character set."""

    __visit_name__ = "NVARCHAR"


class NCHAR(CharacterAttributes, types.NCHAR):
    """Text of fixed length in the server's national character set."""

    __visit_name__ = "NCHAR"
