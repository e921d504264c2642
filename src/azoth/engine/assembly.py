"""Putting an engine together: dialect, driver, connector and pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from azoth.engine.connection import Connection
from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.engine.dialect_base.dialect_registry import dialect_class, load_driver, why_nothing_connects
from azoth.engine.dialect_base.first_connection import FirstConnection
from azoth.engine.engine import Engine
from azoth.engine.plugins import CreateEnginePlugin, take_plugins
from azoth.engine.url import URL, make_url
from azoth.exc import ArgumentError
from azoth.inspection import register
from azoth.pool import Pool
from azoth.pool.base import takes_argument
from azoth.sql.schema import install_inspector
from azoth.util.arguments import as_mapping, check_arguments, check_count, check_flag, check_function, wrong_value
from azoth.util.near_names import near_names
from azoth.util.signature import signature_of

if TYPE_CHECKING:
    from azoth.engine.reflection import Inspector

__all__ = ["POOL_ARGUMENTS", "assemble_engine"]

POOL_ARGUMENTS: Final = {
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
    {
        "paramstyle",
        "isolation_level",
        "json_serializer",
        "json_deserializer",
        "supports_native_boolean",
        "skip_autocommit_rollback",
    }
)
_ENGINE_ARGUMENTS: Final = frozenset(
    {"echo", "hide_parameters", "execution_options", "logging_name", "query_cache_size", "enable_from_linting"}
)
_OTHER_ARGUMENTS: Final = frozenset(
    {
        "connect_args",
        "creator",
        "module",
        "pool",
        "poolclass",
        "future",
        "label_length",
        "use_insertmanyvalues",
        "insertmanyvalues_page_size",
        "convert_unicode",
        "encoding",
        "strategy",
    }
)
_SETTLED: Final[dict[str, tuple[frozenset[object], str]]] = {
    "future": (frozenset({None, True}), "engines are those of SQLAlchemy 2"),
    "convert_unicode": (frozenset({None, True, False}), "texts are always str"),
    "encoding": (frozenset({None, "utf-8", "utf8", "UTF-8"}), "texts are sent by the driver, which knows the encoding"),
}
"""Arguments that programs still pass: the values that change nothing, and why there are no others."""

_ELSEWHERE: Final = {
    "max_identifier_length": "the dialect knows how long names may be",
    "implicit_returning": "it is an argument of Table",
    "native_datetime": "dates are stored as text, as SQLAlchemy does without it",
}
"""Arguments of SQLAlchemy's function that have nothing to act on, and why."""

_BRINGS_CONNECTIONS: Final = frozenset({"creator", "module", "pool"})
"""Arguments by which an engine would get connections that its dialect does not know how to use."""

PARAMSTYLES: Final = frozenset({"qmark", "named", "format", "pyformat", "numeric", "numeric_dollar"})

_STRATEGIES: Final = frozenset({"plain", "threadlocal"})


def assemble_engine(url: str | URL, arguments: Mapping[str, Any]) -> Engine:
    """Make an engine; see ``create_engine()``.

    Args:
        url: the database.
        arguments: the keyword arguments of ``create_engine()``.

    Raises:
        ArgumentError: the URL cannot be understood, or an argument is unknown.
        NoSuchModuleError: the dialect is unknown, or its driver is not installed.
    """
    arguments = dict(arguments)
    parsed, plugins = take_plugins(make_url(url), arguments)
    dialect_type = dialect_class(parsed)
    _check_names(dialect_type, arguments)
    _check_values(dialect_type, arguments)
    refusal = why_nothing_connects(parsed)
    if refusal is not None and _BRINGS_CONNECTIONS & arguments.keys():
        raise refusal
    module = arguments.get("module") or (load_driver(dialect_type) if refusal is None else None)
    wanted = _DIALECT_ARGUMENTS | dialect_type.engine_arguments
    for_dialect = {name: arguments[name] for name in wanted & arguments.keys()}
    for plugin in plugins:
        plugin.handle_dialect_kwargs(dialect_type, for_dialect)
    dialect = dialect_type(dbapi=module, **for_dialect)
    _tell_of_inserts(dialect, arguments)
    _tell_of_labels(dialect, arguments)
    connector: _Connector | _NoConnector = (
        _Connector(dialect, parsed, arguments.get("connect_args") or {}, arguments.get("creator"))
        if refusal is None
        else _NoConnector(parsed)
    )
    pool = arguments.get("pool") or _pool_for(dialect, parsed, arguments, connector, plugins)
    engine_class = _engine_class(_strategy(arguments))
    engine = engine_class(
        pool, dialect, parsed, **{name: arguments[name] for name in _ENGINE_ARGUMENTS & arguments.keys()}
    )
    engine._current.is_given = arguments.get("pool") is not None
    dialect_type.engine_created(engine)
    for plugin in plugins:
        plugin.engine_created(engine)
    return engine


def _tell_of_inserts(dialect: DefaultDialect, arguments: Mapping[str, Any]) -> None:
    """Tell a dialect how many rows one INSERT may take, where the program limits them."""
    uses = arguments.get("use_insertmanyvalues")
    check_flag("create_engine(): use_insertmanyvalues", uses)
    if uses is not None:
        dialect.use_insertmanyvalues = uses
    size: int | None = arguments.get("insertmanyvalues_page_size")
    if size is not None:
        check_count("create_engine(): insertmanyvalues_page_size", size)
        dialect.insertmanyvalues_page_size = size


def _tell_of_labels(dialect: DefaultDialect, arguments: Mapping[str, Any]) -> None:
    """Tell a dialect how long the names are that compilers make up, where the program says it."""
    length = arguments.get("label_length")
    if length is None:
        return
    check_count("create_engine(): label_length", length)
    if length > dialect.max_identifier_length:
        raise ArgumentError(
            f"label_length={length} is more than the {dialect.max_identifier_length} that names of {dialect.name} have",
            why="the database would refuse such names, or cut them.",
            fix="leave it out: names are as long as the database allows.",
            code="AZ-E39",
        )
    dialect.label_length = length


def _strategy(arguments: Mapping[str, Any]) -> str:
    strategy: str = arguments.get("strategy") or "plain"
    if strategy not in _STRATEGIES:
        raise ArgumentError(
            f"create_engine() knows no strategy {strategy!r}",
            why="engines are plain ones, or keep a connection for each thread.",
            fix='leave it out, or use strategy="threadlocal" for transactions that belong to a thread.',
            code="AZ-E57",
        )
    return strategy


def _engine_class(strategy: str) -> type[Engine]:
    if strategy == "plain":
        return Engine
    from azoth.engine.threadlocal import ThreadLocalEngine  # noqa: PLC0415  # for classic programs only

    return ThreadLocalEngine


class _Connector:
    """Opens the driver's connections of one engine, and sets them up.

    Attributes:
        takes_record: says that it is called with the pool's record, which the pool else finds out.
    """

    takes_record = True

    def __init__(
        self, dialect: DefaultDialect, url: URL, connect_args: Mapping[str, Any], creator: Callable[..., Any] | None
    ) -> None:
        self._dialect = dialect
        self._creator = creator
        self.may_repeat = creator is not None
        """Whether the same connection may be given several times."""
        self._takes_record = creator is not None and takes_argument(creator)
        self._initialized = False
        if creator is None:
            positional, named = dialect.create_connect_args(url)
            self._positional, self._named = list(positional), {**named, **connect_args}
        self._set_up = dialect.on_connect_url(url)

    def __call__(self, record: Any = None) -> Any:
        """Open a connection; a program that calls this by itself has no record."""
        if self._creator is not None:
            return self._creator(record) if self._takes_record else self._creator()
        positional, named = list(self._positional), dict(self._named)
        for listener in self._dialect.dispatch.do_connect:  # type: ignore[attr-defined]  # the events are a layer above
            connection = listener(self._dialect, record, positional, named)
            if connection is not None:
                self.may_repeat = True
                if record is not None:
                    record._pool.may_share = True
                return connection
        return self._dialect.connect(*positional, **named)

    def prepare(self, dbapi_connection: Any, _record: object) -> None:
        """Set up a connection that the pool has just opened."""
        dialect = self._dialect
        if self._set_up is not None:
            self._set_up(dbapi_connection)
        if not self._initialized:
            dialect.initialize(FirstConnection(dialect, dbapi_connection))
            self._initialized = True
        dialect.set_up(dbapi_connection)


class _NoConnector:
    """Refuses to open connections: the engine is for what compiles statements, and for those who ask it what it is.

    Attributes:
        takes_record, may_repeat: as in ``_Connector``.
    """

    takes_record = True
    may_repeat = False

    def __init__(self, url: URL) -> None:
        self._url = url

    def __call__(self, record: object) -> object:
        refusal = why_nothing_connects(self._url)
        assert refusal is not None
        raise refusal

    def prepare(self, dbapi_connection: object, _record: object) -> None:
        """Do nothing: there are no connections."""


def _pool_for(
    dialect: DefaultDialect,
    url: URL,
    arguments: Mapping[str, Any],
    connector: _Connector | _NoConnector,
    plugins: Sequence[CreateEnginePlugin],
) -> Pool:
    pool_class: type[Pool] = arguments.get("poolclass") or dialect.get_dialect_pool_class(url)
    named = {short: arguments[long] for long, short in POOL_ARGUMENTS.items() if arguments.get(long) is not None}
    accepted = _parameters_of(pool_class)
    for long, short in POOL_ARGUMENTS.items():
        if short in named and short not in accepted:
            raise ArgumentError(
                f"a {pool_class.__name__} takes no argument {long!r}",
                why="it would have no effect on pools of this class.",
                fix="leave it out, or choose another pool with poolclass=QueuePool.",
                code="AZ-E27",
            )
    if "pool_reset_on_return" in arguments:
        named["reset_on_return"] = arguments["pool_reset_on_return"]
    for plugin in plugins:
        plugin.handle_pool_kwargs(pool_class, named)
    return pool_class(connector, dialect=dialect, _prepare=connector.prepare, **named)


def _parameters_of(pool_class: type[Pool]) -> frozenset[str]:
    return frozenset(
        name
        for base in pool_class.__mro__
        if "__init__" in vars(base) and base is not object
        for name in signature_of(vars(base)["__init__"]).defaults
    )


def _check_names(dialect_type: type[DefaultDialect], arguments: Mapping[str, Any]) -> None:
    known = {
        *POOL_ARGUMENTS,
        *_DIALECT_ARGUMENTS,
        *_ENGINE_ARGUMENTS,
        *_OTHER_ARGUMENTS,
        *dialect_type.engine_arguments,
    }
    for name in arguments:
        if name not in known:
            close = near_names(name, known, 1)
            raise ArgumentError(
                f"create_engine() has no argument {name!r}",
                why=_ELSEWHERE.get(name, "an argument that nobody reads would have no effect") + ".",
                fix="leave it out."
                if name in _ELSEWHERE
                else f"did you mean {close[0]!r}?"
                if close
                else f"its arguments are {', '.join(sorted(known - _SETTLED.keys()))}.",
                code="AZ-E28",
            )


def _check_values(dialect_type: type[DefaultDialect], arguments: Mapping[str, Any]) -> None:
    check_arguments("create_engine()", Engine.__init__, arguments)
    for base in dialect_type.__mro__:
        if "__init__" in vars(base) and base is not object:
            check_arguments("create_engine()", vars(base)["__init__"], arguments)
    for name, (settled, why) in _SETTLED.items():
        value = arguments.get(name)
        value = tuple(value) if isinstance(value, list) else value
        if value not in settled:
            raise ArgumentError(
                f"create_engine(): {name} would have no effect",
                why=f"{why}.",
                fix="leave it out.",
                code="AZ-E240",
            )
    creator, module, pool = (arguments.get(name) for name in ("creator", "module", "pool"))
    if creator is not None:
        check_function("create_engine(): creator", creator, "pass a function that opens the driver's connection")
    if module is not None and not hasattr(module, "connect"):
        raise wrong_value("create_engine(): module", "a driver's module", module, "pass sqlite3 or its like")
    if pool is not None and not isinstance(pool, Pool):
        raise wrong_value("create_engine(): pool", "a Pool", pool, "name a class with poolclass=")
    _check_pool_class(arguments.get("poolclass"))
    as_mapping("create_engine(): connect_args", arguments.get("connect_args") or {})
    paramstyle = arguments.get("paramstyle")
    if paramstyle is not None and paramstyle not in PARAMSTYLES:
        raise ArgumentError(
            f"create_engine(): paramstyle is {' or '.join(sorted(PARAMSTYLES))}",
            why="drivers have these styles of parameters",
            fix="leave it out; the dialect knows that of its driver",
            code="AZ-E241",
        )


def _check_pool_class(pool_class: object) -> None:
    if pool_class is not None and not (isinstance(pool_class, type) and issubclass(pool_class, Pool)):
        raise wrong_value(
            "create_engine(): poolclass", "a class of pools", pool_class, "pass QueuePool, NullPool or their like"
        )


def _inspector_of(bind: object) -> Inspector:
    # Most programs never ask what their database contains, so the first question imports what knows.
    from azoth.engine.reflection import inspector_of  # noqa: PLC0415

    return inspector_of(bind)


# Questions about a schema are part of every engine: inspect(engine), Table(autoload_with=engine).
install_inspector(_inspector_of)
register(Engine, _inspector_of)
register(Connection, _inspector_of)
