"""However many tables there are, a question takes the same number of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import event
from azoth.engine.reflection import ObjectKind, ObjectScope

QUESTIONS = [
    "get_multi_columns",
    "get_multi_pk_constraint",
    "get_multi_foreign_keys",
    "get_multi_indexes",
    "get_multi_unique_constraints",
    "get_multi_check_constraints",
    "get_multi_table_comment",
    "get_multi_table_options",
]
NAMES = [
    "get_schema_names",
    "get_table_names",
    "get_temp_table_names",
    "get_view_names",
    "get_temp_view_names",
    "get_materialized_view_names",
    "get_foreign_table_names",
    "get_sequence_names",
    "get_enums",
    "get_domains",
]


def tables(count: int) -> tuple[str, ...]:
    made = ["CREATE TYPE mood AS ENUM ('sad')", "CREATE TYPE color AS ENUM ('red')"]
    for number in range(count):
        made += [
            (
                f"CREATE TABLE t{number} (id serial PRIMARY KEY, mood mood, colors color[], a integer UNIQUE, "
                f"CHECK (a > 0), b integer REFERENCES t{max(number - 1, 0)})"
            ),
            f"CREATE INDEX i{number} ON t{number} (b)",
            f"COMMENT ON TABLE t{number} IS 'table {number}'",
        ]
    return tuple(made)


@pytest.fixture(scope="module")
def engines(make_database: Callable[..., str], make_engine: Callable[..., azoth.Engine]) -> dict[int, azoth.Engine]:
    """Engines on databases with one table and with thirty."""
    return {count: make_engine(make_database(tables(count))) for count in (1, 30)}


@pytest.fixture
def sent(engines: dict[int, azoth.Engine]) -> Iterator[list[str]]:
    """The statements that reach the databases."""
    statements: list[str] = []

    def remember(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    for engine in engines.values():
        with engine.connect():
            pass
        event.listen(engine, "before_cursor_execute", remember)
    yield statements
    for engine in engines.values():
        event.remove(engine, "before_cursor_execute", remember)


@pytest.mark.parametrize("question", QUESTIONS)
def test_many_tables_take_as_few_statements_as_one(
    engines: dict[int, azoth.Engine], sent: list[str], question: str
) -> None:
    most = 2 if question == "get_multi_columns" else 1
    for count, engine in engines.items():
        sent.clear()
        found = getattr(azoth.inspect(engine), question)(kind=ObjectKind.ANY, scope=ObjectScope.ANY)
        assert len(found) == count
        assert len(sent) == most
        named = getattr(azoth.inspect(engine), question)(filter_names=["t0", "nowhere"])
        assert list(named) == [(None, "t0")]
        assert len(sent) == 2 * most


@pytest.mark.parametrize("question", NAMES)
def test_names_take_one_statement(engines: dict[int, azoth.Engine], sent: list[str], question: str) -> None:
    getattr(azoth.inspect(engines[30]), question)()
    assert len(sent) == 1


def test_the_order_of_tables_takes_two_statements(engines: dict[int, azoth.Engine], sent: list[str]) -> None:
    found = azoth.inspect(engines[30]).get_sorted_table_and_fkc_names()
    assert [name for name, _ in found] == [*[f"t{number}" for number in range(30)], None]
    assert found[5] == ("t5", ["t5_b_fkey"])
    assert len(sent) == 2


def test_answers_are_kept(engines: dict[int, azoth.Engine], sent: list[str]) -> None:
    inspector = azoth.inspect(engines[1])
    for _ in range(2):
        assert inspector.get_columns("t0") == inspector.get_columns("t0")
        assert inspector.get_enums() == inspector.get_enums()
        assert inspector.has_type("mood")
    assert len(sent) == 4
    inspector.clear_cache()
    inspector.get_enums()
    assert len(sent) == 5


def test_a_whole_database_takes_as_few_statements_as_one_table(
    engines: dict[int, azoth.Engine], sent: list[str]
) -> None:
    counts = []
    for count, engine in engines.items():
        sent.clear()
        metadata = azoth.MetaData()
        metadata.reflect(engine)
        assert len(metadata.tables) == count
        counts.append(len(sent))
    # Names of tables; then the questions above, of which columns take two statements.
    assert counts == [10, 10]


def test_chosen_tables_bring_those_that_they_refer_to(engines: dict[int, azoth.Engine], sent: list[str]) -> None:
    metadata = azoth.MetaData()
    metadata.reflect(engines[30], only=["t2"])
    assert sorted(metadata.tables) == ["t0", "t1", "t2"]
    again = azoth.MetaData()
    again.reflect(engines[30], only=["t2", "t5"], resolve_fks=False)
    assert sorted(again.tables) == ["t2", "t5"]
    assert again.tables["t2"].comment == "table 2"
