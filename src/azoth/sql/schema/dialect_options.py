"""Which options of a dialect, such as ``postgresql_where``, each part of a schema and each statement may have."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from azoth import exc
from azoth.util.near_names import did_you_mean

__all__ = ["OPTIONS", "Options", "unknown_option"]

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
        "CheckConstraint": {"not_valid": False},
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
        "Index": {"bitmap": False, "compress": False, "vector": False, "tablespace": None},
        "Sequence": {"order": None},
        "Identity": {"order": None, "on_null": None},
        "Select": {"fetch_approximate": False},
        "CompoundSelect": {"fetch_approximate": False},
    },
}
"""By dialect and class the options, with what they are where they are not given; the star stands for any name."""


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
