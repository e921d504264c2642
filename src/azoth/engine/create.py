"""``create_engine()`` and its relatives."""

from __future__ import annotations

import difflib
import inspect
import weakref
from collections.abc import Callable, Mapping
from typing import Any, Final

from azoth.engine.dialect import DefaultDialect
from azoth.engine.dialect_registry import dialect_class, load_driver
from azoth.engine.engine import Engine
from azoth.engine.url import URL, make_url
from azoth.exc import ArgumentError
from azoth.pool import Pool

__all__ = ["create_engine", "create_pool_from_url", "engine_from_config"]

_POOL_ARGUMENTS: Final = {
    "pool_size": "pool_size",
    "max_overflow": "max_overflow",
    "pool_timeout": "timeout",
    "pool_recycle": "recycle",
    "pool_pre_ping": "pre_ping",
    "pool_use_lifo": "use_lifo",
    "pool_reset_on_return": "reset_on_return",
    "pool_logging_name": "logging_name",
    "pool_events": "events",
    "echo_pool": "echo",
}
_DIALECT_ARGUMENTS: Final = frozenset(
    {"paramstyle", "isolation_level", "json_serializer", "json_deserializer", "supports_native_boolean"}
)
_ENGINE_ARGUMENTS: Final = frozenset(
    {"echo", "hide_parameters", "execution_options", "logging_name", "query_cache_size"}
)
_OTHER_ARGUMENTS: Final = frozenset(
    {"connect_args", "creator", "module", "pool", "poolclass", "future", "plugins", "convert_unicode", "encoding"}
)
_IGNORED: Final = frozenset({"future", "plugins", "convert_unicode", "encoding"})
"""Accepted for programs that still pass them; they have no effect here, as in SQLAlchemy 2."""


def create_engine(url: str | URL, **arguments: Any) -> Engine:
    """Make an engine.

    Nothing is connected yet; the first use does that.

    Args:
        url: the database, as in ``sqlite:///file.db``.
        arguments: ``echo``, ``hide_parameters``, ``execution_options``, ``logging_name``, ``query_cache_size``;
            ``connect_args`` (for the driver), ``creator`` (opens the driver's connections), ``module`` (the driver);
            ``pool``, ``poolclass``, ``pool_size``, ``max_overflow``, ``pool_timeout``, ``pool_recycle``,
            ``pool_pre_ping``, ``pool_use_lifo``, ``pool_reset_on_return``, ``pool_events``,
            ``pool_logging_name``, ``echo_pool``;
            ``isolation_level``, ``paramstyle``, ``json_serializer``, ``json_deserializer``; and those of the dialect:
            SQLite has ``foreign_keys=True`` (enforce foreign keys) and ``begin="IMMEDIATE"`` (or "EXCLUSIVE": take the
            write lock when a transaction begins).

    Returns:
        the engine.

    Raises:
        ArgumentError: the URL cannot be understood, or an argument is unknown.
        NoSuchModuleError: the dialect is unknown, or its driver is not installed.
    """
    parsed = make_url(url)
    dialect_type = dialect_class(parsed)
    _check_names(dialect_type, arguments)
    module = arguments.get("module") or load_driver(dialect_type)
    wanted = _DIALECT_ARGUMENTS | dialect_type.engine_arguments
    dialect = dialect_type(module, **{name: arguments[name] for name in wanted & arguments.keys()})
    connector = _Connector(dialect, parsed, arguments.get("connect_args") or {}, arguments.get("creator"))
    pool = arguments.get("pool") or _pool_for(dialect, parsed, arguments, connector)
    engine = Engine(pool, dialect, parsed, **{name: arguments[name] for name in _ENGINE_ARGUMENTS & arguments.keys()})
    connector.announce_through(engine)
    return engine


def engine_from_config(configuration: Mapping[str, Any], prefix: str = "sqlalchemy.", **arguments: Any) -> Engine:
    """Make an engine from the strings of a configuration file.

    Args:
        configuration: from name to text; only names with the prefix count, and "<prefix>url" is required.
        prefix: the prefix.
        arguments: further arguments of ``create_engine()``.

    Returns:
        the engine.

    Raises:
        ArgumentError: the URL is missing, or a value has the wrong form.
    """
    options = {key.removeprefix(prefix): value for key, value in configuration.items() if key.startswith(prefix)}
    if "url" not in options:
        raise ArgumentError(f"the configuration has no {prefix + 'url'!r}", code="AZ-E26")
    url = options.pop("url")
    converted = {name: _converted(name, value) for name, value in options.items()}
    return create_engine(url, **{**converted, **arguments})


def create_pool_from_url(url: str | URL, **arguments: Any) -> Pool:
    """Make the pool that ``create_engine()`` would make for a URL, without an engine.

    Args:
        url: the database.
        arguments: arguments of ``create_engine()``; the pool's may be written without "pool" in front too.

    Returns:
        the pool.
    """
    short = {name: long for long, name in _POOL_ARGUMENTS.items()}
    return create_engine(url, **{short.get(name, name): value for name, value in arguments.items()}).pool


class _Connector:
    """Opens the driver's connections of one engine, and sets them up."""

    def __init__(
        self, dialect: DefaultDialect, url: URL, connect_args: Mapping[str, Any], creator: Callable[..., Any] | None
    ) -> None:
        self._dialect = dialect
        self._creator = creator
        self._takes_record = creator is not None and bool(inspect.signature(creator).parameters)
        self._initialized = False
        self._engine: weakref.ref[Engine] | None = None
        if creator is None:
            positional, named = dialect.create_connect_args(url)
            self._positional, self._named = list(positional), {**named, **connect_args}

    def announce_through(self, engine: Engine) -> None:
        # Weakly, so that a forgotten engine goes together with its pool.
        self._engine = weakref.ref(engine)

    def __call__(self, record: Any = None) -> Any:
        if self._creator is not None:
            return self._creator(record) if self._takes_record else self._creator()
        positional, named = list(self._positional), dict(self._named)
        engine = self._engine() if self._engine is not None else None
        if engine is not None:
            for listener in engine.dispatch.do_connect:
                connection = listener(self._dialect, record, positional, named)
                if connection is not None:
                    return connection
        return self._dialect.connect(*positional, **named)

    def prepare(self, dbapi_connection: Any, _record: Any) -> None:
        """Set up a connection that the pool has just opened."""
        if not self._initialized:
            self._dialect.initialize(dbapi_connection)
            self._initialized = True
        self._dialect.on_connect(dbapi_connection)


def _pool_for(dialect: DefaultDialect, url: URL, arguments: Mapping[str, Any], connector: _Connector) -> Pool:
    pool_class: type[Pool] = arguments.get("poolclass") or dialect.get_pool_class(url)
    named = {short: arguments[long] for long, short in _POOL_ARGUMENTS.items() if arguments.get(long) is not None}
    accepted = _parameters_of(pool_class)
    for long, short in _POOL_ARGUMENTS.items():
        if short in named and short not in accepted:
            raise ArgumentError(
                f"a {pool_class.__name__} takes no argument {long!r}",
                fix="leave it out, or choose another pool with poolclass=QueuePool.",
                code="AZ-E27",
            )
    if "pool_reset_on_return" in arguments:
        named["reset_on_return"] = arguments["pool_reset_on_return"]
    return pool_class(connector, dialect=dialect, _prepare=connector.prepare, **named)


def _parameters_of(pool_class: type[Pool]) -> frozenset[str]:
    return frozenset(
        name
        for base in pool_class.__mro__
        if "__init__" in vars(base) and base is not object
        for name in inspect.signature(vars(base)["__init__"]).parameters
    )


def _check_names(dialect_type: type[DefaultDialect], arguments: Mapping[str, Any]) -> None:
    known = {
        *_POOL_ARGUMENTS,
        *_DIALECT_ARGUMENTS,
        *_ENGINE_ARGUMENTS,
        *_OTHER_ARGUMENTS,
        *dialect_type.engine_arguments,
    }
    for name in arguments:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            raise ArgumentError(
                f"create_engine() has no argument {name!r}",
                fix=f"did you mean {close[0]!r}?"
                if close
                else f"its arguments are {', '.join(sorted(known - _IGNORED))}.",
                code="AZ-E28",
            )


_TRUE: Final = frozenset({"true", "yes", "on", "y", "t", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "n", "f", "0"})
_FLAGS: Final = frozenset(
    {"echo", "echo_pool", "future", "hide_parameters", "pool_pre_ping", "pool_use_lifo", "foreign_keys"}
)
_NUMBERS: Final = frozenset({"pool_size", "max_overflow", "pool_timeout", "pool_recycle", "query_cache_size"})


def _converted(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    word = value.strip().lower()
    if name in _FLAGS:
        if word in _TRUE | _FALSE:
            return word in _TRUE
        if word == "debug":
            return word
        raise ArgumentError(f"the configuration value of {name!r} is neither true nor false", code="AZ-E26")
    if name in _NUMBERS:
        try:
            return float(word) if "." in word else int(word)
        except ValueError:
            raise ArgumentError(f"the configuration value of {name!r} is not a number", code="AZ-E26") from None
    return value
