"""Database URLs: ``dialect+driver://user:password@host:port/database?option=value``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

from azoth.exc import ArgumentError
from azoth.util.arguments import as_list, as_mapping, checked, wrong_value
from azoth.util.named_tuple import NamedTuple

__all__ = ["URL", "make_url"]

QueryValue = str | tuple[str, ...]

HIDDEN: Final = "***"

_PATTERN: Final = r"""(?xs)
    (?P<drivername>[\w.+-]+)://
    (?:
        (?P<username>[^:/@]*)
        (?::(?P<password>[^@]*))?
        @
    )?
    (?:
        (?:\[(?P<ipv6>[^/?\]]+)\] | (?P<host>[^/:?]*))
        (?::(?P<port>[^/?]*))?
    )?
    (?:/(?P<database>[^?]*))?
    (?:\?(?P<query>.*))?
    """


class _Parts(NamedTuple):
    drivername: str
    username: str | None
    password: str | None
    host: str | None
    port: int | None
    database: str | None
    query: Mapping[str, QueryValue]


class URL(_Parts):
    """The parts of a database URL; immutable, and its text never shows the password.

    Make one by ``URL.create()`` or ``make_url()``.
    """

    __slots__ = ()

    @classmethod
    @checked
    def create(
        cls,
        drivername: str,
        username: str | None = None,
        password: Any = None,
        host: str | None = None,
        port: int | str | None = None,
        database: str | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
    ) -> URL:
        """Make a URL from its parts.

        Args:
            drivername: the dialect, and the driver behind a plus sign if it is not the dialect's usual one.
            username: the user.
            password: the password; an object is turned into text when it is needed.
            host: the host.
            port: the port.
            database: the database's name, or its file.
            query: further options.

        Returns:
            the URL.

        Raises:
            ArgumentError: a part is of the wrong type.
        """
        if not isinstance(drivername, str) or not drivername:
            raise ArgumentError(
                "a database URL needs a drivername such as 'sqlite'",
                why="it says which dialect and driver to use.",
                fix='write URL.create("sqlite", database="file.db").',
                code="AZ-E20",
            )
        return cls(drivername, username, password, host, _port_number(port), database, _frozen_query(query or {}))

    def set(
        self,
        drivername: str | None = None,
        username: str | None = None,
        password: str | None = None,
        host: str | None = None,
        port: int | None = None,
        database: str | None = None,
        query: Mapping[str, str | Sequence[str]] | None = None,
    ) -> URL:
        """Copy this URL with some of its parts exchanged; the parts are those of ``create()``, None leaves one."""
        given = (drivername, username, password, host, port, database, query)
        parts = {name: part for name, part in zip(self._fields, given, strict=True) if part is not None}
        return URL.create(**{**self._asdict(), **parts})

    def update_query_dict(self, query_parameters: Mapping[str, str | Sequence[str]], append: bool = False) -> URL:
        """Copy this URL with further options.

        Args:
            query_parameters: the options.
            append: add to the values of options that are there already, instead of replacing them.

        Returns:
            the new URL.
        """
        merged: dict[str, str | Sequence[str]] = dict(self.query)
        given = as_mapping("update_query_dict(): query_parameters", query_parameters)
        for key, value in given.items():
            merged[key] = (*_as_tuple(merged[key]), *_as_tuple(value)) if append and key in merged else value
        return self._replace(query=_frozen_query(merged))

    def update_query_pairs(self, key_value_pairs: Iterable[tuple[str, str]], append: bool = False) -> URL:
        """Copy this URL with further options given as pairs."""
        return self.update_query_dict(_grouped(key_value_pairs), append)

    def update_query_string(self, query_string: str, append: bool = False, *, keep_blank_values: bool = False) -> URL:
        """Copy this URL with further options given as in a URL.

        Args:
            query_string: the options, as ``name=value&name=value``.
            append: add to the values of options that are there already, instead of replacing them.
            keep_blank_values: keep options whose value is empty.

        Returns:
            the new URL.
        """
        from urllib.parse import parse_qsl  # noqa: PLC0415  # as below

        if not isinstance(query_string, str):
            raise wrong_value("update_query_string(): query_string", "a text", query_string)
        return self.update_query_pairs(parse_qsl(query_string, keep_blank_values=keep_blank_values), append)

    def difference_update_query(self, names: Iterable[str]) -> URL:
        """Copy this URL without the named options."""
        unwanted = frozenset(as_list("difference_update_query(): names", names))
        return self._replace(
            query=_frozen_query({key: value for key, value in self.query.items() if key not in unwanted})
        )

    @property
    def normalized_query(self) -> Mapping[str, tuple[str, ...]]:
        """The options, each with a tuple of values."""
        return MappingProxyType({key: _as_tuple(value) for key, value in self.query.items()})

    def get_backend_name(self) -> str:
        """Name the dialect."""
        return self.drivername.partition("+")[0]

    def get_driver_name(self) -> str:
        """Name the driver: the one of the URL, or the one that its dialect has by itself.

        Raises:
            NoSuchModuleError: the URL leaves it to a dialect that does not exist.
        """
        driver: str = self.drivername.partition("+")[2] or self.get_dialect().driver
        return driver

    def get_dialect(self) -> type[Any]:
        """Find the class of the URL's dialect, also of one that only compiles statements.

        Raises:
            NoSuchModuleError: there is no such dialect.
        """
        # By its name: the dialects stand above, and know URLs.
        registry = import_module("azoth.engine.dialect_base.dialect_registry")
        found: type[Any] = registry.dialect_class(self)
        return found

    def translate_connect_args(self, names: Sequence[str] | None = None, **renamed: str) -> dict[str, Any]:
        """List the parts that are given, by the names that a driver uses for them.

        Args:
            names: not used; accepted for the sake of old callers.
            renamed: the driver's name for each part that it names differently.

        Returns:
            keyword arguments for the driver.
        """
        parts = {name: getattr(self, name) for name in ("host", "database", "username", "password", "port")}
        if parts["password"] is not None:
            parts["password"] = str(parts["password"])
        return {renamed.get(name, name): part for name, part in parts.items() if part}

    def render_as_string(self, hide_password: bool = True) -> str:
        """Write the URL as text.

        Args:
            hide_password: show three stars for the password.

        Returns:
            the text; ``make_url()`` reads it back.
        """
        # The import takes longer than all of this package's own modules about engines.
        from urllib.parse import quote, quote_plus  # noqa: PLC0415

        text = f"{self.drivername}://"
        if self.username is not None:
            text += quote(self.username, safe=" +")
            if self.password is not None:
                text += ":" + (HIDDEN if hide_password else quote(str(self.password), safe=" +"))
            text += "@"
        if self.host is not None:
            text += f"[{self.host}]" if ":" in self.host else self.host
        if self.port is not None:
            text += f":{self.port}"
        if self.database is not None:
            text += "/" + quote(self.database, safe=" +/:\\@,;=&$!()[]~'")
        if self.query:
            pairs = [(key, value) for key in sorted(self.query) for value in _as_tuple(self.query[key])]
            text += "?" + "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in pairs)
        return text

    def __str__(self) -> str:
        return self.render_as_string()

    def __repr__(self) -> str:
        return self.render_as_string()

    def __hash__(self) -> int:
        return hash(self.render_as_string(hide_password=False))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, URL) and tuple(self) == tuple(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __reduce__(self) -> tuple[Any, ...]:
        return URL.create, (*self[:6], dict(self.query))


def make_url(name_or_url: str | URL, *, keep_blank_values: bool = False) -> URL:
    """Read a database URL.

    Args:
        name_or_url: the text; a URL object is returned as it is.
        keep_blank_values: keep options whose value is empty.

    Returns:
        the URL.

    Raises:
        ArgumentError: the text is no database URL.
    """
    if isinstance(name_or_url, URL):
        return name_or_url
    if not isinstance(name_or_url, str):
        raise ArgumentError(
            f"a database URL is text or a URL object, not {type(name_or_url).__name__}",
            why="the URL says which database, driver and file or host to use.",
            fix='write create_engine("sqlite:///file.db"), for instance.',
            code="AZ-E20",
        )
    match = re.fullmatch(_PATTERN, name_or_url)
    if match is None:
        # The text may hold a password, so it is not shown.
        raise ArgumentError(
            "the database URL cannot be understood",
            why="it does not have the form dialect+driver://user:password@host:port/database?option=value.",
            fix='write "sqlite:///file.db" or "postgresql://user:password@host/database", for instance; '
            "use URL.create() when a part holds unusual characters.",
            code="AZ-E20",
        )
    return _url_of(match.groupdict(), keep_blank_values)


def _url_of(parts: dict[str, str | None], keep_blank_values: bool) -> URL:
    username, password = parts["username"], parts["password"]
    return URL.create(
        parts["drivername"] or "",
        _unquoted(username),
        _unquoted(password),
        parts["ipv6"] or parts["host"] or None,
        parts["port"] or None,
        _unquoted(parts["database"]),
        _parameters(parts["query"], keep_blank_values) if parts["query"] else None,
    )


def _parameters(query: str, keep_blank_values: bool) -> dict[str, str | Sequence[str]]:
    from urllib.parse import parse_qsl  # noqa: PLC0415  # as above

    return _grouped(parse_qsl(query, keep_blank_values=keep_blank_values))


def _unquoted(part: str | None) -> str | None:
    if part is None or "%" not in part:
        return part
    from urllib.parse import unquote  # noqa: PLC0415  # as above

    return unquote(part)


def _port_number(port: int | str | None) -> int | None:
    if port is None:
        return None
    try:
        return int(port)
    except ValueError:
        raise ArgumentError(
            f"the port of the database URL is not a number: {port!r}",
            why="a number stands between the host's colon and the slash.",
            fix="a password that holds ':', '/' or '@' must be quoted (%3A, %2F, %40), or use URL.create().",
            code="AZ-E20",
        ) from None


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, str | Sequence[str]]:
    grouped: dict[str, str | Sequence[str]] = {}
    for key, value in pairs:
        grouped[key] = (*_as_tuple(grouped[key]), value) if key in grouped else value
    return grouped


def _as_tuple(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _frozen_query(query: Mapping[str, str | Sequence[str]]) -> Mapping[str, QueryValue]:
    frozen: dict[str, QueryValue] = {}
    for key, value in query.items():
        parts = _as_tuple(value) if isinstance(value, (str, list, tuple)) else ()
        if not isinstance(key, str) or not parts or not all(isinstance(part, str) for part in parts):
            raise ArgumentError(
                f"the URL option {key!r} is not text",
                why="it is part of a text.",
                fix="give strings, or lists of them.",
                code="AZ-E20",
            )
        frozen[key] = value if isinstance(value, str) else tuple(value)
    return MappingProxyType(frozen)
