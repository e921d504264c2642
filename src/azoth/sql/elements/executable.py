"""Executable, what everything that a connection executes offers: statements, text, functions, DDL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self

from azoth.exc import ArgumentError
from azoth.sql.elements.clause import ClauseElement
from azoth.util.arguments import check_count, wrong_value

__all__ = ["OF_CONNECTIONS", "Executable"]

OF_CONNECTIONS: Final = ("isolation_level", "compiled_cache")
"""Execution options that a connection has as a whole."""


class Executable(ClauseElement):
    """What a connection executes.

    ``is_select``, ``is_insert``, ``is_update``, ``is_delete``, ``is_dml``, ``is_text`` and ``is_from_statement`` tell
    its kind.
    """

    supports_execution: ClassVar[bool] = True
    is_insert: ClassVar[bool] = False
    is_update: ClassVar[bool] = False
    is_delete: ClassVar[bool] = False
    is_text: ClassVar[bool] = False
    is_from_statement: ClassVar[bool] = False
    _is_function: ClassVar[bool] = False
    """Whether it is a call of a function."""
    _execution_options: Mapping[str, Any] = {}
    _with_options: tuple[Any, ...] = ()

    def _copy(self) -> Self:
        return self._copy_with()

    def execution_options(self, **options: object) -> Self:
        """Copy this statement with options for its execution.

        Args:
            options: such as ``yield_per`` or ``populate_existing``; they are merged with earlier ones.

        Raises:
            ArgumentError: one of them belongs to connections.
        """
        for name in OF_CONNECTIONS:
            if name in options:
                raise ArgumentError(
                    f"{name!r} is no execution option of a statement",
                    why="it belongs to the connection, which may be in the middle of a transaction",
                    fix="give it to Connection.execution_options(), to the engine, or to session.connection("
                    "execution_options=...)",
                    code="AZ-C320",
                )
        return self._with_execution_options(options)

    def _with_execution_options(self, options: Mapping[str, Any]) -> Self:
        if "yield_per" in options:
            check_count("yield_per", options["yield_per"])
        copy = self._copy()
        copy._execution_options = {**self._execution_options, **options}
        return copy

    def get_execution_options(self) -> Mapping[str, Any]:
        """Give the options for the execution."""
        return self._execution_options

    def options(self, *options: object) -> Self:
        """Copy this statement with options for loading, such as ``selectinload()``.

        Args:
            options: each has ``_shape`` and ``_binds``.

        Raises:
            ArgumentError: something is no option.
        """
        for option in options:
            if not hasattr(option, "_shape"):
                raise wrong_value(
                    "options(): each",
                    "an option such as selectinload(User.addresses)",
                    option,
                    "write joinedload(User.addresses), defer(User.name) and the like, one after the other",
                )
        copy = self._copy()
        copy._with_options = (*self._with_options, *options)
        return copy

    def with_options(self, *options: object) -> Self:
        """Do the same as ``options()``."""
        return self.options(*options)
