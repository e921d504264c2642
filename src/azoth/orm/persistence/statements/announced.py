"""What listeners of an engine are told about a statement of a flush: the Core statement, and its values by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from azoth.sql.compiler import Compiled, compile_statement
from azoth.sql.dml.change import Change
from azoth.sql.elements import BindParameter

if TYPE_CHECKING:
    from azoth.sql.dml import Delete, Update


class Announced:
    """A statement for rows as ``before_execute`` and ``after_execute`` hear of it.

    Attributes:
        names: for each placeholder of one row the name of its value; None for constants, which are a part of the
            statement.

    Args:
        make: makes the Core statement.
        sent: the statement that is compiled, whose parameters have no names.
        names: for each placeholder the name of its value.
        count: how many rows the placeholders are for.
        given: the parameters of the sent statement that have names.
    """

    __slots__ = ("_given", "_make", "_sent", "_statement", "names")

    def __init__(
        self,
        make: Callable[[], Change],
        sent: Change,
        names: Sequence[str | None],
        count: int = 1,
        given: tuple[str, ...] = (),
    ) -> None:
        self._make = make
        self._sent = sent
        self._given = given
        self._statement: Change | None = None
        self.names = names[: len(names) // count]

    @property
    def statement(self) -> Change:
        """The Core statement, made when somebody listens."""
        if self._statement is None:
            self._statement = self._make()
        return self._statement

    def compiled(self, sql: str, dialect: Any) -> Compiled:
        """Give the compiled form of what is sent; the dialect keeps it while somebody watches.

        Args:
            sql: its text.
            dialect: the dialect.
        """
        known: Compiled | None = dialect.known_compiled(sql)
        if known is None:
            known = compile_statement(self._sent, dialect, parameter_keys=self._given)
            dialect.keep_compiled(known)
        return known

    def values(self, row: Sequence[Any]) -> dict[str, Any]:
        """Name the values of a row."""
        return {name: value for name, value in zip(self.names, row, strict=True) if name is not None}


def change_of(change: Update | Delete, names: Sequence[tuple[Any, str]], values: dict[str, Any]) -> Update | Delete:
    """Write an UPDATE or DELETE whose values have names.

    Args:
        change: the bare statement.
        names: the columns by which a row is found, each with the name of its value.
        values: SQL expressions that are set, by column key.
    """
    if values and change.is_update:
        change = cast("Update", change).values(values)
    return change.where(*[column == BindParameter(name, type_=column.type) for column, name in names])
