from __future__ import annotations

import datetime
from typing import Any

import pytest

import azoth
from azoth import Column, Date, Integer, MetaData, String, Table, column, insert, literal_column, select, text
from azoth.exc import AmbiguousColumnError, AzothWarning, InvalidRequestError, NoSuchColumnError
from azoth.orm import Session, declarative_base
from azoth.sql.expression import TextualSelect
from azoth.types import NullType

metadata = MetaData()
days = Table("days", metadata, Column("id", Integer, primary_key=True), Column("day", Date), Column("name", String))
DAY = datetime.date(2020, 1, 2)


@pytest.fixture
def connection(engine: azoth.Engine) -> Any:
    metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(insert(days), {"id": 7, "day": DAY, "name": "first"})
        yield connection


def test_columns_declared_by_name_are_found_by_name(connection: Any) -> None:
    statement = text("SELECT name, day, id FROM days").columns(id=Integer, name=String, day=Date)
    row = connection.execute(statement).one()
    assert tuple(row) == ("first", DAY, 7)
    assert (row.id, row.name, row.day) == (7, "first", DAY)


def test_columns_that_are_not_declared_come_as_the_driver_gives_them(connection: Any) -> None:
    statement = text("SELECT id, day, 5 AS five FROM days").columns(day=Date)
    assert connection.execute(statement).mappings().one() == {"id": 7, "day": DAY, "five": 5}


def test_a_declared_column_that_the_text_lacks_is_no_error(connection: Any) -> None:
    assert connection.execute(text("SELECT day FROM days").columns(day=Date, id=Integer)).all() == [(DAY,)]
    with pytest.warns(AzothWarning, match="given 2 columns, and its rows have 1"):
        assert connection.execute(text("SELECT day FROM days").columns(days.c.day, days.c.id)).all() == [(DAY,)]


def test_columns_declared_by_position_keep_the_names_of_the_text(connection: Any) -> None:
    statement = text("SELECT day AS x, id AS y, name FROM days").columns(days.c.day, days.c.id)
    row = connection.execute(statement).one()
    assert row._fields == ("x", "y", "name")
    assert row._mapping[days.c.day] == DAY
    assert row._mapping[days.c.id] == 7


def test_one_declaration_serves_texts_that_change_their_columns(connection: Any) -> None:
    statement = text("SELECT * FROM days").columns(day=Date)
    assert connection.execute(statement).one().day == DAY
    connection.exec_driver_sql("ALTER TABLE days ADD COLUMN more INTEGER DEFAULT 3")
    connection.exec_driver_sql("ALTER TABLE days DROP COLUMN name")
    assert connection.execute(statement).one()._asdict() == {"id": 7, "day": DAY, "more": 3}


def test_entities_from_a_text_find_their_columns_by_name(engine: azoth.Engine, connection: Any) -> None:
    Base: Any = declarative_base()

    class Day(Base):
        __table__ = days

    connection.commit()
    statement = text("SELECT day, name, id FROM days").columns(id=Integer, name=String, day=Date)
    with Session(engine) as session:
        day = session.scalars(select(Day).from_statement(statement)).one()
        assert (day.id, day.name, day.day) == (7, "first", DAY)
        session.expunge_all()
        day = session.query(Day).from_statement(text("SELECT day, name, id FROM days")).one()
        assert (day.id, day.name, day.day) == (7, "first", DAY)


def test_undeclared_columns_have_no_type() -> None:
    assert isinstance(text("SELECT 1 AS a").columns(azoth.column("a")).selected_columns.a.type, NullType)


def test_a_column_that_is_declared_twice_is_refused(connection: Any) -> None:
    name, other = column("name"), column("other")
    statement = text("SELECT name, id, day FROM days").columns(name, other, name)
    with pytest.raises(InvalidRequestError, match="'name' stands twice"):
        connection.execute(statement)


def test_the_columns_of_a_textual_select_may_be_a_list(connection: Any) -> None:
    wanted = [days.c.name, days.c.id, column("missing")]
    row = connection.execute(TextualSelect(text("SELECT id, name FROM days"), wanted, positional=False)).one()
    assert (row._mapping[days.c.id], row._mapping[days.c.name]) == (7, "first")
    with pytest.raises(NoSuchColumnError):
        row._mapping[wanted[-1]]


def test_a_free_column_is_none_of_those_that_are_known(connection: Any) -> None:
    selected = connection.execute(select(days.c.id, days.c.name)).one()
    declared = connection.execute(text("SELECT id, name FROM days").columns(id=Integer, name=String)).one()
    plain = connection.execute(text("SELECT id, name FROM days")).one()
    for row in (selected, declared, plain):
        assert column("id") not in row._mapping
        with pytest.raises(NoSuchColumnError):
            row._mapping[column("name")]


def test_a_plain_text_has_no_columns_of_tables(connection: Any) -> None:
    row = connection.execute(text("SELECT id, name FROM days")).one()
    assert days.c.id not in row._mapping
    with pytest.raises(NoSuchColumnError):
        row._mapping[days.c.name]
    assert row._mapping["name"] == row.name


def test_a_text_may_give_a_column_as_its_table_and_its_name(connection: Any) -> None:
    wanted = [days.c.id, days.c.name]
    said = text("SELECT name AS days_name, id FROM days")
    row = connection.execute(TextualSelect(said, wanted, positional=False)).one()
    assert (row._mapping[days.c.id], row._mapping[days.c.name]) == (7, "first")


def test_a_declared_column_that_two_columns_of_a_text_may_be_is_refused(connection: Any) -> None:
    said = text("SELECT name, id AS name FROM days")
    row = connection.execute(TextualSelect(said, [days.c.name], positional=False)).one()
    with pytest.raises(AmbiguousColumnError):
        row._mapping[days.c.name]


def test_a_label_of_a_text_says_nothing_of_the_column_behind_it(connection: Any) -> None:
    one, other = days.c.id.label("one"), days.c.id.label(None)
    row = connection.execute(text("SELECT 1, 2").columns(one, other)).one()
    assert (row._mapping[one], row._mapping[other]) == (1, 2)
    with pytest.raises(NoSuchColumnError):
        row._mapping[days.c.id]


def test_declared_columns_made_anew_read_rows_of_a_statement_that_is_known(connection: Any) -> None:
    for _ in range(2):
        number, title = column("id", Integer), column("name", String)
        row = connection.execute(text("SELECT name, id FROM days").columns(title, number)).one()
        assert (row._mapping[number], row._mapping[title]) == (7, "first")
        named = text("SELECT name, id FROM days").columns(id=Integer, name=String)
        row = connection.execute(named).one()
        assert [row._mapping[one] for one in named.selected_columns] == [7, "first"]


def test_texts_among_the_columns_of_a_select_find_their_values(connection: Any) -> None:
    for _ in range(2):
        least, most = text("min(id)"), text("max(name)")
        row = connection.execute(select(least, most).select_from(days)).one()
        assert (row._mapping[least], row._mapping[most]) == (7, "first")


def test_a_star_gives_the_columns_that_the_database_has_for_it(connection: Any) -> None:
    inner = select(days.c.id).subquery()
    assert connection.execute(select("*").select_from(inner)).one()._fields == ("id",)
    assert connection.execute(select(literal_column("days.*")).select_from(days)).one()._fields == ("id", "day", "name")
    statement = select(days.c.name, literal_column("inner_one.*"), days.c.day)
    statement = statement.select_from(days, select(days.c.id, days.c.name).subquery("inner_one"))
    row = connection.execute(statement).one()
    assert row._fields == ("name", "id", "name", "day")
    assert (row._mapping[days.c.name], row._mapping[days.c.day]) == ("first", DAY)


@pytest.mark.parametrize(
    "written, names",
    [
        ("':memory:'", []),
        (":a:b", []),
        ("a::int = :b", ["b"]),
        (":a :a", ["a"]),
        (r"\:x :y", ["y"]),
        ("(:long_name)", ["long_name"]),
    ],
)
def test_a_name_between_colons_is_no_parameter(written: str, names: list[str]) -> None:
    assert sorted(azoth.text(written).compile().params) == names
