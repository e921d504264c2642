"""The methods of a dialect's own execution context decide what a program gets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import azoth
from azoth import (
    Column,
    Engine,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    create_engine,
    event,
    outparam,
    select,
    text,
)
from azoth.dialects import registry
from azoth.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from azoth.engine.dialect_base import dialect_registry
from azoth.engine.interfaces import ExecutionContext
from azoth.exc import InvalidRequestError
from azoth.sql.compiler import SQLCompiler
from azoth.sql.schema import NextSequenceValue

things = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("word", String(20)),
    Column("made", String, server_default="x"),
)


class AnsweringContext(ExecutionContext):
    """Knows more than its driver."""

    def get_rowcount(self) -> int | None:
        return 42 if self.isupdate else super().get_rowcount()

    def fetchall_for_returning(self, cursor: Any) -> list[Any]:
        return [(number, f"{word}!") for number, word in cursor.fetchall()]

    def get_out_parameter_values(self, out_param_names: Any) -> list[Any]:
        return [f"out of {name}" for name in out_param_names]


class AnsweringCompiler(SQLCompiler):
    """Has sequences that always give the same number."""

    def visit_next_sequence_value(self, value: NextSequenceValue, **options: object) -> str:
        return "17"


class AnsweringDialect(SQLiteDialect_pysqlite):
    """SQLite with such a context."""

    name = "answering"
    execution_ctx_cls = AnsweringContext


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    before = dict(dialect_registry._locations)
    registry.register("answering", __name__, "AnsweringDialect")
    made = create_engine(f"answering:///{tmp_path / 'answering.db'}")
    things.metadata.create_all(made)
    yield made
    made.dispose()
    dialect_registry._locations.clear()
    dialect_registry._locations.update(before)


def test_the_context_counts_rows(engine: Engine) -> None:
    with engine.begin() as connection:
        assert connection.execute(things.insert().values(word="a")).rowcount == 1
        assert connection.execute(things.update().values(word="b")).rowcount == 42


def test_the_context_fetches_what_changes_return(engine: Engine) -> None:
    statement = things.insert().returning(things.c.id, things.c.word)
    with engine.begin() as connection:
        rows = connection.execute(statement, [{"word": "a"}, {"word": "b"}]).all()
        assert rows == [(1, "a!"), (2, "b!")]
        assert connection.execute(select(things.c.word).order_by(things.c.id)).scalars().all() == ["a", "b"]


def test_the_context_gives_the_values_of_out_parameters(engine: Engine) -> None:
    statement = text("SELECT :given, :found").bindparams(outparam("found", String))
    with engine.connect() as connection:
        result = connection.execute(statement, {"given": 1, "found": None})
        assert result.out_parameters == {"found": "out of found"}
        with pytest.raises(InvalidRequestError):
            _ = connection.execute(select(1)).out_parameters


def test_a_dialect_without_out_parameters_says_so(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AnsweringContext, "get_out_parameter_values", ExecutionContext.get_out_parameter_values)
    statement = text("SELECT :found").bindparams(outparam("found", String))
    with engine.connect() as connection, pytest.raises(InvalidRequestError) as caught:
        connection.execute(statement, {"found": None})
    assert caught.value.code == "AZ-E636"


def test_the_context_of_listeners_can_be_asked(engine: Engine) -> None:
    found: dict[str, Any] = {}

    def ask(connection: Any, cursor: Any, sql: str, parameters: Any, context: ExecutionContext, many: bool) -> None:
        found[sql.split(maxsplit=1)[0]] = (
            context.lastrow_has_defaults(),
            context.get_rowcount(),
            context.create_cursor() is cursor,
        )

    plain = azoth.create_engine("sqlite://")
    things.metadata.create_all(plain)
    event.listen(plain, "after_cursor_execute", ask)
    with plain.begin() as connection:
        connection.execute(things.insert().values(word="a"))
        connection.execute(things.update().values(word="b", made="y"))
        connection.execute(select(things)).all()
    assert found["INSERT"] == (True, 1, True)
    assert found["UPDATE"] == (False, 1, True)
    assert found["SELECT"][0] is False
    plain.dispose()


def test_a_sequence_is_asked_through_the_connection(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers: list[int] = []

    def ask(connection: Any, cursor: Any, sql: str, parameters: Any, context: ExecutionContext, many: bool) -> None:
        if not numbers:
            numbers.append(0)
            numbers.append(context.fire_sequence(Sequence("s"), Integer()))

    asking = azoth.create_engine("sqlite://")
    monkeypatch.setattr(asking.dialect, "statement_compiler", AnsweringCompiler)
    event.listen(asking, "after_cursor_execute", ask)
    with asking.connect() as connection:
        connection.execute(select(1))
    assert numbers == [0, 17]
    asking.dispose()
