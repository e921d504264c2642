"""Loading strategies as options of a statement."""

from __future__ import annotations

import pickle

import pytest

from azoth import desc, inspect, literal, select
from azoth.exc import ArgumentError, CompileError, InvalidRequestError
from azoth.orm import (
    Load,
    Session,
    aliased,
    contains_eager,
    defaultload,
    immediateload,
    joinedload,
    lazyload,
    noload,
    raiseload,
    selectinload,
    subqueryload,
)
from tests.flow.library import Author, Book, Chapter, Cover, Genre, Item, Place, Section


@pytest.fixture
def filled(session: Session) -> Session:
    essay, maths = Genre(id=1, name="essay"), Genre(id=2, name="maths")
    session.add_all(
        [
            Author(
                id=1,
                name="Ada",
                books=[
                    Book(id=1, title="a1", genres={essay}, cover=Cover(id=1, colour="red")),
                    Book(id=2, title="a2", genres={essay, maths}, chapters=[Chapter(number=2), Chapter(number=1)]),
                ],
            ),
            Author(id=2, name="Bob"),
            Author(id=3, name="Cid", books=[Book(id=3, title="c1")]),
            Book(id=4, title="alone"),
        ]
    )
    session.commit()
    session.expunge_all()
    return session


EAGER = [joinedload, selectinload, subqueryload, immediateload]


def titles(authors: list[Author]) -> list[list[str]]:
    return [[book.title for book in author.books] for author in authors]


@pytest.mark.parametrize("eager", EAGER)
def test_collections(filled: Session, statements: list[str], eager: object) -> None:
    statements.clear()
    authors = filled.scalars(select(Author).options(eager(Author.books)).order_by(Author.id)).unique().all()
    assert len(statements) <= 2
    count = len(statements)
    assert titles(authors) == [["a1", "a2"], [], ["c1"]]
    assert len(statements) == count


@pytest.mark.parametrize("eager", EAGER)
def test_references(filled: Session, statements: list[str], eager: object) -> None:
    statements.clear()
    books = filled.scalars(select(Book).options(eager(Book.author)).order_by(Book.id)).all()
    count = len(statements)
    assert count <= 2
    assert [book.author and book.author.name for book in books] == ["Ada", "Ada", "Cid", None]
    assert books[0].author is books[1].author
    assert len(statements) == count


@pytest.mark.parametrize("eager", EAGER)
def test_one_to_one(filled: Session, statements: list[str], eager: object) -> None:
    books = filled.scalars(select(Book).options(eager(Book.cover)).order_by(Book.id)).all()
    statements.clear()
    assert [book.cover and book.cover.colour for book in books] == ["red", None, None, None]
    assert statements == []


@pytest.mark.parametrize("eager", EAGER)
def test_many_to_many(filled: Session, statements: list[str], eager: object) -> None:
    books = filled.scalars(select(Book).options(eager(Book.genres)).order_by(Book.id)).unique().all()
    statements.clear()
    assert [sorted(genre.name for genre in book.genres) for book in books] == [["essay"], ["essay", "maths"], [], []]
    assert statements == []


@pytest.mark.parametrize("eager", EAGER)
def test_several_levels(filled: Session, statements: list[str], eager: object) -> None:
    option = eager(Author.books).options(selectinload(Book.genres), joinedload(Book.chapters))
    authors = filled.scalars(select(Author).options(option).order_by(Author.id)).unique().all()
    statements.clear()
    assert [chapter.number for chapter in authors[0].books[1].chapters] == [1, 2]
    assert len(authors[0].books[1].genres) == 2
    assert authors[2].books[0].genres == set()
    assert statements == []


@pytest.mark.parametrize("first", EAGER)
@pytest.mark.parametrize("second", EAGER)
def test_chained_paths(filled: Session, statements: list[str], first: object, second: object) -> None:
    second_name = second.__name__
    option = getattr(first(Author.books), second_name)(Book.genres)
    authors = filled.scalars(select(Author).options(option).order_by(Author.id)).unique().all()
    statements.clear()
    assert [[len(book.genres) for book in author.books] for author in authors] == [[1, 2], [], [0]]
    assert statements == []


@pytest.mark.parametrize("eager", EAGER)
def test_composite_keys(session: Session, statements: list[str], eager: object) -> None:
    session.add_all([Place(shelf="a", number=n, items=[Item(), Item()]) for n in range(3)])
    session.add(Place(shelf="b", number=0))
    session.commit()
    session.expunge_all()
    query = select(Place).options(eager(Place.items)).order_by(Place.shelf, Place.number)
    places = session.scalars(query).unique().all()
    statements.clear()
    assert [len(place.items) for place in places] == [2, 2, 2, 0]
    assert statements == []


@pytest.mark.parametrize("eager", EAGER)
def test_a_tree(session: Session, statements: list[str], eager: object) -> None:
    session.add(Section(id=1, name="root", parts=[Section(id=2, name="a", parts=[Section(id=3, name="b")])]))
    session.commit()
    session.expunge_all()
    option = getattr(eager(Section.parts), eager.__name__)(Section.parts)
    root = session.scalars(select(Section).where(Section.parent_id.is_(None)).options(option)).unique().one()
    statements.clear()
    assert root.parts[0].parts[0].name == "b"
    assert statements == []


def test_a_joined_collection_keeps_the_limit(filled: Session) -> None:
    query = select(Author).options(joinedload(Author.books)).order_by(Author.id).limit(2)
    assert titles(filled.scalars(query).unique().all()) == [["a1", "a2"], []]
    query = select(Author).options(joinedload(Author.books)).order_by(Author.name.desc()).limit(1).offset(2)
    assert titles(filled.scalars(query).unique().all()) == [["a1", "a2"]]
    query = filled.query(Author).options(joinedload(Author.books)).order_by(Author.id)
    assert titles([query.first()]) == [["a1", "a2"]]
    assert query.count() == 3


def test_joined_options_do_not_change_criteria(filled: Session) -> None:
    query = select(Author).join(Author.books).where(Book.title == "a2").options(joinedload(Author.books))
    assert titles(filled.scalars(query).unique().all()) == [["a1", "a2"]]


def test_innerjoin(filled: Session) -> None:
    query = select(Author).options(joinedload(Author.books, innerjoin=True)).order_by(Author.id)
    assert titles(filled.scalars(query).unique().all()) == [["a1", "a2"], ["c1"]]


def test_a_name_in_order_by_is_none_of_what_is_joined_for_loading(filled: Session) -> None:
    eager = select(Author).options(joinedload(Author.books))
    for refused in (eager.order_by("title"), eager.order_by("title").limit(2), eager.group_by("title")):
        with pytest.raises(CompileError, match="'title' for ORDER BY"):
            filled.scalars(refused)
    query = eager.join(Author.books).order_by(desc("title"))
    assert [author.name for author in filled.scalars(query).unique()] == ["Cid", "Ada"]
    limited = eager.order_by(desc("name")).limit(2)
    assert [author.name for author in filled.scalars(limited).unique()] == ["Cid", "Bob"]
    given = select(Author).join(Author.books).options(contains_eager(Author.books)).order_by(desc("title"))
    assert titles(filled.scalars(given).unique().all()) == [["c1"], ["a2", "a1"]]


def test_contains_eager_takes_the_rows_of_the_statement(filled: Session, statements: list[str]) -> None:
    query = select(Author).join(Author.books).where(Book.title == "a2").options(contains_eager(Author.books))
    statements.clear()
    [author] = filled.scalars(query).unique().all()
    assert [book.title for book in author.books] == ["a2"]
    assert len(statements) == 1


def test_contains_eager_of_an_alias(filled: Session, statements: list[str]) -> None:
    other = aliased(Book)
    query = (
        select(Author)
        .join(Author.books.of_type(other))
        .where(other.title == "a1")
        .options(contains_eager(Author.books.of_type(other)))
    )
    statements.clear()
    [author] = filled.scalars(query).unique().all()
    assert [book.title for book in author.books] == ["a1"]
    assert len(statements) == 1


def test_contains_eager_of_a_reference(filled: Session, statements: list[str]) -> None:
    query = select(Book).join(Book.author).options(contains_eager(Book.author)).order_by(Book.id)
    statements.clear()
    assert [book.author.name for book in filled.scalars(query)] == ["Ada", "Ada", "Cid"]
    assert len(statements) == 1


def test_criteria_on_an_option(filled: Session) -> None:
    for eager in (joinedload, selectinload):
        query = select(Author).options(eager(Author.books.and_(Book.title != "a1"))).order_by(Author.id)
        assert titles(filled.scalars(query).unique().all()) == [["a2"], [], ["c1"]]
        filled.expunge_all()


def test_lazyload_undoes_the_mapping(filled: Session) -> None:
    author = filled.scalars(select(Author).options(lazyload(Author.books))).first()
    assert "books" in inspect(author).unloaded


def test_raiseload(filled: Session) -> None:
    author = filled.scalars(select(Author).options(raiseload(Author.books))).first()
    with pytest.raises(InvalidRequestError, match=r"Author.books"):
        author.books
    book = filled.scalars(select(Book).where(Book.id == 1).options(raiseload("*"))).one()
    for key in ("author", "genres", "chapters", "cover"):
        if key != "author":
            with pytest.raises(InvalidRequestError, match=f"Book.{key}"):
                getattr(book, key)


def test_raiseload_of_sql_only(filled: Session) -> None:
    author = filled.get(Author, 1)
    book = filled.scalars(select(Book).where(Book.id == 1).options(raiseload(Book.author, sql_only=True))).one()
    assert book.author is author
    other = filled.scalars(select(Book).where(Book.id == 3).options(raiseload(Book.author, sql_only=True))).one()
    with pytest.raises(InvalidRequestError, match=r"Book.author"):
        other.author


def test_a_wildcard_with_an_exception(filled: Session) -> None:
    query = select(Author).options(selectinload(Author.books), raiseload("*")).order_by(Author.id)
    assert titles(filled.scalars(query).all()) == [["a1", "a2"], [], ["c1"]]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_noload(filled: Session, statements: list[str]) -> None:
    authors = filled.scalars(select(Author).options(noload(Author.books))).all()
    statements.clear()
    assert titles(authors) == [[], [], []]
    assert statements == []


def test_defaultload_keeps_the_strategy(filled: Session, statements: list[str]) -> None:
    option = defaultload(Author.books).joinedload(Book.cover)
    author = filled.scalars(select(Author).options(option).order_by(Author.id)).first()
    assert "books" in inspect(author).unloaded
    statements.clear()
    assert author.books[0].cover.colour == "red"
    assert len(statements) == 1


def test_options_are_remembered_for_lazy_loads(filled: Session, statements: list[str]) -> None:
    option = lazyload(Author.books).selectinload(Book.genres)
    author = filled.scalars(select(Author).options(option).order_by(Author.id)).first()
    statements.clear()
    assert [len(book.genres) for book in author.books] == [1, 2]
    assert len(statements) == 2


def test_several_entities_each_with_options(filled: Session, statements: list[str]) -> None:
    query = (
        select(Author, Book)
        .join(Author.books)
        .options(selectinload(Author.books), joinedload(Book.cover))
        .order_by(Book.id)
    )
    rows = filled.execute(query).all()
    statements.clear()
    assert [(len(author.books), book.cover is not None) for author, book in rows] == [
        (2, True),
        (2, False),
        (1, False),
    ]
    assert statements == []


def test_options_of_an_alias(filled: Session, statements: list[str]) -> None:
    other = aliased(Author)
    authors = filled.scalars(select(other).options(selectinload(other.books)).order_by(other.id)).all()
    statements.clear()
    assert titles(authors) == [["a1", "a2"], [], ["c1"]]
    assert statements == []
    filled.expunge_all()
    authors = filled.scalars(select(other).options(joinedload(other.books)).order_by(other.id)).unique().all()
    assert titles(authors) == [["a1", "a2"], [], ["c1"]]


def test_present_objects_keep_what_they_have(filled: Session) -> None:
    author = filled.get(Author, 1)
    author.books.pop()
    with filled.no_autoflush:
        filled.scalars(select(Author).options(selectinload(Author.books))).all()
    assert [book.title for book in author.books] == ["a1"]


def test_an_eager_option_fills_present_objects_that_lack_it(filled: Session, statements: list[str]) -> None:
    author = filled.get(Author, 1)
    filled.scalars(select(Author).options(selectinload(Author.books))).all()
    statements.clear()
    assert len(author.books) == 2
    assert statements == []


def test_options_on_queries(filled: Session, statements: list[str]) -> None:
    authors = filled.query(Author).options(joinedload(Author.books)).order_by(Author.id).all()
    statements.clear()
    assert titles(authors) == [["a1", "a2"], [], ["c1"]]
    assert statements == []


def test_something_that_is_no_attribute_is_refused() -> None:
    with pytest.raises(ArgumentError):
        joinedload(3)


def test_an_option_for_an_entity_that_is_not_in_the_statement_is_refused(filled: Session) -> None:
    with pytest.raises(ArgumentError, match="Author"):
        filled.scalars(select(Book).options(selectinload(Author.books))).all()


@pytest.mark.parametrize("eager", [joinedload, selectinload, lazyload])
def test_criteria_take_the_values_of_their_own_statement(filled: Session, eager: object) -> None:
    for title, expected in (("a1", [["a1"], [], []]), ("a2", [["a2"], [], []]), ("c1", [[], [], ["c1"]])):
        query = select(Author).options(eager(Author.books.and_(Book.title == title))).order_by(Author.id)
        assert titles(filled.scalars(query).unique().all()) == expected
        filled.expunge_all()
    for wanted in (["a1", "a2"], ["a1", "c1"]):
        query = select(Author).options(eager(Author.books.and_(Book.title.in_(wanted)))).order_by(Author.id)
        found = titles(filled.scalars(query).unique().all())
        assert sorted(title for of_author in found for title in of_author) == wanted
        filled.expunge_all()


def test_a_wildcard_holds_for_related_entities_too(filled: Session) -> None:
    query = select(Author).options(selectinload(Author.books), raiseload("*")).order_by(Author.id)
    book = filled.scalars(query).all()[0].books[0]
    with pytest.raises(InvalidRequestError, match=r"Book\.genres"):
        book.genres


def test_a_wildcard_of_one_entity_holds_for_it_alone(filled: Session) -> None:
    query = select(Author).options(selectinload(Author.books), Load(Author).raiseload("*")).order_by(Author.id)
    author = filled.scalars(query).all()[0]
    assert len(author.books[0].genres) == 1


def test_a_wildcard_behind_a_relationship(filled: Session) -> None:
    query = select(Author).options(selectinload(Author.books).raiseload("*")).order_by(Author.id)
    book = filled.scalars(query).all()[0].books[0]
    with pytest.raises(InvalidRequestError, match=r"Book\.genres"):
        book.genres


@pytest.mark.parametrize("depth, levels", [(None, 1), (1, 2), (2, 3), (3, 4), (-1, 5)])
@pytest.mark.parametrize("eager", [selectinload, immediateload])
def test_recursion(session: Session, statements: list[str], eager: object, depth: int | None, levels: int) -> None:
    section = Section(name="5")
    for number in (4, 3, 2, 1, 0):
        section = Section(name=str(number), parts=[section])
    session.add(section)
    session.commit()
    session.expunge_all()
    option = eager(Section.parts, recursion_depth=depth)
    found = session.scalars(select(Section).where(Section.name == "0").options(option)).one()
    reached = 0
    while "parts" not in inspect(found).unloaded and found.parts:
        [found] = found.parts
        reached += 1
    assert reached == levels


def test_none_is_in_no_collection_with_a_table_between(filled: Session) -> None:
    titles = select(Book.title).order_by(Book.id)
    assert filled.scalars(titles.where(Book.genres.contains(filled.get(Genre, 99)))).all() == []
    assert filled.scalars(titles.where(~Book.genres.contains(None))).all() == ["a1", "a2", "c1", "alone"]


def test_an_inner_join_behind_an_outer_one_keeps_the_rows_without_it(filled: Session) -> None:
    option = joinedload(Author.books).joinedload(Book.chapters, innerjoin=True)
    authors = filled.scalars(select(Author).options(option).order_by(Author.id)).unique().all()
    assert titles(authors) == [["a2"], [], []]
    assert [chapter.number for chapter in authors[0].books[0].chapters] == [1, 2]


def test_an_inner_join_through_a_table_between_stands_within_the_outer_one(filled: Session) -> None:
    option = joinedload(Author.books).joinedload(Book.genres, innerjoin=True)
    authors = filled.scalars(select(Author).options(option).order_by(Author.id).limit(2)).unique().all()
    assert titles(authors) == [["a1", "a2"], []]
    assert {genre.name for genre in authors[0].books[1].genres} == {"essay", "maths"}


def test_inner_joins_follow_each_other_within_an_outer_one(filled: Session) -> None:
    option = joinedload(Genre.books)
    behind = option.joinedload(Book.author, innerjoin=True).joinedload(Author.books, innerjoin=True)
    filled.add(Genre(id=3, name="empty"))
    filled.flush()
    filled.expunge_all()
    genres = filled.scalars(select(Genre).options(behind).order_by(Genre.id)).unique().all()
    assert [[book.title for book in genre.books] for genre in genres] == [["a1", "a2"], ["a2"], []]
    assert titles([one for one in [genres[0].books[0].author] if one is not None]) == [["a1", "a2"]]


def test_an_unnested_inner_join_behind_an_outer_one_is_outer_too(filled: Session) -> None:
    option = joinedload(Author.books).joinedload(Book.chapters, innerjoin="unnested")
    authors = filled.scalars(select(Author).options(option).order_by(Author.id)).unique().all()
    assert titles(authors) == [["a1", "a2"], [], ["c1"]]
    inner = joinedload(Author.books, innerjoin=True).joinedload(Book.chapters, innerjoin="unnested")
    filled.expunge_all()
    assert titles(filled.scalars(select(Author).options(inner)).unique().all()) == [["a2"]]


def test_a_step_that_does_not_begin_where_the_last_one_leads_to_is_refused_at_once() -> None:
    with pytest.raises(ArgumentError, match=r"Cover\.book does not begin at Book, where Author\.books leads to"):
        joinedload(Author.books).joinedload(Cover.book)
    with pytest.raises(ArgumentError, match=r"Author\.name does not begin at Book, where Author\.books leads to"):
        selectinload(Author.books).load_only(Author.name)
    with pytest.raises(ArgumentError, match=r"Cover\.book does not begin at Book, where Author\.books leads to"):
        joinedload(Author.books).options(joinedload(Cover.book), joinedload(Book.genres))
    with pytest.raises(ArgumentError, match=r"Cover\.book does not begin at Book, where Author\.books leads to"):
        joinedload(Author.books.of_type(aliased(Book))).joinedload(Cover.book)
    assert len(joinedload(Author.books).options(joinedload(Book.cover), joinedload(Book.genres)).paths) == 3


def test_options_survive_pickling_as_equals() -> None:
    option = joinedload(Author.books, innerjoin=True).defer(Book.pages)
    again = pickle.loads(pickle.dumps(option))
    assert again.paths == option.paths
    assert [hash(path) for path in again.paths] == [hash(path) for path in option.paths]
    assert again.paths != joinedload(Author.books).defer(Book.pages).paths
    one, other = (Load(Book).with_expression(Book.pages, literal(number)) for number in (1, 2))
    assert one.paths != other.paths
