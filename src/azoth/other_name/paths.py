"""Where the names of each import path are at home: the one table of others' paths."""

from __future__ import annotations

from typing import Final

__all__ = ["ASYNCIO", "OTHER_PATHS", "SAME_PATHS", "STARRED_MODULES", "homes_of"]

SAME_PATHS: Final = frozenset(
    {
        "dialects",
        "dialects.mssql",
        "dialects.mssql.base",
        "dialects.mssql.pyodbc",
        "dialects.mysql",
        "dialects.mysql.base",
        "dialects.mysql.dml",
        "dialects.mysql.expression",
        "dialects.mysql.json",
        "dialects.mysql.mariadb",
        "dialects.mysql.mysqldb",
        "dialects.mysql.pymysql",
        "dialects.mysql.types",
        "dialects.oracle",
        "dialects.oracle.base",
        "dialects.oracle.oracledb",
        "dialects.oracle.types",
        "dialects.oracle.vector",
        "dialects.postgresql",
        "dialects.postgresql.base",
        "dialects.postgresql.dml",
        "dialects.postgresql.ext",
        "dialects.postgresql.named_types",
        "dialects.postgresql.operators",
        "dialects.postgresql.psycopg",
        "dialects.postgresql.psycopg2",
        "dialects.postgresql.ranges",
        "dialects.postgresql.types",
        "dialects.sqlite",
        "dialects.sqlite.base",
        "dialects.sqlite.dml",
        "dialects.sqlite.pysqlite",
        "engine",
        "engine.create",
        "engine.default",
        "engine.events",
        "engine.interfaces",
        "engine.mock",
        "engine.reflection",
        "engine.result",
        "engine.row",
        "engine.url",
        "event",
        "events",
        "exc",
        "ext",
        "ext.associationproxy",
        "ext.automap",
        "ext.baked",
        "ext.compiler",
        "ext.declarative",
        "ext.horizontal_shard",
        "ext.hybrid",
        "ext.indexable",
        "ext.instrumentation",
        "ext.mutable",
        "ext.orderinglist",
        "ext.serializer",
        "inspection",
        "log",
        "orm",
        "orm.attributes",
        "orm.collections",
        "orm.decl_api",
        "orm.descriptor_props",
        "orm.dynamic",
        "orm.events",
        "orm.exc",
        "orm.identity",
        "orm.instrumentation",
        "orm.interfaces",
        "orm.properties",
        "orm.query",
        "orm.relationships",
        "orm.scoping",
        "orm.session",
        "orm.state",
        "orm.strategy_options",
        "orm.util",
        "orm.writeonly",
        "pool",
        "schema",
        "sql",
        "sql.compiler",
        "sql.expression",
        "sql.functions",
        "sql.operators",
        "sql.visitors",
        "types",
    }
)
"""Paths that azoth has under its own name, too."""

_ELEMENTS: Final = ("azoth.sql.expression", "azoth.sql.elements", "azoth.sql.selectable", "azoth.sql", "azoth")
_TYPES: Final = ("azoth.types", "azoth.sql.types")
_STAND_INS: Final = "azoth.other_name.stand_ins"
ASYNCIO: Final = f"{_STAND_INS}.asyncio_names"
"""The module of names that can be imported, and are refused when they are used."""

OTHER_PATHS: Final[dict[str, tuple[str, ...]]] = {
    "": ("azoth",),
    # Private modules that programs and libraries import from; see private_names for what only some of them ask for.
    "dialects.mssql.base": ("azoth.dialects.mssql", "azoth.types"),
    "dialects.mysql.base": ("azoth.dialects.mysql", "azoth.types"),
    "dialects.oracle.base": ("azoth.dialects.oracle", "azoth.types"),
    "dialects.postgresql.base": ("azoth.dialects.postgresql", "azoth.types"),
    "dialects.sqlite.base": ("azoth.dialects.sqlite", "azoth.types"),
    "dialects.postgresql.array": ("azoth.dialects.postgresql.types.array",),
    "dialects.postgresql.bitstring": ("azoth.dialects.postgresql.types.bitstring",),
    "dialects.postgresql.hstore": ("azoth.dialects.postgresql.types.hstore",),
    "dialects.postgresql.json": ("azoth.dialects.postgresql.types.json",),
    "dialects.sqlite.json": ("azoth.dialects.sqlite", "azoth.types"),
    "engine.base": ("azoth.engine",),
    "engine.cursor": ("azoth.engine", "azoth.engine.result"),
    "engine.strategies": (),
    "engine.util": ("azoth.engine",),
    "event.api": ("azoth.event",),
    "event.base": ("azoth.event", "azoth.event.family"),
    "event.registry": ("azoth.event", "azoth.event.registry"),
    "ext.asyncio": (ASYNCIO,),
    "ext.asyncio.engine": (ASYNCIO,),
    "ext.asyncio.exc": (ASYNCIO,),
    "ext.asyncio.result": (ASYNCIO,),
    "ext.asyncio.session": (ASYNCIO,),
    "ext.declarative.extensions": ("azoth.ext.declarative",),
    "future": ("azoth", "azoth.engine"),
    "future.engine": ("azoth", "azoth.engine"),
    "orm._typing": ("azoth.orm",),
    "orm.base": ("azoth.orm", "azoth.orm.attributes", "azoth.orm.interfaces"),
    "orm.clsregistry": ("azoth.orm.mapping.naming.class_registry",),
    "orm.context": ("azoth.orm",),
    "orm.decl_api": (
        "azoth.orm",
        "azoth.orm.mapping.declarative.base",
        "azoth.orm.mapping.declarative.meta",
    ),
    "orm.decl_base": ("azoth.orm",),
    "orm.dynamic": ("azoth.orm.dynamic", "azoth.orm"),
    "orm.identity": ("azoth.orm.identity", "azoth.orm"),
    "orm.loading": ("azoth.orm",),
    "orm.mapped_collection": ("azoth.orm", "azoth.orm.collections"),
    "orm.mapper": ("azoth.orm",),
    "orm.mapperlib": ("azoth.orm",),
    "orm.properties": ("azoth.orm.properties", "azoth.orm"),
    "orm.relationships": ("azoth.orm.relationships", "azoth.orm", "azoth.orm.interfaces"),
    "orm.state": ("azoth.orm.state", "azoth.orm"),
    "orm.strategy_options": ("azoth.orm.strategy_options", "azoth.orm"),
    "orm.unitofwork": ("azoth.orm",),
    "orm.util": ("azoth.orm.util", "azoth.orm"),
    "orm.writeonly": ("azoth.orm.writeonly", "azoth.orm"),
    "pool.base": ("azoth.pool.base", "azoth.pool"),
    "pool.events": ("azoth.events",),
    "pool.impl": ("azoth.pool",),
    "sql._typing": (f"{_STAND_INS}.typing_names",),
    "sql.annotation": ("azoth.sql.expression",),
    "sql.base": (*_ELEMENTS, "azoth.sql.schema", "azoth.sql.selectable.dialect_options"),
    "sql.cache_key": ("azoth.sql.cache_key",),
    "sql.coercions": (),
    "sql.compiler": ("azoth.sql",),
    "sql.ddl": ("azoth.schema", "azoth.sql.ddl"),
    "sql.dml": ("azoth.sql.expression", "azoth.sql.dml"),
    "sql.elements": (*_ELEMENTS, "azoth.sql.schema", f"{_STAND_INS}.typing_names"),
    "sql.naming": ("azoth.schema",),
    "sql.roles": (f"{_STAND_INS}.typing_names",),
    "sql.schema": ("azoth.schema", "azoth.sql.schema", "azoth"),
    "sql.selectable": _ELEMENTS,
    "sql.sqltypes": _TYPES,
    "sql.type_api": _TYPES,
    "sql.util": ("azoth.sql.expression", "azoth.sql"),
    "testing": (f"{_STAND_INS}.testing.assertions",),
    "testing.assertions": (f"{_STAND_INS}.testing.assertions",),
    "testing.entities": (f"{_STAND_INS}.testing.fixtures",),
    "testing.fixtures": (f"{_STAND_INS}.testing.fixtures",),
    "util": ("azoth.util", f"{_STAND_INS}.collections", f"{_STAND_INS}.functions"),
    "util._collections": (f"{_STAND_INS}.collections",),
    "util.compat": (f"{_STAND_INS}.functions",),
    "util.concurrency": (ASYNCIO,),
    "util.deprecations": (f"{_STAND_INS}.functions",),
    "util.langhelpers": (f"{_STAND_INS}.functions", f"{_STAND_INS}.collections"),
    "util.topological": (f"{_STAND_INS}.topological",),
    "util.typing": ("typing",),
}
"""Where names of a path are that azoth does not have there: the modules that have them, the first that has one counts.

Most of these paths azoth's own house does not have at all.
"""


STARRED_MODULES: Final[dict[str, tuple[str, ...]]] = {
    "": ("dialects", "engine", "event", "exc", "inspection", "log", "pool", "schema", "sql", "types", "util"),
    "engine": (
        "base", "create", "cursor", "default", "events", "interfaces", "mock", "reflection", "result", "row", "url",
        "util",
    ),
    "event": ("api", "base", "registry"),
    "orm": (
        "attributes", "base", "clsregistry", "collections", "context", "decl_api", "decl_base", "descriptor_props",
        "dynamic", "events", "exc", "identity", "instrumentation", "interfaces", "loading", "mapperlib", "properties",
        "query", "relationships", "scoping", "session", "state", "strategy_options", "unitofwork", "util", "writeonly",
    ),
    "pool": ("base", "events", "impl"),
    "sql": (
        "annotation", "base", "cache_key", "coercions", "compiler", "ddl", "dml", "elements", "expression",
        "functions", "naming", "operators", "roles", "schema", "selectable", "sqltypes", "type_api", "util", "visitors",
    ),
}  # fmt: skip
"""What ``from sqlalchemy import *`` and the like bring besides names: older programs have ``event`` and ``exc`` from
there, or ``attributes`` from ``sqlalchemy.orm``."""


def homes_of(path: str) -> tuple[str, ...] | None:
    """Name the modules that have a path's names; None for a path that leads nowhere.

    Args:
        path: the whole path, such as "sqlalchemy.sql.sqltypes".
    """
    _, _, below = path.partition(".")
    own = (f"azoth.{below}",) if below in SAME_PATHS else ()
    others = OTHER_PATHS.get(below)
    return (*own, *others) if others is not None else own or None
