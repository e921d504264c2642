"""Each way of writing new rows writes what docs/writing.md says: all ways, all kinds of columns, all orders of rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy
import sqlalchemy.dialects.sqlite
import sqlalchemy.orm

import azoth
import azoth.dialects.sqlite
import azoth.orm
from azoth.exc import CompileError, DBAPIError
from tests.database import Database
from tests.flow.writing.ways import (
    ALL_WAYS,
    IN_THE_STATEMENT,
    KINDS,
    NONE_IS_DEFAULT,
    NONE_IS_NULL,
    UNTOLD,
    Rows,
    build,
    stored,
)

LIBRARY = build(azoth, azoth.orm)
LIBRARY.upsert = azoth.dialects.sqlite.insert
PEER = build(sqlalchemy, sqlalchemy.orm)
PEER.upsert = sqlalchemy.dialects.sqlite.insert

GIVEN = {"plain": 60, "scalar": 60, "function": 60, "expression": 60, "server": 60}
DOCUMENTS = {"json": [1], "json_or_null": [1], "json_default": [1]}
ALL = {**GIVEN, **DOCUMENTS}


def with_places(rows: Rows) -> list[dict[str, Any]]:
    return [{"place": place, **row} for place, row in enumerate(rows)]


def row_of(key: int | None = None, computed: Any = None, **told: Any) -> tuple[Any, ...]:
    """Say what is stored of a row of which some values are told; documents as their text."""
    values = {**dict(zip(KINDS, UNTOLD, strict=True)), **told}
    texts = [json.dumps(value) if isinstance(value, (list, dict)) else value for value in values.values()]
    return (key, *texts, computed)


@pytest.fixture
def write(engine: azoth.Engine) -> Iterator[Callable[[str, Rows], list[tuple[Any, ...]]]]:
    """Write rows in a way and read them as they are stored."""
    LIBRARY.metadata.create_all(engine)
    with azoth.orm.Session(engine) as session:

        def write(way: str, rows: Rows) -> list[tuple[Any, ...]]:
            ALL_WAYS[way](LIBRARY, session, with_places(rows))
            return stored(session)

        yield write


def by_peer(database: Database, library: SimpleNamespace, way: str, rows: Rows) -> list[tuple[Any, ...]]:
    """Write rows in a way with SQLAlchemy."""
    engine = database.make_engine(library=sqlalchemy)
    library.metadata.create_all(engine)
    with sqlalchemy.orm.Session(engine) as session:
        ALL_WAYS[way](library, session, with_places(rows))
        return stored(session)


@pytest.mark.parametrize("way", ALL_WAYS)
def test_values_that_are_not_given_are_made(write: Any, way: str) -> None:
    assert write(way, [{}, {}]) == [row_of(1), row_of(2)]


@pytest.mark.parametrize("way", ALL_WAYS)
def test_values_that_are_given_are_written(write: Any, way: str) -> None:
    assert write(way, [ALL, ALL]) == [row_of(1, 61, **ALL), row_of(2, 61, **ALL)]


@pytest.mark.parametrize("way", ALL_WAYS)
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_rows_of_one_insert_may_give_different_values(write: Any, way: str, order: tuple[int, ...]) -> None:
    rows = [
        ({}, row_of()),
        (ALL, row_of(None, 61, **ALL)),
        ({"plain": 5, "json": {}}, row_of(None, 6, plain=5, json={})),
        ({"server": 5, "scalar": 6, "function": 7}, row_of(None, None, server=5, scalar=6, function=7)),
    ]
    found = write(way, [rows[place][0] for place in order])
    assert [row[1:] for row in found] == [rows[place][1][1:] for place in order]
    assert [row[0] for row in found] == [1, 2, 3, 4]


@pytest.mark.parametrize("way", ALL_WAYS)
@pytest.mark.parametrize("rows", [[{"id": 5}, {}], [{}, {"id": 5}], [{"id": 5}, {}, {"id": 9}]])
def test_a_key_that_is_given_is_kept_and_others_are_made(write: Any, way: str, rows: Rows) -> None:
    keys = [row[0] for row in write(way, rows)]
    assert len(set(keys)) == len(rows)
    assert [key for key, row in zip(keys, rows, strict=True) if row] == [row["id"] for row in rows if row]


@pytest.mark.parametrize("way", NONE_IS_DEFAULT)
@pytest.mark.parametrize("others", [[], [{}], [ALL]])
def test_none_stands_for_the_default_where_rows_are_objects(write: Any, way: str, others: Rows) -> None:
    nones = dict.fromkeys(("id", *GIVEN, "computed"))
    assert write(way, [nones, *others])[0] == row_of(1)
    documents = {key: "null" for key in DOCUMENTS if key != "json_or_null"}
    assert write(way, [{**nones, **dict.fromkeys(DOCUMENTS), "place": -1}])[0][1:] == row_of(**documents)[1:]


@pytest.mark.parametrize("way", NONE_IS_NULL)
@pytest.mark.parametrize("others", [[], [{}], [ALL]])
def test_none_is_null_in_values_and_in_core(write: Any, way: str, others: Rows) -> None:
    nones: dict[str, Any] = dict.fromkeys(ALL)
    expected = {**nones, "json": "null", "json_default": "null"}
    assert write(way, [nones, *others])[0] == row_of(1, **expected)


@pytest.mark.parametrize("way", ALL_WAYS)
def test_json_null_can_be_asked_for(write: Any, way: str) -> None:
    rows = [{"json": azoth.JSON.NULL, "json_default": azoth.JSON.NULL}]
    assert write(way, rows) == [row_of(1, json="null", json_default="null")]


@pytest.mark.parametrize("way", ALL_WAYS)
def test_a_value_for_a_computed_column_is_refused(write: Any, way: str) -> None:
    with pytest.raises(DBAPIError, match="computed"):
        write(way, [{"plain": 1, "computed": 5}])


@pytest.mark.parametrize("way", IN_THE_STATEMENT)
def test_expressions_are_computed_by_the_database(write: Any, way: str) -> None:
    two = azoth.literal(1) + 1
    rows = [{"plain": two, "scalar": azoth.func.abs(-3)}, {"plain": 5}, {"server": two, "json": azoth.null()}]
    assert write(way, rows) == [
        row_of(1, 3, plain=2, scalar=3),
        row_of(2, 6, plain=5),
        row_of(3, None, server=2),
    ]


@pytest.mark.parametrize("way", [way for way in ALL_WAYS if way not in IN_THE_STATEMENT])
def test_expressions_among_the_parameters_are_refused(write: Any, way: str) -> None:
    with pytest.raises(DBAPIError, match="BinaryExpression"):
        write(way, [{"plain": azoth.literal(1) + 1}])


@pytest.mark.parametrize("way", ALL_WAYS)
@pytest.mark.parametrize(
    "rows",
    [
        [{}],
        [ALL],
        [dict.fromkeys(ALL)],
        [dict.fromkeys(DOCUMENTS), dict.fromkeys(DOCUMENTS)],
        [{"id": 5, "plain": 1}],
    ],
)
def test_the_same_is_stored_as_by_sqlalchemy(database: Database, write: Any, way: str, rows: Rows) -> None:
    assert write(way, rows) == by_peer(database, PEER, way, rows)


def test_a_computed_value_that_was_read_does_not_stand_in_the_way_of_another_insert(engine: azoth.Engine) -> None:
    LIBRARY.metadata.create_all(engine)
    with azoth.orm.Session(engine) as session:
        thing = LIBRARY.Thing(plain=1)
        session.add(thing)
        session.flush()
        assert thing.computed == 2
        session.rollback()
        session.add(thing)
        session.commit()
        assert (thing.plain, thing.computed) == (1, 2)


@pytest.mark.sqlite_only("its VALUES have no word for the default of a column")
def test_a_default_that_only_the_database_knows_is_asked_for_row_by_row(engine: azoth.Engine) -> None:
    table = azoth.Table(
        "only_the_database_knows",
        azoth.MetaData(),
        azoth.Column("id", azoth.Integer, primary_key=True),
        azoth.Column("made", azoth.Integer, server_default=azoth.FetchedValue()),
    )
    table.create(engine)
    with engine.begin() as connection:
        with pytest.raises(CompileError, match="none for column 'made'"):
            connection.execute(table.insert().values([{"id": 1}, {"id": 2, "made": 3}]))
        connection.execute(table.insert(), [{"id": 1}, {"id": 2, "made": 3}])
        assert connection.execute(azoth.select(table).order_by(table.c.id)).all() == [(1, None), (2, 3)]


def test_the_result_of_rows_with_different_keys_is_one(engine: azoth.Engine) -> None:
    LIBRARY.metadata.create_all(engine)
    table = LIBRARY.table
    with engine.begin() as connection:
        result = connection.execute(table.insert(), [{"plain": 1}, {"id": 7}, {"id": 8}, {"plain": 4}])
        assert result.rowcount == 4
        assert [tuple(row) for row in result.inserted_primary_key_rows] == [(None,), (7,), (8,), (None,)]
        returned = connection.execute(
            table.insert().returning(table.c.id, table.c.plain), [{"plain": 5}, {"id": 20}, {"plain": 6}]
        )
        assert returned.all() == [(10, 5), (20, None), (21, 6)]


def test_sets_of_values_of_one_update_may_have_different_keys(engine: azoth.Engine) -> None:
    LIBRARY.metadata.create_all(engine)
    table = LIBRARY.table
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"id": 1}, {"id": 2}])
        update = table.update().where(table.c.id == azoth.bindparam("which"))
        result = connection.execute(update, [{"which": 1, "plain": 5}, {"which": 2, "scalar": 6}])
        assert result.rowcount == 2
        found = connection.execute(azoth.select(table.c.plain, table.c.scalar).order_by(table.c.id)).all()
    assert found == [(5, 7), (None, 6)]
