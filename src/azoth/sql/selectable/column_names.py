"""The names of a SELECT's columns in its result and in the selectables made from it, and what a name stands for.

The compiler writes these names and the columns of subqueries carry them, so both take them from here.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, Final

from azoth import exc
from azoth.sql.elements import ClauseElement, LabelReference
from azoth.sql.selectable.from_clause import AnonymousName, FromClause
from azoth.util.named_tuple import NamedTuple

__all__ = [
    "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY",
    "LABEL_STYLE_NONE",
    "LABEL_STYLE_TABLENAME_PLUS_COL",
    "NamedColumn",
    "SelectLabelStyle",
    "column_in_froms",
    "named_columns",
    "selected_as",
    "unknown_label",
]


class SelectLabelStyle(enum.Enum):
    """How a SELECT labels its columns."""

    LABEL_STYLE_NONE = 0
    LABEL_STYLE_TABLENAME_PLUS_COL = 1
    LABEL_STYLE_DISAMBIGUATE_ONLY = 2
    LABEL_STYLE_LEGACY_ORM = 3
    """That of the classic ``Query``: labels as DISAMBIGUATE_ONLY has them, and rows with the names as they are."""
    LABEL_STYLE_DEFAULT = 2  # noqa: PIE796  # the default is another name for one of them


LABEL_STYLE_NONE: Final = SelectLabelStyle.LABEL_STYLE_NONE
LABEL_STYLE_TABLENAME_PLUS_COL: Final = SelectLabelStyle.LABEL_STYLE_TABLENAME_PLUS_COL
LABEL_STYLE_DISAMBIGUATE_ONLY: Final = SelectLabelStyle.LABEL_STYLE_DISAMBIGUATE_ONLY
LEGACY_ORM: Final = SelectLabelStyle.LABEL_STYLE_LEGACY_ORM
LABEL_STYLE_DEFAULT: Final = SelectLabelStyle.LABEL_STYLE_DEFAULT

UNLABELLED: Final = frozenset({"unary", "textclause"})
"""Kinds of expressions that get a label only where a selectable around them needs their name."""

NAMED_BY_OPERAND: Final = frozenset({"cast", "try_cast", "type_coerce"})

FUNCTIONS: Final = frozenset({"function", "ansi_function"})
"""Kinds of functions; programs read their columns by the name of the function."""


class NamedColumn(NamedTuple):
    """A column of a SELECT with its name.

    Args:
        column: the expression; of a label, the label.
        name: its name in the result.
        key: its key among the columns of a selectable made from the SELECT.
        is_natural: whether the database gives it this name without being told.
        shown: its name in the rows of the statement itself, where that is another one.
    """

    column: Any
    name: str
    key: str
    is_natural: bool
    shown: str | None = None


def named_columns(columns: Iterable[tuple[Any, str | None]], style: SelectLabelStyle) -> list[NamedColumn]:
    """Name the columns of a SELECT so that each name occurs once (unless the style is NONE).

    Args:
        columns: pairs of expression and, where a mapped attribute wants one, its name.
        style: the style of the labels.
    """
    pairs = list(columns)
    names = _Names({name for column, wanted in pairs if (name := wanted or _own_name(column))})
    named: list[Any] = [
        None if column.__visit_name__ in UNLABELLED else _named(column, wanted, style, names)
        for column, wanted in pairs
    ]
    # Those that mostly are not labelled take their numbers last.
    return [
        _named(column, wanted, style, names) if known is None else known
        for known, (column, wanted) in zip(named, pairs, strict=True)
    ]


class _Names:
    """The names given so far within one SELECT."""

    def __init__(self, reserved: set[str]) -> None:
        self._reserved = reserved
        self._given: set[str] = set()
        self._named: set[int] = set()
        self._counts: dict[str, int] = {}
        self._tables: dict[int, str] = {}
        self._keys: set[str] = set()

    def key_of_function(self, name: str) -> str:
        """Give the key of an unnamed function among the columns: its own name, with a number where that is taken."""
        key, number = name, 0
        while key in self._keys or key in self._reserved:
            number += 1
            key = f"{name}_{number}"
        self._keys.add(key)
        return key

    def numbered(self, stem: str, separator: str = "_") -> str:
        """Give the next free name of a stem."""
        while True:
            number = self._counts[stem + separator] = self._counts.get(stem + separator, 0) + 1
            name = f"{stem}{separator}{number}"
            if name not in self._reserved and name not in self._given:
                self._given.add(name)
                return name

    def unique(self, name: str, column: Any) -> str:
        """Give a name, with a number where it was given before."""
        is_repeated = id(column) in self._named
        self._named.add(id(column))
        if name not in self._given:
            self._given.add(name)
            return name
        return self.numbered(name, "__" if is_repeated else "_")

    def own_label(self, column: Any) -> str | None:
        """Give the name of a label that an attribute of another name stands for, where no other column has it."""
        name: str | None = column.name if column.__visit_name__ == "label" else None
        if name is None or isinstance(name, AnonymousName) or name in self._reserved or name in self._given:
            return None
        self._given.add(name)
        return name

    def of_table(self, table: Any) -> str:
        """Name a table; aliases without a name of their own are numbered."""
        name: str = table.name
        if isinstance(name, AnonymousName):
            if id(table) not in self._tables:
                number = self._counts[f"table {name}"] = self._counts.get(f"table {name}", 0) + 1
                self._tables[id(table)] = f"{name}_{number}"
            return self._tables[id(table)]
        return f"{table.schema}_{name}" if table.schema else name


def _named(column: Any, wanted: str | None, style: SelectLabelStyle, names: _Names) -> NamedColumn:
    own = wanted or _own_name(column)
    if own is None:
        name = names.numbered(getattr(column, "_anonymous_hint", "anon"))
        kind = column.__visit_name__
        key = names.key_of_function(column.name) if kind in FUNCTIONS else name
        return NamedColumn(column, name, key, kind in UNLABELLED)
    if column.__visit_name__ == "column" and column.is_literal:
        return NamedColumn(column, own, own, True)
    is_plain = column.__visit_name__ == "column" and wanted is None
    if style is LABEL_STYLE_NONE:
        return NamedColumn(column, own, column.key if is_plain else own, is_plain)
    stem = own
    if style is LABEL_STYLE_TABLENAME_PLUS_COL and _has_named_table(column):
        stem = f"{names.of_table(column.table)}_{own}"
    name = names.unique(stem, column)
    if wanted is not None and (label := names.own_label(column)) is not None:
        return NamedColumn(column, label, label, False, name)
    key = name
    if is_plain and name == stem:
        # The key of a column takes the place of its name.
        key = f"{stem.removesuffix(own)}{column.key}"
    # The rows of a classic query keep the names, also where several columns have one.
    shown = own if style is LEGACY_ORM and name != own else None
    return NamedColumn(column, name, key, is_plain and name == column.name, shown)


def table_label(column: object, name: str) -> str:
    """Put the name of its table before the name of a column of one, as TABLENAME_PLUS_COL does it."""
    return f"{_Names(set()).of_table(getattr(column, 'table', None))}_{name}" if _has_named_table(column) else name


def _has_named_table(column: Any) -> bool:
    return column.__visit_name__ == "column" and column.table is not None and bool(column.table.named_with_column)


def _own_name(column: Any) -> str | None:
    kind = column.__visit_name__
    if kind in ("column", "label"):
        name: str | None = column.name
        return name
    if kind in NAMED_BY_OPERAND:
        return _own_name(column.clause)
    if kind == "as_boolean":
        return _own_name(column.element)
    return None


def selected_as(name: str, named: Iterable[NamedColumn]) -> NamedColumn | None:
    """Find the selected column or label of a name."""
    for one in named:
        if name in (one.name, one.shown) or getattr(one.column, "key", None) == name:
            return one
    return None


def column_in_froms(name: str, froms: Iterable[FromClause]) -> ClauseElement | None:
    """Find the column of a name in what is selected from; of the last that has one, None where none has."""
    found: ClauseElement | None = None
    for from_ in froms:
        for part in from_._parts:
            if part.__visit_name__ != "join" and name in part.c:
                found = part.c[name]
    return found


def unknown_label(reference: LabelReference) -> exc.CompileError:
    """Make the error about a name that a statement does not have."""
    return exc.CompileError(
        f"Can't resolve label reference {reference.name!r} for ORDER BY / GROUP BY",
        why="the statement has no column or label of this name",
        fix="name a column or label of the statement, or write text('...') for literal SQL",
        code="AZ-C19",
    )
