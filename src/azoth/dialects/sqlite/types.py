"""SQLite's versions of the types, and their names in SQLite's SQL: dates and times are ISO text."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from azoth.sql import types
from azoth.sql.compiler.types import TypeCompiler
from azoth.sql.types.unfit_value import unfit_value, unreadable_value

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = ["COLSPECS", "DATE", "DATETIME", "TIME", "SQLiteTypeCompiler"]

Processor = Callable[[Any], Any]

_LENIENT_DATETIME: Final = r"(\d+)-(\d+)-(\d+)(?:[ T](\d+):(\d+)(?::(\d+)(?:\.(\d{6}))?)?)?"
_LENIENT_TIME: Final = r"(\d+):(\d+)(?::(\d+)(?:\.(\d{6}))?)?"


class _TextStorage:
    """What the three types share: their own format and pattern for the text that is stored.

    Args:
        storage_format: a pattern such as ``"%(year)04d/%(month)02d/%(day)02d"``; ISO by default.
        regexp: a regular expression whose groups are the parts of the value.
    """

    _storage_format: str | None
    _regexp: re.Pattern[str] | None

    def _take_format(self, storage_format: str | None, regexp: str | re.Pattern[str] | None) -> None:
        self._storage_format = storage_format
        self._regexp = re.compile(regexp) if isinstance(regexp, str) else regexp

    @property
    def format_is_text_affinity(self) -> bool:
        """Whether the stored text cannot be taken for a number, so that any column keeps it as text."""
        if self._storage_format is None:
            return True
        sample = self._storage_format % dict.fromkeys(_PARTS, 0)
        return bool(re.search(r"[^0-9]", sample))

    def _stored_by_format(self, value: Any) -> str:
        parts = {name: getattr(value, name, 0) for name in _PARTS}
        assert self._storage_format is not None
        return self._storage_format % parts

    def _reader(self, match: Callable[[str], re.Match[str] | None], make: Callable[..., Any], title: str) -> Processor:
        """Make the function that reads text by a regular expression."""

        def process(value: object) -> object:
            if value is None:
                return None
            return self._parsed(value, match(value) if isinstance(value, str) else None, make, title)

        return process

    def _parsed(self, value: object, match: re.Match[str] | None, make: Callable[..., Any], title: str) -> Any:
        if match is None:
            raise unreadable_value(title, value)
        named = match.groupdict(0)
        try:
            if named:
                return make(**{name: int(part) for name, part in named.items()})
            return make(*[int(part or 0) for part in match.groups()])
        except (TypeError, ValueError):
            raise unreadable_value(title, value) from None


_PARTS: Final = ("year", "month", "day", "hour", "minute", "second", "microsecond")


class DATETIME(_TextStorage, types.DateTime):
    """A point in time, stored as text: ``2024-05-06 07:08:09.000000``.

    Args:
        timezone: accepted; SQLite keeps no time zones.
        storage_format, regexp: another form of the text.
        truncate_microseconds: store whole seconds only.
    """

    def __init__(
        self,
        timezone: bool = False,
        storage_format: str | None = None,
        regexp: str | re.Pattern[str] | None = None,
        truncate_microseconds: bool = False,
    ) -> None:
        super().__init__(timezone)
        self._take_format(storage_format, regexp)
        self.storage_format, self.regexp = storage_format, regexp
        self.truncate_microseconds = truncate_microseconds

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Write the text."""
        spec = "seconds" if self.truncate_microseconds else "microseconds"
        by_format = self._stored_by_format if self._storage_format is not None else None

        def process(value: Any) -> str | None:
            if value is None:
                return None
            if isinstance(value, datetime.datetime):
                if by_format is not None:
                    return by_format(value)
                if value.tzinfo is not None:
                    value = value.replace(tzinfo=None)
                stored: str = value.isoformat(" ", spec)
                return stored
            if isinstance(value, datetime.date):
                return process(datetime.datetime(value.year, value.month, value.day))  # noqa: DTZ001
            raise unfit_value("DateTime", "a datetime.datetime", value)

        return process

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Read the text."""
        if self._regexp is not None:
            return self._reader(self._regexp.match, datetime.datetime, "DateTime")
        from_iso = datetime.datetime.fromisoformat
        lenient = self._reader(partial(re.fullmatch, _LENIENT_DATETIME), datetime.datetime, "DateTime")

        def process(value: Any) -> Any:
            if value is None:
                return None
            try:
                return from_iso(value)
            except (ValueError, TypeError):
                return lenient(value)

        return process

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the text between quotes."""
        return _quoted(self.bind_processor(dialect))


class DATE(_TextStorage, types.Date):
    """A day, stored as text: ``2024-05-06``.

    Args:
        storage_format, regexp: another form of the text.
    """

    def __init__(self, storage_format: str | None = None, regexp: str | re.Pattern[str] | None = None) -> None:
        self._take_format(storage_format, regexp)
        self.storage_format, self.regexp = storage_format, regexp

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Write the text."""
        by_format = self._stored_by_format if self._storage_format is not None else None

        def process(value: Any) -> str | None:
            if value is None:
                return None
            if not isinstance(value, datetime.date):
                raise unfit_value("Date", "a datetime.date", value)
            if by_format is not None:
                return by_format(value)
            return value.date().isoformat() if isinstance(value, datetime.datetime) else value.isoformat()

        return process

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Read the text."""
        if self._regexp is not None:
            return self._reader(self._regexp.match, datetime.date, "Date")
        from_iso = datetime.date.fromisoformat
        lenient = self._reader(partial(re.fullmatch, _LENIENT_DATETIME), datetime.datetime, "Date")

        def process(value: Any) -> Any:
            if value is None:
                return None
            try:
                return from_iso(value)
            except (ValueError, TypeError):
                pass
            try:
                return datetime.datetime.fromisoformat(value).date()
            except (ValueError, TypeError):
                return lenient(value).date()

        return process

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the text between quotes."""
        return _quoted(self.bind_processor(dialect))


class TIME(_TextStorage, types.Time):
    """A time of day, stored as text: ``07:08:09.000000``.

    Args:
        timezone: accepted; SQLite keeps no time zones.
        storage_format, regexp: another form of the text.
        truncate_microseconds: store whole seconds only.
    """

    def __init__(
        self,
        timezone: bool = False,
        storage_format: str | None = None,
        regexp: str | re.Pattern[str] | None = None,
        truncate_microseconds: bool = False,
    ) -> None:
        super().__init__(timezone)
        self._take_format(storage_format, regexp)
        self.storage_format, self.regexp = storage_format, regexp
        self.truncate_microseconds = truncate_microseconds

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Write the text."""
        spec = "seconds" if self.truncate_microseconds else "microseconds"
        by_format = self._stored_by_format if self._storage_format is not None else None

        def process(value: Any) -> str | None:
            if value is None:
                return None
            if not isinstance(value, datetime.time):
                raise unfit_value("Time", "a datetime.time", value)
            if by_format is not None:
                return by_format(value)
            return value.replace(tzinfo=None).isoformat(spec)

        return process

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Read the text."""
        if self._regexp is not None:
            return self._reader(self._regexp.match, datetime.time, "Time")
        from_iso = datetime.time.fromisoformat
        lenient = self._reader(partial(re.fullmatch, _LENIENT_TIME), datetime.time, "Time")

        def process(value: Any) -> Any:
            if value is None:
                return None
            try:
                return from_iso(value)
            except (ValueError, TypeError):
                return lenient(value)

        return process

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the text between quotes."""
        return _quoted(self.bind_processor(dialect))


COLSPECS: Final[Mapping[type[Any], type[Any]]] = {
    types.DateTime: DATETIME,
    types.Date: DATE,
    types.Time: TIME,
}
"""Generic types, and SQLite's own versions of them."""


class SQLiteTypeCompiler(TypeCompiler):
    """Writes types as SQLite spells them."""

    def visit_FLOAT(self, type_: object, **kw: object) -> str:
        """Write FLOAT, which has one precision here."""
        return "FLOAT"

    def visit_JSONB(self, type_: object, **kw: object) -> str:
        """Write JSONB."""
        return "JSONB"

    def visit_datetime(self, type_: object, **kw: object) -> str:
        """Write DATETIME, or a name that keeps digits from being taken for a number."""
        return _text_name("DATETIME", type_)

    def visit_date(self, type_: object, **kw: object) -> str:
        """Write DATE, or a name that keeps digits from being taken for a number."""
        return _text_name("DATE", type_)

    def visit_time(self, type_: object, **kw: object) -> str:
        """Write TIME, or a name that keeps digits from being taken for a number."""
        return _text_name("TIME", type_)


def _text_name(name: str, type_: Any) -> str:
    return name if getattr(type_, "format_is_text_affinity", True) else f"{name}_CHAR"


def _quoted(process: Processor | None) -> Callable[[Any], str]:
    assert process is not None
    return lambda value: f"'{process(value)}'"
