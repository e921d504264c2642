"""The events of tables and metadata."""

from __future__ import annotations

from typing import Any

from azoth.event import Events

__all__ = ["DDLEvents"]


class DDLEvents(Events):
    """The events of a Table or a MetaData, or of all of a class; a ``DDL()`` can be the listener, too."""

    def before_create(self, target: Any, connection: Any) -> None:
        """A table, or the tables of a metadata, are about to be created."""

    def after_create(self, target: Any, connection: Any) -> None:
        """A table, or the tables of a metadata, were created."""

    def before_drop(self, target: Any, connection: Any) -> None:
        """A table, or the tables of a metadata, are about to be dropped."""

    def after_drop(self, target: Any, connection: Any) -> None:
        """A table, or the tables of a metadata, were dropped."""

    def column_reflect(self, inspector: Any, table: Any, column_info: dict[str, Any]) -> None:
        """A column was read from a database; change what will be made of it in place."""
