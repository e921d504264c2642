"""Attributes of arrays have ``any()`` and ``all()`` of their type, as in SQLAlchemy."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from azoth import exc
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library


def texts(lib: Library) -> dict[str, str]:
    class Base(lib.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    class Page(Base):
        __tablename__ = "pages"
        id = lib.mapped_column(lib.Integer, primary_key=True)
        tags = lib.mapped_column(lib.ARRAY(lib.String))
        words = lib.synonym("tags")

    class Part(Page):
        __tablename__ = "parts"
        id = lib.mapped_column(lib.ForeignKey("pages.id"), primary_key=True)

    page: Any = Page
    other = lib.aliased(page)
    less = lib.sql.operators.lt
    made = {
        "any": lambda: page.tags.any("x"),
        "all": lambda: page.tags.all("x"),
        "another comparison": lambda: page.tags.any("x", operator=less),
        "an alias": lambda: other.tags.any("x"),
        "a synonym": lambda: page.words.any("x"),
        "a derived class": lambda: lib.select(Part.id).where(Part.tags.any("x")),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if lib is SQLALCHEMY else "error")
        return {name: str(make()) for name, make in made.items()}


def test_attributes_of_arrays_compare_with_elements() -> None:
    assert texts(AZOTH) == texts(SQLALCHEMY)


def test_attributes_of_other_types_refuse_it() -> None:
    class Base(AZOTH.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    class Page(Base):
        __tablename__ = "pages"
        id = AZOTH.mapped_column(AZOTH.Integer, primary_key=True)

    for ask in (Page.id.any, Page.id.has):
        with pytest.raises(exc.InvalidRequestError, match="it is not a relationship"):
            ask(1)
