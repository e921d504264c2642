"""Keys of inserted rows that Python does not know: the database makes them, and the result of the INSERT has them."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from azoth import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    event,
    func,
    insert,
    literal,
    null,
    select,
    text,
)
from azoth.dialects import postgresql, sqlite
from azoth.exc import SAWarning
from azoth.sql.compiler import compile_statement

pytestmark = pytest.mark.sqlite_only("other databases report no number for such rows")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


def table_of(connection: Connection, *columns: Column[Any], **options: Any) -> Table:
    table = Table("things", MetaData(), *columns, Column("n", Integer), **options)
    table.create(connection)
    return table


def key(connection: Connection, table: Table, **values: Any) -> tuple[Any, ...]:
    result = connection.execute(insert(table), {"n": 1, **values})
    assert result.rowcount == 1
    assert [tuple(row) for row in result.inserted_primary_key_rows] == [tuple(result.inserted_primary_key)]
    return tuple(result.inserted_primary_key)


@pytest.mark.parametrize(
    "argument, made",
    [
        ({"server_default": "hello"}, "hello"),
        ({"default": func.lower("HELLO")}, "hello"),
        ({"default": text("'a' || 'b'")}, "ab"),
        ({"default": select(func.lower("HELLO"))}, "hello"),
    ],
)
def test_keys_that_the_database_makes_come_back(connection: Connection, argument: Any, made: str) -> None:
    words = table_of(connection, Column("word", String(20), primary_key=True, **argument))
    assert key(connection, words, word="given") == ("given",)
    assert key(connection, words) == (made,)
    assert connection.scalars(select(words.c.word).order_by(words.c.word)).all() == sorted(["given", made])


def test_expressions_as_keys_come_back(connection: Connection) -> None:
    words = table_of(connection, Column("word", String(20), primary_key=True))
    result = connection.execute(insert(words).values(word=func.lower("X"), n=1))
    assert result.inserted_primary_key == ("x",)


def test_what_is_made_of_a_composite_key_comes_back_beside_what_was_given(connection: Connection) -> None:
    words = table_of(
        connection,
        Column("id", Integer, primary_key=True),
        Column("word", String(20), primary_key=True, server_default="w"),
        Column("moment", DateTime, primary_key=True, default=func.current_timestamp()),
    )
    given, word, moment = key(connection, words, id=7)
    assert (given, word) == (7, "w")
    assert isinstance(moment, datetime.datetime)


def test_columns_whose_keys_have_other_names_than_in_the_database(connection: Connection) -> None:
    words = table_of(connection, Column("db_word", String(20), key="word", primary_key=True, server_default="w"))
    assert key(connection, words) == ("w",)


@pytest.mark.parametrize(
    "default", [func.lower("HELLO"), text("'hello'"), select(func.lower("HELLO")), literal("hello").concat("")]
)
def test_without_returning_the_default_is_asked_for_before(connection: Connection, default: Any) -> None:
    words = table_of(
        connection, Column("word", String(20), primary_key=True, default=default), implicit_returning=False
    )
    sent: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *heard: sent.append(heard[2].split()[0]))
    result = connection.execute(insert(words), {"n": 1})
    assert sent == ["SELECT", "INSERT"]
    assert result.inserted_primary_key == ("hello",)
    assert result.prefetch_cols() == [words.c.word]
    assert result.last_inserted_params() == {"word": "hello", "n": 1}
    assert connection.scalars(select(words.c.word)).all() == ["hello"]


def test_a_value_that_is_asked_for_before_is_one_of_the_columns_type(connection: Connection) -> None:
    dates = table_of(
        connection,
        Column("moment", DateTime, primary_key=True, default=text("current_timestamp")),
        implicit_returning=False,
    )
    (moment,) = key(connection, dates)
    assert isinstance(moment, datetime.datetime)
    assert connection.scalar(select(dates.c.moment)) == moment


def test_what_cannot_be_asked_for_is_not_known(connection: Connection) -> None:
    words = table_of(
        connection, Column("word", String(20), primary_key=True, server_default="w"), implicit_returning=False
    )
    assert key(connection, words) == (None,)


def test_the_number_of_a_row_is_not_taken_for_a_key_that_it_is_not(connection: Connection) -> None:
    # The row has the number 1, and its key is 5.
    numbers = table_of(
        connection, Column("id", BigInteger, primary_key=True, server_default="5"), implicit_returning=False
    )
    assert key(connection, numbers) == (None,)
    assert connection.scalar(select(numbers.c.id)) == 5


def test_numbers_are_reported_by_the_driver(connection: Connection) -> None:
    numbers = table_of(connection, Column("id", Integer, primary_key=True))
    result = connection.execute(insert(numbers), {"n": 1})
    assert (tuple(result.inserted_primary_key), result.returns_rows) == ((1,), False)
    assert key(connection, numbers, id=None) == (2,)
    assert connection.execute(insert(numbers).values(id=null())).inserted_primary_key == (3,)


def test_a_sequence_is_a_number_where_there_are_no_sequences(connection: Connection) -> None:
    numbers = table_of(connection, Column("id", Integer, Sequence("counted"), primary_key=True))
    assert key(connection, numbers) == (1,)


def test_many_rows_have_no_keys_of_the_server(connection: Connection) -> None:
    words = table_of(connection, Column("word", String(20), primary_key=True, default=func.lower(func.hex(7))))
    result = connection.execute(insert(words), [{"word": "a"}, {"word": "b"}])
    assert [tuple(row) for row in result.inserted_primary_key_rows] == [("a",), ("b",)]


def test_inline_inserts_look_for_no_key(connection: Connection) -> None:
    words = table_of(connection, Column("word", String(20), primary_key=True, default=func.hex(func.randomblob(4))))
    for _ in range(2):
        assert key(connection, words) != (None,)
        assert connection.execute(insert(words).inline(), {"n": 1}).inserted_primary_key == (None,)


def test_databases_that_report_no_number_are_asked_by_returning() -> None:
    numbers = Table("numbers", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer))
    statement = insert(numbers)
    on_postgres = compile_statement(statement, postgresql.dialect(), ("n",))
    assert on_postgres.string.endswith(" RETURNING numbers.id")
    many = compile_statement(statement, postgresql.dialect(), ("n",), many=True)
    given = compile_statement(statement, postgresql.dialect(), ("id", "n"))
    on_sqlite = compile_statement(statement, sqlite.dialect(), ("n",))
    assert not any("RETURNING" in one.string for one in (many, given, on_sqlite))


@pytest.mark.parametrize("form", ["one", "many", "rows", "returning", "inline"])
def test_a_key_that_gets_no_value_from_anybody_is_warned_about(connection: Connection, form: str) -> None:
    numbers = table_of(connection, Column("id", Integer, primary_key=True, autoincrement=False))
    statement, parameters = {
        "one": (insert(numbers), {"n": 1}),
        "many": (insert(numbers), [{"n": 1}, {"n": 2}]),
        "rows": (insert(numbers).values([{"n": 1}, {"n": 2}]), None),
        "returning": (insert(numbers).returning(numbers.c.id), {"n": 1}),
        "inline": (insert(numbers).inline(), {"n": 1}),
    }[form]
    with pytest.warns(SAWarning, match="things.id of the primary key gets no value"):
        connection.execute(statement, parameters)


@pytest.mark.parametrize(
    "column",
    [
        Column("id", Integer, primary_key=True),
        Column("id", Integer, primary_key=True, autoincrement=False, nullable=True),
        Column("id", Integer, ForeignKey("things.id"), primary_key=True, autoincrement="ignore_fk"),
        Column("id", Integer, primary_key=True, default=lambda: 5),
        Column("id", Integer, primary_key=True, default=5),
    ],
)
def test_others_are_not(connection: Connection, column: Column[Any]) -> None:
    numbers = table_of(connection, column)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        connection.execute(insert(numbers), {"n": 1})
        connection.execute(insert(numbers).from_select(["id", "n"], select(literal(70), literal(2))))


def test_the_columns_that_nothing_gave_back_are_told(connection: Connection) -> None:
    words = table_of(
        connection,
        Column("word", String(20), primary_key=True, default=func.lower("W")),
        Column("made", Integer, server_default="5"),
        Column("computed", Integer, default=func.abs(-3)),
    )
    result = connection.execute(insert(words), {"n": 1})
    assert result.postfetch_cols() == [words.c.made, words.c.computed]
    assert result.context.postfetch_cols == result.postfetch_cols()
    assert result.lastrow_has_defaults()
    returned = connection.execute(insert(words).return_defaults(words.c.made), {"word": "x", "n": 1})
    assert returned.postfetch_cols() == [words.c.computed]
