"""Parts of JSON documents as values of a type: converted by the database, in WHERE and in SELECT."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import azoth
from azoth import JSON, Column, Integer, MetaData, Table, select

documents = Table("documents", MetaData(), Column("id", Integer, primary_key=True), Column("doc", JSON))
VALUES: list[Any] = [8001, "8001", 1.5, "1.5", True, False, None, "abc", [1, 2], {"a": 1}]
doc = documents.c.doc
part = doc["v"]
deep = doc["n", "v", 0]
last = doc["n"]["v"][-1]


@pytest.fixture
def connection(engine: azoth.Engine) -> Any:
    documents.create(engine)
    with engine.begin() as connection:
        rows = [{"id": id_, "doc": {"v": value, "n": {"v": [value]}}} for id_, value in enumerate(VALUES)]
        connection.execute(documents.insert(), [*rows, {"id": len(VALUES), "doc": {}}])
        yield connection


LOOSE = pytest.mark.needs("loose types")
"""Elsewhere it is an error to convert what is no number, or no truth value."""


@LOOSE
@pytest.mark.parametrize("place", [part, deep, last], ids=["key", "path", "steps"])
@pytest.mark.parametrize(
    "method, arguments, values",
    [
        ("as_string", (), ["8001", "8001", "1.5", "1.5", "1", "0", None, "abc", "[1,2]", '{"a":1}', None]),
        ("as_integer", (), [8001, 8001, 1, 1, 1, 0, None, 0, 0, 0, None]),
        ("as_float", (), [8001.0, 8001.0, 1.5, 1.5, 1.0, 0.0, None, 0.0, 0.0, 0.0, None]),
        ("as_boolean", (), [True, True, True, True, True, False, None, False, False, False, None]),
        ("as_json", (), [*VALUES[:4], 1, 0, *VALUES[6:], None]),
    ],
)
def test_values_have_the_type_that_was_asked_for(
    connection: Any, place: Any, method: str, arguments: Any, values: list[Any]
) -> None:
    read = list(connection.scalars(select(getattr(place, method)(*arguments)).order_by(documents.c.id)))
    assert read == values
    if method != "as_json":
        assert [type(value) for value in read] == [type(value) for value in values]


def test_decimal_numbers_have_their_scale(connection: Any) -> None:
    read = select(part.as_numeric(10, 2)).where(documents.c.id.in_([0, 2, 3]))
    assert [str(value) for value in connection.scalars(read)] == ["8001.00", "1.50", "1.50"]


@pytest.mark.parametrize(
    "condition, found",
    [
        (part.as_string() == "8001", [0, 1]),
        (deep.as_string() == "8001", [0, 1]),
        (part.as_string().in_(["8001", "abc"]), [0, 1, 7]),
        (part.as_string().like("8%"), [0, 1]),
        (part.as_string() + "x" == "abcx", [7]),
        (part.as_string().is_(None), [6, 10]),
        pytest.param(part.as_integer() == 8001, [0, 1], marks=LOOSE),
        pytest.param(part.as_integer().in_([1]), [2, 3, 4], marks=LOOSE),
        pytest.param(part.as_float() == 1.5, [2, 3], marks=LOOSE),
        pytest.param(part.as_float() > 1, [0, 1, 2, 3], marks=LOOSE),
        pytest.param(last.as_float() > 2, [0, 1], marks=LOOSE),
        pytest.param(part.as_boolean().is_(True), [4], marks=LOOSE),
        pytest.param(part.as_numeric(10, 2) == Decimal("1.50"), [2, 3], marks=LOOSE),
    ],
)
def test_comparisons_are_those_of_the_type(connection: Any, condition: Any, found: list[int]) -> None:
    assert list(connection.scalars(select(documents.c.id).where(condition).order_by(documents.c.id))) == found


@pytest.mark.parametrize("key", ["a.b", "", "1", "é", "b\\c", "a\nb", "日本", "with space"])
@pytest.mark.parametrize("is_written_as_it_is", [False, True])
def test_keys_are_found_however_they_are_spelt(database: Any, key: str, is_written_as_it_is: bool) -> None:
    import json  # noqa: PLC0415

    own = (lambda value: json.dumps(value, ensure_ascii=False)) if is_written_as_it_is else None
    engine = database.make_engine(json_serializer=own)
    documents.create(engine)
    with engine.begin() as connection:
        connection.execute(documents.insert(), {"doc": {key: 5, "in": {key: 6}}})
        assert connection.scalar(select(doc[key].as_integer())) == 5
        assert connection.scalar(select(doc["in", key].as_integer())) == 6
