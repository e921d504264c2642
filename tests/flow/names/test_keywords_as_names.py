"""Every keyword of every database can be the name of anything, and what has that name works."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    column,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
    values,
)
from azoth.dialects import postgresql, sqlite
from azoth.engine import Engine
from azoth.orm import Session, aliased, registry, relationship, selectinload
from tests.database import Database
from tests.flow.names.keywords import ALL, SQLITE

EACH = pytest.mark.parametrize("word", ALL)


def tables(word: str) -> MetaData:
    """Make a table in which everything that has a name has this one, or this one and another word."""
    metadata = MetaData()
    Table(
        word,
        metadata,
        Column(word, Integer),
        Column(f"{word}_text", String(20)),
        Column("parent", Integer),
        PrimaryKeyConstraint(word, name=f"{word}_primary"),
        UniqueConstraint(f"{word}_text", name=f"{word}_unique"),
        CheckConstraint(column(word) > 0, name=word),
        ForeignKeyConstraint(["parent"], [f"{word}.{word}"], name=f"{word}_key"),
    )
    other = Table(f"{word}_other", metadata, Column("id", Integer, primary_key=True), Column(word, Integer))
    Index(f"{word}_index", other.c[word])
    return metadata


@pytest.fixture(name="engine", scope="module")
def an_engine(module_database: Database) -> Any:
    return module_database.make_engine()


UPSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@EACH
def test_tables_columns_constraints_and_indexes(engine: Engine, word: str) -> None:
    metadata = tables(word)
    table = metadata.tables[word]
    metadata.create_all(engine)
    try:
        inspector = inspect(engine)
        assert inspector.has_table(word)
        assert [one["name"] for one in inspector.get_columns(word)] == [word, f"{word}_text", "parent"]
        key = inspector.get_pk_constraint(word)
        assert (key["constrained_columns"], key["name"]) == ([word], f"{word}_primary")
        assert [one["name"] for one in inspector.get_unique_constraints(word)] == [f"{word}_unique"]
        assert [one["name"] for one in inspector.get_check_constraints(word)] == [word]
        assert [one["referred_table"] for one in inspector.get_foreign_keys(word)] == [word]
        assert [one["column_names"] for one in inspector.get_indexes(f"{word}_other")] == [[word]]
        reflected = Table(word, MetaData(), autoload_with=engine)
        assert [one.name for one in reflected.primary_key] == [word]
        with engine.begin() as connection:
            own = table.c[word]
            connection.execute(insert(table), [{word: 1, f"{word}_text": "a"}, {word: 2, f"{word}_text": "b"}])
            upsert = UPSERTS[engine.dialect.name](table).values({word: 2})
            connection.execute(upsert.on_conflict_do_update(index_elements=[word], set_={"parent": 2}))
            assert connection.execute(update(table).where(own == 1).values({own: 5})).rowcount == 1
            assert connection.scalars(select(own).order_by(own)).all() == [2, 5]
            assert connection.scalar(insert(table).values({own: 7}).returning(own)) == 7
            assert connection.execute(delete(table).where(own.in_([7]))).rowcount == 1
            assert connection.scalar(select(func.count(reflected.c[word]))) == 2
    finally:
        metadata.drop_all(engine)


NAMELESS = ("true", "false")
"""Names that SQLite takes from the columns of subqueries, quoted or not: it calls them column1, column2 and so on."""


@EACH
def test_labels_aliases_parameters_and_common_table_expressions(engine: Engine, word: str) -> None:
    inner = f"{word}_" if word in NAMELESS and engine.dialect.name == "sqlite" else word
    table = values(column("n", Integer), column(inner, Integer), name=word).data([(1, 10), (2, 20)])
    with engine.connect() as connection:
        own = table.c[inner]
        row = connection.execute(select(own.label(word), table.c.n.label(f"{word}_2")).where(own > 10)).one()
        assert (row._mapping[word], row._mapping[f"{word}_2"]) == (20, 2)
        assert connection.scalars(select(own.label(word)).order_by(word)).all() == [10, 20]
        alias = select(own).subquery(word)
        grouped = select(alias.c[inner]).group_by(alias.c[inner]).order_by(alias.c[inner].desc())
        assert connection.scalars(grouped).all() == [20, 10]
        common = select(own.label(inner)).cte(word)
        found = select(common.c[inner]).where(common.c[inner] == bindparam(word))
        assert connection.scalars(found, {word: 20}).all() == [20]
        windowed = select(func.sum(own).over(order_by=own).label(word)).order_by(own)
        assert connection.scalars(windowed).all() == [10, 30]


def test_savepoints(engine: Engine) -> None:
    quote = engine.dialect.identifier_preparer.quote
    with engine.begin() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE kept (n INTEGER)"))
        for word in ALL:
            connection.exec_driver_sql(engine.dialect.savepoint_sql(quote(word)))
            connection.execute(text("INSERT INTO kept VALUES (1)"))
            connection.exec_driver_sql(engine.dialect.rollback_to_savepoint_sql(quote(word)))
            connection.exec_driver_sql(engine.dialect.release_savepoint_sql(quote(word)))
        assert connection.scalar(text("SELECT count(*) FROM kept")) == 0
        connection.execute(text("DROP TABLE kept"))


@pytest.mark.parametrize("word", SQLITE)
def test_mapped_classes(engine: Engine, word: str) -> None:
    mapping = registry()
    table = Table(
        word,
        mapping.metadata,
        Column(word, Integer, primary_key=True),
        Column("parent", Integer),
        ForeignKeyConstraint(["parent"], [f"{word}.{word}"]),
    )

    class Node:
        def __init__(self, key: int, parent: Any = None) -> None:
            self.key = key
            self.parent = parent

    mapping.map_imperatively(
        Node,
        table,
        properties={
            "key": table.c[word],
            "parent_key": table.c.parent,
            "parent": relationship(Node, remote_side=table.c[word], back_populates="children"),
            "children": relationship(Node, back_populates="parent"),
        },
    )
    mapping.metadata.create_all(engine)
    try:
        with Session(engine) as session:
            root = Node(1)
            session.add_all([root, Node(2, root)])
            session.commit()
            loaded = session.scalars(select(Node).options(selectinload(Node.children)).where(Node.key == 1)).one()
            assert [child.key for child in loaded.children] == [2]
            alias = aliased(Node, name=word)
            assert session.scalars(select(alias.key).where(alias.parent_key == 1)).all() == [2]
            assert session.execute(select(Node.key.label(word)).order_by(word)).mappings().all() == [
                {word: 1},
                {word: 2},
            ]
            session.execute(update(Node).where(Node.key == 2).values(parent_key=None))
            session.delete(root)
            session.commit()
            assert session.scalars(select(Node.key)).all() == [2]
    finally:
        mapping.metadata.drop_all(engine)


def test_the_keywords_are_those_of_the_database(engine: Engine) -> None:
    """The database takes the words that azoth leaves unquoted for names, and no list of SQLite's keywords lacks one."""
    quote = engine.dialect.identifier_preparer.quote
    unquoted = [word for word in (SQLITE if engine.dialect.name == "sqlite" else ALL) if quote(word) == word]
    with engine.connect() as connection:
        for word in unquoted:
            connection.execute(
                text(f"CREATE TEMPORARY TABLE {word} ({word} INTEGER, CONSTRAINT {word} CHECK ({word} > 0))")
            )
            connection.execute(text(f"SELECT {word}.{word} AS {word} FROM {word} AS {word} ORDER BY {word}"))
            connection.execute(text(f"DROP TABLE {word}"))
    assert len(SQLITE) == 147
