"""Deep copies of statements and expressions select from the tables that the originals select from."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, MetaData, Table, func, insert, select, update
from azoth.orm import DeclarativeBase, Mapped, aliased, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list[Book]] = relationship()


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))


OTHER = aliased(Author)
STATEMENTS: dict[str, Callable[[], Any]] = {
    "a condition": lambda: select(Author).where(Author.id == 1),
    "a chain": lambda: select(Author).where((Author.id == 1) & (Author.id + 1 + 2 > 3)),
    "a join": lambda: select(Author).join(Author.books).where(Book.id == 1),
    "an alias": lambda: select(OTHER).where(OTHER.id == 1),
    "an option": lambda: select(Author).options(selectinload(Author.books)),
    "a subquery": lambda: select(Author).where(Author.id.in_(select(Book.author_id))),
    "an INSERT": lambda: insert(Author).values(name="x"),
    "an UPDATE": lambda: update(Author).where(Author.id == 1).values(name="y"),
    "a table": lambda: select(Author.__table__).where(Author.__table__.c.id == 1),
}


@pytest.mark.parametrize("make", STATEMENTS.values(), ids=STATEMENTS)
def test_a_copy_is_the_same_statement(make: Callable[[], Any]) -> None:
    assert str(copy.deepcopy(make())) == str(make())


def test_a_copied_expression_is_of_the_same_table() -> None:
    for condition in (Author.id == 1, Author.id + 1 > 2, func.max(Author.id) == 1, ~(Author.id == 1)):
        copied = copy.deepcopy(condition)
        assert str(select(Author).where(copied)) == str(select(Author).where(condition))
    assert copy.deepcopy({"criteria": [Author.__table__]})["criteria"][0] is Author.__table__


def test_copies_of_a_schema_have_tables_of_their_own() -> None:
    metadata = MetaData()
    one = Table("one", metadata, Column("id", Integer, primary_key=True))
    Table("two", metadata, Column("one_id", ForeignKey(one.c.id)))
    copied = copy.deepcopy(metadata)
    assert list(copied.tables) == ["one", "two"]
    assert copied.tables["one"] is not one
    assert copied.tables["one"].metadata is copied
    (foreign_key,) = copied.tables["two"].c.one_id.foreign_keys
    assert foreign_key.column is copied.tables["one"].c.id
    table, column = copy.deepcopy(one), copy.deepcopy(one.c.id)
    assert table is not one
    assert table.c.id.table is table
    assert column is not one.c.id
    assert column.table is not one
