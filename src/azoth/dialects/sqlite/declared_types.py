"""The types that the declarations in CREATE TABLE mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from azoth import types
from azoth.dialects.sqlite.jsonb import JSONB
from azoth.dialects.sqlite.types import DATE, DATETIME, TIME

__all__ = ["ischema_names", "type_of_declaration"]

ischema_names: Final[dict[str, type[Any]]] = {
    "BIGINT": types.BIGINT,
    "BLOB": types.BLOB,
    "BOOL": types.BOOLEAN,
    "BOOLEAN": types.BOOLEAN,
    "CHAR": types.CHAR,
    "CLOB": types.CLOB,
    "DATE": DATE,
    "DATE_CHAR": DATE,
    "DATETIME": DATETIME,
    "DATETIME_CHAR": DATETIME,
    "DECIMAL": types.DECIMAL,
    "DOUBLE": types.DOUBLE,
    "DOUBLE PRECISION": types.DOUBLE_PRECISION,
    "DOUBLE_PRECISION": types.DOUBLE_PRECISION,
    "FLOAT": types.FLOAT,
    "INT": types.INTEGER,
    "INTEGER": types.INTEGER,
    "JSON": types.JSON,
    "JSONB": JSONB,
    "NCHAR": types.NCHAR,
    "NUMERIC": types.NUMERIC,
    "NVARCHAR": types.NVARCHAR,
    "REAL": types.REAL,
    "SMALLINT": types.SMALLINT,
    "TEXT": types.TEXT,
    "TIME": TIME,
    "TIME_CHAR": TIME,
    "TIMESTAMP": types.TIMESTAMP,
    "UUID": types.UUID,
    "VARCHAR": types.VARCHAR,
}
"""From the name in a declaration, in capitals, to the type; programs add those of types of their own."""

_DECLARATION: Final = re.compile(r"([\w ]+?)\s*(?:\((.*?)\))?\s*$")


def type_of_declaration(declaration: str, names: Mapping[str, type[Any]] = ischema_names) -> Any:
    """Find the type that a declaration in CREATE TABLE means.

    Args:
        declaration: the text, such as "VARCHAR(50)"; unknown names go by SQLite's rules of affinity.
        names: the dialect's table of names.
    """
    match = _DECLARATION.match(declaration.strip())
    name = match.group(1).strip().upper() if match else ""
    arguments = [int(part) for part in re.findall(r"\d+", (match.group(2) or "") if match else "")]
    cls = names.get(name) or _type_by_affinity(name)
    if issubclass(cls, DATE | DATETIME | TIME | types.NullType):
        return cls()
    try:
        return cls(*arguments)
    except TypeError:
        return cls()


def _type_by_affinity(name: str) -> Any:
    if "INT" in name:
        return types.INTEGER
    if "CHAR" in name or "CLOB" in name or "TEXT" in name:
        return types.TEXT
    if "BLOB" in name or not name:
        return types.NullType
    if "REAL" in name or "FLOA" in name or "DOUB" in name:
        return types.REAL
    return types.NUMERIC
