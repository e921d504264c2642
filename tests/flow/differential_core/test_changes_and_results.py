"""INSERT, UPDATE, DELETE, results and transactions come to the same outcome as with SQLAlchemy."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from typing import Any

import pytest

from tests.database import Database

pytest.importorskip("sqlalchemy")

from tests.error_names import name_of_error
from tests.flow.differential_core.libraries import same

SCENARIOS: list[Any] = []
SHARED: set[str] = set()


def scenario(function: Any) -> Any:
    SCENARIOS.append(function)
    return function


def scenario_on_several_connections(function: Any) -> Any:
    SHARED.add(function.__name__)
    return scenario(function)


@pytest.mark.parametrize("each", SCENARIOS, ids=lambda each: each.__name__)
def test_the_same_as_sqlalchemy(each: Any, database: Database) -> None:
    same(each, database, is_shared=each.__name__ in SHARED)


AT = datetime.datetime(2020, 2, 29, 1, 2, 3, 4)


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


def items(lib: Any, engine: Any, *more: Any) -> Any:
    metadata = lib.MetaData()
    table = lib.Table(
        "item",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("name", lib.String(20), unique=True),
        lib.Column("count", lib.Integer, default=1, onupdate=lambda: 99),
        *more,
    )
    metadata.create_all(engine)
    return table


def content(connection: Any, lib: Any, table: Any) -> Any:
    return connection.execute(lib.select(table).order_by(*table.primary_key)).all()


@scenario
def values_of_all_types(lib: Any, engine: Any) -> Any:
    metadata = lib.MetaData()
    columns = {
        "small": (lib.SmallInteger, 5), "big": (lib.BigInteger, 2**62), "float": (lib.Float, 1.5),
        "double": (lib.Double, 1e300), "price": (lib.Numeric(8, 2), decimal.Decimal("12.30")),
        "free": (lib.Numeric(asdecimal=False), 1.25), "text": (lib.Text, "é'\"\n☃"), "unicode": (lib.Unicode(5), "äöü"),
        "flag": (lib.Boolean, True), "off": (lib.Boolean, False), "day": (lib.Date, datetime.date(1999, 12, 31)),
        "clock": (lib.Time, datetime.time(23, 59, 58, 123456)), "at": (lib.DateTime, AT),
        "long": (lib.Interval, datetime.timedelta(days=3, seconds=5)), "raw": (lib.LargeBinary, b"\x00\xff'"),
        "doc": (lib.JSON, {"a": [1, None, "x"], "b": {"c": 1.5}}), "color": (lib.Enum(Color), Color.BLUE),
        "word": (lib.Enum("x", "y", name="word"), "y"), "uid": (lib.Uuid, uuid.UUID(int=5)),
        "uid_text": (lib.Uuid(as_uuid=False), str(uuid.UUID(int=6))), "pickle": (lib.PickleType, {"k": (1, 2)}),
    }  # fmt: skip
    table = lib.Table(
        "everything",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        *[lib.Column(name, type_) for name, (type_, _) in columns.items()],
    )
    metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(table.insert(), {name: value for name, (_, value) in columns.items()})
        connection.execute(table.insert(), {})
        raw = connection.exec_driver_sql("SELECT * FROM everything").all()
        found = content(connection, lib, table)
        equal = [
            connection.scalar(lib.select(table.c.id).where(table.c[name] == value))
            for name, (_, value) in columns.items()
            if name not in ("doc", "pickle")
        ]
        return [[part for part in raw[0] if not isinstance(part, bytes)], raw[1], found, equal]


@scenario
def wrong_values_are_refused(lib: Any, engine: Any) -> Any:
    table = items(
        lib,
        engine,
        lib.Column("color", lib.Enum(Color)),
        lib.Column("day", lib.Date),
    )
    with engine.connect() as connection:
        return [
            lib.failure(lambda: connection.execute(table.insert(), {"color": 5})),
            lib.failure(lambda: connection.execute(table.insert(), {"day": "2020-01-01"})),
            lib.failure(lambda: connection.execute(table.insert().values(nothing=1))),
            lib.failure(lambda: connection.execute(table.insert(), {"name": object()})),
            lib.failure(lambda: connection.execute(object())),
            lib.failure(lambda: connection.execute(lib.text("no sql"))),
            lib.failure(lambda: connection.execute(lib.select(lib.table("nowhere", lib.column("x"))))),
        ]


@scenario
def defaults_of_every_kind(lib: Any, engine: Any) -> Any:
    calls: list[Any] = []

    def counted(context: Any) -> Any:
        calls.append(1)
        seen = context.get_current_parameters()
        return f"{seen['name']}{len(calls)}"

    metadata = lib.MetaData()
    table = lib.Table(
        "made",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("name", lib.String, default="anon"),
        lib.Column("tag", lib.String, default=counted),
        lib.Column("size", lib.Integer, default=lambda: 7),
        lib.Column("upper", lib.String, default=lib.func.upper("abc")),
        lib.Column("server", lib.String, server_default="srv"),
        lib.Column("text", lib.Integer, server_default=lib.text("5 + 5")),
        lib.Column("changed", lib.Integer, onupdate=3, server_default="0"),
        lib.Column("total", lib.Integer, lib.Computed("size * 2")),
    )
    metadata.create_all(engine)
    with engine.connect() as connection:
        first = connection.execute(table.insert())
        second = connection.execute(table.insert().values(name="x", size=None, server="given"))
        connection.execute(table.insert(), [{"name": "p"}, {"name": "q"}])
        connection.execute(table.update().where(table.c.id == 2).values(name="y"))
        connection.execute(table.update().where(table.c.id == 3).values(changed=50))
        return [
            content(connection, lib, table),
            tuple(first.inserted_primary_key),
            tuple(second.inserted_primary_key),
            len(calls),
        ]


@scenario
def returning(lib: Any, engine: Any) -> Any:
    table = items(lib, engine)
    with engine.connect() as connection:
        results = [
            connection.execute(table.insert().values(name="a").returning(table)),
            connection.execute(table.insert().returning(table.c.id, table.c.name), [{"name": "b"}, {"name": "c"}]),
            connection.execute(table.insert().values([{"name": "d"}, {"name": "e"}]).returning(table.c.count)),
            connection.execute(table.update().where(table.c.id > 2).values(name=table.c.name + "!").returning(table)),
            connection.execute(
                table.update().where(table.c.id == 1).values(count=5).returning((table.c.count * 2).label("twice"))
            ),
            connection.execute(
                table.delete().where(table.c.id < 3).returning(table.c.name, lib.func.lower(table.c.name))
            ),
            connection.execute(
                table.insert()
                .from_select(["name"], lib.select(table.c.name + "?").where(table.c.id == 3))
                .returning(table.c.name)
            ),
        ]
        return [[(list(result.keys()), result.all()) for result in results], content(connection, lib, table)]


@scenario
def on_conflict(lib: Any, engine: Any) -> Any:
    table = items(lib, engine)
    insert = lib.sqlite.insert
    with engine.connect() as connection:
        connection.execute(table.insert(), [{"name": "a", "count": 1}, {"name": "b", "count": 2}])
        counts = [
            connection.execute(insert(table).values(name="a").on_conflict_do_nothing()).rowcount,
            connection.execute(
                insert(table).values(name="b").on_conflict_do_nothing(index_elements=[table.c.name])
            ).rowcount,
        ]
        statement = insert(table).values(name="a", count=10)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"count": statement.excluded.count})
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"],
                set_={"count": table.c.count + statement.excluded.count},
                where=table.c.count > 5,
            )
        )
        many = insert(table)
        many = many.on_conflict_do_update(index_elements=[table.c.name], set_={table.c.count: many.excluded.count})
        connection.execute(many, [{"name": "b", "count": 7}, {"name": "z", "count": 8}])
        returned = connection.execute(many.returning(table.c.name, table.c.count), {"name": "z", "count": 9}).all()
        failed = lib.failure(lambda: connection.execute(insert(table).values(name="a")))
        return [counts, returned, failed, content(connection, lib, table)]


@scenario
def updates_and_deletes(lib: Any, engine: Any) -> Any:
    table = items(lib, engine)
    other = lib.Table("other", lib.MetaData(), lib.Column("item_id", lib.Integer), lib.Column("word", lib.String))
    other.create(engine)
    with engine.connect() as connection:
        connection.execute(table.insert(), [{"name": name} for name in "abcdef"])
        connection.execute(other.insert(), [{"item_id": 1, "word": "one"}, {"item_id": 2, "word": "two"}])
        word = lib.select(other.c.word).where(other.c.item_id == table.c.id).scalar_subquery()
        results = [
            connection.execute(table.update().values(count=table.c.count + table.c.id)),
            connection.execute(table.update().where(table.c.id < 3).values({table.c.name: word, "count": None})),
            connection.execute(table.update().where(table.c.name == lib.bindparam("old")), {"old": "c", "name": "C"}),
            connection.execute(
                table.update().where(table.c.id == lib.bindparam("key")).values(name=lib.bindparam("new")),
                [{"key": 4, "new": "D"}, {"key": 5, "new": "E"}],
            ),
            connection.execute(table.update().where(table.c.id == 100).values(name="no")),
            connection.execute(table.delete().where(table.c.id == 6)),
            connection.execute(table.delete().where(table.c.id == lib.bindparam("key")), [{"key": 4}, {"key": 5}]),
            connection.execute(
                table.update()
                .where(table.c.id == other.c.item_id, other.c.item_id == 2)
                .values(name=other.c.word + "*")
            ),
        ]
        return [[result.rowcount for result in results], content(connection, lib, table)]


@scenario
def ways_to_insert(lib: Any, engine: Any) -> Any:
    table = items(lib, engine)
    with engine.connect() as connection:
        keys = [
            connection.execute(table.insert(), {"name": "a"}).inserted_primary_key,
            connection.execute(table.insert().values(name="b", id=10)).inserted_primary_key,
            connection.execute(table.insert().values((11, "c", 5))).inserted_primary_key,
            connection.execute(lib.insert(table).values({table.c.name: "d"})).inserted_primary_key,
        ]
        last = connection.execute(table.insert(), {"name": "e"}).lastrowid
        connection.execute(table.insert().values([{"name": "f"}, {"name": "g"}]))
        connection.execute(table.insert().values([(30, "h", 1), (31, "i", 2)]))
        connection.execute(table.insert(), [{"name": "j", "count": 4}, {"name": "k", "count": 5}])
        connection.execute(table.insert().prefix_with("OR IGNORE"), {"name": "k"})
        connection.execute(
            table.insert().values(
                name=lib.func.upper("l"), count=lib.select(lib.func.count(table.c.id)).scalar_subquery()
            )
        )
        connection.execute(table.insert().from_select([table.c.name], lib.select(lib.literal("m"))))
        failures = [
            lib.failure(lambda: connection.execute(table.insert(), {"name": "a"})),
        ]
        return [[tuple(key) for key in keys], last, failures, content(connection, lib, table)]


@scenario
def result_methods(lib: Any, engine: Any) -> Any:
    table = items(lib, engine)
    with engine.connect() as connection:
        connection.execute(table.insert(), [{"name": name, "count": number} for number, name in enumerate("abcde")])

        def result() -> Any:
            return connection.execute(lib.select(table).order_by(table.c.id))

        taken = result()
        parts = [taken.fetchone(), taken.fetchmany(2), taken.fetchall(), taken.fetchone(), taken.fetchall()]
        closed = result()
        closed.close()
        one = connection.execute(lib.select(table.c.name).where(table.c.id == 1))
        row = result().first()
        return [
            parts,
            result().all(),
            result().scalars().all(),
            result().scalars("name").all(),
            result().scalars(1).first(),
            result().mappings().all(),
            result().mappings().first(),
            result().columns("count", "name").all(),
            result().columns(2, 0).first(),
            result().tuples().all(),
            result().unique(lambda one: one[2] % 2).all(),
            result().scalars("count").unique().all(),
            list(result().partitions(2)),
            list(result().yield_per(2).partitions()),
            [each for each in result().yield_per(2)],  # noqa: C416  # iteration is under test
            one.scalar_one(),
            result().scalar(),
            list(result().keys()),
            result().returns_rows,
            lib.failure(closed.all),
            lib.failure(lambda: result().one()),
            lib.failure(lambda: result().scalar_one()),
            lib.failure(lambda: result().one_or_none()),
            lib.failure(lambda: connection.execute(lib.select(table).where(table.c.id == 0)).one()),
            connection.execute(lib.select(table).where(table.c.id == 0)).one_or_none(),
            connection.execute(lib.select(table).where(table.c.id == 0)).scalar(),
            connection.execute(lib.select(table).where(table.c.id == 0)).first(),
            connection.execute(lib.select(table).where(table.c.id == 2)).one(),
            lib.failure(lambda: connection.execute(table.delete().where(table.c.id == 5)).all()),
            result().freeze()().all(),
            result().merge(result()).all(),
            (
                row.name,
                row[0],
                row[-1],
                row[1:],
                row._mapping["name"],
                row._mapping[table.c.id],
                row._fields,
                row._asdict(),
            ),
            (
                len(row),
                list(row),
                row == (1, "a", 0),
                row < (2,),
                "name" in row._mapping,
                hash(row) == hash(tuple(row)),
            ),
            (list(row._mapping.keys()), list(row._mapping.values()), dict(row._mapping.items())),
            lib.failure(lambda: row.nothing),
            lib.failure(lambda: row._mapping["nothing"]),
            lib.failure(lambda: row[7]),
            lib.failure(lambda: setattr(row, "name", 1)),
        ]


@scenario
def transactions(lib: Any, engine: Any) -> Any:
    table = items(lib, engine)
    seen: list[Any] = []

    def count() -> Any:
        with engine.connect() as connection:
            return connection.scalar(lib.select(lib.func.count()).select_from(table))

    with engine.connect() as connection:
        seen.append(connection.in_transaction())
        connection.execute(table.insert(), {"name": "lost"})
        seen.append(connection.in_transaction())
    seen.append(count())
    with engine.begin() as connection:
        connection.execute(table.insert(), {"name": "kept"})
        seen.append(lib.failure(connection.begin))
    seen.append(count())
    with engine.connect() as connection:
        connection.execute(table.insert(), {"name": "committed"})
        connection.commit()
        connection.execute(table.insert(), {"name": "rolled back"})
        connection.rollback()
        transaction = connection.begin()
        connection.execute(table.insert(), {"name": "by object"})
        transaction.commit()
        seen += [transaction.is_active, lib.failure(transaction.commit), lib.failure(transaction.close)]
    try:
        with engine.begin() as connection:
            connection.execute(table.insert(), {"name": "x"})
            raise ValueError
    except ValueError:
        seen.append(count())
    closed = engine.connect()
    closed.close()
    seen += [closed.closed, lib.failure(lambda: closed.execute(lib.select(1)))]
    return seen


@scenario
def savepoints(lib: Any, engine: Any) -> Any:
    table = items(lib, engine)
    seen: list[Any] = []
    with engine.begin() as connection:
        connection.execute(table.insert(), {"name": "outer"})
        with connection.begin_nested() as nested:
            connection.execute(table.insert(), {"name": "released"})
            seen.append((connection.in_nested_transaction(), nested.is_active))
        nested = connection.begin_nested()
        connection.execute(table.insert(), {"name": "undone"})
        inner = connection.begin_nested()
        connection.execute(table.insert(), {"name": "deep"})
        inner.commit()
        nested.rollback()
        seen += [inner.is_active, nested.is_active, connection.in_nested_transaction()]
        try:
            with connection.begin_nested():
                connection.execute(table.insert(), {"name": "outer"})
        except lib.exc.IntegrityError:
            seen.append("duplicate")
        connection.execute(table.insert(), {"name": "after"})
    with engine.connect() as connection:
        seen.append(lib.failure(lambda: connection.begin_nested().commit()))
        connection.rollback()
        seen.append(content(connection, lib, table))
    return seen


@scenario_on_several_connections
def events_and_their_order(lib: Any, engine: Any) -> Any:
    table = items(lib, engine)
    engine.dispose()
    seen: list[Any] = []

    def note(name: str) -> Any:
        def listener(*arguments: Any) -> None:
            seen.append(name)

        return listener

    for name in ("connect", "first_connect", "checkout", "checkin", "close", "reset"):
        lib.event.listen(engine.pool, name, note(name))
    lib.event.listen(engine, "begin", lambda connection: seen.append("begin"))
    lib.event.listen(engine, "commit", lambda connection: seen.append("commit"))
    lib.event.listen(engine, "rollback", lambda connection: seen.append("rollback"))
    lib.event.listen(engine, "savepoint", lambda connection, name: seen.append("savepoint"))
    lib.event.listen(engine, "release_savepoint", lambda connection, name, context: seen.append("release"))
    lib.event.listen(engine, "rollback_savepoint", lambda connection, name, context: seen.append("rollback to"))
    lib.event.listen(engine, "engine_connect", lambda connection: seen.append("engine_connect"))

    @lib.event.listens_for(engine, "before_cursor_execute")
    def before(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if "SAVEPOINT" not in statement:
            seen.append(("before", " ".join(statement.split()[:2]), executemany))

    @lib.event.listens_for(engine, "after_cursor_execute")
    def after(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if "SAVEPOINT" not in statement:
            seen.append("after")

    @lib.event.listens_for(engine, "handle_error")
    def failed(context: Any) -> None:
        seen.append(("error", type(context.original_exception).__name__, name_of_error(context.sqlalchemy_exception)))

    with engine.begin() as connection:
        connection.execute(table.insert(), {"name": "a"})
        with connection.begin_nested():
            connection.execute(table.insert(), [{"name": "b"}, {"name": "c"}])
        connection.begin_nested().rollback()
    with engine.connect() as connection:
        connection.execute(lib.select(table)).all()
        lib.failure(lambda: connection.execute(table.insert(), {"name": "a"}))
    with engine.connect():
        pass
    lib.event.remove(engine, "before_cursor_execute", before)
    with engine.connect() as connection:
        connection.execute(lib.select(table))
    engine.dispose()
    return seen


@scenario
def listeners_that_change_statements(lib: Any, engine: Any) -> Any:
    table = items(lib, engine)

    @lib.event.listens_for(engine, "before_cursor_execute", retval=True)
    def change(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> Any:
        return statement.replace("'x'", "'y'"), parameters

    with engine.connect() as connection:
        return [
            connection.scalar(lib.select(lib.literal_column("'x'"))),
            content(connection, lib, table),
            lib.event.contains(engine, "before_cursor_execute", change),
        ]


@scenario_on_several_connections
def the_pool_and_its_figures(lib: Any, engine: Any) -> Any:
    other = lib.create_engine(engine.url, poolclass=lib.pool.QueuePool, pool_size=1, max_overflow=1, pool_timeout=0.01)
    seen: list[Any] = []
    first = other.connect()
    second = other.connect()
    seen += [other.pool.checkedout(), other.pool.size(), other.pool.overflow(), lib.failure(other.connect)]
    first.close()
    seen += [other.pool.checkedin(), other.pool.checkedout()]
    second.close()
    seen += [other.pool.checkedin(), other.pool.overflow()]
    raw = other.raw_connection()
    seen.append(raw.cursor().execute("select 1").fetchone())
    raw.close()
    info = other.connect()
    info.info["k"] = 1
    info.close()
    again = other.connect()
    seen.append(dict(again.info))
    again.invalidate()
    seen.append((again.invalidated, again.closed))
    again.close()
    other.dispose()
    none = lib.create_engine(engine.url, poolclass=lib.pool.NullPool)
    with none.connect() as connection:
        seen.append(connection.scalar(lib.select(5)))
    return seen


@scenario
def driver_sql(lib: Any, engine: Any) -> Any:
    table = items(lib, engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO item (name) VALUES (?)", ("a",))
        connection.exec_driver_sql("INSERT INTO item (name) VALUES (?)", [("b",), ("c",)])
        connection.exec_driver_sql("INSERT INTO item (name) VALUES (:n)", {"n": "d"})
        result = connection.exec_driver_sql("SELECT id, name AS n FROM item WHERE id > ?", (2,))
        return [list(result.keys()), result.mappings().all(), content(connection, lib, table)]


@scenario_on_several_connections
def options_of_executions(lib: Any, engine: Any) -> Any:
    table = items(lib, engine)
    translated = engine.execution_options(schema_translate_map={None: "main"})
    with translated.connect() as connection:
        connection.execute(table.insert(), {"name": "a"})
        connection.commit()
        found = content(connection, lib, table)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(table.insert(), {"name": "b"})
    with engine.connect() as connection:
        level = connection.get_isolation_level()
        streamed = connection.execution_options(yield_per=1).execute(lib.select(table.c.name)).scalars().all()
        options = lib.select(table).execution_options(mine=5).get_execution_options()
        translating = "schema_translate_map" in translated.get_execution_options()
        return [found, level, streamed, dict(options), translating]


@scenario
def types_of_users(lib: Any, engine: Any) -> Any:
    class Shouted(lib.TypeDecorator):
        impl = lib.String
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return None if value is None else value.upper()

        def process_result_value(self, value: Any, dialect: Any) -> Any:
            return None if value is None else value + "!"

    class Point(lib.types.UserDefinedType):
        cache_ok = True

        def get_col_spec(self, **kw: Any) -> str:
            return "POINT"

        def bind_processor(self, dialect: Any) -> Any:
            return lambda value: None if value is None else "{},{}".format(*value)

        def result_processor(self, dialect: Any, coltype: Any) -> Any:
            return lambda value: None if value is None else tuple(map(int, value.split(",")))

    table = items(lib, engine, lib.Column("loud", Shouted(10)), lib.Column("point", Point))
    with engine.connect() as connection:
        connection.execute(table.insert(), [{"loud": "hey", "point": (1, 2)}, {"loud": None, "point": None}])
        return [
            content(connection, lib, table),
            connection.scalars(lib.select(table.c.id).where(table.c.loud == "HEY")).all(),
            connection.scalars(lib.select(table.c.id).where(table.c.loud.in_(["hey", "x"]))).all(),
            connection.scalars(lib.select(table.c.loud + "z")).all(),
            connection.scalars(lib.select(lib.func.max(table.c.loud))).all(),
            connection.scalars(lib.select(lib.func.coalesce(table.c.loud, "none")).order_by(table.c.id)).all(),
            connection.scalars(lib.select(lib.case((table.c.id == 1, table.c.loud))).order_by(table.c.id)).all(),
            connection.scalars(lib.select(table.c.id).where(table.c.point == (1, 2))).all(),
            connection.scalars(lib.select(lib.cast("a", Shouted))).all(),
            str(lib.schema.CreateTable(table)).count("POINT"),
        ]


@scenario
def booleans_and_nulls(lib: Any, engine: Any) -> Any:
    table = items(
        lib,
        engine,
        lib.Column("flag", lib.Boolean),
        lib.Column("doc", lib.JSON),
        lib.Column("none", lib.JSON(none_as_null=True)),
    )
    with engine.connect() as connection:
        connection.execute(
            table.insert(), [{"flag": True, "doc": None, "none": None}, {"flag": 0, "doc": {}, "none": []}]
        )
        connection.execute(table.insert().values(flag=lib.null(), doc=lib.null()))
        c = table.c
        conditions = [c.flag, ~c.flag, c.flag.is_(True), c.flag == lib.false(), c.flag.is_(None), c.doc.is_(None),
        c.none.is_(None),
                      c.doc == lib.JSON.NULL, lib.not_(c.flag), lib.and_(c.flag, c.id > 0)]  # fmt: skip
        return [
            content(connection, lib, table),
            [connection.scalars(lib.select(c.id).where(one).order_by(c.id)).all() for one in conditions],
            connection.execute(lib.select(c.flag == lib.true(), c.id > 1, c.flag.is_(None)).order_by(c.id)).all(),
        ]
