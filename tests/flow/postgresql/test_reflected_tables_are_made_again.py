"""What is read from one database and created in another is the same there."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection
from typing import Any

import pytest

import azoth
from azoth import types
from azoth.dialects import postgresql
from azoth.engine.reflection import ObjectKind
from azoth.schema import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    UniqueConstraint,
)
from tests.flow.postgresql.test_reflection_like_sqlalchemy import OF_TABLES, comparable

BEFORE = (
    "CREATE EXTENSION hstore",
    "CREATE EXTENSION citext",
    "CREATE SCHEMA far",
    "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
)
"""What ``create_all()`` does not make."""


def make_metadata() -> MetaData:
    metadata = MetaData()
    far_color = postgresql.ENUM("red", "it's green", name="color", schema="far")
    Table(
        "parent",
        metadata,
        Column("id", types.Integer, primary_key=True, comment="it's the key"),
        Column("a", types.BigInteger, Identity(always=True, start=5, increment=2, cycle=True)),
        Column("b", types.String(30), nullable=False, server_default="it's: none"),
        Column("c", types.Text(collation="C")),
        Column("color", far_color, server_default="red"),
        Column("colors", postgresql.ARRAY(far_color)),
        Column("mood", types.Enum("sad", "happy", name="mood")),
        UniqueConstraint("a", "b", name="once", postgresql_include=["c"]),
        UniqueConstraint("c", name="one_null", postgresql_nulls_not_distinct=True, deferrable=None),
        UniqueConstraint("b", name="later", deferrable=True, initially="DEFERRED"),
        CheckConstraint("b <> ':x' AND length(b) < 20", name="short"),
        Index("ordered", "b", azoth.text("a DESC NULLS LAST")),
        comment="what others refer to",
    )
    Table(
        "child",
        metadata,
        Column("one", types.SmallInteger),
        Column("two", types.Uuid),
        Column("parent_id", types.Integer, ForeignKey("parent.id", ondelete="CASCADE", name="to_parent")),
        Column("parent_a", types.BigInteger),
        Column("parent_b", types.String(30)),
        Column("price", types.Numeric(10, 2), server_default=azoth.text("0.5")),
        Column("vat", types.Numeric(12, 4), Computed("price * 0.2")),
        Column("tags", postgresql.ARRAY(types.String(5))),
        Column("doc", postgresql.JSONB),
        Column("seen", types.DateTime(timezone=True), server_default=azoth.func.now()),
        Column("length", postgresql.INTERVAL(fields="day to second", precision=3)),
        Column("bits", postgresql.BIT(5, varying=True)),
        Column("during", postgresql.TSTZRANGE),
        Column("pairs", postgresql.HSTORE),
        Column("flag", types.Boolean, server_default=azoth.true()),
        Column("double", types.Double),
        Column("moment", postgresql.TIMESTAMP(precision=2)),
        Column("bytes", types.LargeBinary),
        Column("amount", postgresql.DOMAIN("positive", types.Integer, create_type=False)),
        Column("caseless", postgresql.CITEXT),
        PrimaryKeyConstraint("two", "one", name="child_key", postgresql_include=["price"]),
        ForeignKeyConstraint(
            ["parent_a", "parent_b"],
            ["parent.a", "parent.b"],
            name="to_pair",
            match="FULL",
            onupdate="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        ForeignKeyConstraint(["parent_id"], ["parent.id"], name="unchecked", postgresql_not_valid=True),
        Index("by_document", "doc", postgresql_using="gin", postgresql_ops={"doc": "jsonb_path_ops"}),
        Index("partial", "price", postgresql_where=azoth.text("price > 5"), postgresql_with={"fillfactor": 50}),
        Index("lower_case", azoth.text("lower(caseless::text)"), unique=True, postgresql_include=["flag"]),
        Index("same_nulls", "price", "flag", unique=True, postgresql_nulls_not_distinct=True),
        postgresql_with={"fillfactor": 60},
    )
    Table(
        "Odd (Table)",
        metadata,
        Column("select", types.Integer, primary_key=True, autoincrement=False),
        Column("%(x)s", types.Integer, ForeignKey("far.target.id")),
    )
    Table(
        "target",
        metadata,
        Column("id", types.Integer, Identity(), primary_key=True),
        Column("color", far_color),
        schema="far",
    )
    Table(
        "divided",
        metadata,
        Column("at", types.Date, primary_key=True),
        Column("a", types.Integer),
        postgresql_partition_by="RANGE (at)",
    )
    Table("counted", metadata, Column("id", types.Integer, Sequence("own_counter"), primary_key=True))
    return metadata


def everything_about(engine: azoth.Engine, schemas: Collection[str | None]) -> dict[tuple[str, str | None], Any]:
    inspector = azoth.inspect(engine)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Did not recognize type")
        return {
            (question, schema): comparable(getattr(inspector, f"get_multi_{question}")(schema=schema))
            for question in OF_TABLES
            for schema in schemas
        }


@pytest.fixture(scope="module")
def engines(make_database: Callable[..., str], make_engine: Callable[..., Any]) -> tuple[azoth.Engine, azoth.Engine]:
    """Engines on a database with those tables, and on one in which they were made again as they were read."""
    first, second = (make_engine(make_database(BEFORE)) for _ in range(2))
    make_metadata().create_all(first)
    metadata = MetaData()
    metadata.reflect(first)
    metadata.reflect(first, schema="far")
    metadata.create_all(second)
    return first, second


@pytest.mark.parametrize("question", OF_TABLES)
def test_tables_that_are_made_again_are_the_same(engines: tuple[azoth.Engine, azoth.Engine], question: str) -> None:
    first, second = (everything_about(engine, (None, "far")) for engine in engines)
    for schema in (None, "far"):
        assert first[question, schema] == second[question, schema]
        assert first[question, schema]


def test_tables_are_read_as_they_were_declared(engines: tuple[azoth.Engine, azoth.Engine]) -> None:
    declared, read = make_metadata(), MetaData()
    read.reflect(engines[0])
    for name in ("parent", "child", "Odd (Table)", "divided"):
        columns = {column.name: column for column in read.tables[name].c}
        for column in declared.tables[name].c:
            found = columns.pop(column.name)
            assert found.nullable == column.nullable
            assert found.primary_key == column.primary_key
            assert found.comment == column.comment
            assert found.type.compile(engines[0].dialect) == column.type.compile(engines[0].dialect)
            assert (found.computed is None) == (column.computed is None)
            assert (found.identity is None) == (column.identity is None)
        assert columns == {}
        ours, theirs = (
            {(type(one).__name__, one.name) for one in table.constraints if one.name and "_pkey" not in one.name}
            for table in (read.tables[name], declared.tables[name])
        )
        assert theirs <= ours
        assert {index.name for index in read.tables[name].indexes} == {
            index.name for index in declared.tables[name].indexes
        }
    assert read.tables["parent"].comment == "what others refer to"


LOST = frozenset({"all_types", "divided_2025", "measured_2025", "foreign_table"})
"""Tables of the rich database that Table cannot describe: with types that azoth does not know, and partitions."""


def test_a_rich_database_is_made_again(
    rich_engine: azoth.Engine, make_database: Callable[..., str], make_engine: Callable[..., azoth.Engine]
) -> None:
    second = make_engine(
        make_database(
            (
                "CREATE EXTENSION btree_gist",
                "CREATE SCHEMA other",
                "CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler",
                "CREATE SEQUENCE counter",
                "CREATE SEQUENCE other.counter_elsewhere",
                "CREATE SEQUENCE defaults_big_seq",
                "CREATE SEQUENCE defaults_small_seq",
                "CREATE SEQUENCE referring_id_seq",
                "CREATE SEQUENCE other.referring_id_seq",
            )
        )
    )
    metadata = MetaData()
    names = [name for name in azoth.inspect(rich_engine).get_table_names() if name not in LOST]
    metadata.reflect(rich_engine, only=names)
    metadata.reflect(rich_engine, schema="other")
    for heir, forebear in [("heir", "forebear"), ("heir", "second_forebear"), ("other.far_heir", "forebear")]:
        metadata.tables[heir].add_is_dependent_on(metadata.tables[forebear])
    metadata.create_all(second)

    first, again = (everything_about(engine, (None, "other")) for engine in (rich_engine, second))
    for question, schema in first:
        answers, others = first[question, schema], again[question, schema]
        for table, answer in answers.items():
            if table[1] not in LOST:
                assert without_lost(question, others[table]) == without_lost(question, answer), table


def without_lost(question: str, answer: Any) -> Any:
    """Take out NOT VALID: a new table has no rows to be wrong."""
    for constraint in answer if question in ("check_constraints", "foreign_keys") else ():
        constraint.get("dialect_options", {}).pop("not_valid", None)
        constraint.get("options", {}).pop("postgresql_not_valid", None)
        if not constraint.get("dialect_options", True):
            del constraint["dialect_options"]
    return answer


def test_views_are_read_as_tables(rich_engine: azoth.Engine) -> None:
    metadata = MetaData()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Did not recognize type")
        metadata.reflect(rich_engine, views=True, only=["seen", "parent"])
    assert set(metadata.tables) == {"seen", "parent"}
    kept = Table("kept", metadata, autoload_with=rich_engine)
    assert [column.name for column in kept.c] == ["id", "b"]
    assert [index.name for index in kept.indexes] == ["kept_index"]
    assert azoth.inspect(rich_engine).get_multi_columns(kind=ObjectKind.MATERIALIZED_VIEW).keys() == {(None, "kept")}
