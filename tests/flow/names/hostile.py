"""Names that would do harm if any of them became code, or if SQL read them otherwise than as names."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

RAN: Final[list[str]] = []
"""What code in a name has called; it stays empty."""

RUN: Final = "azoth_ran"
"""The name of the built-in function that code in a name could call."""

CODE: Final = (
    f'"""\n    {RUN}("docstring")\n    """',
    f"''' + {RUN}('triple') + '''",
    f"x'] = {RUN}('key'); d['x",
    f"a if 0 else {RUN}('condition'); b",
    f"x\n    {RUN}('line')\n    y",
    f"x\r{RUN}('return')",
    f"x={RUN}('default')",
    f"x): {RUN}('signature') #",
    f"{{{RUN}('braces')}}",
    f"\\N{{LATIN SMALL LETTER A}}' + {RUN}('escape') + '",
    f"\\' + {RUN}('backslash') #",
    f"x\u2028{RUN}('separator')",
)
"""Names that are Python code once they stand unescaped in a source."""

IN_SQL: Final = (
    'a"b', "a'b", "a`b", "a]b", "a;b", "a--b", "a/*b", 'x", (select 1) --', "a b", "a\tb", "a\nb", "a:b", ":x", "?",
    "a?b", "a%b", "%s", "%(x)s", "a)b", "a(b", "a\\b", "a.b", "a,b", "{}", "{0}", "$1", "a\x01b", "\x010\x02", "@x",
    "[a", "1", "1a", "*",
)  # fmt: skip
"""Names that SQL reads otherwise, or that placeholders look like."""

PLAIN: Final = (
    "class", "def", "None", "True", "lambda", "import", "match", "select", "table", "index", "order", "commit",
    "self", "cls", "instance", "state", "states", "key", "keys", "value", "values", "items", "count", "get", "args",
    "kwargs", "criterion", "parameters", "statement", "binds", "bind", "rows", "row", "raw", "d", "c0", "i0", "s0",
    "v0", "out", "owner", "append", "STATE", "MISSING", "NO_VALUE", "convert0", "empty0_0", "p0", "load", "title",
    "_pk_0", "_version", "pk_1", "name__1", "link_id", "key_of_id", "value_of_id", "x__1", "t", "tuple", "keys_",
    "_mapping", "_fields", "_asdict", "_index", "_key_names", "_private", "mapper", "columns", "type", "id_",
    "naïve", "\ufb01", "fi", "\u212b", "Å", "\U0001d4d0", "\U0001f600", "ключ", "x\u0301", "\xa0", "UPPER", "x" * 200,
)  # fmt: skip
"""Names that are keywords, or that generated code and SQL use themselves; among them some that Python identifiers
would take for the same (NFKC)."""

NAMES: Final = (*CODE, *IN_SQL, *PLAIN)


@contextmanager
def nothing_runs() -> Iterator[None]:
    """Fail if code in a name is executed."""
    RAN.clear()
    setattr(builtins, RUN, RAN.append)
    try:
        yield
    finally:
        delattr(builtins, RUN)
    assert RAN == [], f"code in a name was executed: {RAN}"
