"""SQL expressions evaluated in memory agree with SQLite."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import (
    Boolean,
    Column,
    Integer,
    String,
    and_,
    between,
    case,
    create_engine,
    func,
    not_,
    null,
    or_,
    select,
    true,
)
from azoth.orm import declarative_base
from azoth.orm.bulk.evaluator import Evaluator, NotLoadedError, UnevaluatableError

Base: Any = declarative_base()


class Item(Base):
    __tablename__ = "items"
    id = Column(Integer, primary_key=True)
    number = Column("amount", Integer)
    other = Column(Integer)
    word = Column(String)
    flag = Column(Boolean)


MAPPER = Item.__mapper__
NUMBERS, OTHERS, WORDS = (None, -7, 0, 3), (None, -2, 0, 3), (None, "", "abc", "ABD", "a%c")
VALUES = [
    {"id": id_, "number": number, "other": other, "word": word, "flag": (None, True, False)[id_ % 3]}
    for id_, (number, other, word) in enumerate(itertools.product(NUMBERS, OTHERS, WORDS), 1)
]

EXPRESSIONS = [
    Item.number == 3,
    Item.number != 3,
    Item.number < Item.other,
    Item.number >= -7,
    Item.number + Item.other == 6,
    Item.number - 1,
    Item.number * Item.other,
    Item.number / Item.other,
    Item.number // Item.other,
    Item.number % Item.other,
    -Item.number,
    Item.word + "x",
    Item.word.is_(None),
    Item.word.is_not(None),
    Item.number.is_distinct_from(3),
    Item.number.is_not_distinct_from(Item.other),
    Item.number.in_([3, 0]),
    Item.number.in_([3, None]),
    Item.number.not_in([3, 0]),
    Item.number.not_in([3, None]),
    Item.number.in_([]),
    Item.number.not_in([]),
    Item.number.between(-7, 0),
    ~Item.number.between(-7, 0),
    between(Item.number, Item.other, 3),
    Item.word.like("a%"),
    Item.word.not_like("a_c"),
    Item.word.ilike("AB%"),
    Item.word.startswith("ab"),
    Item.word.endswith("c"),
    Item.word.contains("%", autoescape=True),
    Item.word.contains("b"),
    ~Item.word.contains("b"),
    and_(Item.number > 0, Item.other > 0),
    or_(Item.number > 0, Item.other > 0),
    not_(or_(Item.number > 0, Item.other > 0)),
    not_(and_(Item.number > 0, Item.word == "abc")),
    and_(Item.number == null(), true()),
    and_(Item.flag, Item.number > 0),
    not_(Item.flag),
    Item.flag.is_(True),
    Item.flag == False,  # noqa: E712
]


@pytest.fixture(scope="module")
def connection() -> Iterator[azoth.Connection]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(Item.__table__.insert(), [_columns(row) for row in VALUES])
        yield connection
    engine.dispose()


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    return {"amount" if key == "number" else key: value for key, value in row.items()}


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_agrees_with_the_database(connection: Any, expression: Any) -> None:
    evaluate = Evaluator(MAPPER, like_ignores_case=True).function(expression)
    database = dict(connection.execute(select(Item.__table__.c.id, expression.label("value"))).all())
    differing = [
        (row, evaluate(row), database[row["id"]]) for row in VALUES if not _same(evaluate(row), database[row["id"]])
    ]
    assert differing == []


def _same(ours: Any, theirs: Any) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return ours == pytest.approx(float(theirs)) if isinstance(ours, float) else bool(ours == theirs)


@pytest.mark.parametrize(
    "expression",
    [
        func.lower(Item.word) == "x",
        case((Item.number == 1, 2), else_=3) == 2,
        Item.number.in_(select(Item.id)),
        Item.number == select(func.max(Item.number)).scalar_subquery(),
        Item.word.regexp_match("x"),
    ],
    ids=str,
)
def test_leaves_the_rest_to_the_database(expression: Any) -> None:
    with pytest.raises(UnevaluatableError):
        Evaluator(MAPPER, like_ignores_case=True).function(expression)


def test_does_not_guess_attributes_that_are_not_loaded() -> None:
    evaluate = Evaluator(MAPPER, like_ignores_case=True).function(Item.number == 3)
    with pytest.raises(NotLoadedError):
        evaluate({"id": 1})


def test_case_of_patterns_follows_the_database() -> None:
    row = {"word": "ABC"}
    assert Evaluator(MAPPER, like_ignores_case=True).function(Item.word.like("a%"))(row) is True
    assert Evaluator(MAPPER, like_ignores_case=False).function(Item.word.like("a%"))(row) is False
    assert Evaluator(MAPPER, like_ignores_case=False).function(Item.word.ilike("a%"))(row) is True


def test_named_parameters_take_their_values_from_the_execution() -> None:
    criterion = Item.number == azoth.bindparam("wanted")
    evaluate = Evaluator(MAPPER, like_ignores_case=True, parameters={"wanted": 3}).function(criterion)
    assert evaluate({"number": 3}) is True


def test_a_chain_of_thousands_of_terms() -> None:
    total: Any = Item.number
    for number in range(3000):
        total = total + number
    condition = Item.number == 0
    for number in range(3000):
        condition = condition | (Item.number == -number)
    evaluator = Evaluator(MAPPER, like_ignores_case=True)
    assert evaluator.function(total)({"number": 1}) == 1 + sum(range(3000))
    assert evaluator.function(total)({"number": None}) is None
    assert evaluator.function(condition)({"number": -2999}) is True
    assert evaluator.function(condition)({"number": 1}) is False


@pytest.mark.parametrize("values", [[[1], [2]], [1, 2]])
def test_a_list_that_holds_what_cannot_be_hashed(values: list[Any]) -> None:
    evaluate = Evaluator(MAPPER, like_ignores_case=True).function(Item.number.in_(values))
    assert evaluate({"number": values[0]}) is True
    assert evaluate({"number": [5]}) is False
    assert evaluate({"number": 5}) is False
