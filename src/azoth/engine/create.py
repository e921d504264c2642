"""``create_engine()`` and its relatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from azoth.exc import ArgumentError
from azoth.util.arguments import as_mapping

if TYPE_CHECKING:
    from azoth.engine.engine import Engine
    from azoth.engine.url import URL
    from azoth.pool import Pool

__all__ = ["create_engine", "create_pool_from_url", "engine_from_config"]


def create_engine(url: str | URL, **arguments: Any) -> Engine:
    """Make an engine.

    Nothing is connected yet; the first use does that.

    Args:
        url: the database, as in ``sqlite:///file.db``.
        arguments: ``echo``, ``hide_parameters``, ``execution_options``, ``logging_name``, ``query_cache_size``;
            ``connect_args`` (for the driver), ``creator`` (opens the driver's connections), ``module`` (the driver);
            ``pool``, ``poolclass``, ``pool_size``, ``max_overflow``, ``pool_timeout``, ``pool_recycle``,
            ``pool_pre_ping``, ``pool_use_lifo``, ``pool_reset_on_return``, ``pool_events``,
            ``pool_logging_name``, ``echo_pool``; ``strategy="threadlocal"`` (a ``ThreadLocalEngine``);
            ``enable_from_linting=False`` (no warnings of cartesian products); ``insertmanyvalues_page_size`` (the most
            rows of one INSERT), ``use_insertmanyvalues=False`` (one row each), ``label_length`` (of names that are made
            up);
            ``isolation_level``, ``paramstyle``, ``json_serializer``, ``json_deserializer``; and those of the dialect:
            SQLite has ``foreign_keys=True`` (enforce foreign keys) and ``begin=``: "ON WRITE" (the default: BEGIN comes
            with the first write), "DEFERRED" (with the first statement), "IMMEDIATE" or "EXCLUSIVE" (which take the
            write lock with the first statement).

    Returns:
        the engine.

    Raises:
        ArgumentError: the URL cannot be understood, or an argument is unknown.
        NoSuchModuleError: the dialect is unknown, or its driver is not installed.
    """
    # With the first engine: connections, pools, results and compilers are most of what there is to import.
    from azoth.engine.assembly import assemble_engine  # noqa: PLC0415

    return assemble_engine(url, arguments)


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
    items = as_mapping("engine_from_config(): configuration", configuration).items()
    options = {key.removeprefix(prefix): value for key, value in items if key.startswith(prefix)}
    if "url" not in options:
        raise ArgumentError(
            f"the configuration has no {prefix + 'url'!r}",
            why=f"an engine needs a URL; only names that begin with {prefix!r} count.",
            fix=f"add {prefix}url = sqlite:///file.db, or pass the prefix that the file has.",
            code="AZ-E26",
        )
    url = options.pop("url")
    own = _types_of_dialect(url)
    converted = {name: own[name](value) if name in own else _converted(name, value) for name, value in options.items()}
    return create_engine(url, **{**converted, **arguments})


def create_pool_from_url(url: str | URL, **arguments: Any) -> Pool:
    """Make the pool that ``create_engine()`` would make for a URL, without an engine.

    Args:
        url: the database.
        arguments: arguments of ``create_engine()``; the pool's may be written without "pool" in front too.

    Returns:
        the pool.
    """
    from azoth.engine.assembly import POOL_ARGUMENTS  # noqa: PLC0415  # as above

    short = {name: long for long, name in POOL_ARGUMENTS.items()}
    return create_engine(url, **{short.get(name, name): value for name, value in arguments.items()}).pool


_TRUE: Final = frozenset({"true", "yes", "on", "y", "t", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "n", "f", "0"})
_FLAGS: Final = frozenset(
    {
        "echo",
        "echo_pool",
        "enable_from_linting",
        "future",
        "hide_parameters",
        "pool_pre_ping",
        "pool_use_lifo",
        "foreign_keys",
    }
)
_NUMBERS: Final = frozenset({"pool_size", "max_overflow", "pool_timeout", "pool_recycle", "query_cache_size"})


def _types_of_dialect(url: str | URL) -> Mapping[str, Callable[[Any], Any]]:
    """Give what a dialect turns its own texts into arguments with."""
    from azoth.engine.dialect_base.dialect_registry import dialect_class  # noqa: PLC0415  # as above
    from azoth.engine.url import make_url  # noqa: PLC0415

    types: Mapping[str, Callable[[Any], Any]] = dialect_class(make_url(url)).engine_config_types
    return types


def _converted(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    word = value.strip().lower()
    if name in _FLAGS:
        if word in _TRUE | _FALSE:
            return word in _TRUE
        if word == "debug":
            return word
        raise ArgumentError(
            f"the configuration value of {name!r} is neither true nor false",
            why="it switches something on or off.",
            fix="write true or false.",
            code="AZ-E26",
        )
    if name in _NUMBERS:
        try:
            return float(word) if "." in word else int(word)
        except ValueError:
            raise ArgumentError(
                f"the configuration value of {name!r} is not a number",
                why="it says how many.",
                fix="write a number such as 10.",
                code="AZ-E26",
            ) from None
    return value
