"""DeferredReflection: declared classes whose tables are read from the database before they are mapped."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final

from azoth.engine import Connection, Engine
from azoth.exc import ArgumentError
from azoth.orm import Mapper, RelationshipProperty, declared_attr
from azoth.schema import Table

DECLARED: Final = (declared_attr, declared_attr.directive)
_waiting: Final[weakref.WeakKeyDictionary[type[Any], None]] = weakref.WeakKeyDictionary()


class DeferredReflection:
    """Mix this into declared classes that are mapped by ``prepare()``, with the columns that their tables have.

    Columns that a class declares itself are used in place of those of the database. Before ``prepare()`` the classes
    are not mapped.
    """

    __abstract__: ClassVar[bool] = True

    @classmethod
    def __defers_mapping__(cls) -> bool:
        if cls.__dict__.get("__abstract__", False) or cls in _waiting:
            return False
        _waiting[cls] = None
        return True

    @classmethod
    def prepare(cls, bind: Engine | Connection, **reflect_kw: Any) -> None:
        """Read the tables of all classes below this one that wait for it, and map the classes.

        Args:
            bind: an engine or a connection.
            reflect_kw: options for reading the tables, such as ``resolve_fks``.

        Raises:
            NoSuchTableError: a table is missing.
        """
        with _connected(bind) as connection:
            options = {**reflect_kw, "autoload_with": connection}
            for one in [class_ for class_ in _waiting if issubclass(class_, cls)]:
                try:
                    _map(one, options)
                finally:
                    _waiting.pop(one)


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


def _map(class_: type[Any], options: dict[str, Any]) -> None:
    table = class_.__dict__.get("__table__")
    if table is not None:
        _read_into(table, options)
        mapper = class_.registry.map_declaratively(class_)
    elif _has_table_name(class_):
        mapper = _map_with(class_, options)
    else:
        # It shares the table of its base.
        mapper = class_.registry.map_declaratively(class_)
    for prop in mapper.own_relationships():
        _read_secondary(class_, prop, options)


def _has_table_name(class_: type[Any]) -> bool:
    for base in class_.__mro__:
        name = base.__dict__.get("__tablename__")
        if "__tablename__" in base.__dict__ and (base is class_ or isinstance(name, DECLARED) or not _is_mapped(base)):
            return getattr(class_, "__tablename__") is not None  # noqa: B009
    return False


def _is_mapped(class_: type[Any]) -> bool:
    return "__mapper__" in class_.__dict__


def _map_with(class_: type[Any], options: dict[str, Any]) -> Mapper:
    own = class_.__dict__.get("__table_args__")
    given = getattr(class_, "__table_args__", None)
    arguments, given_options = _split(given)
    class_.__table_args__ = (*arguments, {**given_options, **options})
    try:
        mapper: Mapper = class_.registry.map_declaratively(class_)
        return mapper
    finally:
        if own is None:
            del class_.__table_args__
        else:
            class_.__table_args__ = own


def _split(given: tuple[Any, ...] | dict[str, Any] | None) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if not given:
        return (), {}
    if isinstance(given, dict):
        return (), given
    return (tuple(given[:-1]), given[-1]) if isinstance(given[-1], dict) else (tuple(given), {})


def _read_into(table: Table, options: dict[str, Any]) -> None:
    Table(
        table.name,
        table.metadata,
        schema=table.schema,
        extend_existing=True,
        autoload_replace=False,
        **options,
    )


def _read_secondary(class_: type[Any], prop: RelationshipProperty, options: dict[str, Any]) -> None:
    """Read the table between two classes, where a relationship names one that nobody has defined."""
    secondary = prop.argument_of_secondary
    if isinstance(secondary, Table):
        _read_into(secondary, options)
    elif isinstance(secondary, str) and secondary not in class_.metadata.tables:
        Table(secondary, class_.metadata, **options)
