"""SchemaItem, what tables are made of, and the options that belong to one dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from azoth import exc
from azoth.event import Dispatch
from azoth.sql.schema.events import DDLEvents


class SchemaItem:
    """A part of a database's schema."""

    __visit_name__: ClassVar[str] = "schema_item"
    dispatch: Dispatch

    @property
    def info(self) -> dict[Any, Any]:
        """Whatever the user wants to note here."""
        notes: dict[Any, Any] = self.__dict__.setdefault("_info", {})
        return notes

    @info.setter
    def info(self, value: Mapping[Any, Any] | None) -> None:
        self.__dict__["_info"] = dict(value or {})

    def _attach(self, parent: Any) -> None:
        """Become part of a column or a table."""
        raise exc.ArgumentError(
            f"{type(self).__name__} cannot be part of {type(parent).__name__} {getattr(parent, 'name', '')}",
            code="AZ-C50",
        )


DDLEvents._accept(SchemaItem)


class DialectOptions:
    """Arguments named after a dialect, such as ``sqlite_where``; other dialects pass over them."""

    def _take_dialect_options(self, owner: str, arguments: Mapping[str, Any]) -> None:
        for name in arguments:
            dialect, separator, option = name.partition("_")
            if not (dialect and separator and option):
                raise TypeError(
                    f"{owner} has no argument {name!r}; additional arguments are named <dialectname>_<argument>"
                )
        self.__dict__["_dialect_kwargs"] = dict(arguments)

    @property
    def dialect_kwargs(self) -> dict[str, Any]:
        """The arguments as they were given, such as ``{"sqlite_where": ...}``."""
        options: dict[str, Any] = self.__dict__.setdefault("_dialect_kwargs", {})
        return options

    @property
    def kwargs(self) -> dict[str, Any]:
        """The same as ``dialect_kwargs``."""
        return self.dialect_kwargs

    @property
    def dialect_options(self) -> Mapping[str, dict[str, Any]]:
        """The arguments by dialect, such as ``["sqlite"]["where"]``; an empty dict for a dialect without any."""
        return _OptionsByDialect(self.dialect_kwargs)

    def _dialect_option(self, dialect_name: str, option: str, default: Any = None) -> Any:
        return self.dialect_kwargs.get(f"{dialect_name}_{option}", default)


class _OptionsByDialect(dict[str, dict[str, Any]]):
    def __init__(self, arguments: Mapping[str, Any]) -> None:
        super().__init__()
        for name, value in arguments.items():
            dialect, _, option = name.partition("_")
            self.setdefault(dialect, {})[option] = value

    def __missing__(self, dialect: str) -> dict[str, Any]:
        return {}
