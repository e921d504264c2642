"""What can be asked of the generic dialect and of azoth's own, by the names that programs know: differential."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

NAMES = (
    "is_async",
    "insert_returning",
    "update_returning",
    "delete_returning",
    "supports_alter",
    "supports_sequences",
    "supports_comments",
    "name",
)


def dialects(name: str) -> dict[str, Any]:
    sa: Any = importlib.import_module(name)
    own = {each: importlib.import_module(f"{name}.dialects.{each}").dialect() for each in ("sqlite", "postgresql")}
    return {"generic": sa.select(1).compile().dialect, **own}


@pytest.mark.parametrize("which", ["generic", "sqlite", "postgresql"])
def test_dialects_say_of_themselves_what_those_of_sqlalchemy_say(which: str) -> None:
    ours, theirs = dialects("azoth")[which], dialects("sqlalchemy")[which]
    assert {name: getattr(ours, name) for name in NAMES} == {name: getattr(theirs, name) for name in NAMES}


def test_the_generic_dialect_has_neither_driver_nor_database() -> None:
    generic = dialects("azoth")["generic"]
    assert generic.dbapi is None
    assert generic.server_version_info is None
    assert generic.default_schema_name is None
    assert generic.construct_arguments is None


@pytest.mark.parametrize("which", ["generic", "sqlite", "postgresql"])
def test_the_type_compiler_of_a_dialect_writes_types(which: str) -> None:
    sa: Any = importlib.import_module("azoth")
    assert dialects("azoth")[which].type_compiler_instance.process(sa.String(3)) == "VARCHAR(3)"


def created(name: str) -> str:
    """Write a table whose type is chosen by dialect, for no dialect in particular."""
    sa: Any = importlib.import_module(name)

    class Guid(sa.types.TypeDecorator):  # type: ignore[misc, name-defined]
        impl = sa.CHAR
        cache_ok = True

        def load_dialect_impl(self, dialect: Any) -> Any:
            return dialect.type_descriptor(sa.CHAR(32))

    table = sa.Table("thing", sa.MetaData(), sa.Column("id", Guid, primary_key=True))
    return str(sa.schema.CreateTable(table)).replace(" \n", "\n").strip()


def test_tables_with_types_by_dialect_are_written_without_a_dialect() -> None:
    assert created("azoth") == created("sqlalchemy")
