"""What the server makes, of statements with return_defaults(): the same values and rows as in SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy

import azoth
from azoth import exc


def told(ask: Callable[[], Any]) -> Any:
    try:
        found = ask()
    except (exc.AzothError, sqlalchemy.exc.SQLAlchemyError) as error:
        return type(error).__name__
    return dict(found._mapping) if hasattr(found, "_mapping") else found


def table_of(library: ModuleType) -> Any:
    return library.Table(
        "t",
        library.MetaData(),
        library.Column("id", library.Integer, primary_key=True),
        library.Column("a", library.Integer),
        library.Column("b", library.Integer, server_default="5"),
        library.Column("c", library.Integer, default=library.text("1+1")),
        library.Column("d", library.Integer, onupdate=library.text("7")),
        library.Column("e", library.Integer, server_onupdate=library.FetchedValue()),
        library.Column("f", library.Integer, default=9),
    )


def changes(library: ModuleType, t: Any) -> list[tuple[Any, Any]]:
    return [
        (t.insert().values(a=1).return_defaults(), None),
        (t.insert().return_defaults(), [{"a": 1}, {"a": 2}]),
        (t.insert().values(a=1).return_defaults(t.c.a), None),
        (t.insert().values(a=1).return_defaults(t.c.b), None),
        (t.insert().values(a=1).return_defaults(supplemental_cols=[t.c.a]), None),
        (t.update().values(a=3).where(t.c.id < 3).return_defaults(), None),
        (t.update().values(a=3).where(t.c.id == 1).return_defaults(t.c.a), None),
        (t.update().values(a=3).where(t.c.id == 1).return_defaults(t.c.d), None),
        (t.delete().where(t.c.id == 1).return_defaults(), None),
        (t.delete().where(t.c.id == 2).return_defaults(t.c.a), None),
        (t.insert().values(a=1, b=2, id=77).return_defaults(), None),
        (t.insert().values(a=1, b=2, id=78), None),
        (t.insert().values(a=library.text("3 + 4")).return_defaults(), None),
        (t.insert().values(a=library.null()).return_defaults(), None),
        (t.insert().values(a=library.literal(5)).return_defaults(), None),
        (t.insert().values(a=library.bindparam("p")).return_defaults(), {"p": 5}),
        (t.insert().values(a=library.text("3")).return_defaults(t.c.a), None),
        (t.insert().values(a=library.text("3")).return_defaults(t.c.b), None),
        (t.update().values(a=t.c.a + 1).where(t.c.id == 77).return_defaults(), None),
        (t.update().values(a=t.c.a + 1).where(t.c.id == 77).return_defaults(t.c.a), None),
        (t.update().values(a=t.c.a + 1).where(t.c.id == 77).return_defaults(t.c.d), None),
        (t.update().values(b=6).where(t.c.id == 77).return_defaults(t.c.a), None),
        (t.update().values(d=6).where(t.c.id == 77).return_defaults(), None),
    ]


def executed(library: ModuleType) -> Iterator[list[Any]]:
    engine = library.create_engine("sqlite://")
    table = table_of(library)
    with engine.begin() as connection:
        table.create(connection)
        for statement, parameters in changes(library, table):
            result = connection.execute(statement, *([parameters] if parameters else []))
            rows = result.returned_defaults_rows
            yield [
                told(lambda result=result: result.returned_defaults),  # type: ignore[misc]
                None if rows is None else [dict(row._mapping) for row in rows],
                result.rowcount,
                told(lambda result=result: [tuple(key) for key in result.inserted_primary_key_rows]),  # type: ignore[misc]
                told(lambda result=result: [tuple(row) for row in result.all()]),  # type: ignore[misc]
            ]
    engine.dispose()


def test_values_and_rows_are_those_of_sqlalchemy() -> None:
    ours = list(executed(azoth))
    assert ours == list(executed(sqlalchemy))
    assert ours[0][0] == {"id": 1, "b": 5, "c": 2, "d": None, "e": None}
    assert ours[1][3] == [(2,), (3,)]


def test_databases_without_returning_execute_the_statement_as_it_is() -> None:
    class Mute(azoth.dialects.sqlite.dialect):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.supports_returning = False

    table = table_of(azoth)
    assert "RETURNING" not in str(table.insert().values(a=1).return_defaults().compile(dialect=Mute()))
    quiet = azoth.Table(
        "q", azoth.MetaData(), azoth.Column("id", azoth.Integer, primary_key=True), implicit_returning=False
    )
    assert "RETURNING" not in str(quiet.insert().return_defaults().compile(dialect=azoth.dialects.sqlite.dialect()))


def test_columns_of_several_calls_add_up() -> None:
    table = table_of(azoth)

    def written(statement: Any) -> str:
        return str(statement.compile(dialect=azoth.dialects.sqlite.dialect())).partition("RETURNING ")[2]

    insert = table.insert().values(a=1)
    assert written(insert.return_defaults(table.c.b).return_defaults(table.c.c)) == "t.id, t.b, t.c"
    assert written(insert.return_defaults(table.c.b).return_defaults()) == "t.id, t.b, t.c, t.d, t.e"


def test_it_does_not_go_together_with_returning() -> None:
    table = table_of(azoth)
    with pytest.raises(exc.InvalidRequestError) as caught:
        table.insert().returning(table.c.id).return_defaults()
    assert caught.value.code == "AZ-C711"
