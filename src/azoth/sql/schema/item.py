"""SchemaItem, what tables are made of, and the options that belong to one dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, TypeVar

from azoth import exc
from azoth.event import Dispatch
from azoth.sql.schema.events import DDLEvents
from azoth.util.arguments import no_argument
from azoth.util.signature import signature_of

Copied = TypeVar("Copied")

OTHER_DIALECTS: Final = frozenset(
    ["postgresql", "mysql", "mariadb", "oracle", "mssql", "cockroachdb", "redshift", "snowflake", "bigquery", "duckdb"]
)
"""Dialects that nothing runs on here; a schema may name their options, which are kept."""


class SchemaEventTarget:
    """What DDL events happen to: tables, columns and all other parts of a schema."""

    dispatch: Dispatch

    def _join(self, parent: object) -> None:
        """Become part of a column or a table, and tell those who listen."""
        for listener in self.dispatch.before_parent_attach:
            listener(self, parent)
        self._attach(parent)
        for listener in self.dispatch.after_parent_attach:
            listener(self, parent)

    def _attach(self, parent: Any) -> None:
        """Become part of a column or a table."""
        raise NotImplementedError

    def _heard_by_copy(self, copied: Copied) -> Copied:
        """Let a copy of this part have the listeners that were given ``propagate=True``."""
        own: Dispatch | None = self.__dict__.get("dispatch")
        if own is not None:
            own.pass_on(lambda: DDLEvents._instance_dispatch(copied))
        return copied


class SchemaItem(SchemaEventTarget):
    """A part of a database's schema."""

    __visit_name__: ClassVar[str] = "schema_item"

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
            why="a table holds columns, constraints and indexes; a column holds defaults, keys and constraints",
            fix="pass it where it belongs",
            code="AZ-C50",
        )


DDLEvents._accept(SchemaEventTarget)


class DialectOptions:
    """Arguments named after a dialect, such as ``sqlite_where``; other dialects pass over them."""

    _other_arguments: ClassVar[frozenset[str]] = frozenset()
    """Arguments that the signature of the constructor does not show."""

    @classmethod
    def argument_for(cls, dialect_name: str, argument_name: str, default: Any = None) -> None:
        """Declare an option of a dialect that comes with another package, so that it is accepted.

        Args:
            dialect_name: the dialect.
            argument_name: the option, without the dialect's name before it.
            default: accepted; the dialect knows what it does without the option.
        """
        _options().setdefault(dialect_name, {}).setdefault(cls.__name__, {})[argument_name] = default

    def _take_dialect_options(self, owner: str, arguments: Mapping[str, Any]) -> None:
        options = _options()
        for name in arguments:
            dialect, _, option = name.partition("_")
            if dialect in options and option:
                known = self._options_of(dialect)
                if option not in known and "*" not in known:
                    from azoth.sql.schema.dialect_options import unknown_option  # noqa: PLC0415  # see _options()

                    raise unknown_option(owner, name, {f"{dialect}_{one}" for one in known})
            elif dialect not in OTHER_DIALECTS:
                raise no_argument(f"{owner}()", name, self._known_arguments())
        self.__dict__["_dialect_kwargs"] = dict(arguments)

    @classmethod
    def _options_of(cls, dialect: str) -> set[str]:
        by_class = _options()[dialect]
        return {option for base in cls.__mro__ for option in by_class.get(base.__name__, ())}

    @classmethod
    def _known_arguments(cls) -> set[str]:
        return {name for name in signature_of(cls.__init__).defaults if name != "self"} | cls._other_arguments

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


def _options() -> dict[str, dict[str, dict[str, Any]]]:
    # Few tables have options of a dialect; the tables of these are not imported with the schema.
    from azoth.sql.schema.dialect_options import OPTIONS  # noqa: PLC0415

    return OPTIONS
