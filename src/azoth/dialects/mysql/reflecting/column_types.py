"""From the type that the server tells of a column to one of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from azoth import types
from azoth.dialects.mysql.types import BIT, ENUM, SET, YEAR
from azoth.dialects.mysql.types.numeric import NumberAttributes, WholeNumber
from azoth.dialects.mysql.types.text import Characters
from azoth.sql.types import BinaryType
from azoth.util.warning import warn

__all__ = ["column_type"]

_TYPE: Final = re.compile(r"(?P<name>[a-z]\w*(?: precision)?)(?:\((?P<arguments>.*)\))?(?P<words>.*)", re.DOTALL)
_WORD: Final = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)
_QUOTED: Final = re.compile(r"''|\\(.)", re.DOTALL)

_ENUMERATED: Final = {"enum": ENUM, "set": SET}


def column_type(
    declared: str, column: str, known: Mapping[str, type[Any]], charset: str | None, collation: str | None
) -> types.TypeEngine[Any]:
    """Make the type of a column.

    Args:
        declared: the type as the server tells it, such as "int(11) unsigned".
        column: the name of the column, for a warning.
        known: from names of types to classes.
        charset: the character set, where it is not that of the table.
        collation: the collation, where it is not that of the table.
    """
    found = _TYPE.match(declared)
    name = declared if found is None else found["name"]
    cls = known.get(name) or known.get(name.upper())
    if found is None or cls is None:
        warn(
            f"the type {name!r} of column {column!r} is not known",
            why="the dialect has no type of this name",
            fix="declare the column, or add the type to the dialect's ischema_names",
            code="AZ-D114",
        )
        return types.NullType()
    arguments, words = found["arguments"], found["words"]
    given: dict[str, object] = {"charset": charset, "collation": collation} if charset is not None else {}
    if name in _ENUMERATED:
        made: types.TypeEngine[Any] = cls(*_words(arguments or ""), **given)
        return made
    if issubclass(cls, NumberAttributes):
        given = {"unsigned": True} if "unsigned" in words else {}
        given.update({"zerofill": True} if "zerofill" in words else {})
    elif not issubclass(cls, Characters):
        given = {}
    numbers = [int(number) for number in arguments.split(",")] if arguments else []
    return _made(cls, numbers, given)


def _made(cls: type[Any], numbers: list[int], given: dict[str, object]) -> types.TypeEngine[Any]:
    if numbers:
        given.update(dict(zip(_names(cls), numbers, strict=False)))
    made: types.TypeEngine[Any] = cls(**given)
    return made


def _names(cls: type[Any]) -> tuple[str, ...]:
    """Name the arguments of a type that the numbers behind it are for."""
    if issubclass(cls, WholeNumber | YEAR):
        return ("display_width",)
    if issubclass(cls, types.Numeric):
        return ("precision", "scale")
    if issubclass(cls, types.String | BinaryType | BIT):
        return ("length",)
    if issubclass(cls, types.DateTime | types.Time):
        return ("fsp",)
    return ()


def _words(arguments: str) -> list[str]:
    """Read the words of an ENUM or SET, as they stand in SQL."""
    return [_QUOTED.sub(lambda quoted: quoted[1] or "'", word) for word in _WORD.findall(arguments)]
