"""Aliases, subqueries that stand for entities, and relationships to them give the rows that SQLAlchemy gives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of
from tests.flow.differential.shelves import Model, ids

SCENARIOS: list[Scenario] = []
RELATIONSHIPS = ["books", "newest", "latest", "of_last_year", "parts", "other_tags"]
COMPUTED = ["by_name", "by_others", "by_itself", "last", "whole", "is_read"]
LOADERS = ["lazyload", "joinedload", "selectinload", "subqueryload", "immediateload"]


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


def compare(database: Database, run: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, Model, run)
    assert "error" not in repr(expected)
    assert outcome_of(database, AZOTH, Model, run) == expected


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    compare(database, run)


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("name", RELATIONSHIPS)
def test_relationships_to_aliases_are_loaded(database: Database, name: str, loader: str) -> None:
    def run(lib: Library, m: Any, s: Any) -> Any:
        other = lib.aliased(m.Shelf)
        found = []
        for shelf in (m.Shelf, other):
            statement = lib.select(shelf).options(getattr(lib, loader)(getattr(shelf, name)))
            for ordered in (statement.order_by(shelf.id), statement.order_by(shelf.id.desc()).limit(3)):
                s.expunge_all()
                found.append([(one.id, ids(getattr(one, name))) for one in s.scalars(ordered).unique()])
        return found

    compare(database, run)


@pytest.mark.parametrize("name", RELATIONSHIPS)
def test_relationships_to_aliases_are_criteria_and_joins(database: Database, name: str) -> None:
    def run(lib: Library, m: Any, s: Any) -> Any:
        found = []
        for shelf in (m.Shelf, lib.aliased(m.Shelf)):
            attribute = getattr(shelf, name)
            exists = attribute.has() if name in ("latest", "of_last_year") else attribute.any()
            found += [
                list(s.scalars(lib.select(shelf.id).where(exists).order_by(shelf.id))),
                list(s.scalars(lib.select(shelf.id).where(~exists).order_by(shelf.id))),
                [tuple(row) for row in s.execute(lib.select(shelf.id, exists.label("so")).order_by(shelf.id))],
                list(s.scalars(lib.select(shelf.id).join(attribute).order_by(shelf.id))),
                list(s.scalars(lib.select(shelf.id).outerjoin(attribute).order_by(shelf.id))),
            ]
        return found

    compare(database, run)


@pytest.mark.parametrize("name", COMPUTED)
def test_subqueries_of_an_entity_follow_its_aliases(database: Database, name: str) -> None:
    def run(lib: Library, m: Any, s: Any) -> Any:
        one, two = lib.aliased(m.Shelf), lib.aliased(m.Shelf, name="two")
        value, other = getattr(one, name), getattr(two, name)
        pairs = lib.select(one.id, value, two.id, other).join(two, two.over_id == one.id).order_by(one.id, two.id)
        few = lib.aliased(m.Shelf, lib.select(m.Shelf).where(m.Shelf.id > 1).subquery())
        return [
            [tuple(row) for row in s.execute(lib.select(one.id, value).order_by(one.id))],
            [getattr(shelf, name) for shelf in s.scalars(lib.select(one).order_by(one.id))],
            [tuple(row) for row in s.execute(pairs)],
            list(s.scalars(lib.select(one.id).where(value > 0).order_by(value.desc(), one.id))),
            [] if name == "whole" else [getattr(shelf, name) for shelf in s.scalars(lib.select(few).order_by(few.id))],
        ]

    compare(database, run)


# -- relationships to aliases -----------------------------------------------------------------------


@scenario
def criteria_about_the_alias(lib: Library, m: Any, s: Any) -> Any:
    shelf = m.Shelf
    return [
        list(s.scalars(lib.select(shelf.id).where(criterion).order_by(shelf.id)))
        for criterion in (
            shelf.books.any(m.book.year > 2005),
            shelf.newest.any(m.new.year > 2007),
            shelf.latest.has(m.new.id == 2),
            shelf.parts.any(m.part.id == 2),
        )
    ]


@scenario
def columns_of_the_alias_beside_a_join(lib: Library, m: Any, s: Any) -> Any:
    books = lib.select(m.Shelf.id, m.book.id).join(m.Shelf.books).order_by(m.book.id)
    newest = lib.select(m.Shelf.id, m.new.id, m.numbered.c.place).join(m.Shelf.newest).order_by(m.new.id)
    return [[tuple(row) for row in s.execute(statement)] for statement in (books, newest)]


@scenario
def with_parent_of_an_alias(lib: Library, m: Any, s: Any) -> Any:
    return list(
        s.scalars(lib.select(m.book.id).where(lib.with_parent(s.get(m.Shelf, 1), m.Shelf.books)).order_by(m.book.id))
    )


# -- aliases of subqueries --------------------------------------------------------------------------


def first_books(lib: Library, m: Any) -> Any:
    return lib.aliased(m.Book, lib.select(m.Book).where(m.Book.shelf_id == 1).subquery())


@scenario
def an_alias_of_a_subquery_reads_only_that(lib: Library, m: Any, s: Any) -> Any:
    book = first_books(lib, m)
    return [
        [tuple(row) for row in s.execute(lib.select(book.id, book.title).order_by(book.id))],
        [one.title for one in s.scalars(lib.select(book).order_by(book.id))],
        [tuple(row) for row in s.execute(lib.select(book.id, m.Chapter.id).join(book.chapters))],
        [tuple(row) for row in s.execute(lib.select(m.Shelf.id, book.id).join(book, m.Shelf.all_books))],
        list(s.scalars(lib.select(m.Shelf.id).where(m.Shelf.all_books.of_type(book).any()))),
        s.scalar(lib.select(lib.func.count()).select_from(book)),
    ]


@scenario
def relationships_from_an_alias_of_a_subquery(lib: Library, m: Any, s: Any) -> Any:
    book, found = first_books(lib, m), []
    for loader in LOADERS:
        statement = lib.select(book).options(getattr(lib, loader)(book.chapters)).order_by(book.id)
        for limited in (statement, statement.limit(2)):
            s.expunge_all()
            found.append([(one.id, ids(one.chapters)) for one in s.scalars(limited).unique()])
    return found


@scenario
def a_subquery_without_some_columns(lib: Library, m: Any, s: Any) -> Any:
    few = lib.select(m.Book.id, m.Book.shelf_id).where(m.Book.shelf_id == 1).subquery()
    book = lib.aliased(m.Book, few)
    found = s.scalars(lib.select(book).order_by(book.id)).all()
    return [(one.id, one.title) for one in found]


@scenario
def columns_that_correspond_by_name(lib: Library, m: Any, s: Any) -> Any:
    book = m.Book
    columns = [book.id.label("id"), lib.func.upper(book.title).label("book_title"), book.year.label("year")]
    renamed = lib.select(*columns, book.shelf_id.label("shelf_id")).where(book.id < 4).subquery()
    alias = lib.aliased(book, renamed, adapt_on_names=True)
    return [
        [tuple(row) for row in s.execute(lib.select(alias.id, alias.title).order_by(alias.id))],
        [(one.id, one.title) for one in s.scalars(lib.select(alias).order_by(alias.id))],
    ]


@scenario
def ctes_unions_and_aliases_of_aliases(lib: Library, m: Any, s: Any) -> Any:
    book = m.Book
    first = first_books(lib, m)
    nested = lib.select(first).where(first.id > 1).subquery()
    aliases = [
        lib.aliased(book, lib.select(book).where(book.year > 2003).cte("recent")),
        lib.aliased(
            book, lib.union(lib.select(book).where(book.id < 2), lib.select(book).where(book.id > 5)).subquery()
        ),
        lib.aliased(book, nested),
        lib.aliased(first, nested),
        lib.aliased(first),
    ]
    return [sorted((one.id, one.title) for one in s.scalars(lib.select(alias))) for alias in aliases]


@scenario
def a_recursive_cte(lib: Library, m: Any, s: Any) -> Any:
    shelf = m.Shelf
    columns = shelf.id, shelf.room, shelf.over_id
    below = lib.select(*columns).where(shelf.id == 2).cte("below", recursive=True)
    other = lib.aliased(below)
    below = below.union_all(lib.select(*columns).join(other, shelf.over_id == other.c.id))
    return sorted(s.scalars(lib.select(lib.aliased(shelf, below).id)))


# -- options with aliases ---------------------------------------------------------------------------


@scenario
def options_read_from_the_alias_that_they_name(lib: Library, m: Any, s: Any) -> Any:
    shelf, book, tag, found = m.Shelf, m.book, m.tag, []
    first = first_books(lib, m)
    statements = [
        ("all_books", lib.joinedload(shelf.all_books.of_type(book)), (shelf.id, book.id.desc())),
        ("all_books", lib.joinedload(shelf.all_books.of_type(book)).joinedload(book.chapters), (shelf.id, -book.id)),
        ("all_books", lib.joinedload(shelf.all_books.of_type(first)), (shelf.id, first.id)),
        ("all_books", lib.selectinload(shelf.all_books.of_type(first)), (shelf.id,)),
        ("all_books", lib.selectinload(shelf.all_books.of_type(book).and_(book.year > 2005)), (shelf.id,)),
        ("tags", lib.joinedload(shelf.tags.of_type(tag)), (shelf.id, tag.id.desc())),
        ("tags", lib.selectinload(shelf.tags.of_type(tag).and_(tag.kind == 1)), (shelf.id,)),
    ]
    for name, option, order in statements:
        s.expunge_all()
        statement = lib.select(shelf).options(option).order_by(*order)
        found.append([(one.id, ids(getattr(one, name))) for one in s.scalars(statement).unique()])
    return found


@scenario
def rows_of_an_alias_fill_a_collection(lib: Library, m: Any, s: Any) -> Any:
    first = first_books(lib, m)
    statement = lib.select(m.Shelf).outerjoin(first, m.Shelf.all_books)
    statement = statement.options(lib.contains_eager(m.Shelf.all_books.of_type(first))).order_by(m.Shelf.id, first.id)
    return [(one.id, ids(one.all_books)) for one in s.scalars(statement).unique()]


# -- outer joins through a table between -------------------------------------------------------------


def rows(s: Any, statement: Any) -> list[Any]:
    return sorted([tuple(row) for row in s.execute(statement)], key=repr)


@scenario
def outer_joins_through_a_table_between(lib: Library, m: Any, s: Any) -> Any:
    shelf, tag, other = m.Shelf, m.Tag, m.tag
    narrow, above = shelf.tags.and_(tag.kind == 1), lib.aliased(shelf)
    pair, with_other = lib.select(shelf.id, tag.id), lib.select(shelf.id, other.id)
    few = lib.aliased(tag, lib.select(tag).where(tag.kind == 1).subquery())
    return [
        rows(s, statement)
        for statement in (
            pair.outerjoin(narrow),
            pair.join(narrow, isouter=True),
            pair.outerjoin_from(shelf, narrow),
            with_other.outerjoin(shelf.tags.of_type(other).and_(other.kind == 1)),
            with_other.outerjoin(other, narrow),
            lib.select(above.id, other.id).outerjoin(other, above.tags.and_(tag.kind == 1)),
            lib.select(shelf.id, few.id).outerjoin(shelf.tags.of_type(few)),
            lib.select(m.Book.id, tag.id).outerjoin(m.Book.shelf).outerjoin(narrow),
            pair.select_from(lib.orm.outerjoin(shelf, tag, narrow)),
            pair.select_from(lib.orm.join(shelf, tag, shelf.tags)),
            s.query(shelf.id, tag.id).outerjoin(narrow).statement,
        )
    ]


@scenario
def criteria_for_what_an_outer_join_leads_to(lib: Library, m: Any, s: Any) -> Any:
    criteria = lib.with_loader_criteria(m.Tag, m.Tag.kind == 1)
    everywhere = lib.with_loader_criteria(m.Tag, m.Tag.kind == 1, include_aliases=True)
    of_alias = lib.select(m.Shelf.id, m.tag.id).outerjoin(m.Shelf.tags.of_type(m.tag)).options(everywhere)
    return [
        rows(s, lib.select(m.Shelf.id, m.Tag.id).outerjoin(m.Shelf.tags).options(criteria)),
        rows(s, of_alias),
    ]


@scenario
def narrowed_collections_through_a_table_between(lib: Library, m: Any, s: Any) -> Any:
    narrow, found = m.Shelf.tags.and_(m.Tag.kind == 1), []
    criteria = lib.with_loader_criteria(m.Tag, m.Tag.kind == 1)
    for statement in (
        lib.select(m.Shelf).options(lib.joinedload(narrow)),
        lib.select(m.Shelf).options(lib.selectinload(narrow)),
        lib.select(m.Shelf).options(lib.joinedload(m.Shelf.tags), criteria),
        lib.select(m.Shelf).outerjoin(narrow).options(lib.contains_eager(m.Shelf.tags)),
    ):
        s.expunge_all()
        found.append([(one.id, ids(one.tags)) for one in s.scalars(statement.order_by(m.Shelf.id)).unique()])
    return found
