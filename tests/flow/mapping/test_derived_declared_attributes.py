"""Classes of a program's own that are derived from declared_attr."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azoth import Column, Integer
from azoth.orm import declarative_base, declared_attr


class counted(declared_attr[Any]):
    """A column that the decorated function tells about, and that is noted for each class."""

    noted: dict[str, Any]

    def __init__(self, fget: Callable[..., Any], column: Column[Any]) -> None:
        super().__init__(fget)
        self.column = column
        self.noted = {}

    def __get__(self, instance: Any, owner: Any) -> Any:
        self.noted[owner.__name__] = self.fget
        return self.column


def test_what_reading_them_gives_is_mapped() -> None:
    base: Any = declarative_base()

    def words(self: object) -> str:
        return "not asked for the column"

    attribute = counted(words, Column(Integer, default=0))

    class Page(base):  # type: ignore[misc]
        __tablename__ = "page"
        id = Column(Integer, primary_key=True)
        words = attribute

    assert Page.__table__.c.words.default.arg == 0
    assert attribute.noted == {"Page": words}


def test_the_function_is_known() -> None:
    def words(cls: object) -> int:
        return 1

    assert declared_attr(words).fget is words
    assert declared_attr.directive(words).fget is words
