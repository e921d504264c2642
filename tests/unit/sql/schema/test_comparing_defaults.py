"""ColumnDefault tells whether another one gives the same, as SQLAlchemy's does."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import sqlalchemy

import azoth


def make() -> int:
    return 1


def answers(library: ModuleType) -> list[Any]:
    default, text = library.ColumnDefault, library.text
    makers: list[Any] = [
        1,
        1,
        2,
        "x",
        make,
        len,
        text("1"),
        text("1"),
        text("2"),
        library.func.now(),
        library.func.now(),
    ]
    defaults = [default(maker) for maker in makers]
    for_update = library.Column("c", library.Integer, onupdate=1).onupdate
    return [
        [[one.compare(other) for other in [*defaults, for_update]] for one in defaults],
        [[one.compare_argument(maker) for maker in makers] for one in defaults],
    ]


def test_comparisons_are_those_of_sqlalchemy() -> None:
    ours = answers(azoth)
    assert ours == answers(sqlalchemy)
    assert ours[0][0][:3] == [True, True, False]
