"""Template strings of Python as SQL; stood in for here by objects of the same kind, and real ones from Python 3.14."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Integer, String, TString, bindparam, column, exc, func, literal, select, table, tstring


class Value:
    """One value of a template."""

    def __init__(self, value: object, conversion: str | None = None, format_spec: str = "") -> None:
        self.value = value
        self.expression = "value"
        self.conversion = conversion
        self.format_spec = format_spec


class StandIn:
    """What ``string.templatelib.Template`` is, of its parts."""

    def __init__(self, *parts: str | Value) -> None:
        self._parts = parts
        self.strings = tuple(part for part in parts if isinstance(part, str))
        self.interpolations = tuple(part for part in parts if not isinstance(part, str))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._parts)


def sql(statement: Any) -> str:
    return str(statement.compile())


def test_values_are_bound_and_expressions_are_written() -> None:
    things = table("t", column("q"))
    statement = tstring(
        StandIn("SELECT ", Value(things.c.q), ", ", Value(func.now()), " FROM ", Value(things), " WHERE q = ", Value(5))
    )
    assert isinstance(statement, TString)
    assert sql(statement) == "SELECT t.q, now() FROM t WHERE q = :param_1"
    assert statement.compile().params == {"param_1": 5}


def test_texts_are_taken_as_they_are() -> None:
    assert sql(tstring(StandIn(r"SELECT ':x', a::int, '\:y', '100%'"))) == r"SELECT ':x', a::int, '\:y', '100%'"


def test_it_is_executed_as_a_text_is(engine: azoth.Engine) -> None:
    with engine.connect() as connection:
        template = StandIn("SELECT ", Value(5), " + ", Value(bindparam("more", type_=Integer)), " AS n, ", Value("a%b"))
        assert connection.execute(tstring(template), {"more": 2}).all() == [(7, "a%b")]
        assert connection.execute(tstring(template).bindparams(more=3)).first() == (8, "a%b")
        for value in (1, 2):
            assert connection.scalar(tstring(StandIn("SELECT ", Value(value)))) == value
        assert connection.scalar(tstring(StandIn("SELECT ", Value(None)))) is None


def test_columns_and_types_may_be_said(engine: azoth.Engine) -> None:
    statement = tstring(StandIn("SELECT ", Value(1), " AS id, ", Value("x"), " AS name"))
    named = statement.columns(column("id", Integer), column("name", String))
    with engine.connect() as connection:
        (row,) = connection.execute(named)
        assert (row.id, row.name) == (1, "x")
        part = named.subquery("part")
        assert connection.execute(select(part.c.name).where(part.c.id == 1)).scalar() == "x"


def test_parts_of_statements_are_templates_too() -> None:
    things = table("t", column("q"))
    statement = (
        select(things.c.q).where(tstring(StandIn("q > ", Value(3)))).order_by(tstring(StandIn("q + ", Value(1))))
    )
    assert " ".join(sql(statement).split()) == "SELECT t.q FROM t WHERE q > :param_1 ORDER BY q + :param_2"


def test_values_have_types_and_names_by_their_own_expressions() -> None:
    statement = tstring(StandIn("SELECT ", Value(literal({"a": 1}, azoth.JSON)), ", ", Value(bindparam("x"))))
    assert statement.bindparams(bindparam("x", 5, Integer)).compile().params["x"] == 5
    with pytest.raises(exc.ArgumentError, match="'y'"):
        statement.bindparams(y=1)


def test_selects_among_the_values_stand_in_parentheses() -> None:
    inner = select(column("a"))
    assert " ".join(sql(tstring(StandIn("SELECT ", Value(inner)))).split()) == "SELECT (SELECT a)"


@pytest.mark.parametrize("value", [Value(1, conversion="r"), Value(1, format_spec=">5")])
def test_values_are_not_formatted(value: Value) -> None:
    with pytest.raises(exc.ArgumentError, match="to be formatted") as caught:
        tstring(StandIn("SELECT ", value))
    assert caught.value.code == "AZ-C712"


def test_other_strings_are_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="a template string"):
        tstring("SELECT 1")  # type: ignore[arg-type]


def test_templates_of_the_language_itself() -> None:
    if sys.version_info < (3, 14):
        # The syntax is an error there, so nothing could be made of it.
        with pytest.raises(SyntaxError):
            compile("t'SELECT {5}'", "template", "eval")
        return
    made = eval(compile("t'SELECT {5}'", "template", "eval"))  # the text stands here
    assert tstring(made).compile().params == {"param_1": 5}
