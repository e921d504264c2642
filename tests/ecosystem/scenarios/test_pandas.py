"""pandas: frames to tables and back, by all methods, in portions, with types and parameters of our own choosing."""

import datetime as dt
import decimal
import re

import pandas as pd
import pytest
import sqlalchemy as sa
from pandas.io.sql import SQLDatabase, SQLTable, get_schema, pandasSQL_builder
from pandas.testing import assert_frame_equal
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PLACEHOLDER = r"%(\(\w+\))?s(::[A-Z ]*[A-Z])?"


@pytest.fixture
def engine(database_url):
    engine = sa.create_engine(database_url("measures"))
    yield engine
    engine.dispose()


@pytest.fixture
def statements(engine):
    seen = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def remember(connection, cursor, statement, parameters, context, executemany):
        # Placeholders differ from driver to driver, and some are cast.
        seen.append((re.sub(PLACEHOLDER, "?", " ".join(statement.split())), executemany))

    return seen


def frame(rows=3):
    return pd.DataFrame(
        {
            "name": [f"n{number}" for number in range(rows)],
            "size": [1.5 * number for number in range(rows)],
            "count": range(rows),
            "made": [dt.datetime(2026, 1, 1 + number, 12, 30) for number in range(rows)],
            "good": [number % 2 == 0 for number in range(rows)],
        }
    )


def inserted_at_once(table, connection, keys, rows):
    """Insert as a program does that wants to know how many rows there were: one statement, rows passed over."""
    result = connection.execute(
        table.table.insert(), [dict(zip(keys, row, strict=False)) for row in rows if row[0] != "n1"]
    )
    return result.rowcount


def many_by_text(table, connection, keys, rows):
    rows = list(rows)
    names = ", ".join(f":{key}" for key in keys)
    connection.execute(
        sa.text(f"INSERT INTO {table.name} VALUES ({names})"), [dict(zip(keys, row, strict=False)) for row in rows]
    )
    return len(rows)


def test_a_frame_is_written_and_read(engine):
    assert frame().to_sql("measure", engine, index=False) == 3
    read = pd.read_sql_table("measure", engine)
    assert read["made"].dtype.kind == "M"
    assert_frame_equal(read, frame(), check_dtype=False)
    columns = [(column["name"], str(column["type"])) for column in sa.inspect(engine).get_columns("measure")]
    number, moment = ("FLOAT", "DATETIME") if engine.name == "sqlite" else ("DOUBLE PRECISION", "TIMESTAMP")
    assert columns == [("name", "TEXT"), ("size", number), ("count", "BIGINT"), ("made", moment), ("good", "BOOLEAN")]


@pytest.mark.parametrize(
    "method, expected",
    [
        (None, [("INSERT INTO measure (name, size, count, made, good) VALUES (?, ?, ?, ?, ?)", True)]),
        (
            "multi",
            [("INSERT INTO measure (name, size, count, made, good) VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)", False)],
        ),
        (many_by_text, [("INSERT INTO measure VALUES (?, ?, ?, ?, ?)", True)]),
    ],
    ids=["plain", "multi", "callable"],
)
def test_methods_of_inserting(engine, statements, method, expected):
    assert frame(4).to_sql("measure", engine, index=False, method=method, chunksize=2) == 4
    assert [said for said in statements if said[0].startswith("INSERT")] == expected * 2
    assert pd.read_sql("SELECT name, count FROM measure", engine).values.tolist() == [
        ["n0", 0],
        ["n1", 1],
        ["n2", 2],
        ["n3", 3],
    ]


def test_a_method_that_passes_over_rows_says_how_many_there_were(engine):
    assert frame().to_sql("measure", engine, index=False, method=inserted_at_once) == 2
    assert pd.read_sql("measure", engine)["name"].tolist() == ["n0", "n2"]


def test_the_index_is_a_column_with_an_index(engine):
    frame().set_index("name").to_sql("measure", engine)
    assert sa.inspect(engine).get_indexes("measure")[0]["column_names"] == ["name"]
    pairs = frame().set_index(["name", "count"])
    pairs.to_sql("pairs", engine, index_label=["who", "n"])
    read = pd.read_sql_table("pairs", engine, index_col=["who", "n"], columns=["size"])
    assert read.index.tolist() == [("n0", 0), ("n1", 1), ("n2", 2)]
    assert read["size"].tolist() == [0.0, 1.5, 3.0]


def test_what_happens_to_a_table_that_is_there(engine):
    frame(2).to_sql("measure", engine, index=False)
    with pytest.raises(ValueError, match="Table 'measure' already exists"):
        frame(2).to_sql("measure", engine, index=False)
    frame(1).to_sql("measure", engine, index=False, if_exists="append")
    assert len(pd.read_sql("measure", engine)) == 3
    frame(1)[["name"]].to_sql("measure", engine, index=False, if_exists="replace")
    assert pd.read_sql("measure", engine).to_dict("list") == {"name": ["n0"]}
    pd.DataFrame({"name": ["other"]}).to_sql("measure", engine, index=False, if_exists="delete_rows")
    assert pd.read_sql("measure", engine).to_dict("list") == {"name": ["other"]}


def test_types_are_what_was_asked_for(engine):
    types = {"name": sa.String(20), "size": sa.Numeric(10, 2), "count": sa.SmallInteger, "made": sa.Date}
    frame().to_sql("measure", engine, index=False, dtype=types)
    columns = {column["name"]: column["type"] for column in sa.inspect(engine).get_columns("measure")}
    assert [str(columns[name]) for name in types] == ["VARCHAR(20)", "NUMERIC(10, 2)", "SMALLINT", "DATE"]
    table = sa.Table("measure", sa.MetaData(), autoload_with=engine)
    read = pd.read_sql(sa.select(table.c.size, table.c.made), engine, coerce_float=False)
    assert read["size"].tolist() == [decimal.Decimal("0.00"), decimal.Decimal("1.50"), decimal.Decimal("3.00")]
    assert read["made"].tolist() == [dt.date(2026, 1, 1), dt.date(2026, 1, 2), dt.date(2026, 1, 3)]
    read = pd.read_sql("SELECT count FROM measure", engine, dtype={"count": "int8"})
    assert read.dtypes.to_dict() == {"count": "int8"}
    with pytest.raises(ValueError, match="The type of name is not a SQLAlchemy type"):
        frame().to_sql("other", engine, dtype={"name": str})


def test_another_schema(engine, tmp_path):
    with engine.connect() as connection:
        if engine.name == "sqlite":
            connection.execute(sa.text("ATTACH DATABASE :file AS archive"), {"file": str(tmp_path / "archive.db")})
        else:
            connection.execute(sa.schema.CreateSchema("archive"))
        frame().to_sql("measure", connection, schema="archive", index=False)
        connection.commit()
        assert pd.read_sql_table("measure", connection, schema="archive", columns=["count"])["count"].sum() == 3
        assert sa.inspect(connection).get_table_names(schema="archive") == ["measure"]
        assert sa.inspect(connection).get_table_names() == []


def test_queries_with_parameters(engine):
    frame(6).to_sql("measure", engine, index=False)
    table = sa.Table("measure", sa.MetaData(), autoload_with=engine)
    by_name = pd.read_sql_query(sa.text("SELECT name FROM measure WHERE count > :n"), engine, params={"n": 4})
    placeholder = "?" if engine.name == "sqlite" else "%s"
    by_place = pd.read_sql_query(f"SELECT name FROM measure WHERE count > {placeholder}", engine, params=(4,))
    built = pd.read_sql_query(sa.select(table.c.name).where(table.c.count > sa.bindparam("n")), engine, params={"n": 4})
    assert by_name["name"].tolist() == by_place["name"].tolist() == built["name"].tolist() == ["n5"]
    dates = pd.read_sql_query("SELECT name, made FROM measure", engine, parse_dates=["made"], index_col="name")
    assert dates.loc["n2", "made"] == pd.Timestamp(2026, 1, 3, 12, 30)
    assert pd.read_sql_query("SELECT count(*) AS n, 'a' AS n FROM measure", engine).columns.tolist() == ["n", "n"]
    assert pd.read_sql("SELECT name FROM measure WHERE count < 0", engine).empty


def test_frames_in_portions(engine):
    frame(7).to_sql("measure", engine, index=False, chunksize=3)
    sizes = [len(part) for part in pd.read_sql("SELECT * FROM measure", engine, chunksize=3)]
    assert sizes == [3, 3, 1]
    parts = list(pd.read_sql_table("measure", engine, chunksize=5, index_col="name"))
    assert [part.index.tolist() for part in parts] == [["n0", "n1", "n2", "n3", "n4"], ["n5", "n6"]]
    with engine.connect().execution_options(stream_results=True) as connection:
        streamed = pd.read_sql(sa.text("SELECT count FROM measure"), connection, chunksize=2)
        assert [part["count"].tolist() for part in streamed] == [[0, 1], [2, 3], [4, 5], [6]]


def test_objects_of_a_session_and_frames_share_a_transaction(engine):
    class Base(DeclarativeBase):
        pass

    class Measure(Base):
        __tablename__ = "measure"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    Base.metadata.create_all(engine)
    with sa.orm.Session(engine) as session:
        session.add(Measure(name="first"))
        session.flush()
        pd.DataFrame({"name": ["second", "third"]}).to_sql(
            "measure", session.connection(), index=False, if_exists="append"
        )
        read = pd.read_sql(sa.select(Measure).order_by(Measure.id), session.connection())
        assert read.to_dict("list") == {"id": [1, 2, 3], "name": ["first", "second", "third"]}
        session.rollback()
    assert pd.read_sql("measure", engine).empty


def test_a_frame_is_written_in_one_transaction(engine):
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE measure (name TEXT PRIMARY KEY)"))
    with pytest.raises(pd.errors.DatabaseError, match=r"UNIQUE constraint failed: measure\.name|unique.*measure_pkey"):
        with engine.begin() as connection:
            pd.DataFrame({"name": ["a", "b"]}).to_sql("measure", connection, index=False, if_exists="append")
            pd.DataFrame({"name": ["c", "a"]}).to_sql("measure", connection, index=False, if_exists="append")
    assert pd.read_sql("measure", engine).empty


def test_missing_values(engine):
    pd.DataFrame({"a": [1.0, None, 3.0], "b": ["x", None, "z"], "c": [pd.NaT, dt.datetime(2026, 1, 1), pd.NaT]}).to_sql(
        "holes", engine, index=False
    )
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(a), count(b), count(c) FROM holes")).one() == (2, 2, 1)
    read = pd.read_sql_table("holes", engine)
    assert read.isna().to_dict("list") == {
        "a": [False, True, False],
        "b": [False, True, False],
        "c": [True, False, True],
    }


def test_what_a_table_would_be(engine):
    written = " ".join(get_schema(frame(), "measure", con=engine, keys="name", dtype={"name": sa.String(5)}).split())
    number, moment = "FLOAT", "DATETIME"
    if engine.name == "postgresql":
        number, moment = "FLOAT(53)", "TIMESTAMP WITHOUT TIME ZONE"
    assert written == (
        f"CREATE TABLE measure ( name VARCHAR(5) NOT NULL, size {number}, count BIGINT, made {moment}, good BOOLEAN, "
        "CONSTRAINT measure_pk PRIMARY KEY (name) )"
    )


def test_a_database_of_its_own(engine):
    """The classes behind the functions, which other libraries use."""
    with pandasSQL_builder(engine) as database:
        assert isinstance(database, SQLDatabase)
        table = SQLTable("measure", database, frame=frame(), index=False)
        table.create()
        assert table.exists()
        assert table.insert() == 3
        assert database.has_table("measure")
        assert not database.has_table("other")
        database.drop_table("measure")
        assert not database.has_table("measure")


def test_a_url_is_enough(database_url):
    url = database_url("by_url")
    frame().to_sql("measure", url, index=False)
    assert pd.read_sql("SELECT sum(count) AS n FROM measure", url)["n"].tolist() == [3]
    with pytest.raises(ValueError, match="Table other not found"):
        pd.read_sql_table("other", url)
    with pytest.raises(
        pd.errors.DatabaseError, match=r'no such table: other|relation "other" does not exist'
    ) as caught:
        pd.read_sql("SELECT * FROM other", url)
    assert isinstance(caught.value.__cause__, sa.exc.OperationalError | sa.exc.ProgrammingError)
