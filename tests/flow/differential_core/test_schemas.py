"""Tables, constraints, DDL text and reflection are the same as SQLAlchemy's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database

pytest.importorskip("sqlalchemy")

from tests.flow.differential_core.libraries import same

SCENARIOS: list[Any] = []


def scenario(function: Any) -> Any:
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("each", SCENARIOS, ids=lambda each: each.__name__)
def test_the_same_as_sqlalchemy(each: Any, database: Database) -> None:
    same(each, database, is_shared=True)


CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def zoo(lib: Any) -> Any:
    metadata = lib.MetaData(naming_convention=CONVENTION)
    lib.Table(
        "keeper",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("name", lib.String(50), nullable=False, unique=True),
        lib.Column("boss_id", lib.ForeignKey("keeper.id", ondelete="SET NULL")),
        lib.CheckConstraint("length(name) > 1", name="long_name"),
    )
    lib.Table(
        "cage",
        metadata,
        lib.Column("house", lib.String(1), primary_key=True),
        lib.Column("number", lib.Integer, primary_key=True),
        lib.Column("area", lib.Numeric(6, 2), server_default="1.5"),
        lib.Column("keeper_id", lib.Integer, lib.ForeignKey("keeper.id"), index=True),
    )
    lib.Table(
        "animal",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True, autoincrement=True),
        lib.Column("house", lib.String(1)),
        lib.Column("cage number", lib.Integer),
        lib.Column("born", lib.DateTime, server_default=lib.func.now()),
        lib.Column("select", lib.Boolean(create_constraint=True, name="is_selected")),
        lib.Column("kind", lib.Enum("cat", "dog", name="kind", create_constraint=True)),
        lib.ForeignKeyConstraint(["house", "cage number"], ["cage.house", "cage.number"], onupdate="CASCADE"),
        lib.UniqueConstraint("house", "cage number", name="one_per_cage"),
        lib.Index("ix_born", "born", "id"),
        comment="all of them",
    )
    return metadata


@scenario
def text_of_create_table(lib: Any, engine: Any) -> Any:
    metadata = zoo(lib)
    made = [str(lib.schema.CreateTable(table).compile(dialect=engine.dialect)) for table in metadata.sorted_tables]
    made += [
        str(lib.schema.CreateIndex(index).compile(dialect=engine.dialect))
        for table in metadata.sorted_tables
        for index in sorted(table.indexes, key=lambda index: index.name)
    ]
    made += [str(lib.schema.DropTable(table).compile(dialect=engine.dialect)) for table in metadata.sorted_tables]
    # Constraints of one table may stand in another order.
    return [sorted(part.strip(" ,()") for part in " ".join(text.split()).split(" CONSTRAINT ")) for text in made]


@scenario
def names_by_convention(lib: Any, engine: Any) -> Any:
    metadata = zoo(lib)
    metadata.create_all(engine)
    inspector = lib.inspect(engine)
    names: list[Any] = []
    for table in inspector.get_table_names():
        names += [
            inspector.get_pk_constraint(table),
            sorted(inspector.get_foreign_keys(table), key=str),
            sorted(inspector.get_unique_constraints(table), key=str),
            sorted(inspector.get_check_constraints(table), key=str),
            sorted(
                (index["name"], index["column_names"], bool(index["unique"])) for index in inspector.get_indexes(table)
            ),
        ]
    return names


@scenario
def reflected_columns(lib: Any, engine: Any) -> Any:
    zoo(lib).create_all(engine)
    inspector = lib.inspect(engine)
    return [
        [
            (column["name"], str(column["type"]), column["nullable"], column["default"], column["primary_key"])
            for column in inspector.get_columns(table)
        ]
        for table in sorted(inspector.get_table_names())
    ]


@scenario
def reflected_tables(lib: Any, engine: Any) -> Any:
    zoo(lib).create_all(engine)
    metadata = lib.MetaData()
    metadata.reflect(engine)
    animal = metadata.tables["animal"]
    single = lib.Table("animal", lib.MetaData(), lib.Column("kind", lib.Text), autoload_with=engine)
    return [
        sorted(metadata.tables),
        [table.name for table in metadata.sorted_tables],
        [(column.name, str(column.type), column.nullable, column.primary_key) for column in animal.columns],
        sorted(
            (sorted(element.target_fullname for element in constraint.elements), str(constraint.onupdate))
            for constraint in animal.foreign_key_constraints
        ),
        sorted((index.name, bool(index.unique), [column.name for column in index.columns]) for index in animal.indexes),
        [key.target_fullname for key in metadata.tables["cage"].c.keeper_id.foreign_keys],
        str(single.c.kind.type),
        len(single.c),
        lib.failure(lambda: lib.Table("nothing", lib.MetaData(), autoload_with=engine)),
    ]


@scenario
def create_and_drop(lib: Any, engine: Any) -> Any:
    metadata = zoo(lib)
    inspector = lib.inspect(engine)
    seen: list[Any] = [inspector.get_table_names()]
    metadata.create_all(engine)
    metadata.create_all(engine)
    inspector.clear_cache()
    seen += [inspector.get_table_names(), inspector.has_table("cage"), inspector.has_table("nothing")]
    metadata.tables["animal"].drop(engine)
    metadata.tables["animal"].drop(engine, checkfirst=True)
    seen.append(lib.failure(lambda: metadata.tables["animal"].drop(engine)))
    seen.append(lib.failure(lambda: metadata.tables["cage"].create(engine)))
    metadata.create_all(engine, tables=[metadata.tables["animal"]])
    seen.append(sorted(lib.inspect(engine).get_table_names()))
    metadata.drop_all(engine)
    seen.append(lib.inspect(engine).get_table_names())
    return seen


@scenario
def views_and_temporary_tables(lib: Any, engine: Any) -> Any:
    zoo(lib).create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW bosses AS SELECT name FROM keeper WHERE boss_id IS NULL")
        connection.exec_driver_sql("CREATE TEMPORARY TABLE scratch (x INTEGER)")
        inspector = lib.inspect(connection)
        view = lib.Table("bosses", lib.MetaData(), autoload_with=connection)
        return [
            inspector.get_view_names(),
            inspector.get_view_definition("bosses"),
            inspector.get_temp_table_names(),
            [column.name for column in view.columns],
            inspector.has_table("bosses"),
            inspector.get_schema_names(),
        ]


@scenario
def metadata_as_a_collection(lib: Any, engine: Any) -> Any:
    metadata = zoo(lib)
    animal = metadata.tables["animal"]
    copy = animal.to_metadata(lib.MetaData())
    metadata.remove(animal)
    return [
        "animal" in metadata.tables,
        [column.name for column in copy.columns],
        sorted(str(constraint.name) for constraint in copy.constraints),
        lib.failure(lambda: lib.Table("cage", metadata, lib.Column("x", lib.Integer))),
        lib.Table("cage", metadata) is metadata.tables["cage"],
        lib.Table("cage", metadata, lib.Column("x", lib.Integer), extend_existing=True).c.x.name,
        str(metadata.tables["cage"]),
        metadata.tables["cage"].key,
        [column.key for column in metadata.tables["cage"].primary_key],
        lib.failure(lambda: metadata.tables["cage"].c.nothing),
        "area" in metadata.tables["cage"].c,
        len(metadata.tables["cage"].foreign_keys),
        metadata.tables["cage"].c.keeper_id.references(metadata.tables["keeper"].c.id),
    ]


@scenario
def cycles_of_foreign_keys(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData()
    lib.Table(
        "a",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("b_id", lib.ForeignKey("b.id", use_alter=True, name="a_b")),
    )
    lib.Table(
        "b", metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("a_id", lib.ForeignKey("a.id"))
    )
    metadata.create_all(engine)
    found = sorted(lib.inspect(engine).get_table_names())
    metadata.drop_all(engine)
    return [found, lib.inspect(engine).get_table_names()]


@scenario
def wrong_schemas(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData()
    lost = lib.Table("lost", metadata, lib.Column("id", lib.ForeignKey("nowhere.id")))
    return [
        lib.failure(lambda: metadata.create_all(engine)),
        lib.failure(lambda: lost.c.id.type),
        lib.failure(lambda: next(iter(lost.c.id.foreign_keys)).column),
        lib.failure(lambda: lib.Column("x", lib.Integer, lib.Integer)),
        lib.failure(lambda: lib.Table("t", lib.MetaData(), lib.Column(lib.Integer))),
        lib.failure(lambda: lib.Table("t", lib.MetaData(), lib.PrimaryKeyConstraint("nothing"))),
        lib.failure(lambda: lib.create_engine("nothing://")),
        lib.failure(lambda: lib.create_engine("no url")),
        lib.failure(lambda: lib.inspect(object())),
        lib.failure(lambda: lib.Table("t")),
    ]


@scenario
def ddl_events_and_text(lib: Any, engine: Any) -> Any:
    metadata = zoo(lib)
    seen: list[Any] = []
    cage = metadata.tables["cage"]
    lib.event.listen(cage, "before_create", lambda target, connection, **kw: seen.append(("before", target.name)))
    lib.event.listen(cage, "after_create", lib.DDL("CREATE VIEW cages AS SELECT * FROM %(table)s"))
    lib.event.listen(metadata, "after_create", lambda target, connection, **kw: seen.append("all"))
    lib.event.listen(cage, "after_drop", lambda target, connection, **kw: seen.append(("gone", target.name)))
    metadata.create_all(engine)
    seen.append(lib.inspect(engine).get_view_names())
    with engine.begin() as connection:
        connection.execute(lib.DDL("DROP VIEW cages"))
        connection.execute(lib.schema.CreateTable(lib.Table("late", lib.MetaData(), lib.Column("x", lib.Integer))))
    metadata.drop_all(engine)
    seen.append(lib.inspect(engine).get_table_names())
    return seen


@scenario
def identifiers_with_quotes(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData()
    table = lib.Table(
        "Order by",
        metadata,
        lib.Column("select", lib.Integer, primary_key=True),
        lib.Column('with "quotes"', lib.String),
        lib.Column("MixedCase", lib.String, key="mixed"),
        lib.Column("%percent:colon", lib.String),
    )
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(table.insert().values({"mixed": "m", 'with "quotes"': "q", "%percent:colon": "p"}))
        row = connection.execute(lib.select(table).where(table.c.mixed == "m", table.c["%percent:colon"] == "p")).one()
        alias = table.alias("a b")
        other = connection.execute(lib.select(alias.c.mixed.label("a.b"))).mappings().one()
        return [tuple(row), list(row._mapping.keys()), dict(other), str(lib.select(table)), str(lib.select(alias))]


@scenario
def schemas_by_attached_databases(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData(schema="other")
    table = lib.Table("thing", metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("x", lib.String))
    child = lib.Table(
        "child",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("t", lib.ForeignKey("other.thing.id")),
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("ATTACH DATABASE ':memory:' AS other")
        metadata.create_all(connection)
        connection.execute(table.insert(), {"x": "a"})
        connection.execute(child.insert(), {"t": 1})
        inspector = lib.inspect(connection)
        return [
            connection.execute(lib.select(table.c.x, child.c.t).join(child)).all(),
            sorted(inspector.get_table_names(schema="other")),
            inspector.get_table_names(),
            str(lib.select(table.c.x)),
            [key["referred_table"] for key in inspector.get_foreign_keys("child", schema="other")],
            table.fullname,
        ]
