"""``python_type`` is the class of a type's values, and ``object`` where they are of several."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from sqlalchemy.exc import SQLAlchemyError as OtherError

from azoth.exc import SQLAlchemyError

PLACES = ["types", "dialects.sqlite", "dialects.postgresql", "dialects.mysql", "dialects.mssql", "dialects.oracle"]


def _made(cls: Any, package: Any) -> Any:
    for arguments in ((), (package.Integer,), ("a", "b")):
        try:
            return cls(*arguments)
        except (TypeError, ValueError, AttributeError, AssertionError, SQLAlchemyError, OtherError):
            continue
    return None


@pytest.mark.parametrize("place", PLACES)
def test_it_is_the_same_as_in_sqlalchemy(place: str) -> None:
    azoth, sqlalchemy = import_module("azoth"), import_module("sqlalchemy")
    own, other = import_module(f"azoth.{place}"), import_module(f"sqlalchemy.{place}")
    compared = 0
    for name in own.__all__:
        cls, theirs = getattr(own, name), getattr(other, name, None)
        if isinstance(cls, type) and hasattr(cls, "python_type") and isinstance(theirs, type):
            mine, their = _made(cls, azoth), _made(theirs, sqlalchemy)
            if mine is not None and their is not None:
                assert (name, mine.python_type.__name__) == (name, their.python_type.__name__)
                compared += 1
    assert compared > 15
