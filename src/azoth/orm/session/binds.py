"""Which engine or connection a session uses for a mapper, a table or a statement."""

from __future__ import annotations

from typing import Any

from azoth.exc import ArgumentError, UnboundExecutionError
from azoth.inspection import inspect
from azoth.orm.mapping.mapper.mapper import Mapper
from azoth.orm.session.settings import check_bind
from azoth.sql.selectable import FromClause
from azoth.sql.visitors import walk
from azoth.util.arguments import as_mapping


class Binds:
    """The session's answer to "where does this go?".

    Args:
        bind: the engine or connection for everything that is not named, or None.
        binds: classes, mappers or tables -> engine or connection.
    """

    __slots__ = ("bind", "by_class", "by_table")

    def __init__(self, bind: Any, binds: dict[Any, Any] | None) -> None:
        self.bind = bind
        self.by_class: dict[type[Any], Any] = {}
        self.by_table: dict[Any, Any] = {}
        for key, target in as_mapping("Session(): binds", binds or {}).items():
            self.add(key, target)

    def add(self, key: Any, bind: Any) -> None:
        """Name the bind of a class (mapped or a base of mapped ones), a mapper or a table."""
        check_bind("binds: each", bind)
        if isinstance(key, type):
            self.by_class[key] = bind
        elif isinstance(key, Mapper):
            self.by_class[key.class_] = bind
        elif isinstance(key, FromClause):
            self.by_table[key] = bind
        else:
            raise ArgumentError(
                f"binds: {key!r} is no class, mapper or table",
                why="binds says which engine serves which entity",
                fix="use binds={User: engine1, accounts_table: engine2}",
                code="AZ-S20",
            )

    def find(self, mapper: Any = None, clause: Any = None) -> Any:
        """Find the engine or connection for a mapper or a statement.

        Raises:
            UnboundExecutionError: nothing says where to go.
        """
        found = self._for_mapper(mapper) if mapper is not None else None
        if found is None and clause is not None:
            found = self._for_clause(clause)
        if found is None:
            found = self.bind
        if found is None and mapper is not None:
            found = next(map(_bound_metadata, inspect(mapper).tables), None)
        if found is None and clause is not None:
            tables = [*(table for mapper in _mappers(clause) for table in mapper.tables), *_tables(clause)]
            found = next((bind for table in tables if (bind := _bound_metadata(table)) is not None), None)
        if found is None:
            named = mapper if mapper is not None else _first_entity(clause)
            subject = "the statement" if named is None else inspect(named).class_.__name__
            raise UnboundExecutionError(
                f"no engine is known for {subject}",
                why="the session has no bind, binds name neither the class nor its table, and its metadata is unbound",
                fix="create the session with an engine: Session(engine), sessionmaker(bind=engine), or binds={...}",
                code="AZ-S21",
            )
        return found

    def _for_mapper(self, mapper: Any) -> Any:
        if not self.by_class and not self.by_table:
            return None
        mapper = inspect(mapper)
        for class_ in mapper.class_.__mro__:
            if class_ in self.by_class:
                return self.by_class[class_]
        found = self.by_table.get(mapper.local_table)
        if found is None:
            found = next((self.by_table[table] for table in mapper.tables if table in self.by_table), None)
        return found

    def _for_clause(self, clause: Any) -> Any:
        if not self.by_class and not self.by_table:
            return None
        for mapper in _mappers(clause):
            found = self._for_mapper(mapper)
            if found is not None:
                return found
        for table in _tables(clause):
            if table in self.by_table:
                return self.by_table[table]
            for class_, bind in self.by_class.items():
                mapper = class_.__dict__.get("__mapper__")
                if mapper is not None and table in mapper.tables:
                    return bind
        return None


def _first_entity(clause: Any) -> Any:
    """Name the first mapped class in a statement, for a message."""
    for raw in getattr(clause, "_raw_columns", ()):
        entity = getattr(raw, "parent", None) or raw
        mapper = getattr(entity, "mapper", entity)
        if isinstance(mapper, Mapper):
            return mapper
    return None


def _mappers(clause: Any) -> list[Any]:
    """List the mappers of what a statement selects or changes, those of subqueries included."""
    if not hasattr(clause, "_fields"):
        return []
    found = []
    for node in walk(clause):
        for raw in (*getattr(node, "_raw_columns", ()), *_targets(node)):
            entity = getattr(raw, "parent", None) or raw
            mapper = getattr(entity, "mapper", None)
            if isinstance(mapper, Mapper):
                found.append(mapper)
    return found


def _targets(node: Any) -> tuple[Any, ...]:
    table = node.__dict__.get("table")
    return () if table is None else (table,)


def _tables(clause: Any) -> list[Any]:
    if not hasattr(clause, "_fields"):
        return []
    tables = [node for node in walk(clause) if isinstance(node, FromClause) and hasattr(node, "metadata")]
    targets = (getattr(node, "table", None) for node in walk(clause))
    return [*tables, *(target for target in targets if hasattr(target, "metadata"))]


def _bound_metadata(table: Any) -> Any:
    metadata = getattr(table, "metadata", None)
    return getattr(metadata, "bind", None)
