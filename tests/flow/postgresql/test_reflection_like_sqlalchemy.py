"""Inspectors answer as SQLAlchemy's do; where they do not, it is on purpose and stands here."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth.engine.reflection import ObjectKind, ObjectScope
from tests.flow.postgresql.rich_schema import TEMPORARY

sqlalchemy = pytest.importorskip("sqlalchemy")

SCHEMAS = [None, "public", "other", "Odd Schema"]
OF_TABLES = [
    "columns",
    "pk_constraint",
    "foreign_keys",
    "indexes",
    "unique_constraints",
    "check_constraints",
    "table_comment",
    "table_options",
]
KINDS = [("ANY", "ANY"), ("TABLE", "DEFAULT"), ("ANY_VIEW", "DEFAULT"), ("VIEW", "ANY"), ("TABLE", "TEMPORARY")]

MORE = {
    # What Table and its parts take, and DDL needs, to make the same again.
    ("pk_constraint", "deferred_key", "deferred_key_pkey", "options"),
    ("unique_constraints", "deferred_key", "deferred_key_b_key", "options"),
    ("foreign_keys", "child", "unchecked_key", "options"),
    ("table_options", "measured", "", "postgresql_partition_by"),
    ("table_options", "listed", "", "postgresql_partition_by"),
    ("table_options", "divided", "", "postgresql_partition_by"),
    ("table_options", "hashed", "", "postgresql_partition_by"),
    ("indexes", "indexed", "collated", "collations"),
    ("indexes", "indexed", "collated_expression", "collations"),
    ("indexes", "booked", "no_overlap", "operators"),
    ("indexes", "booked", "no_overlap", "options"),
    ("indexes", "booked", "on_text", "operators"),
    ("indexes", "booked", "on_text", "options"),
    # SQLAlchemy takes the text of the constraint apart at commas, also those in names.
    ("foreign_keys", "child", "to_odd", "referred_columns"),
    # Keys that the server makes for each partition of the table that is referred to are no keys of their own.
    ("foreign_keys", "to_partitions", "to_measured", "list"),
    # Types that SQLAlchemy does not know, and types that domains are made from, with lengths and as arrays.
    ("columns", "all_types", "a_jsonpath", "type"),
    ("columns", "all_types", "a_code", "type"),
    ("columns", "all_types", "a_amounts", "type"),
}
"""Where azoth knows more: the question, the table, the part of the table, and the entry that differs."""


@pytest.fixture(scope="module")
def connections(rich: str, rich_engine: azoth.Engine) -> Iterator[tuple[Any, Any]]:
    """A connection of either library, each with its own temporary tables of the same names."""
    reference = sqlalchemy.create_engine(rich.replace("postgresql:", "postgresql+psycopg:"))
    with rich_engine.connect() as ours, reference.connect() as theirs:
        for statement in TEMPORARY:
            ours.exec_driver_sql(statement)
            theirs.exec_driver_sql(statement)
        yield ours, theirs
    reference.dispose()


@pytest.fixture
def inspectors(connections: tuple[Any, Any]) -> tuple[Any, Any]:
    return azoth.inspect(connections[0]), sqlalchemy.inspect(connections[1])


def comparable(value: Any) -> Any:
    """Make answers of both libraries comparable: types are compared by how they are made."""
    if isinstance(value, dict):
        return {name: comparable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(comparable, value))
    return type_text(value) if hasattr(value, "dialect_impl") or hasattr(value, "_static_cache_key") else value


def type_text(type_: Any) -> str:
    name = type(type_).__name__
    if name == "ARRAY":
        return f"ARRAY({type_text(type_.item_type)}, {type_.dimensions})"
    if name == "DOMAIN":
        rest = [type_.name, type_.schema, type_.collation, type_.not_null, type_.constraint_name, type_.create_type]
        return f"DOMAIN({type_text(type_.data_type)}, {rest})"
    return repr(type_)


def differences(question: str, ours: Any, theirs: Any) -> set[tuple[str, str, str, str]]:
    """Name what differs in the answers about tables: question, table, part and entry."""
    assert ours.keys() == theirs.keys()
    found = set()
    for key, own in ours.items():
        other = theirs[key]
        parts = zip(own, other, strict=False) if isinstance(own, list) else [(own, other)]
        if isinstance(own, list) and len(own) != len(other):
            found.add((question, key[1], own[0]["name"] if own else "", "list"))
            continue
        for one, another in parts:
            found |= {
                (question, key[1], one.get("name") or "", entry)
                for entry in one.keys() | another.keys()
                if one.get(entry, "missing") != another.get(entry, "missing")
            }
    return found


def ask_both(inspectors: tuple[Any, Any], method: str, **arguments: Any) -> tuple[Any, Any]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Did not recognize type")
        ours, theirs = (getattr(inspector, method)(**arguments) for inspector in inspectors)
    return comparable(ours), comparable(theirs)


def both_flags(flags: tuple[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    of_theirs = sqlalchemy.engine.reflection
    kind, scope = flags
    return (
        {"kind": getattr(ObjectKind, kind), "scope": getattr(ObjectScope, scope)},
        {"kind": getattr(of_theirs.ObjectKind, kind), "scope": getattr(of_theirs.ObjectScope, scope)},
    )


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("question", OF_TABLES)
def test_what_many_tables_are_is_what_sqlalchemy_says(
    inspectors: tuple[Any, Any], question: str, schema: str | None
) -> None:
    found = set()
    for flags in KINDS:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Did not recognize type")
            ours, theirs = (
                comparable(getattr(inspector, f"get_multi_{question}")(schema=schema, **arguments))
                for inspector, arguments in zip(inspectors, both_flags(flags), strict=True)
            )
        found |= differences(question, ours, theirs)
    expected = {entry for entry in MORE if entry[0] == question} if schema in (None, "public") else set()
    assert found == expected


@pytest.mark.parametrize("question", OF_TABLES)
def test_one_table_is_what_many_are(inspectors: tuple[Any, Any], question: str) -> None:
    inspector = inspectors[0]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Did not recognize type")
        many = getattr(inspector, f"get_multi_{question}")(kind=ObjectKind.ANY, scope=ObjectScope.ANY)
        for (schema, table), answer in many.items():
            assert comparable(getattr(inspector, f"get_{question}")(table, schema)) == comparable(answer)
    assert len(many) > 25


@pytest.mark.parametrize("names", [["parent", "child", "nowhere"], ["seen"], ["nowhere"], []])
def test_names_choose_the_tables(inspectors: tuple[Any, Any], names: list[str]) -> None:
    ours, theirs = ask_both(inspectors, "get_multi_pk_constraint", filter_names=names)
    assert ours.keys() == theirs.keys()


@pytest.mark.parametrize(
    "method",
    [
        "get_table_names",
        "get_view_names",
        "get_materialized_view_names",
        "get_sequence_names",
        "get_foreign_table_names",
    ],
)
@pytest.mark.parametrize("schema", [*SCHEMAS, "nowhere"])
def test_names_are_those_of_sqlalchemy(inspectors: tuple[Any, Any], method: str, schema: str | None) -> None:
    ours, theirs = ask_both(inspectors, method, schema=schema)
    assert ours == sorted(theirs)


@pytest.mark.parametrize("method", ["get_schema_names", "get_temp_table_names", "get_temp_view_names"])
def test_names_without_a_schema_are_those_of_sqlalchemy(inspectors: tuple[Any, Any], method: str) -> None:
    ours, theirs = ask_both(inspectors, method)
    assert ours == sorted(theirs)


@pytest.mark.parametrize("schema", [*SCHEMAS, "*", "nowhere"])
def test_enums_and_domains_are_those_of_sqlalchemy(inspectors: tuple[Any, Any], schema: str | None) -> None:
    ours, theirs = ask_both(inspectors, "get_enums", schema=schema)
    assert ours == theirs
    ours, theirs = ask_both(inspectors, "get_domains", schema=schema)
    for own, other in zip(ours, theirs, strict=True):
        # SQLAlchemy leaves lengths and brackets out.
        assert own.pop("type").startswith(other.pop("type"))
    assert ours == theirs


@pytest.mark.parametrize("name", ["seen", "kept"])
def test_the_sql_of_views_is_that_of_sqlalchemy(inspectors: tuple[Any, Any], name: str) -> None:
    ours, theirs = ask_both(inspectors, "get_view_definition", view_name=name)
    assert ours == theirs


@pytest.mark.parametrize("name", ["mood", "color", "positive", "pair", "nowhere", "Odd Type"])
@pytest.mark.parametrize("schema", [*SCHEMAS, "*"])
def test_types_are_there_where_sqlalchemy_finds_them(
    inspectors: tuple[Any, Any], name: str, schema: str | None
) -> None:
    ours, theirs = ask_both(inspectors, "has_type", type_name=name, schema=schema)
    assert ours is theirs


@pytest.mark.parametrize("path", ["public", "other,public", '"Odd Schema",other'])
@pytest.mark.parametrize("schema", [None, "public", "other"])
@pytest.mark.parametrize("ignore", [False, True])
def test_schemas_of_keys_follow_the_search_path(rich: str, path: str, schema: str | None, ignore: bool) -> None:
    options = {"connect_args": {"options": f"-csearch_path={path}".replace(" ", "\\ ")}}
    engines = [
        azoth.create_engine(rich, **options),
        sqlalchemy.create_engine(rich.replace("postgresql:", "postgresql+psycopg:"), **options),
    ]
    try:
        inspectors = (azoth.inspect(engines[0]), sqlalchemy.inspect(engines[1]))
        if not all(inspector.has_table("referring", schema=schema) for inspector in inspectors):
            assert not any(inspector.has_table("referring", schema=schema) for inspector in inspectors)
            return
        arguments = {"table_name": "referring", "schema": schema, "postgresql_ignore_search_path": ignore}
        ours, theirs = ask_both(inspectors, "get_foreign_keys", **arguments)
        default = inspectors[0].default_schema_name
        if ignore and schema not in (None, default):
            # SQLAlchemy takes a table in the default schema for one in the schema of the table that refers to it.
            for key in theirs:
                if key["referred_schema"] == schema and key["name"] != f"to_{schema}":
                    key["referred_schema"] = None
        assert ours == theirs
        columns = ask_both(inspectors, "get_columns", table_name="referring", schema=schema)
        assert columns[0] == columns[1]
    finally:
        for engine in engines:
            engine.dispose()
