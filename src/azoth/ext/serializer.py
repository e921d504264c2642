"""Statements as bytes, with the tables, mapped classes and sessions of the program that reads them.

    data = dumps(select(User).where(User.name == "ed"))
    statement = loads(data, Base.metadata, Session)

Statements, conditions, queries, loader options, aliases and whatever they are made of can be written. What the program
declares is not: mapped classes, their mappers and attributes are found again by their names, tables and columns in the
``metadata`` that is given, the session and the engine are those that are given. Mapped classes must be such that
``pickle`` finds them: at the top of a module. For objects of mapped classes, and for a whole MetaData, ``pickle`` alone
is enough.

WARNING: it is ``pickle`` that reads the data, and a pickle can name any function to be called. Whoever can write the
data can run code in the process that reads it. Never pass ``loads()`` anything that you have not written yourself, or
cannot be sure was not changed since: sign it, or send statements in a form of your own.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from io import BytesIO
from typing import IO, Any

from azoth.engine import Engine
from azoth.exc import ArgumentError
from azoth.orm import Session
from azoth.schema import Column, MetaData, Table

__all__ = ["Deserializer", "Serializer", "dumps", "loads"]

NEWEST_WITHOUT_SLOTS = 1
"""The last version of pickles that knows no objects with slots."""


def dumps(obj: object, protocol: int = pickle.HIGHEST_PROTOCOL) -> bytes:
    """Write a statement, or a part of one, as bytes.

    Args:
        obj: a statement, a condition, a query, a table, a column, a mapper, a mapped attribute, loader options, ...
        protocol: the version of the pickle.

    Raises:
        PicklingError, TypeError: it holds something that cannot be pickled, such as a function within a function.

    Emits: nothing.
    State: unchanged.
    """
    written = BytesIO()
    Serializer(written, protocol).dump(obj)
    return written.getvalue()


def loads(
    data: bytes,
    metadata: MetaData | None = None,
    scoped_session: Callable[[], Session] | None = None,
    engine: Engine | None = None,
) -> Any:
    """Read what ``dumps()`` wrote. The data can run code: read only what you know where it comes from.

    Args:
        data: the bytes.
        metadata: has the tables.
        scoped_session: called for the session of queries: a ``scoped_session``, or a function that gives one.
        engine: stands for the engine of what had one; that of the session where it is None.

    Returns:
        the object, with the tables, classes, session and engine of this program.

    Raises:
        ArgumentError: it names a table or column that the metadata does not have, or what was not given.

    Emits: nothing; the session is asked for where a query has one.
    """
    return Deserializer(BytesIO(data), metadata, scoped_session, engine).load()


class Serializer(pickle.Pickler):
    """A pickler that writes tables, columns, sessions and engines as references.

    Args:
        file: what the bytes are written to.
        protocol: the version of the pickle.
        fix_imports: give modules the names that they had in Python 2, in the versions of that time.
        buffer_callback: takes the buffers of large data out of the pickle, from its version 5 on.
    """

    def __init__(
        self,
        file: IO[bytes],
        protocol: int | None = None,
        fix_imports: bool = True,
        buffer_callback: Callable[[pickle.PickleBuffer], object] | None = None,
    ) -> None:
        super().__init__(file, protocol, fix_imports=fix_imports, buffer_callback=buffer_callback)
        self._is_old = protocol is not None and 0 <= protocol <= NEWEST_WITHOUT_SLOTS

    def persistent_id(self, obj: object) -> str | None:
        """Say what is written for an object that the reading program has itself; None for every other object."""
        if isinstance(obj, Table):
            return json.dumps(["table", str(obj.key)])
        if isinstance(obj, Column) and isinstance(obj.table, Table):
            return json.dumps(["column", str(obj.table.key), str(obj.key)])
        if isinstance(obj, Session):
            return json.dumps(["session"])
        if isinstance(obj, Engine):
            return json.dumps(["engine"])
        return None

    def reducer_override(self, obj: object) -> Any:
        """Say how an object with slots is written in an old version of pickles, which has no way for it."""
        if self._is_old and not isinstance(obj, type):
            cls: Any = type(obj)
            is_usual = cls.__reduce_ex__ is object.__reduce_ex__ and cls.__reduce__ is object.__reduce__
            if is_usual and any(vars(base).get("__slots__") for base in cls.__mro__):
                return obj.__reduce_ex__(2)
        return NotImplemented


class Deserializer(pickle.Unpickler):
    """Reads what a Serializer wrote; see ``loads()``, also for its warning.

    Args:
        file: what the data is read from.
        metadata, scoped_session, engine: as for ``loads()``.
    """

    def __init__(
        self,
        file: IO[bytes],
        metadata: MetaData | None = None,
        scoped_session: Callable[[], Session] | None = None,
        engine: Engine | None = None,
    ) -> None:
        super().__init__(file)
        self.metadata = metadata
        self.scoped_session = scoped_session
        self.engine = engine

    def get_engine(self) -> Any:
        """Give the engine that stands for the one of what is read, or None where there is none."""
        if self.engine is not None or self.scoped_session is None:
            return self.engine
        return self.scoped_session().bind

    def persistent_load(self, pid: Any) -> object:
        """Find what a reference means in this program.

        Raises:
            ArgumentError: there is no such thing.
            UnpicklingError: the data was not written by a Serializer.
        """
        match _parts(pid):
            case ["table", str(key)]:
                return self._table(key)
            case ["column", str(key), str(name)]:
                return self._column(self._table(key), name)
            case ["session"]:
                return self._session()
            case ["engine"]:
                return self.get_engine()
        raise pickle.UnpicklingError("a reference in the data is none that azoth.ext.serializer writes")

    def _table(self, key: str) -> Table:
        if self.metadata is None:
            raise ArgumentError(
                f"loads(): table {key!r} is asked for, and there is no metadata",
                why="tables are written by their names, and found in the MetaData of the program that reads them",
                fix="pass metadata",
                code="AZ-X02",
            )
        table: Table | None = self.metadata.tables.get(key)
        if table is None:
            raise ArgumentError(
                f"loads(): the metadata has no table {key!r}",
                why="what is read names a table that this program does not declare, or another MetaData has",
                fix="declare or reflect the table before, or pass the MetaData that has it",
                code="AZ-X03",
            )
        return table

    def _column(self, table: Table, key: str) -> Column[Any]:
        column: Column[Any] | None = table.c.get(key)
        if column is None:
            raise ArgumentError(
                f"loads(): table {str(table.key)!r} has no column {key!r}",
                why="what is read was written when the table had one, or by another program",
                fix="write it anew with the tables as they are now",
                code="AZ-X04",
            )
        return column

    def _session(self) -> Session:
        if self.scoped_session is None:
            raise ArgumentError(
                "loads(): a session is asked for, and there is no scoped_session",
                why="a query is written without its session",
                fix="pass a scoped_session, or a function that gives the session",
                code="AZ-X05",
            )
        return self.scoped_session()


def _parts(pid: object) -> object:
    try:
        return json.loads(pid) if isinstance(pid, str) else None
    except ValueError:
        return None
