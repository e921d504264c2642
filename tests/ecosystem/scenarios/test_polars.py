"""polars: frames from statements, texts, cursors and sessions, and frames to tables."""

import datetime as dt

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker


class Base(DeclarativeBase):
    pass


class Measure(Base):
    __tablename__ = "measure"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))
    size: Mapped[float | None]
    made: Mapped[dt.date]


ROWS = [
    {"id": 1, "name": "ann", "size": 1.5, "made": dt.date(2026, 1, 1)},
    {"id": 2, "name": "bob", "size": None, "made": dt.date(2026, 1, 2)},
    {"id": 3, "name": "cat", "size": 4.0, "made": dt.date(2026, 1, 3)},
]


@pytest.fixture
def engine(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'measures.db'}")
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(Measure), ROWS)
    yield engine
    engine.dispose()


EXPECTED = pl.DataFrame(ROWS)


@pytest.mark.parametrize("connectable", ["engine", "connection", "session", "scoped_session"])
@pytest.mark.parametrize("query", ["columns", "table", "entity"])
def test_a_statement_becomes_a_frame(engine, connectable, query):
    table = Measure.__table__
    statement = {
        "columns": sa.select(Measure.id, Measure.name, Measure.size, Measure.made).order_by(Measure.id),
        "table": sa.select(table).order_by(table.c.id),
        "entity": sa.select(*Measure.__table__.c).order_by(Measure.made),
    }[query]
    with engine.connect() as connection, Session(engine) as session:
        given = {
            "engine": engine,
            "connection": connection,
            "session": session,
            "scoped_session": scoped_session(sessionmaker(engine))(),
        }[connectable]
        assert_frame_equal(pl.read_database(statement, given), EXPECTED)


def test_texts_and_their_parameters(engine):
    by_name = {"parameters": {"least": 2}}
    read = pl.read_database("SELECT name FROM measure WHERE id >= :least", engine, execute_options=by_name)
    assert read.to_dict(as_series=False) == {"name": ["bob", "cat"]}
    statement = sa.text("SELECT name FROM measure WHERE id = :id").bindparams(id=3)
    assert pl.read_database(statement, engine.connect())["name"].to_list() == ["cat"]
    with Session(engine) as session:
        built = sa.select(Measure.name).where(Measure.id < sa.bindparam("most"))
        read = pl.read_database(built, session, execute_options={"parameters": {"most": 2}})
        assert read["name"].to_list() == ["ann"]


def test_types_of_columns(engine):
    statement = sa.select(Measure.size, sa.func.count().label("n")).group_by(Measure.size).order_by("n", Measure.size)
    schema = {"size": pl.Float32, "n": pl.Int8}
    read = pl.read_database(statement, engine, schema_overrides=schema)
    assert read.schema == schema
    assert read.rows() == [(None, 1), (1.5, 1), (4.0, 1)]
    empty = pl.read_database(sa.select(Measure.id, Measure.made).where(sa.false()), engine)
    assert empty.columns == ["id", "made"]
    assert empty.is_empty()


def test_frames_in_portions(engine):
    statement = sa.select(Measure.id).order_by(Measure.id)
    with engine.connect() as connection:
        parts = pl.read_database(statement, connection, iter_batches=True, batch_size=2)
        assert [part["id"].to_list() for part in parts] == [[1, 2], [3]]
        streaming = connection.execution_options(stream_results=True, yield_per=1)
        assert pl.read_database(statement, streaming)["id"].to_list() == [1, 2, 3]


def test_results_are_read(engine):
    with engine.connect() as connection:
        result = connection.execute(sa.select(Measure.name).order_by(Measure.name.desc()))
        frame = pl.DataFrame(result.mappings().all())
        assert frame["name"].to_list() == ["cat", "bob", "ann"]
        rows = connection.execute(sa.select(Measure.id, Measure.name).order_by(Measure.id)).all()
        assert pl.DataFrame(rows, orient="row").rows() == [(1, "ann"), (2, "bob"), (3, "cat")]


def test_changes_of_a_session_are_seen_before_they_are_committed(engine):
    with Session(engine) as session:
        session.add(Measure(id=4, name="dan", size=0.5, made=dt.date(2026, 1, 4)))
        session.flush()
        assert pl.read_database(sa.select(Measure.id), session).height == 4
        session.rollback()
    assert pl.read_database("SELECT id FROM measure", engine).height == 3


@pytest.mark.parametrize("connectable", ["engine", "url", "connection", "session"])
def test_a_frame_is_written(engine, connectable):
    pytest.importorskip("pandas")
    frame = pl.DataFrame({"word": ["a", "b"], "n": [1, 2], "day": [dt.date(2026, 1, 1), None]})
    with engine.connect() as connection, Session(engine) as session:
        given = {"engine": engine, "url": str(engine.url), "connection": connection, "session": session}[connectable]
        assert frame.write_database("word", given, engine="sqlalchemy") == 2
        if hasattr(given, "commit"):
            given.commit()
    table = sa.Table("word", sa.MetaData(), autoload_with=engine)
    assert_frame_equal(pl.read_database(sa.select(table), engine), frame, check_dtypes=False)


def test_what_happens_to_a_table_that_is_there(engine):
    pytest.importorskip("pandas")
    frame = pl.DataFrame({"word": ["a", "b"]})
    frame.write_database("word", engine, engine="sqlalchemy")
    with pytest.raises(ValueError, match="already exists"):
        frame.write_database("word", engine, engine="sqlalchemy")
    frame.write_database("word", engine, engine="sqlalchemy", if_table_exists="append")
    assert pl.read_database("SELECT count(*) AS n FROM word", engine).item() == 4
    options = {"dtype": {"word": sa.String(3)}}
    frame.write_database("word", engine, engine="sqlalchemy", if_table_exists="replace", engine_options=options)
    assert str(sa.inspect(engine).get_columns("word")[0]["type"]) == "VARCHAR(3)"
    assert pl.read_database("SELECT word FROM word", engine)["word"].to_list() == ["a", "b"]
