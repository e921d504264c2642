"""Reading the text of CREATE TABLE and CREATE INDEX, for what SQLite's pragmas do not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["TableText", "index_text", "table_text", "unquoted"]

_TOKEN: Final = re.compile(
    r"""
    \s+ | --[^\n]* | /\*.*?\*/          # space and comments
    | '(?:[^']|'')*'                    # text
    | "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\]   # quoted names
    | [A-Za-z_\u0080-\uffff][\w$]*      # words
    | \d[\w.]*                          # numbers
    | .                                 # signs
    """,
    re.VERBOSE | re.DOTALL,
)
_CONSTRAINT_WORDS: Final = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})


class TableText:
    """What the text of CREATE TABLE tells.

    Attributes:
        primary_key_name: the name of the primary key's constraint.
        autoincrement: whether AUTOINCREMENT was asked for.
        uniques: name and columns of each UNIQUE constraint.
        checks: name and condition of each CHECK constraint.
        foreign_keys: name, columns and DEFERRABLE options of each FOREIGN KEY, in order.
        computed: expressions of generated columns.
        collations: collations of columns.
        options: what stands after the closing parenthesis.
    """

    # No dataclass: these bring half of the standard library with them, and programs start with this module.
    def __init__(self) -> None:
        self.primary_key_name: str | None = None
        self.autoincrement = False
        self.uniques: list[tuple[str | None, list[str]]] = []
        self.checks: list[tuple[str | None, str]] = []
        self.foreign_keys: list[tuple[str | None, list[str], dict[str, object]]] = []
        self.computed: dict[str, str] = {}
        self.collations: dict[str, str] = {}
        self.options = ""


def table_text(sql: str) -> TableText:
    """Read the text of CREATE TABLE.

    Args:
        sql: the text, as SQLite keeps it.
    """
    found = TableText()
    body, rest = _inside_parentheses(list(_TOKEN.findall(sql)))
    found.options = "".join(rest).strip()
    for definition in _split_by_commas(body):
        tokens = _Tokens(definition)
        first = tokens.peek()
        if first is None:
            continue
        if first.upper() in _CONSTRAINT_WORDS:
            _read_constraints(tokens, None, found)
        else:
            _read_constraints(tokens, unquoted(tokens.next()), found)
    return found


def index_text(sql: str) -> tuple[list[str], str | None]:
    """Read the text of CREATE INDEX.

    Args:
        sql: the text, as SQLite keeps it.

    Returns:
        its expressions, and the condition of a partial index.
    """
    body, rest = _inside_parentheses(list(_TOKEN.findall(sql)))
    expressions = ["".join(part).strip() for part in _split_by_commas(body)]
    tail = "".join(rest).strip()
    return expressions, tail[len("WHERE") :].strip() if tail[:5].upper() == "WHERE" else None


def unquoted(name: str) -> str:
    """Take the quotes off a name."""
    if len(name) > 1 and name[0] in "\"`'" and name[-1] == name[0]:
        return name[1:-1].replace(name[0] * 2, name[0])
    return name[1:-1] if name[:1] == "[" and name[-1:] == "]" else name


class _Tokens:
    """The tokens of one definition; space and comments are passed over."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._position = 0

    def peek(self) -> str | None:
        while self._position < len(self._tokens) and _is_space(self._tokens[self._position]):
            self._position += 1
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def next(self) -> str:
        token = self.peek()
        self._position += 1
        return token or ""

    def take(self, *words: str) -> bool:
        """Pass over words if they come next."""
        start = self._position
        for word in words:
            if (self.peek() or "").upper() != word:
                self._position = start
                return False
            self._position += 1
        return True

    def parentheses(self) -> list[str]:
        """Pass over what stands in parentheses next, and return it; nothing where there are none."""
        if self.peek() != "(":
            return []
        inside, rest = _inside_parentheses(self._tokens[self._position :])
        self._position = len(self._tokens) - len(rest)
        return inside


def _read_constraints(tokens: _Tokens, column: str | None, found: TableText) -> None:
    """Read constraints one after the other: those of a column, or one of a table."""
    name: str | None = None
    while tokens.peek() is not None:
        if tokens.take("CONSTRAINT"):
            name = unquoted(tokens.next())
        elif _read_key_or_unique(tokens, column, name, found) or _read_other(tokens, column, name, found):
            name = None
        elif tokens.peek() == "(":
            tokens.parentheses()
        else:
            tokens.next()


def _read_key_or_unique(tokens: _Tokens, column: str | None, name: str | None, found: TableText) -> bool:
    if tokens.take("PRIMARY", "KEY"):
        found.primary_key_name = name or found.primary_key_name
        tokens.parentheses()
    elif tokens.take("AUTOINCREMENT"):
        found.autoincrement = True
    elif tokens.take("UNIQUE"):
        found.uniques.append((name, [column] if column is not None else _names(tokens.parentheses())))
    else:
        return False
    return True


def _read_other(tokens: _Tokens, column: str | None, name: str | None, found: TableText) -> bool:
    if tokens.take("CHECK"):
        found.checks.append((name, "".join(tokens.parentheses()).strip()))
    elif tokens.take("FOREIGN", "KEY"):
        columns = _names(tokens.parentheses())
        tokens.take("REFERENCES")
        found.foreign_keys.append((name, columns, _foreign_key_options(tokens)))
    elif column is not None and tokens.take("REFERENCES"):
        found.foreign_keys.append((name, [column], _foreign_key_options(tokens)))
    elif column is not None and tokens.take("COLLATE"):
        found.collations[column] = unquoted(tokens.next())
    elif column is not None and (tokens.take("GENERATED", "ALWAYS", "AS") or tokens.take("AS")):
        found.computed[column] = "".join(tokens.parentheses()).strip()
    elif tokens.take("DEFAULT"):
        tokens.parentheses() if tokens.peek() == "(" else tokens.next()
    else:
        return False
    return True


def _foreign_key_options(tokens: _Tokens) -> dict[str, object]:
    options: dict[str, object] = {}
    tokens.next()
    tokens.parentheses()
    while (word := tokens.peek()) is not None:
        if tokens.take("NOT", "DEFERRABLE"):
            options["deferrable"] = False
        elif tokens.take("DEFERRABLE"):
            options["deferrable"] = True
        elif tokens.take("INITIALLY"):
            options["initially"] = tokens.next().upper()
        elif tokens.take("ON"):
            tokens.next()
            tokens.take("SET") or tokens.take("NO")
            tokens.next()
        elif tokens.take("MATCH"):
            tokens.next()
        elif word:
            break
    return options


def _names(tokens: list[str]) -> list[str]:
    return [unquoted(_Tokens(part).next()) for part in _split_by_commas(tokens)]


def _inside_parentheses(tokens: list[str]) -> tuple[list[str], list[str]]:
    """Split into what the first pair of parentheses encloses, and what follows it."""
    depth = 0
    start = 0
    for position, token in enumerate(tokens):
        if token == "(":
            depth += 1
            if depth == 1:
                start = position + 1
        elif token == ")":
            depth -= 1
            if depth == 0:
                return tokens[start:position], tokens[position + 1 :]
    return [], []


def _split_by_commas(tokens: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    depth = 0
    for token in tokens:
        depth += (token == "(") - (token == ")")
        if token == "," and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def _is_space(token: str) -> bool:
    return token.isspace() or token.startswith(("--", "/*"))
