"""What azoth does otherwise where it has the other name, because libraries count on it."""

from __future__ import annotations

from typing import Any, Final, Protocol

from azoth import event
from azoth.dialects.sqlite.reflection import SQLiteReflection
from azoth.sql.ddl.schema_work import types_of
from azoth.sql.schema import DDLBind, Table
from azoth.sql.selectable.dialect_options import keep_unknown_options
from azoth.util.warning import warn

__all__ = ["behave_like_the_other"]

_CREATED: Final = "created types"


class Runner(Protocol):
    """What runs the DDL of a migration."""

    memo: dict[str, Any]
    """What is kept while it runs."""


def behave_like_the_other() -> None:
    """Do what libraries count on."""
    # Alembic compares indexes by their columns: it would take one on an expression for a new one each time.
    SQLiteReflection.reads_expression_indexes = False
    event.listen(Table, "before_create", _create_types)
    # Programs name options of databases whose packages are not installed everywhere.
    keep_unknown_options(_warn_of_option)


def _create_types(table: Table, connection: DDLBind, _ddl_runner: Runner | None = None, **facts: object) -> None:
    """Create the types of a table, each once, for Alembic, which creates tables by itself and tells who listens.

    ``create_all()`` and ``create()`` create them in any case, and tell no runner.
    """
    if _ddl_runner is None:
        return
    created: set[tuple[str | None, str | None]] = _ddl_runner.memo.setdefault(_CREATED, set())
    for type_ in types_of([table], (), connection):
        if (type_.schema, type_.name) not in created:
            created.add((type_.schema, type_.name))
            connection.run_ddl((type_.create_ddl(),))


def _warn_of_option(owner: str, name: str) -> None:
    warn(
        f"Can't validate argument {name!r}; there is no dialect named {name.partition('_')[0]!r}",
        why=f"{owner} keeps it as an option of that dialect, and nothing that is installed here has a use for it",
        fix="install the package of the dialect, or correct the name",
        code="AZ-X97",
    )
