"""inspect(): the registry of what is known about subjects."""

from __future__ import annotations

import pytest

from azoth import exc
from azoth.inspection import inspect, register


class Animal:
    pass


class Cat(Animal):
    pass


register(Animal, lambda subject: ("animal", subject))


def test_a_subject_is_inspected_by_the_function_of_its_type() -> None:
    animal = Animal()
    assert inspect(animal) == ("animal", animal)


def test_a_subclass_is_inspected_by_the_function_of_its_base() -> None:
    assert inspect(Cat())[0] == "animal"


def test_an_unknown_subject_is_an_error_that_names_its_class() -> None:
    with pytest.raises(exc.NoInspectionAvailable, match="object of 'object'"):
        inspect(object())


def test_an_unknown_subject_gives_none_when_asked_so() -> None:
    assert inspect(object(), raiseerr=False) is None


def test_a_function_that_knows_nothing_leaves_the_question_to_the_base() -> None:
    class Dog(Animal):
        pass

    register(Dog)(lambda subject: None)
    assert inspect(Dog())[0] == "animal"
