"""The types that the server's own names of types mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from azoth import types

__all__ = ["type_of_text"]

_PARTS: Final = re.compile(r"(?P<name>[^(]*?)\s*(?:\((?P<arguments>[^)]*)\))?(?P<rest>(?: with(?:out)? time zone)?)\Z")
"""A name, perhaps with arguments, as in ``numeric(10,2)``; they stand before what ends the names of times."""

_INTERVAL: Final = re.compile(r"interval(?: (?P<fields>[a-z ]+?))?(?:\((?P<precision>\d+)\))?\Z")


def type_of_text(
    text: str, name: str, names: Mapping[str, type[Any]], collation: Mapping[str, str]
) -> types.TypeEngine[Any] | None:
    """Find the type that the server describes; None for one that nobody has told us about.

    Args:
        text: its description, such as ``character varying(30)``.
        name: its name in the catalog, by which types of extensions go wherever these are installed.
        names: the dialect's table of names.
        collation: the arguments that say its collation; empty where it has its usual one.
    """
    interval = _INTERVAL.match(text)
    if interval is not None and "interval" in names:
        return _interval(names["interval"], interval["fields"], interval["precision"])
    parts = _PARTS.match(text)
    written, rest = (parts["name"], parts["rest"]) if parts is not None else (name, "")
    cls = names.get(f"{written}{rest}") or names.get(name)
    if cls is None:
        return None
    arguments = _arguments((parts["arguments"] if parts is not None else None) or "")
    options = _options(cls, written, rest, arguments)
    return _instance(cls, arguments, {**options, **_collated(cls, collation)})


def _interval(cls: type[Any], fields: str | None, precision: str | None) -> types.TypeEngine[Any]:
    return _instance(cls, [], {"precision": None if precision is None else int(precision), "fields": fields})


def _arguments(text: str) -> list[int | str]:
    given = [part.strip() for part in text.split(",") if part.strip()]
    return [int(part) if re.fullmatch(r"-?\d+", part) else part for part in given]


def _options(cls: type[Any], written: str, rest: str, arguments: list[int | str]) -> dict[str, object]:
    if issubclass(cls, types.TIMESTAMP | types.TIME):
        # What is left of the arguments is a precision, which stands behind the time zone.
        precision = {"precision": arguments.pop()} if arguments else {}
        return {"timezone": rest == " with time zone" or written in ("timetz", "timestamptz"), **precision}
    if written == "double precision":
        return {"precision": 53}
    return {"varying": True} if written == "bit varying" else {}


def _collated(cls: type[Any], collation: Mapping[str, str]) -> Mapping[str, str]:
    return collation if issubclass(cls, types.String) else {}


def _instance(cls: type[Any], arguments: list[int | str], options: Mapping[str, object]) -> types.TypeEngine[Any]:
    try:
        made: types.TypeEngine[Any] = cls(*arguments, **options)
    except TypeError:
        # A program has put a class of its own under the name, which takes other arguments.
        made = cls()
    return made
