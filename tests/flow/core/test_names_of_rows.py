"""The names by which the values of a row are found."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import azoth
from azoth import Column, Integer, MetaData, String, Table, distinct, insert, literal_column, select, true
from azoth.exc import AmbiguousColumnError, NoSuchColumnError
from azoth.sql.expression import LABEL_STYLE_NONE, LABEL_STYLE_TABLENAME_PLUS_COL

metadata = MetaData()
boats = Table("boats", metadata, Column("n", Integer, key="id"), Column("title", String, key="name"))
crews = Table("crews", metadata, Column("n", Integer), Column("id", Integer))


@pytest.fixture
def connection(engine: azoth.Engine) -> Any:
    metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(insert(boats), {"id": 1, "name": "Ark"})
        connection.execute(insert(crews), {"n": 2, "id": 3})
        yield connection


def test_labels_of_tables_and_columns_are_read_by_the_keys_of_columns_too(connection: Any) -> None:
    statement = select(boats).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    inner = statement.subquery()
    assert inner.c.keys() == ["boats_id", "boats_name"]
    assert [one.name for one in inner.c] == ["boats_n", "boats_title"]
    for row in (connection.execute(statement).one(), connection.execute(select(inner)).one()):
        assert row._fields == ("boats_n", "boats_title")
        assert (row.boats_id, row.boats_n, row.boats_name, row._mapping["boats_title"]) == (1, 1, "Ark", "Ark")


def test_a_key_that_is_the_name_of_another_column_gives_way_to_it(connection: Any) -> None:
    row = connection.execute(select(boats.c.id, crews.c.id).join_from(boats, crews, true())).one()
    assert row._fields == ("n", "id")
    assert (row.n, row.id) == (1, 3)


def test_a_key_is_ambiguous_where_names_do_not_tell_columns_apart(connection: Any) -> None:
    statement = select(boats, crews).select_from(boats.join(crews, true())).set_label_style(LABEL_STYLE_NONE)
    row = connection.execute(statement).one()
    assert row._fields == ("n", "title", "n", "id")
    assert (row._mapping[boats.c.id], row._mapping[crews.c.id], row.name) == (1, 3, "Ark")
    for name in ("n", "id"):
        with pytest.raises(AmbiguousColumnError):
            getattr(row, name)
        with pytest.raises(AmbiguousColumnError):
            row._mapping[name]


@pytest.mark.filterwarnings("ignore:Column-expression-level")
def test_an_expression_of_one_column_has_the_name_of_that(connection: Any) -> None:
    row = connection.execute(select(distinct(boats.c.name))).one()
    assert row._fields == ("title",)
    assert (row.title, row._mapping[boats.c.name]) == ("Ark", "Ark")
    row = connection.execute(select(-crews.c.id)).one()
    assert (row._fields, row.id) == (("id",), -3)
    with pytest.raises(NoSuchColumnError):
        row._mapping[crews.c.id]
    assert connection.execute(select(-(crews.c.id + 1))).one()._fields == ("anon_1",)


def test_a_row_out_of_a_pickle_knows_names_and_no_columns(connection: Any) -> None:
    row = pickle.loads(pickle.dumps(connection.execute(select(crews)).one()))
    assert (row.n, row._mapping["id"]) == (2, 3)
    with pytest.raises(NoSuchColumnError):
        row._mapping[crews.c.id]


def test_results_side_by_side_or_one_after_the_other_keep_what_each_is_made_unique_by(connection: Any) -> None:
    def numbers(*values: int) -> Any:
        rows = [select(literal_column(str(value)).label("n")) for value in values]
        return connection.execute(rows[0].union_all(*rows[1:]))

    assert numbers(1, 1, 2).unique().splice_horizontally(numbers(3, 4)).all() == [(1, 3), (2, 4)]
    assert numbers(3, 4, 5).splice_horizontally(numbers(1, 1, 2).unique()).all() == [(3, 1), (4, 2)]
    assert numbers(1, 1).unique().splice_vertically(numbers(1, 1)).all() == [(1,), (1,), (1,)]
