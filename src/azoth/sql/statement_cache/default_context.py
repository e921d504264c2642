"""What functions that make column defaults are told about the row that is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from azoth.sql.compiler import Compiled
from azoth.sql.elements import ColumnElement
from azoth.sql.ports import CompilerDialect
from azoth.sql.statement_cache.statement_kind import StatementKind

__all__ = ["DefaultContext"]


class DefaultContext(StatementKind):
    """The row that an INSERT or UPDATE writes, for a column's default function.

    Args:
        kind: "insert" or "update".
        compile_: gives the compiled statement; a flush compiles one only for who asks.
        connection: where the statement is about to be executed.
        parameters: the parameters of the row.

    Attributes:
        connection, root_connection: where the statement is about to be executed, for functions that ask the database.
        current_column: the column whose value is being made.
        current_parameters: the parameters of the statement for this row: by the keys of the columns that it writes,
            None where a default is still to be made; parameters of its condition by their own names. Where one
            statement inserts several rows, those of all rows, with ``_m1``, ``_m2`` ... behind the names.
    """

    __slots__ = ("_compile", "connection", "current_column", "current_parameters", "kind", "root_connection", "row")

    def __init__(
        self, kind: str, compile_: Callable[[], Compiled], connection: Any, parameters: dict[str, Any]
    ) -> None:
        self.kind = kind
        self._compile = compile_
        self.connection = self.root_connection = connection
        self.current_column: ColumnElement[Any] | None = None
        self.current_parameters = parameters
        self.row: Mapping[str, str] | None = None
        """Where one statement inserts several rows: column key -> the parameter's name, of the present one."""

    def get_current_parameters(self, isolate_multiinsert_groups: bool = True) -> dict[str, Any]:
        """Collect the parameters of the row so far, by the keys of the columns.

        Args:
            isolate_multiinsert_groups: where one statement inserts several rows, whether to give those of the present
                row alone, by the plain keys.
        """
        if self.row is None or not isolate_multiinsert_groups:
            return self.current_parameters
        return {key: self.current_parameters[name] for key, name in self.row.items()}

    @property
    def compiled(self) -> Compiled:
        """The compiled statement."""
        return self._compile()

    @property
    def statement(self) -> str:
        """The text of the statement."""
        return self._compile().string

    @property
    def engine(self) -> Any:
        """The engine of the connection."""
        return self.connection.engine

    @property
    def dialect(self) -> CompilerDialect:
        """The dialect of the statement."""
        return self._compile().dialect
