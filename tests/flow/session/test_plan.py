"""session.plan() shows the flush, runs nothing and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, String, event, func, inspect
from azoth.orm import DeclarativeBase, Mapped, Session, backref, mapped_column, relationship
from azoth.orm.exc import FlushError
from tests.flow.library import Author, Book, Chapter, Cover, Genre


def test_a_plan_names_tables_rows_and_reasons(session: Session, statements: list[str]) -> None:
    session.add(Book(title="x", author=Author(name="Ada"), genres={Genre(name="g")}))
    statements.clear()
    text = str(session.plan())
    assert statements == []
    for word in ("author", "book", "genre", "book_genre", "foreign key"):
        assert word in text


def test_planning_changes_nothing(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.plan()
    session.plan()
    assert inspect(author).pending
    assert author.id is None
    session.commit()
    assert session.query(Author).count() == 1


def test_a_plan_begins_no_transaction(library: azoth.Engine) -> None:
    with Session(library, autobegin=False) as session:
        assert not session.plan()
        assert not session.in_transaction()


def test_a_plan_of_some_objects(session: Session) -> None:
    author, genre = Author(name="Ada"), Genre(name="g")
    session.add_all([author, genre])
    assert "genre" not in str(session.plan([author]))


def test_an_empty_plan(session: Session) -> None:
    plan = session.plan()
    assert not plan
    assert not plan.steps
    assert str(plan) == "FlushPlan: nothing to do"


# -- what must be loaded first -----------------------------------------------------------------------------------------


def test_what_deletions_must_load_is_named_and_left_to_the_flush(session: Session, statements: list[str]) -> None:
    author = Author(id=1, name="Ada", books=[Book(title="x")])
    session.add(author)
    session.commit()
    session.delete(author)
    session.add(Genre(name="g"))
    statements.clear()
    plan = session.plan()
    assert statements == []
    assert [(load.name, len(load)) for load in plan.loads] == [("Author.books", 1)]
    reason = "the objects are deleted, and the members lose their parent"
    assert f"Author.books of 1 object, because {reason}" in str(plan)
    assert plan.as_dict()["loads"] == [{"class": "Author", "attributes": ["books"], "objects": 1, "reason": reason}]
    assert len(session.new) == len(session.deleted) == 1
    assert "books" not in author.__dict__
    session.flush()
    assert statements[0].startswith("SELECT")
    session.commit()
    assert session.query(Author).count() == 0
    assert session.query(Book).one().author_id is None


def test_the_cascade_of_an_orphan_is_loaded_by_the_flush_level_by_level(engine: azoth.Engine) -> None:
    class Base(DeclarativeBase):
        pass

    class Node(Base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        up_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
        downs = relationship("Node", cascade="all, delete-orphan")

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        node = root = Node(id=1)
        for number in range(2, 200):
            node.downs.append(below := Node(id=number))
            node = below
        session.add(root)
        session.commit()
        session.expunge_all()
        top = session.get(Node, 1)
        assert top is not None
        top.downs.remove(top.downs[0])
        plan = session.plan()
        assert [(load.name, len(load)) for load in plan.loads] == [("Node.downs", 1)]
        assert not session.deleted
        session.commit()
        assert session.scalars(azoth.select(Node.id)).all() == [1]


def test_old_versions_are_looked_up_together(engine: azoth.Engine, statements: list[str]) -> None:
    class Base(DeclarativeBase):
        pass

    class Page(Base):
        __tablename__ = "page"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str | None]
        version: Mapped[int] = mapped_column()
        __mapper_args__ = {"version_id_col": version}

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        pages = [Page(id=number) for number in range(20)]
        session.add_all(pages)
        session.commit()
        for page in pages:
            page.text = "x"
        plan = session.plan()
        assert [(load.name, len(load)) for load in plan.loads] == [("Page.version", 20)]
        statements.clear()
        session.flush()
        assert [statement.split()[0] for statement in statements] == ["SELECT", "UPDATE"]


def test_loads_that_do_not_stay_loaded_end_the_flush(engine: azoth.Engine) -> None:
    base, owner_class, kid_class = owners(cascade="save-update", backref=None)
    base.metadata.create_all(engine)
    with Session(engine) as session:
        owner = owner_class(kids=[kid_class()])
        session.add(owner)
        session.commit()
        event.listen(
            owner_class.kids, "init_collection", lambda target, *rest: session.expire(target, ["kids"]), propagate=True
        )
        session.delete(owner)
        with pytest.raises(FlushError, match="have not settled what the flush deletes"):
            session.flush()


# -- what is put back stays --------------------------------------------------------------------------------------------


def owners(**options: Any) -> Any:
    """Map an owner of kids, by delete-orphan where nothing else is said."""

    class Base(DeclarativeBase):
        pass

    class Owner(Base):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True)
        kids = relationship("Kid", **{"cascade": "all, delete-orphan", "backref": "owner", **options})

    class Kid(Base):
        __tablename__ = "kid"
        id: Mapped[int] = mapped_column(primary_key=True)
        owner_id: Mapped[int | None] = mapped_column(ForeignKey("owner.id"))

    return Base, Owner, Kid


@pytest.fixture
def family(engine: azoth.Engine) -> Any:
    base, owner_class, kid_class = owners()
    base.metadata.create_all(engine)
    with Session(engine) as session:
        one, two = owner_class(kids=[kid_class(), kid_class()]), owner_class()
        session.add_all([one, two])
        session.commit()
        yield session, one, two, kid_class


def test_a_child_that_is_put_back_after_a_plan_stays(family: Any) -> None:
    session, one, _, kid_class = family
    kid = one.kids[0]
    one.kids.remove(kid)
    plan = session.plan()
    assert [(step.label, len(step)) for step in plan.steps] == [("DELETE kid", 1)]
    assert "orphan of Owner.kids: 1" in str(plan)
    assert plan.as_dict()["steps"][0]["reasons"] == {"orphan of Owner.kids": 1}
    assert not session.deleted
    one.kids.append(kid)
    assert not session.plan()
    session.commit()
    assert session.query(kid_class).count() == 2


def test_a_child_that_is_put_into_another_parent_after_a_plan_moves(family: Any) -> None:
    session, one, two, kid_class = family
    kid = one.kids[0]
    one.kids.remove(kid)
    session.plan()
    two.kids.append(kid)
    session.commit()
    assert kid.owner is two
    assert session.query(kid_class).count() == 2


def test_a_child_whose_parent_is_set_back_after_a_plan_stays(family: Any) -> None:
    session, one, _, kid_class = family
    kid = one.kids[0]
    kid.owner = None
    assert [step.label for step in session.plan().steps] == ["DELETE kid"]
    kid.owner = one
    session.commit()
    assert session.query(kid_class).filter_by(owner=one).count() == 2


def test_a_new_child_that_is_added_after_it_lost_its_parent_is_inserted(family: Any) -> None:
    session, one, two, kid_class = family
    assert two.kids == []
    kid = kid_class(owner=one)
    session.add(kid)
    kid.owner = None
    assert kid not in session.new
    session.add(kid)
    assert [step.label for step in session.plan().steps] == ["INSERT kid"]
    two.kids.append(kid)
    assert [step.label for step in session.plan().steps] == ["INSERT kid"]
    left: list[Any] = []
    event.listen(session, "pending_to_transient", lambda session, instance: left.append(instance))
    kid.owner = None
    assert left == [kid]
    assert inspect(kid).transient
    assert not session.plan().steps
    session.flush()
    assert session.query(kid_class).count() == 2


def test_members_of_a_many_to_many_collection_are_put_back(session: Session) -> None:
    book, genre = Book(title="x"), Genre(name="g")
    book.genres.add(genre)
    session.add(book)
    session.commit()
    book.genres.remove(genre)
    assert [step.label for step in session.plan().steps] == ["UNLINK book_genre"]
    book.genres.add(genre)
    assert not session.plan()
    session.commit()
    assert book.genres == {genre}


def test_a_single_parent_is_put_back(engine: azoth.Engine) -> None:
    class Base(DeclarativeBase):
        pass

    class Detail(Base):
        __tablename__ = "detail"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        detail_id: Mapped[int | None] = mapped_column(ForeignKey("detail.id"))
        detail = relationship(Detail, cascade="all, delete-orphan", single_parent=True)

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        thing = Thing(detail=Detail())
        session.add(thing)
        session.commit()
        detail = thing.detail
        thing.detail = None
        assert {step.label for step in session.plan().steps} == {"UPDATE thing", "DELETE detail"}
        thing.detail = detail
        session.commit()
        assert thing.detail is detail
        assert session.query(Detail).count() == 1


def test_a_branch_is_put_back_into_its_tree(engine: azoth.Engine) -> None:
    class Base(DeclarativeBase):
        pass

    class Node(Base):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        up_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
        downs = relationship(
            "Node", cascade="all, delete-orphan", backref=backref("up", remote_side=[id]), single_parent=True
        )

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        root = Node(downs=[Node(downs=[Node()])])
        session.add(root)
        session.commit()
        branch = root.downs[0]
        assert len(branch.downs) == 1
        root.downs.remove(branch)
        assert [len(step) for step in session.plan().steps if step.verb == "DELETE"] == [1, 1]
        root.downs.append(branch)
        session.commit()
        assert session.query(Node).count() == 3


def test_a_child_of_two_kinds_of_owners_is_put_back(session: Session) -> None:
    book = Book(title="x", cover=Cover(colour="red"), chapters=[Chapter(number=1)])
    session.add(book)
    session.commit()
    chapter, cover = book.chapters[0], book.cover
    book.chapters.remove(chapter)
    book.cover = None
    assert {step.label for step in session.plan().steps} == {"DELETE chapter", "DELETE cover"}
    book.chapters.append(chapter)
    book.cover = cover
    assert not session.plan()
    session.commit()
    assert book.chapters == [chapter]
    assert book.cover is cover


def test_followers_of_a_changed_key_are_data_of_the_plan(engine: azoth.Engine) -> None:
    class Base(DeclarativeBase):
        pass

    class Town(Base):
        __tablename__ = "town"
        name: Mapped[str] = mapped_column(primary_key=True)

    class Street(Base):
        __tablename__ = "street"
        id: Mapped[int] = mapped_column(primary_key=True)
        town_name: Mapped[str | None] = mapped_column(ForeignKey("town.name", deferrable=True, initially="DEFERRED"))
        town = relationship(Town, passive_updates=False)

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        town = Town(name="a")
        street = Street(town=town)
        session.add(street)
        session.commit()
        assert (street.town, town.name) == (town, "a")
        town.name = "b"
        assert [step.label for step in session.plan().steps] == ["UPDATE town", "UPDATE street"]
        assert street not in session.dirty
        town.name = "a"
        assert not session.plan()
        town.name = "c"
        session.commit()
        assert street.town_name == "c"


# -- SQL ---------------------------------------------------------------------------------------------------------------


def test_a_plan_shows_the_sql_of_each_step_once(session: Session) -> None:
    session.add_all([Book(title=title, author=Author(name="Ada")) for title in ("x", "y")])
    text = str(session.plan())
    insert = "INSERT INTO author (name, born) VALUES "
    assert text.count(insert) == 1
    (line,) = [line for line in text.splitlines() if insert in line]
    assert line.endswith("  [2 times]")
    assert "2 statements, one for each row" in text


def test_a_plan_describes_itself_for_programs(session: Session) -> None:
    session.add_all([Book(title=title, author=Author(name="Ada")) for title in ("x", "y")])
    found = json.loads(json.dumps(session.plan().as_dict()))
    authors, books = found["steps"]
    (statement,) = authors["statements"]
    assert statement.pop("sql").startswith("INSERT INTO author (name, born) VALUES ")
    assert statement == {"rows": 1, "times": 2, "executemany": False}
    assert books["after"] == [{"steps": [1], "count": 1, "reason": "book.author_id -> author.id (foreign key)"}]
    assert found["edges"][0]["kind"] == "foreign key"


def test_the_statements_of_a_plan_are_those_that_the_flush_sends(session: Session, library: azoth.Engine) -> None:
    genres = [Genre(name=name) for name in "abc"]
    author = Author(
        name="Ada", books=[Book(title="x", genres=set(genres)), Book(title="y", chapters=[Chapter(number=1)])]
    )
    session.add(author)
    session.commit()
    first, second = author.books
    session.add_all([Genre(id=number, name=f"n{number}") for number in (10, 11)])
    for book in author.books:
        assert book.cover is None
        assert book.genres is not book.chapters
    session.add(Author(name=func.upper("b")))
    session.add(Author(name="c", born=1))
    first.genres.remove(genres[0])
    second.title = "z"
    second.pages = Book.pages + 1  # type: ignore[assignment]
    second.chapters.clear()
    session.delete(first)
    plan = session.plan()
    assert plan.loads == []
    sent: list[tuple[str, bool]] = []
    event.listen(
        library,
        "before_cursor_execute",
        lambda connection, cursor, sql, parameters, context, many: sent.append((sql, many)),
    )
    session.flush()
    shown = [(one.sql, one.is_batch) for statements in plan.statements for one in statements for _ in range(one.times)]
    assert shown == sent


def test_rows_that_come_back_are_shown_as_they_are_sent(library: azoth.Engine) -> None:
    with Session(library) as session:
        library.dialect.supports_lastrowid = False
        session.add_all([Author(name="Ada") for _ in range(600)])
        plan = session.plan()
    sizes = [(one.rows, one.times) for one in plan.statements[0]]
    assert "RETURNING" in plan.statements[0][0].sql
    if library.dialect.rows_as_table is not None:
        assert sizes == [(600, 1)]
    else:
        assert sizes == [(512, 1), (64, 1), (8, 3)]
        assert "5 statements" in str(plan)
    assert len(str(plan)) < 3000


def test_a_plan_needs_no_database(statements: list[str]) -> None:
    session = Session()
    session.add(Author(name="Ada"))
    assert "INSERT INTO author (name, born) VALUES (:name_1, :born_1)" in str(session.plan())


@pytest.mark.sqlite_only("a file that cannot be opened shows it")
def test_a_plan_does_not_connect() -> None:
    engine = azoth.create_engine("sqlite:////nowhere/at/all.db")
    session = Session(engine)
    session.add(Author(name="Ada"))
    assert "INSERT INTO author (name, born) VALUES (?, ?)" in str(session.plan())


def test_what_cannot_be_written_is_said_in_the_plan(engine: azoth.Engine) -> None:
    class Base(DeclarativeBase):
        pass

    class Word(Base):
        __tablename__ = "word"
        text = Column(String, primary_key=True)
        count = Column(Integer)

    session = Session(engine)
    session.add(Word())
    assert "Word cannot be inserted: text, part of its primary key, has no value" in str(session.plan())


def test_defaults_are_not_made_by_a_plan(engine: azoth.Engine) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    class Base(DeclarativeBase):
        pass

    class Ticket(Base):
        __tablename__ = "ticket"
        id = Column(Integer, primary_key=True, default=make)
        text = Column(String)

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Ticket())
        assert "INSERT INTO ticket (id, text)" in str(session.plan())
        assert made == []
        session.commit()
        assert made == [1]


def test_a_plan_stays_as_it_was_after_the_flush(session: Session) -> None:
    session.add(Book(title="x", author=Author(name="Ada")))
    plan = session.plan()
    text = str(plan)
    session.commit()
    assert str(plan) == text


def test_listeners_of_a_flush_see_the_plan_with_its_sql(session: Session) -> None:
    texts = []
    event.listen(session, "after_flush", lambda session, context: texts.append(str(context.plan)))
    author = Author(name="Ada")
    session.add(Book(title="x", author=author))
    session.commit()
    assert "INSERT INTO book" in texts[0]
    assert "after 1: book.author_id -> author.id (foreign key)" in texts[0]


def test_objects_outside_the_session_are_warned_of_by_the_flush_only(session: Session) -> None:
    book = Book(title="x")
    session.add(book)
    session.commit()
    with session.no_autoflush:
        book.author = author = Author(name="Ada")
        session.expunge(author)
    plan = session.plan()
    assert "Object of type <Author> not in session" in plan.warnings[0]
    with pytest.warns(azoth.exc.AzothWarning, match="Object of type <Author> not in session"):
        session.flush()
