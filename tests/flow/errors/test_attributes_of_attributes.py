"""What an attribute of a class does not have names the attribute, and says what to write instead."""

from __future__ import annotations

import pytest

from azoth import ForeignKey, func, select
from azoth.ext.hybrid import hybrid_property
from azoth.orm import DeclarativeBase, Mapped, aliased, mapped_column, relationship


class Base(DeclarativeBase): ...


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list[Book]] = relationship(back_populates="author")

    @hybrid_property
    def loud(self) -> str:
        return self.name.upper()


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey(Author.id))
    author: Mapped[Author] = relationship(back_populates="books")


def test_attributes_of_the_related_class_are_asked_for_by_joins() -> None:
    with pytest.raises(AttributeError, match=r"relationship Author\.books has no attribute 'title'.*any\(\)"):
        _ = Author.books.title  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match=r"relationship Book\.author has no attribute 'name'.*has\(\)"):
        _ = aliased(Book).author.name
    assert not hasattr(Author.books, "title")


def test_methods_of_values_are_functions_of_the_database() -> None:
    with pytest.raises(AttributeError, match=r"Author\.name: .* no attribute|Author\.name: Neither") as caught:
        select(Author.loud)
    assert "func.upper(Author.name)" in str(caught.value)
    assert caught.value.name == "upper"
    assert "upper(author.name)" in str(select(func.upper(Author.name)))


def test_names_in_texts_are_listed_once() -> None:
    class Fresh(DeclarativeBase): ...

    class Node(Fresh):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        nodes: Mapped[list[Node]] = relationship(secondary="nodes")

    with pytest.raises(Exception, match="no known class or table") as caught:
        Fresh.registry.configure()
    assert str(caught.value).count("'node'") == 1
    Fresh.registry.dispose()
