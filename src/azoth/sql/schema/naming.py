"""Naming conventions: names for constraints and indexes that have none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from azoth import exc
from azoth.sql.schema.quoted_name import conv

DEFAULT_NAMING_CONVENTION: Final[Mapping[Any, Any]] = {"ix": "ix_%(column_0_label)s"}
_COLUMN_TOKEN: Final = r"^(referred_)?column_(0_?N|\d+)(_?)(name|key|label)$"


def convention_name(constraint: Any, table: Any) -> Any:
    """Work out the name of a constraint or an index by the convention of its table's metadata.

    Args:
        constraint: a constraint or an index that belongs to the table.
        table: the table.

    Returns:
        the name, or None where the convention has nothing to say.

    Raises:
        InvalidRequestError: the convention asks for what the constraint does not have.
    """
    name = constraint.name
    if isinstance(name, conv):
        return name
    convention = _convention_for(constraint, table.metadata.naming_convention)
    if convention is None or (name is not None and "%(constraint_name)s" not in convention):
        return name
    if name is None and getattr(constraint, "_type_bound", False) and "%(constraint_name)s" in convention:
        return None
    return conv(convention % ConventionTokens(constraint, table, table.metadata.naming_convention))


def _convention_for(constraint: Any, conventions: Mapping[Any, Any]) -> str | None:
    found = conventions.get(constraint._kind_of_name)
    if any(isinstance(kind, type) for kind in conventions):
        for cls in type(constraint).__mro__:
            # A class may stand for its kind, and the convention of a derived class goes before that of the kind.
            named = conventions.get(cls) or (found if "_kind_of_name" in cls.__dict__ else None)
            if named is not None:
                return str(named)
    return None if found is None else str(found)


class ConventionTokens(Mapping[str, str]):
    """The tokens that a convention may use, worked out when asked for.

    Args:
        constraint: the constraint to be named.
        table: its table.
        conventions: the naming conventions, with tokens that the user added.
    """

    def __init__(self, constraint: Any, table: Any, conventions: Mapping[Any, Any]) -> None:
        self.constraint = constraint
        self.table = table
        self.conventions = conventions

    def __getitem__(self, token: str) -> str:
        own = self.conventions.get(token)
        if callable(own):
            return str(own(self.constraint, self.table))
        if token == "table_name":
            return str(self.table.name)
        if token == "constraint_name":
            return self._given_name()
        if token == "referred_table_name":
            return str(self.constraint.elements[0]._target_parts()[1])
        match = re.match(_COLUMN_TOKEN, token)
        if match is None:
            raise KeyError(token)
        referred, which, separator, form = match.groups()
        return self._columns_token(bool(referred), which, separator, form)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def _given_name(self) -> str:
        if self.constraint.name is None:
            raise exc.InvalidRequestError(
                f"a {type(self.constraint).__name__} of table {self.table.name} needs a name",
                why="the naming convention uses %(constraint_name)s",
                fix="give the constraint a name",
                code="AZ-C51",
            )
        return str(self.constraint.name)

    def _columns_token(self, referred: bool, which: str, separator: str, form: str) -> str:
        names = self._referred_names() if referred else [self._form(column, form) for column in self._columns()]
        if not which.startswith("0") or which == "0":
            return names[int(which)]
        return ("_" if which == "0_N" else "").join(names)

    def _columns(self) -> list[Any]:
        return list(self.constraint.columns)

    def _referred_names(self) -> list[str]:
        return [str(element._target_parts()[2]) for element in self.constraint.elements]

    def _form(self, column: Any, form: str) -> str:
        if form == "label":
            return f"{self.table.fullname.replace('.', '_')}_{column.name}"
        return str(column.key if form == "key" else column.name)
