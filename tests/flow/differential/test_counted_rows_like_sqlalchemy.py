"""LIMIT, DISTINCT and GROUP BY count the statement's own rows where collections are joined to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, outcome_of
from tests.flow.differential.shelves import Model, ids

Statement = Callable[[Library, Any], Any]

CHANGES: dict[str, Callable[[Library, Any, Any], list[Any]]] = {
    "label": lambda lib, m, size: [size, m.Book.id],
    "label, descending": lambda lib, m, size: [size.desc(), m.Book.id],
    "name of a label": lambda lib, m, size: ["size", "id"],
    "name of a label, descending": lambda lib, m, size: [lib.desc("size"), lib.asc("id")],
    "name of a label, nulls": lambda lib, m, size: [lib.nulls_last(lib.desc("size")), "id"],
    "name of a column": lambda lib, m, size: ["book_title", "id"],
    "name in a text": lambda lib, m, size: [lib.text("size desc"), m.Book.id],
    "position": lambda lib, m, size: [lib.text("5 desc"), lib.text("1")],
    "two positions": lambda lib, m, size: [lib.text("5, 1 desc")],
    "expression": lambda lib, m, size: [lib.func.length(m.Book.title) * -1, m.Book.id.desc()],
    "nulls last": lambda lib, m, size: [m.Book.shelf_id.desc().nulls_last(), m.Book.id],
    "nulls first": lambda lib, m, size: [lib.nulls_first(m.Book.shelf_id.desc()), m.Book.id.desc()],
    "collation": lambda lib, m, size: [lib.collate(m.Book.title, "NOCASE").desc(), m.Book.id],
    "case": lambda lib, m, size: [lib.case((m.Book.shelf_id == 1, 5), else_=0).desc(), m.Book.id.desc()],
    "scalar subquery": lambda lib, m, size: [chapters_of(lib, m).desc(), m.Book.id],
    "window": lambda lib, m, size: [lib.func.row_number().over(order_by=m.Book.year.desc())],
    "deferred column": lambda lib, m, size: [m.Book.note.desc()],
    "bound value": lambda lib, m, size: [m.Book.year % 4 + lib.bindparam("more", 3), m.Book.id],
}


def chapters_of(lib: Library, m: Any) -> Any:
    return lib.select(lib.func.count(m.Chapter.id)).where(m.Chapter.book_id == m.Book.id).scalar_subquery()


def loaded(value: Any) -> Any:
    kind = type(value).__name__
    if kind == "Book":
        return kind, value.id, ids(value.__dict__.get("chapters"))
    if kind == "Shelf":
        books = value.__dict__.get("all_books")
        return kind, value.id, [loaded(book) for book in books] if books is not None else None
    return tuple(value) if isinstance(value, tuple) else value


def compare(database: Database, make: Statement) -> Any:
    def run(lib: Library, m: Any, s: Any) -> Any:
        return [tuple(loaded(value) for value in row) for row in s.execute(make(lib, m)).unique()]

    expected = outcome_of(database, SQLALCHEMY, Model, run)
    assert "error" not in repr(expected)
    found = outcome_of(database, AZOTH, Model, run)
    assert found == expected
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_a_limit_keeps_the_order(database: Database, name: str) -> None:
    def make(lib: Library, m: Any) -> Any:
        size = (lib.func.length(m.Book.title) + m.Book.shelf_id % 2).label("size")
        statement = lib.select(m.Book, size).options(lib.joinedload(m.Book.chapters))
        return statement.order_by(*CHANGES[name](lib, m, size)).limit(4)

    assert len(compare(database, make)) == 4


def shelf_with_size(lib: Library, m: Any, *joins: Any) -> Any:
    size = lib.func.coalesce(m.Shelf.room, 0).label("size")
    statement = lib.select(m.Shelf, size).options(lib.joinedload(m.Shelf.all_books))
    for join in joins:
        statement = statement.join(join)
    return statement


def counted(lib: Library, m: Any) -> Any:
    count = lib.func.count(m.Book.id).label("n")
    statement = lib.select(m.Shelf, count).outerjoin(m.Shelf.all_books).group_by(m.Shelf.id)
    return statement.options(lib.joinedload(m.Shelf.all_books))


STATEMENTS: dict[str, Statement] = {
    "distinct": lambda lib, m: shelf_with_size(lib, m).distinct().order_by(m.Shelf.id),
    "distinct of a join": lambda lib, m: shelf_with_size(lib, m, m.Shelf.all_books).distinct().order_by(m.Shelf.id),
    "distinct, limit": lambda lib, m: (
        shelf_with_size(lib, m, m.Shelf.all_books).distinct().order_by("size", "id").limit(2)
    ),
    "groups by name": lambda lib, m: counted(lib, m).order_by(lib.desc("n"), m.Shelf.id),
    "groups by label, limit": lambda lib, m: counted(lib, m).order_by(lib.desc("n"), m.Shelf.id.desc()).limit(2),
    "groups, having": lambda lib, m: (
        counted(lib, m).having(lib.func.count(m.Book.id) > 1).order_by(lib.func.sum(m.Book.year).desc())
    ),
    "groups by a label": lambda lib, m: shelf_with_size(lib, m).group_by("size").order_by("size"),
    "groups, many-to-one": lambda lib, m: (
        lib.select(m.Book).options(lib.joinedload(m.Book.shelf).lazyload("*")).group_by(m.Book.year).order_by(m.Book.id)
    ),
    "nested": lambda lib, m: (
        lib.select(m.Shelf)
        .options(lib.joinedload(m.Shelf.all_books).joinedload(m.Book.chapters))
        .order_by(m.Shelf.room.desc(), m.Shelf.id)
        .limit(2)
    ),
    "order of a joined table": lambda lib, m: (
        shelf_with_size(lib, m, m.Shelf.all_books).order_by(m.Book.year.desc()).limit(3)
    ),
    "rows given": lambda lib, m: (
        lib.select(m.Shelf)
        .join(m.Shelf.all_books)
        .options(lib.contains_eager(m.Shelf.all_books).joinedload(m.Book.chapters))
        .order_by(m.Book.year.desc())
        .limit(3)
    ),
    "alias": lambda lib, m: (
        lib.select(m.part, (m.part.room + 1).label("size"))
        .options(lib.joinedload(m.part.all_books))
        .order_by(lib.desc("size"), m.part.id)
        .limit(2)
    ),
    "two entities": lambda lib, m: (
        lib.select(m.Shelf, m.book)
        .join(m.book, m.book.year > 2005)
        .options(lib.joinedload(m.Shelf.all_books), lib.joinedload(m.book.chapters))
        .order_by(m.book.year.desc(), m.Shelf.id)
        .limit(5)
    ),
    "criteria about the parent": lambda lib, m: (
        lib.select(m.Shelf)
        .options(lib.joinedload(m.Shelf.all_books.and_(m.Book.year > 2000 + m.Shelf.room)))
        .order_by(m.Shelf.id)
        .limit(3)
    ),
    "criteria with a subquery about the parent": lambda lib, m: (
        lib.select(m.Shelf)
        .options(
            lib.joinedload(
                m.Shelf.all_books.and_(
                    m.Book.year
                    == lib.select(lib.func.max(m.book.year))
                    .where(m.book.shelf_id == m.Shelf.id)
                    .correlate(m.Shelf)
                    .scalar_subquery()
                )
            )
        )
        .order_by(m.Shelf.id)
        .limit(3)
    ),
    "bundle": lambda lib, m: (
        shelf_with_size(lib, m)
        .add_columns(lib.Bundle("pair", m.Shelf.id, m.Shelf.room))
        .order_by("size", m.Shelf.id)
        .limit(3)
    ),
    "offset": lambda lib, m: shelf_with_size(lib, m).order_by(lib.desc("room"), m.Shelf.id).offset(1),
    "exists": lambda lib, m: (
        lib.select(m.Shelf, m.Shelf.all_books.any(m.Book.year > 2007).label("new"))
        .options(lib.joinedload(m.Shelf.all_books))
        .order_by(lib.desc("new"), m.Shelf.id)
        .limit(2)
    ),
    "positions without a limit": lambda lib, m: shelf_with_size(lib, m).order_by(lib.text("1 desc")),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_collections_do_not_change_what_is_counted(database: Database, name: str) -> None:
    assert compare(database, STATEMENTS[name])
