"""SQL text inside of a schema, where a colon never begins a parameter."""

from __future__ import annotations

import re
from typing import Final

from azoth.sql.elements import TextClause, text

_COLON: Final = r"(?<!\\):"


def schema_text(sql: str) -> TextClause:
    """Make the expression of SQL text written by a user; colons may be escaped already, as ``text()`` wants them."""
    return text(re.sub(_COLON, r"\:", sql))


def stored_text(sql: str) -> TextClause:
    """Make the expression of SQL text that a database keeps, whose backslashes are its own; ``::`` stays as it is."""
    return text("::".join([part.replace(":", "\\:") for part in sql.split("::")]))
