"""Dates and times: Date, Time, DateTime, Interval."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from azoth.sql.operators import OperatorClass
from azoth.sql.types.base import Processor, TypeEngine
from azoth.sql.types.unfit_value import unfit_value, unreadable_value
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect


class DateTime(TypeEngine[datetime.datetime]):
    """A point in time; ``datetime.datetime`` in Python.

    Args:
        timezone: keep the time zone, where the database can.
    """

    __visit_name__ = "datetime"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.DATETIME
    _affinity: ClassVar[str] = "datetime"

    @checked
    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone

    @property
    def python_type(self) -> type[datetime.datetime]:
        """``datetime.datetime``."""
        return datetime.datetime

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the ISO form, with a space between date and time."""
        return _datetime_literal


class Date(TypeEngine[datetime.date]):
    """A day; ``datetime.date`` in Python."""

    __visit_name__ = "date"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.DATETIME
    _affinity: ClassVar[str] = "date"

    @property
    def python_type(self) -> type[datetime.date]:
        """``datetime.date``."""
        return datetime.date

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the ISO form."""
        return _iso_literal


class Time(TypeEngine[datetime.time]):
    """A time of day; ``datetime.time`` in Python.

    Args:
        timezone: keep the time zone, where the database can.
    """

    __visit_name__ = "time"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.DATETIME
    _affinity: ClassVar[str] = "time"

    @checked
    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone

    @property
    def python_type(self) -> type[datetime.time]:
        """``datetime.time``."""
        return datetime.time

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the ISO form."""
        return _iso_literal


class Interval(TypeEngine[datetime.timedelta]):
    """A span of time; ``datetime.timedelta`` in Python.

    Where the database has no type for it, it is stored as the point in time that lies this far from 1970-01-01.

    Args:
        native: use the database's own type where it has one.
        second_precision: digits after the point of a second, for databases that ask.
        day_precision: digits of the days, for databases that ask.
    """

    __visit_name__ = "interval"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.DATETIME
    _affinity: ClassVar[str] = "interval"
    epoch: ClassVar[datetime.datetime] = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - stored points in time have no zone

    @checked
    def __init__(
        self, native: bool = True, second_precision: int | None = None, day_precision: int | None = None
    ) -> None:
        self.native = native
        self.second_precision = second_precision
        self.day_precision = day_precision

    @property
    def _may_be_native(self) -> bool:
        """Whether a database's own type may take the place of this one."""
        return self.native

    @property
    def python_type(self) -> type[datetime.timedelta]:
        """``datetime.timedelta``."""
        return datetime.timedelta

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Count from the epoch and store a point in time."""
        store = DateTime().dialect_impl(dialect).bind_processor(dialect)
        epoch = self.epoch

        def process(value: Any) -> Any:
            if value is None:
                return None
            if not isinstance(value, datetime.timedelta):
                raise unfit_value("Interval", "a datetime.timedelta", value)
            try:
                moment = epoch + value
            except OverflowError:
                raise unfit_value("Interval", "a span that stays within the years 1 to 9999 from 1970", value) from None
            return store(moment) if store is not None else moment

        return process

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Measure the distance from the epoch."""
        load = DateTime().dialect_impl(dialect).result_processor(dialect, coltype)
        epoch = self.epoch

        def process(value: Any) -> datetime.timedelta | None:
            if value is None:
                return None
            moment: datetime.datetime = load(value) if load is not None else value
            try:
                return moment - epoch
            except TypeError:
                raise unreadable_value("Interval", value) from None

        return process

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the point in time that stands for the span, as the database has such."""
        write = DateTime().dialect_impl(dialect).literal_processor(dialect) or _datetime_literal
        epoch = self.epoch

        def process(value: Any) -> str:
            return write(epoch + value)

        return process


def _datetime_literal(value: Any) -> str:
    return f"'{value.isoformat(' ')}'"


def _iso_literal(value: Any) -> str:
    return f"'{value.isoformat()}'"
