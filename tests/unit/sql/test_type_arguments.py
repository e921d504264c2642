"""Classes that libraries and programs write with type arguments take them when the program runs, too."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from azoth import Integer, String, column
from azoth.types import TypeDecorator

PLACES = ["sqlalchemy", "sqlalchemy.orm", "sqlalchemy.schema", "sqlalchemy.types", "sqlalchemy.sql.expression"]


def test_a_comparator_with_type_arguments_is_a_base() -> None:
    class Upper(TypeDecorator[Any]):
        impl = String
        cache_ok = True

        class comparator_factory(TypeDecorator.Comparator[Any]):  # type: ignore[type-arg]  # the name that types have for it
            def shouted(self) -> Any:
                return self.expr.op("!")("")

    assert str(column("x", Upper()).shouted()) == "x ! :x_1"
    assert Integer.Comparator[int] is Integer.Comparator


@pytest.mark.parametrize("place", PLACES)
def test_what_takes_them_in_sqlalchemy_takes_them_here(place: str) -> None:
    other = import_module(place)
    own = import_module(place.replace("sqlalchemy", "azoth"))
    refused = [
        name
        for name in other.__dict__
        if not name.startswith("_") and _takes(getattr(other, name)) and not _takes(getattr(own, name, None), True)
    ]
    assert refused == []


def _takes(cls: Any, unless: bool = False) -> bool:
    if not isinstance(cls, type):
        return unless
    try:
        cls[int]
    except (TypeError, KeyError):
        return False
    return True
