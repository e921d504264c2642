"""Names in SQL: quoted wherever a compiler writes them, so that any text but a null character is a name."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    case,
    cast,
    collate,
    column,
    extract,
    func,
    insert,
    inspect,
    literal,
    select,
    table,
    try_cast,
    update,
    values,
)
from azoth.dialects import postgresql, sqlite
from azoth.engine import Engine
from azoth.engine.dialect_base.dialect import DefaultDialect
from azoth.exc import CompileError, IdentifierError
from azoth.schema import CreateSchema, CreateSequence, CreateTable, DropSchema, SetColumnComment, SetTableComment
from tests.database import Database
from tests.flow.names.hostile import NAMES

KEYWORDS = (
    "add", "alter", "autoincrement", "commit", "delete", "drop", "escape", "exists", "if", "index", "insert",
    "nothing", "raise", "recursive", "returning", "transaction", "update", "values", "with", "select", "where",
)  # fmt: skip
"""Words that SQLite takes for names only in quotes."""


@pytest.fixture(name="engine")
def an_engine(database: Database) -> Any:
    return database.make_engine()


UPSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def tables_named(name: str, schema: str | None = None) -> MetaData:
    """Make tables in which everything that has a name has this one."""
    metadata = MetaData(schema=schema)
    Table(
        name,
        metadata,
        Column(name, Integer),
        Column(f"{name} text", String(20), server_default=name, comment=name),
        PrimaryKeyConstraint(name, name=f"{name} primary"),
        UniqueConstraint(f"{name} text", name=f"{name} unique"),
        CheckConstraint(column(f"{name} text") != name, name=name),
        Index(f"{name} index", f"{name} text"),
        comment=name,
    )
    Table(
        f"{name} 2",
        metadata,
        Column("id", Integer, primary_key=True),
        Column(name, ForeignKey(Table(name, metadata).c[name], name=f"{name} key")),
    )
    return metadata


def is_too_long(engine: Engine, name: str) -> bool:
    """Tell whether a name that others are made of is longer than names of the database are."""
    return len(name) + len(" primary") > engine.dialect.max_identifier_length


@pytest.mark.parametrize("name", [*NAMES, *KEYWORDS])
def test_tables_are_created_reflected_and_dropped(engine: Engine, name: str) -> None:
    made = tables_named(name)
    if is_too_long(engine, name):
        with pytest.raises(IdentifierError, match="longer than"):
            made.create_all(engine)
        return
    made.create_all(engine)
    found = MetaData()
    found.reflect(engine)

    assert set(found.tables) == {name, f"{name} 2"}
    read = found.tables[name]
    assert read.c.keys() == [name, f"{name} text"]
    assert read.primary_key.name == f"{name} primary"
    assert [index.name for index in read.indexes] == [f"{name} index"]
    names = {constraint.name for constraint in read.constraints}
    assert names == {f"{name} primary", f"{name} unique", name}
    (key,) = found.tables[f"{name} 2"].foreign_keys
    assert key.column is read.c[name]
    assert key.constraint is not None
    assert key.constraint.name == f"{name} key"
    with engine.begin() as connection:
        connection.execute(read.insert(), {name: 1, f"{name} text": "x"})
        connection.execute(made.tables[name].insert(), {name: 2, f"{name} text": "y"})
        assert connection.scalar(select(func.count()).select_from(read)) == 2
    found.drop_all(engine)
    assert inspect(engine).get_table_names() == []


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_named(engine: Engine, name: str) -> None:
    quoted = name.replace('"', '""')
    made = tables_named(name, schema=name)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"ATTACH DATABASE ':memory:' AS \"{quoted}\"")
        else:
            connection.execute(CreateSchema(name))
        if is_too_long(engine, name):
            with pytest.raises(IdentifierError, match="longer than"):
                made.create_all(connection)
            return
        made.create_all(connection)
        found = MetaData()
        found.reflect(connection, schema=name)
        assert {one.name for one in found.tables.values()} == {name, f"{name} 2"}
        assert {one.schema for one in found.tables.values()} == {name}
        connection.execute(insert(made.tables[f"{name}.{name}"]), {name: 1, f"{name} text": "x"})
        subject = made.tables[f"{name}.{name}"]
        assert connection.scalar(select(subject.c[f"{name} text"]).where(subject.c[name] == 1)) == "x"
        translated = connection.execution_options(schema_translate_map={"here": name})
        assert translated.scalar(select(func.count()).select_from(table(name, schema="here"))) == 1
        connection.rollback()


@pytest.mark.parametrize("name", NAMES)
def test_statements_name_what_they_use(engine: Engine, name: str) -> None:
    if is_too_long(engine, name):
        return
    metadata = tables_named(name)
    metadata.create_all(engine)
    one = metadata.tables[name]
    with engine.begin() as connection:
        connection.execute(insert(one).values({name: 1, f"{name} text": "a"}))
        savepoint = connection.begin_nested()
        connection.execute(update(one).values({f"{name} text": bindparam(f"{name} new")}), {f"{name} new": "b"})
        savepoint.rollback()
        change = UPSERTS[engine.dialect.name](one).values({name: 1, f"{name} text": "c"})
        connection.execute(
            change.on_conflict_do_update(index_elements=[name], set_={f"{name} text": change.excluded[f"{name} text"]})
        )
        alias = one.alias(f"{name} alias")
        cte = select(one.c[f"{name} text"].label(f"{name} label")).cte(f"{name} cte")
        inner = select(cte.c[f"{name} label"]).subquery(f"{name} inner")
        rows = values(column(f"{name} v", String), name=f"{name} rows").data([("c",)])
        joined = (
            select(alias.c[name], inner.c[f"{name} label"].label(name + "!"), rows.c[f"{name} v"])
            .join(inner, inner.c[f"{name} label"] == alias.c[f"{name} text"])
            .join(rows, rows.c[f"{name} v"] == alias.c[f"{name} text"])
            .order_by(name + "!")
        )
        assert connection.execute(joined).one() == (1, "c", "c")
        assert connection.execute(one.delete().returning(one.c[name])).one()._mapping[name] == 1


@pytest.mark.parametrize("style", ["named", "pyformat", "qmark", "format", "numeric"])
def test_placeholders_are_words_whatever_columns_are_called(style: str) -> None:
    names = ["a:b", "a%b", "a)b", "a b", "?", ":x", "a_b", "p_a_b", "a\nb"]
    subject = table("t", *[column(name, Integer) for name in names])
    compiled = insert(subject).values(dict.fromkeys(names, 1)).compile(dialect=DefaultDialect(paramstyle=style))

    placeholders = compiled.string.partition("VALUES (")[2].rstrip(")").split(", ")
    if style == "named":
        assert placeholders == [
            ":p_a_b_1",
            ":p_a_b_2",
            ":p_a_b_3",
            ":p_a_b_4",
            ":p__",
            ":p__x",
            ":a_b",
            ":p_a_b",
            ":p_a_b_5",
        ]
    elif style == "pyformat":
        assert placeholders[0] == "%(p_a_b_1)s"
        assert len(set(placeholders)) == len(names)
    else:
        assert len(placeholders) == len(names)
    assert compiled.params == dict.fromkeys(names, 1)


def test_percent_signs_of_names_are_doubled_only_where_the_driver_reads_them() -> None:
    statement = select(column("a%b"))
    assert '"a%%b"' in str(statement.compile(dialect=DefaultDialect(paramstyle="pyformat")))
    assert '"a%b"' in str(statement.compile(dialect=DefaultDialect(paramstyle="qmark")))


# --- collations and other words of SQL ---


def test_the_collation_of_a_type_is_quoted_and_follows_a_cast() -> None:
    evil = String(10, collation='x" , (select 1) --')
    dialect = DefaultDialect()
    assert str(select(cast(column("a"), evil)).compile(dialect=dialect)) == (
        'SELECT CAST(a AS VARCHAR(10)) COLLATE "x"" , (select 1) --" AS a'
    )
    assert str(try_cast(column("a"), evil)) == 'TRY_CAST(a AS VARCHAR(10)) COLLATE "x"" , (select 1) --"'
    assert 'VARCHAR(10) COLLATE "x"" , (select 1) --"' in str(CreateTable(Table("t", MetaData(), Column("a", evil))))
    assert str(collate(column("a"), 'x"y')) == 'a COLLATE "x""y"'


def test_a_cast_with_a_collation_compares_by_it(engine: Engine) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            options = "provider = icu, locale = 'und-u-ks-level2', deterministic = false"
            connection.exec_driver_sql(f'CREATE COLLATION "NOCASE" ({options})')
        equal = cast(literal("A"), String(collation="NOCASE")) == "a"
        assert connection.scalar(select(case((equal, 1), else_=0))) == 1


def test_comments_schemas_and_sequences_are_quoted() -> None:
    metadata = MetaData()
    subject = Table('t"', metadata, Column('c"', Integer, comment="it's"), comment="it's '", schema='s"')
    assert str(SetTableComment(subject)) == 'COMMENT ON TABLE "s"""."t""" IS \'it\'\'s \'\'\''
    assert str(SetColumnComment(subject.c['c"'])) == 'COMMENT ON COLUMN "s"""."t"""."c""" IS \'it\'\'s\''
    assert str(CreateSchema('a"b')) == 'CREATE SCHEMA "a""b"'
    assert str(DropSchema('a"b')) == 'DROP SCHEMA "a""b"'
    assert str(CreateSequence(Sequence('q"', schema='s"'))) == 'CREATE SEQUENCE "s"""."q"""'
    created = str(CreateTable(Table("e", MetaData(), Column("k", Enum("a'b", name='k"', create_constraint=True)))))
    assert "CONSTRAINT \"k\"\"\" CHECK (k IN ('a''b'))" in created
    assert "GENERATED" in str(CreateTable(Table("i", MetaData(), Column("k", Integer, Identity()))))


@pytest.mark.parametrize(
    "options",
    [
        {"ondelete": "CASCADE); DROP TABLE x; --"},
        {"match": "FULL); DROP TABLE x; --"},
        {"initially": "DEFERRED); DROP TABLE x; --", "deferrable": True},
    ],
)
def test_words_of_constraints_are_words(options: dict[str, Any]) -> None:
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True))
    child = Table("c", metadata, Column("p", Integer, ForeignKey("p.id", **options)))
    with pytest.raises(CompileError, match="no SQL"):
        str(CreateTable(child))


def test_the_field_of_extract_is_a_word() -> None:
    assert str(extract("year", column("d"))) == "EXTRACT(year FROM d)"
    with pytest.raises(CompileError, match="not a valid extract argument"):
        str(extract("year FROM now()) --", column("d")))


def test_what_a_window_excludes_is_one_of_the_words_for_it() -> None:
    window = func.count().over(order_by=column("a"), rows=(None, 0), exclude="ties")
    assert str(window).endswith("EXCLUDE ties)")
    with pytest.raises(CompileError, match="a window cannot exclude"):
        str(func.count().over(order_by=column("a"), rows=(None, 0), exclude="TIES) --"))


def test_a_null_character_is_no_part_of_a_name(engine: Engine) -> None:
    with pytest.raises(CompileError, match="null character"):
        str(CreateTable(Table("a\0b", MetaData(), Column("id", Integer))))
    with engine.connect() as connection, pytest.raises(CompileError, match="null character"):
        connection.execute(select(literal(1).label("a\0b")))
