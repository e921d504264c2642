"""What functions that make column defaults are told about the row that is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azoth.sql.compiler import Compiled
from azoth.sql.elements import NO_VALUE

__all__ = ["DefaultContext"]


class DefaultContext:
    """The row that an INSERT or UPDATE writes, for a column's default function.

    Args:
        compiled: the compiled statement.
        binds: the values bound in the statement, in tree order.
        parameters: the values that came with the execution.
        plain_defaults: the columns' defaults that are plain values.
    """

    __slots__ = ("compiled", "current_column", "current_parameters")

    def __init__(
        self,
        compiled: Compiled,
        binds: tuple[Any, ...],
        parameters: Mapping[str, Any] | None,
        plain_defaults: Mapping[str, Any],
    ) -> None:
        self.compiled = compiled
        self.current_column: Any = None
        """The column whose default is being made."""
        values: dict[str, Any] = dict(plain_defaults)
        for bind in binds:
            if bind.key is not None and bind.value is not NO_VALUE:
                values[bind.key] = bind.effective_value
        if parameters:
            values.update(parameters)
        self.current_parameters: dict[str, Any] = values
        """The values of the row so far, by the keys of the columns."""

    def get_current_parameters(self, isolate_multiinsert_groups: bool = True) -> dict[str, Any]:
        """Collect the values of the row so far, by the keys of the columns."""
        return self.current_parameters

    @property
    def isinsert(self) -> bool:
        """Whether a row is inserted."""
        return self.compiled.kind == "insert"

    @property
    def isupdate(self) -> bool:
        """Whether rows are updated."""
        return self.compiled.kind == "update"

    @property
    def dialect(self) -> Any:
        """The dialect of the statement."""
        return self.compiled.dialect
