"""The options that belong to one dialect, such as ``sqlite_where``: which there are, and what takes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, TypeAlias

from azoth import exc
from azoth.util.arguments import no_argument
from azoth.util.near_names import did_you_mean, near_names
from azoth.util.signature import signature_of
from azoth.util.warning import warn

__all__ = ["DialectKWArgConst", "DialectKWArgs", "declare_options", "install_dialect_lookup", "keep_unknown_options"]

OTHER_DIALECTS: Final = frozenset(
    ["postgresql", "mysql", "mariadb", "oracle", "mssql", "cockroachdb", "redshift", "snowflake", "bigquery", "duckdb"]
)
"""Dialects that nothing runs on here; a schema may name their options, which are kept."""

Options: TypeAlias = dict[str, dict[str, dict[str, Any]]]

_MYSQL: Final[dict[str, dict[str, Any]]] = {
    "Table": {"*": None},
    "Update": {"limit": None},
    "Delete": {"limit": None},
    "PrimaryKeyConstraint": {"using": None},
    "Index": {"using": None, "length": None, "prefix": None, "with_parser": None},
}

OPTIONS: Final[Options] = {
    "sqlite": {
        "Table": {"autoincrement": False, "with_rowid": True, "strict": False},
        "Column": dict.fromkeys(("on_conflict_primary_key", "on_conflict_not_null", "on_conflict_unique")),
        "Index": {"where": None},
        "PrimaryKeyConstraint": {"on_conflict": None},
        "UniqueConstraint": {"on_conflict": None},
        "CheckConstraint": {"on_conflict": None},
    },
    "postgresql": {
        "Table": {
            **dict.fromkeys(("tablespace", "partition_by", "with_oids", "with", "on_commit", "inherits", "using")),
            "ignore_search_path": False,
        },
        "Index": {
            **dict.fromkeys(("include", "where", "tablespace", "nulls_not_distinct")),
            "using": False,
            "ops": {},
            "concurrently": False,
            "with": {},
        },
        "CheckConstraint": {"not_valid": False, "no_inherit": False},
        "ForeignKeyConstraint": {"not_valid": False},
        "ForeignKey": {"not_valid": False},
        "PrimaryKeyConstraint": {"include": None},
        "UniqueConstraint": {"include": None, "nulls_not_distinct": None},
        "CreateView": {"with": None},
    },
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "mssql": {
        "PrimaryKeyConstraint": {"clustered": None},
        "UniqueConstraint": {"clustered": None},
        "Index": {"clustered": None, "include": None, "where": None, "columnstore": None},
        "Column": {"identity_start": None, "identity_increment": None},
    },
    "oracle": {
        "Table": {"resolve_synonyms": False, "on_commit": None, "compress": False, "tablespace": None},
        "Index": {"bitmap": False, "compress": False, "vector": False},
        "Sequence": {"order": None},
        "Identity": {"order": None, "on_null": None},
        "Select": {"fetch_approximate": False},
        "CompoundSelect": {"fetch_approximate": False},
    },
}
"""By dialect and class the options, with what they are where they are not given; the star stands for any name."""


_lookups: Final[list[Callable[[str], bool]]] = []


def declare_options(dialect: str, arguments: Iterable[tuple[type[Any], Mapping[str, Any]]]) -> None:
    """Declare the options of a dialect that comes with another package.

    Args:
        dialect: its name.
        arguments: the classes that take options, and the options with what they are where they are not given.
    """
    for cls, options in arguments:
        OPTIONS.setdefault(dialect, {}).setdefault(cls.__name__, {}).update(options)


def install_dialect_lookup(is_dialect: Callable[[str], bool]) -> None:
    """Fill in what knows the dialects of other packages; the engine package calls it once."""
    _lookups[:] = [is_dialect]


_told_of_unknown: Final[list[Callable[[str, str], None]]] = []


def keep_unknown_options(tell: Callable[[str, str], None]) -> None:
    """Keep options of dialects that are not installed, which are refused otherwise.

    Args:
        tell: called with the name of the class that is given an option, and the option.
    """
    _told_of_unknown[:] = [tell]


def is_dialect(name: str) -> bool:
    """Tell whether there is a dialect of this name, and import it.

    Args:
        name: the name.
    """
    return any(find(name) for find in _lookups)


if TYPE_CHECKING:

    class NamedDialect(Protocol):
        """What is known of a dialect here."""

        name: str


class DialectKWArgConst(Enum):
    """What the default of a dialect's option may say."""

    REFLECTED_ONLY = 1
    """The option tells what reflection has found; it stands in ``reflect_only_elements``, and no DDL writes it."""


class DialectKWArgs:
    """Arguments named after a dialect, such as ``sqlite_where``; other dialects pass over them."""

    _other_arguments: ClassVar[frozenset[str]] = frozenset()
    """Arguments that the signature of the constructor does not show."""

    @classmethod
    def argument_for(cls, dialect_name: str, argument_name: str, default: Any = None) -> None:
        """Declare an option of a dialect that comes with another package, so that it is accepted.

        Args:
            dialect_name: the dialect.
            argument_name: the option, without the dialect's name before it.
            default: what ``dialect_options`` has where the option is not given.
        """
        OPTIONS.setdefault(dialect_name, {}).setdefault(cls.__name__, {})[argument_name] = default

    def _take_dialect_options(self, owner: str, arguments: Mapping[str, Any]) -> None:
        for name in arguments:
            dialect, _, option = name.partition("_")
            if dialect not in OPTIONS and dialect not in OTHER_DIALECTS and option:
                # It may be in a package that nobody has imported yet; its options come with it.
                is_dialect(dialect)
            if dialect in OPTIONS and option:
                known = self._options_of(dialect)
                if option not in known and "*" not in known:
                    raise unknown_option(owner, name, {f"{dialect}_{one}" for one in known})
            elif dialect not in OTHER_DIALECTS and not (option and is_dialect(dialect)):
                self._take_option_of_unknown(owner, name)
        given = dict(arguments)
        for name in [name for name in given if self._is_reflected_only(name)]:
            self.__dict__.setdefault("_reflected_options", {})[name] = given.pop(name)
        self.__dict__["_dialect_kwargs"] = given

    def _take_option_of_unknown(self, owner: str, name: str) -> None:
        """Refuse an option of a dialect that is not installed, or tell of it where such options are kept.

        Raises:
            TypeError: they are not kept, or it looks like a mistake.
        """
        dialect, _, option = name.partition("_")
        known = self._known_arguments()
        close = near_names(dialect, {*OPTIONS, *OTHER_DIALECTS}, 1)
        if not option or close or near_names(name, known, 1) or not _told_of_unknown:
            raise no_argument(f"{owner}()", name, {f"{close[0]}_{option}"} if option and close else known)
        for tell in _told_of_unknown:
            tell(owner, name)

    def _is_reflected_only(self, name: str) -> bool:
        dialect, _, option = name.partition("_")
        return self._defaults_of(dialect).get(option) is DialectKWArgConst.REFLECTED_ONLY

    @property
    def reflect_only_elements(self) -> Mapping[str, Mapping[str, Any]]:
        """What reflection has found by dialect, and no DDL writes: options whose default is REFLECTED_ONLY."""
        found: dict[str, dict[str, Any]] = defaultdict(dict)
        for name, value in self.__dict__.get("_reflected_options", {}).items():
            dialect, _, option = name.partition("_")
            found[dialect][option] = value
        return found

    @property
    def _copied_options(self) -> dict[str, Any]:
        """The options that a copy of this object gets."""
        return {**self.dialect_kwargs, **self.__dict__.get("_reflected_options", {})}

    @classmethod
    def _options_of(cls, dialect: str) -> set[str]:
        return set(cls._defaults_of(dialect))

    @classmethod
    def _defaults_of(cls, dialect: str) -> dict[str, Any]:
        """Give the options of a dialect for objects of this class, with their defaults."""
        by_class = OPTIONS.get(dialect, {})
        defaults: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            defaults.update(by_class.get(base.__name__, {}))
        return defaults

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
        """The options by dialect, such as ``["sqlite"]["where"]``; those not given have the dialect's default."""
        return _OptionsByDialect(self.dialect_kwargs, self._defaults_of)

    def get_dialect_option(
        self,
        dialect: NamedDialect,
        argument_name: str,
        *,
        else_: object = None,
        deprecated_fallback: str | None = None,
    ) -> Any:
        """Give the value of a dialect's option.

        Args:
            dialect: the dialect.
            argument_name: the option, without the dialect's name before it.
            else_: what to give where the dialect has no such option.
            deprecated_fallback: the name of a dialect whose option counts where it was given and this dialect's was
                not.
        """
        own = self.dialect_options[dialect.name]
        given = f"{dialect.name}_{argument_name}" in self.dialect_kwargs
        if deprecated_fallback is not None and deprecated_fallback != dialect.name and not given:
            name = f"{deprecated_fallback}_{argument_name}"
            if name in self.dialect_kwargs:
                warn(
                    f"{type(self).__name__} has the option {name!r}, which is that of another dialect",
                    why=f"dialect {dialect.name!r} makes do with it where {dialect.name}_{argument_name} is not given",
                    fix=f"give {dialect.name}_{argument_name}",
                    code="AZ-C661",
                    category=exc.SADeprecationWarning,
                )
                return self.dialect_kwargs[name]
        return own.get(argument_name, else_)

    def _dialect_option(self, dialect_name: str, option: str, default: Any = None) -> Any:
        return self.dialect_kwargs.get(f"{dialect_name}_{option}", default)


class _OptionsByDialect(dict[str, dict[str, Any]]):
    def __init__(self, arguments: Mapping[str, Any], defaults_of: Callable[[str], dict[str, Any]]) -> None:
        super().__init__()
        self._defaults_of = defaults_of
        for name, value in arguments.items():
            dialect, _, option = name.partition("_")
            if dialect not in self:
                self[dialect] = self[dialect]
            self[dialect][option] = value

    def __missing__(self, dialect: str) -> dict[str, Any]:
        defaults = self._defaults_of(dialect).items()
        return {
            name: value for name, value in defaults if name != "*" and value is not DialectKWArgConst.REFLECTED_ONLY
        }


class UnknownOptionError(exc.ArgumentError, TypeError):
    """Report an option that a dialect does not have; Python's own error for unknown keywords, too."""


def unknown_option(owner: str, name: str, known: set[str]) -> UnknownOptionError:
    """Make the error for an option that a dialect does not have.

    Args:
        owner: the class that was given it.
        name: the option, with the dialect's name before it.
        known: those that it has.
    """
    dialect = name.partition("_")[0]
    listed = ", ".join(sorted(known)) or "none"
    return UnknownOptionError(
        f"Argument {name!r} is not accepted by dialect {dialect!r} on behalf of {owner}",
        why=f"an option without effect would be overlooked; those of {owner} are: {listed}",
        fix=f"{did_you_mean(name, known) or 'correct the name, or leave it out'}",
        code="AZ-D86",
    )
