"""What the schema needs from layers above it: making DDL, running it, and reading the schema of a database."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from azoth.sql.ports import fill_slots
from azoth.util.arguments import wrong_value


class CheckFirst(enum.Flag):
    """What ``create_all()`` and its like look for before they create or drop it; True and False stand for all and none.

    A Boolean becomes one of these by ``CheckFirst(True)``.
    """

    NONE = 0
    TABLES = 2
    VIEWS = 4
    INDEXES = 8
    SEQUENCES = 16
    TYPES = 32
    ALL = 62

    @classmethod
    def _missing_(cls, value: object) -> Any:
        if isinstance(value, bool):
            return cls.ALL if value else cls.NONE
        if not isinstance(value, int):
            raise wrong_value("checkfirst", "True, False, or a CheckFirst", value)
        return super()._missing_(value)


class DDLBind(Protocol):
    """What ``create_all()`` and its like run on: an engine or a connection."""

    @property
    def dialect(self) -> Any:
        """The dialect, which decides what the DDL looks like."""

    def run_ddl(self, elements: Sequence[Any]) -> Any:
        """Run DDL elements in order."""

    def has_table(self, table_name: str, schema: str | None = None) -> bool:
        """Tell whether a table exists."""


class SchemaWork(Protocol):
    """Makes DDL from tables; the ddl package fills it in."""

    def create_all(
        self, metadata: object, bind: DDLBind, tables: Sequence[Any] | None, checkfirst: bool | CheckFirst
    ) -> None:
        """Create tables, their indexes and constraints."""

    def drop_all(
        self, metadata: object, bind: DDLBind, tables: Sequence[Any] | None, checkfirst: bool | CheckFirst
    ) -> None:
        """Drop tables."""

    def create(self, item: object, bind: DDLBind, checkfirst: bool | CheckFirst) -> None:
        """Create one table, index or sequence."""

    def drop(self, item: object, bind: DDLBind, checkfirst: bool | CheckFirst) -> None:
        """Drop one table, index or sequence."""


_schema_work: list[SchemaWork] = []
_inspector_of: list[Callable[[Any], Any]] = []


def install_schema_work(work: SchemaWork) -> None:
    """Fill in what makes DDL; the ddl package, which sits above, calls it once."""
    _schema_work[:] = [work]


def install_inspector(inspector_of: Callable[[Any], Any]) -> None:
    """Fill in what reads a database's schema; the engine package, which sits above, calls it once."""
    _inspector_of[:] = [inspector_of]


def schema_work() -> SchemaWork:
    """Find what makes DDL."""
    if not _schema_work:
        fill_slots()
    return _schema_work[0]


def inspector_of(bind: Any) -> Any:
    """Make what reads the schema of a database.

    Args:
        bind: an engine, a connection or an inspector.
    """
    return _inspector_of[0](bind)
