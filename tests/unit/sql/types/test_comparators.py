from __future__ import annotations

from typing import Any

from azoth import Integer, String, column
from azoth.types import TypeDecorator, TypeEngine


class Counting(Integer):
    class Comparator(Integer.Comparator):
        def __add__(self, other: Any) -> Any:
            return self.op("goofy")(other)

        def doubled(self) -> Any:
            return self.expr * 2

    comparator_factory = Comparator


def test_a_type_changes_and_adds_operators() -> None:
    number = column("number", Counting)
    assert str(number + 5) == "number goofy :number_1"
    assert str(number.doubled()) == "number * :number_1"


def test_operators_that_a_comparator_leaves_alone_are_the_ordinary_ones() -> None:
    number = column("number", Counting)
    assert str(number - 5) == "number - :number_1"
    assert str(5 - number) == ":number_1 - number"
    assert str(number == 5) == "number = :number_1"
    assert str(number.in_([5])) == "number IN (:number_1_1)"


def test_a_decorator_can_have_a_comparator_of_its_own() -> None:
    class Word(TypeDecorator[str]):
        impl = String
        cache_ok = True

        class Comparator(TypeDecorator.Comparator):
            def __eq__(self, other: object) -> Any:
                return self.expr.ilike(other)

            __hash__ = None  # type: ignore[assignment]

        comparator_factory = Comparator

    assert str(column("word", Word) == "x") == "lower(word) LIKE lower(:word_1)"


def test_every_type_offers_the_class_to_derive_from() -> None:
    assert Integer.Comparator is String.Comparator is TypeEngine.Comparator
