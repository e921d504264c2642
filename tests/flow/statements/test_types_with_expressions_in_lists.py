"""A type that puts its values into an expression does so for each value of a list, too."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import Column, Integer, MetaData, String, Table, bindparam, func, select, tuple_
from azoth.types import TypeDecorator


class Folded(TypeDecorator[str]):
    """Text without blanks around it, compared and stored in lower case, with each x as y."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value.strip()

    def bind_expression(self, bindvalue: Any) -> Any:
        return func.replace(func.lower(bindvalue), "x", "y")


tags = Table("tags", MetaData(), Column("id", Integer, primary_key=True), Column("word", Folded))
word = tags.c.word
pair = tuple_(tags.c.id, word)


@pytest.fixture
def find(engine: azoth.Engine) -> Any:
    tags.create(engine)
    with engine.begin() as connection:
        rows = [
            {"id": 1, "word": "Redx"},
            {"id": 2, "word": " Blue"},
            {"id": 3, "word": "Grey"},
            {"id": 4, "word": None},
        ]
        connection.execute(tags.insert(), rows)

        def find(condition: Any, **values: Any) -> list[int]:
            return list(connection.scalars(select(tags.c.id).where(condition).order_by(tags.c.id), values))

        yield find


@pytest.mark.parametrize(
    "condition, values, found",
    [
        (word == "REDX", {}, [1]),
        (word.in_(["REDX ", " BLUE"]), {}, [1, 2]),
        (word.not_in(["REDX"]), {}, [2, 3]),
        (word.in_(["REDX", None]), {}, [1]),
        (word.in_([]), {}, []),
        (word.not_in([]), {}, [1, 2, 3, 4]),
        (word.in_([func.upper("redx"), "BLUE"]), {}, [2]),
        (word.in_(bindparam("words", expanding=True)), {"words": ["REDX", "GREY"]}, [1, 3]),
        (word.in_(bindparam("words", expanding=True)), {"words": []}, []),
        (word.not_in(bindparam("words", expanding=True)), {"words": ["REDX", "GREY"]}, [2]),
        (word.in_(bindparam("words", ["REDX"], type_=Folded, expanding=True, literal_execute=True)), {}, [1]),
        (word.in_(bindparam("words", type_=Folded, expanding=True, callable_=lambda: ["GREY"])), {}, [3]),
        (pair.in_([(1, "REDX"), (2, "RED")]), {}, [1]),
        (pair.not_in([(1, "REDX"), (2, "RED")]), {}, [2, 3, 4]),
        (pair.in_([]), {}, []),
        (pair.in_(bindparam("pairs", expanding=True)), {"pairs": [(1, "REDX"), (3, " GREY")]}, [1, 3]),
        (word.in_(["none"] * 20_000 + ["REDX "]), {}, [1]),
    ],
)
def test_each_value_of_a_list_goes_through_the_expression_of_its_type(
    find: Any, condition: Any, values: dict[str, Any], found: list[int]
) -> None:
    assert find(condition, **values) == found
    # From the cache, with the values of this execution.
    assert find(condition, **values) == found


def test_lists_of_one_shape_have_their_own_values(find: Any) -> None:
    assert find(word.in_(["REDX", "-"])) == [1]
    assert find(word.in_(["-", "GREY"])) == [3]
    assert find(word.in_(["BLUE"])) == [2]


def test_a_compiled_statement_names_the_list_and_writes_its_values_as_they_are() -> None:
    statement = select(tags.c.id).where(word.in_(["A", "B"]))
    assert dict(statement.compile().params)["word_1"] == ("A", "B")
    text = str(statement.compile(compile_kwargs={"literal_binds": True}))
    assert "IN (replace(lower('A'), 'x', 'y'), replace(lower('B'), 'x', 'y'))" in text
    pairs = select(tags.c.id).where(pair.in_([(1, "A")]))
    assert "((1, replace(lower('A'), 'x', 'y')))" in str(pairs.compile(compile_kwargs={"literal_binds": True}))
