"""DeferredReflection: declared classes whose tables are read from the database before they are mapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from azoth.engine import Connection, Engine
from azoth.exc import ArgumentError
from azoth.ext.declarative.waiting import WaitingClasses, WaitingDeclaration
from azoth.orm import Mapper, RelationshipProperty
from azoth.schema import MetaData, Table


class DeferredReflection:
    """Mix this into declared classes that are mapped by ``prepare()``, with the columns that their tables have.

    Columns that a class declares itself are used in place of those of the database. Before ``prepare()`` the classes
    are not mapped, and their tables have what was declared.
    """

    __abstract__: ClassVar[bool] = True

    @classmethod
    def __defers_mapping__(cls, declaration: WaitingDeclaration) -> bool:
        _waiting.add(declaration)
        return True

    @classmethod
    def prepare(cls, bind: Engine | Connection, **reflect_kw: Any) -> None:
        """Read the tables of all classes below this one that wait for it, and map the classes.

        Args:
            bind: an engine or a connection.
            reflect_kw: options for reading the tables, those of ``MetaData.reflect()``: ``views``, ``resolve_fks``, ...

        Raises:
            InvalidRequestError: a table is missing.

        Emits: a few statements for each table, depending on the database.
        """
        with _connected(bind) as connection:
            declarations = _waiting.below(cls)
            _read([one.table for one in declarations if isinstance(one.table, Table)], connection, reflect_kw)
            mappers = _waiting.map(declarations)
            _read((table for mapper in mappers for table in _tables_between(mapper)), connection, {})


_waiting = WaitingClasses()


@contextmanager
def _connected(bind: Engine | Connection) -> Iterator[Connection]:
    if isinstance(bind, Connection):
        yield bind
        return
    if not isinstance(bind, Engine):
        raise ArgumentError(
            f"prepare() was given an object of {type(bind).__name__}",
            why="it reads tables from a database",
            fix="pass an engine or a connection",
            code="AZ-M344",
        )
    with bind.connect() as connection:
        yield connection


def _tables_between(mapper: Mapper) -> Iterator[Table]:
    """Yield the tables that stand between two classes; also those that a relationship names, and nobody defines."""
    for prop in mapper.own_relationships():
        secondary = prop.argument_of_secondary if isinstance(prop, RelationshipProperty) else None
        if isinstance(secondary, Table):
            yield secondary
        elif isinstance(secondary, str):
            metadata: MetaData = mapper.class_.metadata
            yield metadata.tables[secondary] if secondary in metadata.tables else Table(secondary, metadata)


def _read(tables: Iterable[Table], connection: Connection, options: dict[str, Any]) -> None:
    """Read tables, where what they have stays as it is."""
    names: dict[tuple[MetaData, str | None], list[str]] = {}
    for table in tables:
        names.setdefault((table.metadata, table.schema), []).append(table.name)
    for (metadata, schema), only in names.items():
        metadata.reflect(connection, schema=schema, only=only, extend_existing=True, autoload_replace=False, **options)
