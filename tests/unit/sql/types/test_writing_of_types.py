"""What repr() writes of a type may be changed."""

from __future__ import annotations

from typing import Any

import sqlalchemy

import azoth


def test_the_name_of_the_class_may_be_another() -> None:
    class Named(azoth.String):
        def repr_struct(self) -> Any:
            return super().repr_struct().set_class_name("Other")

    assert str(azoth.String(5).repr_struct()) == str(sqlalchemy.String(5).repr_struct()) == "String(length=5)"
    assert repr(Named(5)) == "Other(length=5)"
