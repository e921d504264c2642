"""What a schema offers beside tables and columns comes to the same outcome as with SQLAlchemy."""

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
    same(each, database)


def users(lib: Any, metadata: Any) -> Any:
    return lib.Table(
        "users",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("name", lib.String(20), key="called"),
    )


def filled(lib: Any, engine: Any, metadata: Any) -> Any:
    table = users(lib, metadata)
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"id": 1, "called": "ada"}, {"id": 2, "called": "bob"}])
    return table


def plain(text: Any) -> str:
    return " ".join(str(text).split())


@scenario
def a_view_is_created_read_and_dropped_with_its_metadata(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData()
    table = filled(lib, engine, metadata)
    view = lib.schema.CreateView(
        lib.select(table.c.id, table.c.called.label("who")).where(table.c.id > 1), "late", metadata=metadata
    )
    metadata.create_all(engine)
    metadata.create_all(engine)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(lib.select(view.table))]
        views = lib.inspect(connection).get_view_names()
    metadata.drop_all(engine)
    with engine.connect() as connection:
        left = lib.inspect(connection).get_view_names(), lib.inspect(connection).get_table_names()
    return plain(view), rows, views, left, view.table.is_view, table.is_view, view.table.c.keys()


@scenario
def a_table_is_made_of_what_a_select_gives(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData()
    table = filled(lib, engine, metadata)
    made = lib.schema.CreateTableAs(
        lib.select(table.c.id, table.c.called.label("who")).where(table.c.called.in_(["ada", "eve"])), "copy"
    )
    again = lib.select(table.c.id).into("ids", temporary=True, if_not_exists=True)
    with engine.begin() as connection:
        connection.execute(made)
        connection.execute(again)
        connection.execute(again)
        rows = [tuple(row) for row in connection.execute(lib.select(made.table))]
        ids = [tuple(row) for row in connection.execute(lib.select(again.table).order_by(again.table.c.id))]
    return plain(made), plain(again), rows, ids, made.table.c.keys(), [type(c.type).__name__ for c in made.table.c]


@scenario
def texts_of_views(lib: Any, engine: Any) -> Any:
    schema = lib.schema
    table = users(lib, lib.MetaData())
    query = lib.select(table.c.id)
    view = schema.CreateView(query, "v", schema="s", or_replace=True, temporary=True, materialized=True)
    return [
        plain(view),
        plain(schema.CreateView(lib.union(query, query), "w")),
        plain(schema.DropView(view.table)),
        plain(schema.DropView(view.table, if_exists=True, materialized=True)),
        plain(schema.CreateTableAs(query, "t", schema="s")),
    ]


@scenario
def other_statements_create_and_drop_a_table(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData()
    table = users(lib, metadata)
    table.set_creator_ddl(lib.schema.CreateTable(table, if_not_exists=True))
    table.set_dropper_ddl(lib.schema.DropTable(table, if_exists=True))
    for _ in range(2):
        table.create(engine, checkfirst=False)
    for _ in range(2):
        table.drop(engine, checkfirst=False)
    copied = table.to_metadata(lib.MetaData(), schema="other")
    creates = plain(copied._creator_ddl), plain(copied._dropper_ddl)
    return plain(copied.fullname), lib.inspect(engine).get_table_names(), creates


@scenario
def parts_of_a_table_under_a_condition(lib: Any, engine: Any) -> Any:
    asked = []

    def decide(ddl: Any, target: Any, bind: Any, *, state: Any, dialect: Any, compiler: Any, **kw: Any) -> bool:
        asked.append((target.name, state, dialect.name, bind is None, compiler is None))
        return bool(state)

    metadata = lib.MetaData()
    table = lib.Table(
        "t",
        metadata,
        lib.Column("x", lib.Integer),
        lib.CheckConstraint("x > 1", name="one").ddl_if(callable_=decide, state=1),
        lib.CheckConstraint("x > 2", name="two").ddl_if(dialect="postgresql"),
        lib.UniqueConstraint("x", name="three").ddl_if(dialect=("sqlite", "postgresql")),
        lib.Index("i1", "x").ddl_if(dialect="postgresql"),
        lib.Index("i2", "x").ddl_if(callable_=decide, state=1),
        lib.Index("i3", "x").ddl_if(callable_=decide, state=0),
    )
    metadata.create_all(engine)
    text = plain(lib.schema.CreateTable(table).compile(engine))
    return [index["name"] for index in lib.inspect(engine).get_indexes("t")], text, sorted(set(asked))


@scenario
def what_a_foreign_key_refers_to(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData()
    target = lib.schema.ForeignKeyTarget
    odd = lib.Table("odd.name", metadata, lib.Column("id", lib.Integer, primary_key=True))
    lib.Table("b", metadata, lib.Column("id", lib.Integer, primary_key=True), schema="s")
    columns = [
        lib.Column("by_text", lib.ForeignKey("s.b.id")),
        lib.Column("by_column", lib.ForeignKey(odd.c.id)),
        lib.Column("by_names", lib.ForeignKey(target(None, "odd.name", "id"))),
        lib.Column("by_tuple", lib.ForeignKey(("odd.name", "id"))),
        lib.Column("id", lib.ForeignKey("odd_one")),
    ]
    table = lib.Table("t", metadata, *columns)
    found = []
    for column in table.c:
        (key,) = column.foreign_keys
        given = None if key.target_column is None else str(key.target_column)
        resolved = None if column.name == "id" else str(key.column)
        found.append((column.name, tuple(key.target_tokens), key.target_table_key, given, resolved))
    (named,) = table.c.by_names.foreign_keys
    try:
        named.target_fullname
    except lib.exc.InvalidRequestError as error:
        refused = type(error).__name__
    return found, refused, type(table.c.by_names.type).__name__


@scenario
def what_a_metadata_holds_besides_tables(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData()
    lib.Sequence("numbers", metadata=metadata)
    lib.Enum("a", "b", name="registered", metadata=metadata)
    lib.Table(
        "t",
        metadata,
        lib.Column("one", lib.Enum("q", name="named")),
        lib.Column("two", lib.Enum("q", name="elsewhere", schema="other")),
        schema="s",
    )
    names = sorted(one.name for one in metadata.get_schema_objects(lib.Enum))
    return (
        names,
        [one.name for one in metadata.get_schema_objects(lib.Sequence)],
        [one.name for one in metadata.get_schema_objects(lib.Enum, schema="other")],
        metadata.get_schema_object_by_name(lib.Enum, "named").enums,
        metadata.get_schema_object_by_name(lib.Enum, "missing"),
        tuple(metadata.schemas),
    )


@scenario
def a_sentinel_stays_out_of_statements(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData()
    table = lib.Table(
        "t",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("x", lib.Integer),
        lib.insert_sentinel("mark"),
    )
    metadata.create_all(engine)
    with engine.begin() as connection:
        statement = lib.insert(table).returning(table.c.x, sort_by_parameter_order=True)
        values = [{"x": number} for number in (5, 3, 9)]
        inserted = connection.execute(statement, values).scalars().all()
        rows = [tuple(row) for row in connection.execute(lib.select(table).order_by(table.c.id))]
    return plain(lib.select(table)), plain(table.insert()), inserted, rows, table.c.keys(), table.c.mark.nullable


@scenario
def options_of_dialects(lib: Any, engine: Any) -> Any:
    index = lib.Index("i", "x", sqlite_where=lib.text("x > 1"))
    bare = lib.Index("j", "x")
    table = lib.Table("t", lib.MetaData(), lib.Column("x", lib.Integer), index, bare, sqlite_autoincrement=True)
    dialect = engine.dialect
    lib.Index.argument_for("sqlite", "surface_test", 7)
    return [
        str(index.dialect_options["sqlite"]["where"]),
        bare.dialect_options["sqlite"]["where"],
        str(index.get_dialect_option(dialect, "where")),
        bare.get_dialect_option(dialect, "where", else_="nothing"),
        bare.get_dialect_option(dialect, "unknown", else_="nothing"),
        bare.dialect_options["sqlite"]["surface_test"],
        table.dialect_options["sqlite"]["autoincrement"],
        table.dialect_options["sqlite"]["with_rowid"],
        dict(table.kwargs),
        lib.Index("k", "x", sqlite_surface_test=3).dialect_options["sqlite"]["surface_test"],
    ]


@scenario
def what_is_looked_for_before_it_is_created(lib: Any, engine: Any) -> Any:
    check = lib.schema.CheckFirst
    metadata = lib.MetaData()
    users(lib, metadata)
    outcomes = [check(True) is check.ALL, check(False) is check.NONE, (check.TABLES | check.VIEWS).value]
    metadata.create_all(engine, checkfirst=check.NONE)
    for given in (check.TABLES, check.ALL, check.INDEXES, check.NONE, True, False):
        try:
            metadata.create_all(engine, checkfirst=given)
        except lib.exc.OperationalError:
            outcomes.append("exists")
        else:
            outcomes.append("left alone")
    return outcomes


@scenario
def copies_of_what_the_database_computes(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData()
    column = lib.Column("y", lib.Integer, lib.Computed("x + 1", persisted=True))
    table = lib.Table("t", metadata, lib.Column("x", lib.Integer), column)
    identity = lib.Identity(always=True, start=5)
    copy = identity._copy() if lib.__name__ == "sqlalchemy" else identity.copy()
    other = table.to_metadata(lib.MetaData())
    return plain(lib.schema.CreateTable(other)), copy.always, copy.start, copy.on_null
