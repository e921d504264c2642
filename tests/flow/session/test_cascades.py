"""What happens to related objects: save-update, delete, delete-orphan, expunge."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import azoth
from azoth import ForeignKey, inspect, select
from azoth.exc import InvalidRequestError
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from azoth.orm.exc import FlushError
from tests.database import Database
from tests.flow.library import Author, Book, Chapter, Cover, Genre, Section


def test_save_update_follows_relationships(session: Session) -> None:
    book = Book(title="x", author=Author(name="Ada"), genres={Genre(name="g")}, chapters=[Chapter(number=1)])
    session.add(book)
    assert len(session.new) == 4
    session.commit()
    assert session.query(Chapter).one().book is book


def test_save_update_follows_whatever_is_attached_later(session: Session) -> None:
    book = Book(title="x")
    session.add(book)
    session.commit()
    genre = Genre(name="g")
    book.genres.add(genre)
    book.cover = Cover(colour="red")
    assert {genre, book.cover} <= set(session.new)
    session.commit()
    assert genre.books == [book]
    assert book.cover.book_id == book.id


def test_what_lies_behind_an_object_is_added_before_its_neighbours(session: Session) -> None:
    """The order of add() is that of the rows that could go together, and of the keys that they get."""
    first = Section(name="1", parts=[Section(name="1.1", parts=[Section(name="1.1.1")]), Section(name="1.2")])
    second = Section(name="2", parts=[Section(name="2.1"), Section(name="2.2")])
    session.add(Section(name="0", parts=[first, second]))
    session.commit()
    names = [section.name for section in session.query(Section).order_by(Section.id)]
    assert names == ["0", "1", "2", "1.1", "1.2", "2.1", "2.2", "1.1.1"]


def test_what_several_paths_lead_to_is_added_at_the_first_of_them(session: Session) -> None:
    ada = Author(name="Ada", books=[Book(title="a"), Book(title="b")])
    ada.books[0].genres = {Genre(name="g", books=[Book(title="c", author=ada)])}
    session.add(ada)
    session.commit()
    assert [book.title for book in session.query(Book).order_by(Book.id)] == ["a", "c", "b"]


def test_an_object_replaced_in_a_pending_graph_is_still_saved(session: Session) -> None:
    book = Book(title="x", author=Author(name="first"))
    session.add(book)
    book.author = Author(name="second")
    session.commit()
    assert {author.name for author in session.query(Author)} == {"first", "second"}
    assert book.author.name == "second"


def test_deleting_without_cascade_lets_go_of_the_children(session: Session) -> None:
    author = Author(name="Ada", books=[Book(title="x")])
    session.add(author)
    session.commit()
    [book] = author.books
    session.delete(author)
    session.commit()
    assert book.author_id is None
    assert book.author is None


def test_deleting_without_cascade_loads_the_children_that_it_must_let_go_of(session: Session) -> None:
    session.add(Author(id=1, name="Ada", books=[Book(title="x"), Book(title="y")]))
    session.commit()
    session.expunge_all()
    session.delete(session.get(Author, 1))
    session.commit()
    assert [book.author_id for book in session.query(Book)] == [None, None]


def test_delete_follows_its_cascade(session: Session) -> None:
    book = Book(title="x", chapters=[Chapter(number=1), Chapter(number=2)], cover=Cover(colour="red"))
    session.add(book)
    session.commit()
    chapters = list(book.chapters)
    session.delete(book)
    assert set(session.deleted) == {book, book.cover, *chapters}
    session.commit()
    assert all(inspect(chapter).detached for chapter in chapters)
    assert session.query(Chapter).count() == session.query(Cover).count() == session.query(Book).count() == 0


def test_delete_follows_its_cascade_through_what_is_not_loaded(session: Session) -> None:
    session.add(Book(id=1, title="x", chapters=[Chapter(number=1)], cover=Cover(colour="red")))
    session.commit()
    session.expunge_all()
    session.delete(session.get(Book, 1))
    session.commit()
    assert session.query(Chapter).count() == session.query(Cover).count() == 0


def test_deleted_objects_stay_in_loaded_collections_until_these_expire(session: Session) -> None:
    author = Author(name="Ada", books=[Book(title="x"), Book(title="y")])
    session.add(author)
    session.commit()
    book = author.books[0]
    session.delete(book)
    assert book in author.books
    session.flush()
    assert book in author.books
    session.commit()
    assert [book.title for book in author.books] == ["y"]


def test_an_orphan_is_deleted(session: Session) -> None:
    book = Book(title="x", chapters=[Chapter(number=1), Chapter(number=2)])
    session.add(book)
    session.commit()
    removed = book.chapters.pop(0)
    session.flush()
    assert inspect(removed).deleted
    assert session.query(Chapter).count() == 1


def test_an_orphan_of_a_one_to_one_is_deleted(session: Session) -> None:
    book = Book(title="x", cover=Cover(colour="red"))
    session.add(book)
    session.commit()
    book.cover = Cover(colour="blue")
    session.commit()
    assert [cover.colour for cover in session.query(Cover)] == ["blue"]
    book.cover = None
    session.commit()
    assert session.query(Cover).count() == 0


def test_a_pending_orphan_leaves_the_session(session: Session) -> None:
    book = Book(title="x")
    session.add(book)
    chapter = Chapter(number=1)
    book.chapters.append(chapter)
    assert chapter in session
    book.chapters.remove(chapter)
    assert chapter not in session
    session.commit()
    assert session.query(Chapter).count() == 0


def test_a_child_that_moves_to_another_parent_is_no_orphan(session: Session) -> None:
    first, second = Book(title="a", chapters=[Chapter(number=1)]), Book(title="b")
    session.add_all([first, second])
    session.commit()
    chapter = first.chapters[0]
    second.chapters.append(chapter)
    assert chapter not in first.chapters
    session.commit()
    assert second.chapters == [chapter]
    assert first.chapters == []


def test_the_rows_of_a_many_to_many_go_with_either_side(session: Session) -> None:
    book = Book(title="x", genres={Genre(name="a"), Genre(name="b")})
    session.add(book)
    session.commit()
    session.delete(next(iter(book.genres)))
    session.commit()
    assert len(book.genres) == 1
    session.delete(book)
    session.commit()
    assert session.connection().exec_driver_sql("SELECT count(*) FROM book_genre").scalar_one() == 0
    assert session.query(Genre).count() == 1


def test_deleting_parent_and_child_together(session: Session) -> None:
    author = Author(name="Ada", books=[Book(title="x")])
    session.add(author)
    session.commit()
    session.delete(author.books[0])
    session.delete(author)
    session.commit()
    assert session.query(Author).count() == session.query(Book).count() == 0


def test_a_tree_is_let_go_of_by_its_root(session: Session) -> None:
    root = Section(name="root", parts=[Section(name="a", parts=[Section(name="b")])])
    session.add(root)
    session.commit()
    session.delete(root)
    session.commit()
    assert {section.name: section.parent_id is None for section in session.query(Section)} == {"a": True, "b": False}


def test_expunge_follows_its_cascade(session: Session) -> None:
    book = Book(title="x", chapters=[Chapter(number=1)], author=Author(name="Ada"))
    session.add(book)
    session.commit()
    chapter, author = book.chapters[0], book.author
    session.expunge(book)
    assert inspect(chapter).detached
    assert author in session


class Configured(DeclarativeBase):
    pass


class Parent(Configured):
    __tablename__ = "parent"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept: Mapped[list[Kept]] = relationship(cascade="", back_populates="parent")
    passive: Mapped[list[Passive]] = relationship(cascade="all, delete", passive_deletes=True)


class Kept(Configured):
    __tablename__ = "kept"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped[Parent | None] = relationship(back_populates="kept", cascade="save-update, delete")


class Passive(Configured):
    __tablename__ = "passive"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))


@pytest.fixture
def configured(database: Database) -> Iterator[Session]:
    engine = database.make_engine()
    Configured.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def test_without_save_update_related_objects_are_not_added(configured: Session) -> None:
    parent = Parent()
    kept = Kept()
    parent.kept.append(kept)
    configured.add(parent)
    assert kept not in configured
    configured.expunge_all()
    configured.add(kept)
    assert parent in configured


def test_delete_may_cascade_to_the_one_side(configured: Session) -> None:
    kept = Kept(parent=Parent())
    configured.add(kept)
    configured.commit()
    configured.delete(kept)
    configured.commit()
    assert configured.query(Parent).count() == 0


@pytest.mark.needs("unchecked foreign keys")
def test_passive_deletes_load_nothing(configured: Session) -> None:
    configured.add(Parent(id=1, passive=[Passive(id=1)]))
    configured.commit()
    configured.expunge_all()
    configured.delete(configured.get(Parent, 1))
    configured.commit()
    # SQLite does not enforce foreign keys by itself, so the row that the database should have deleted is still there.
    assert configured.get(Passive, 1).parent_id == 1


class Refusing(DeclarativeBase):
    pass


class Trunk(Refusing):
    __tablename__ = "trunk"

    id: Mapped[int] = mapped_column(primary_key=True)
    owned: Mapped[list[Leaf]] = relationship(lazy="raise", cascade="all, delete-orphan")
    known: Mapped[list[Bird]] = relationship(lazy="raise")


class Leaf(Refusing):
    __tablename__ = "leaf"

    id: Mapped[int] = mapped_column(primary_key=True)
    trunk_id: Mapped[int] = mapped_column(ForeignKey("trunk.id"))


class Bird(Refusing):
    __tablename__ = "bird"

    id: Mapped[int] = mapped_column(primary_key=True)
    trunk_id: Mapped[int | None] = mapped_column(ForeignKey("trunk.id"))


def test_a_deletion_may_load_what_programs_may_not(engine: azoth.Engine) -> None:
    Refusing.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Trunk(id=1, owned=[Leaf()], known=[Bird()]))
        session.commit()
        session.expunge_all()
        session.delete(session.get(Trunk, 1))
        session.commit()
        assert session.query(Leaf).count() == 0
        assert session.query(Bird).one().trunk_id is None


def test_a_deleted_object_cannot_be_attached_again(session: Session) -> None:
    book = Book(title="x", chapters=[Chapter(number=1)])
    session.add(book)
    session.commit()
    chapter = book.chapters.pop()
    session.flush()
    with pytest.raises(InvalidRequestError, match=r"Chapter .*deleted"):
        book.chapters.append(chapter)
    session.commit()
    assert book.chapters == []


def test_objects_attached_behind_one_that_is_here_are_found_from_their_own_owner(session: Session) -> None:
    author = Author(name="Ada", books=[Book(title="a")])
    session.add(author)
    author.books[0].chapters.append(Chapter(number=1))
    assert len(session.new) == 3
    session.commit()
    assert session.query(Chapter).count() == 1


@pytest.fixture
def pack(database: Database) -> Iterator[tuple[Any, Any, Session]]:
    """Crates that own jars, one of which may be moved, and a session that does not flush by itself."""

    class Base(DeclarativeBase):
        pass

    class Crate(Base):
        __tablename__ = "crate"
        id: Mapped[int] = mapped_column(primary_key=True)
        jars: Mapped[list[Jar]] = relationship(cascade="all")
        lid: Mapped[Lid | None] = relationship(cascade="all")

    class Jar(Base):
        __tablename__ = "jar"
        id: Mapped[int] = mapped_column(primary_key=True)
        crate_id: Mapped[int | None] = mapped_column(ForeignKey("crate.id"))
        beans: Mapped[list[Bean]] = relationship(cascade="all")

    class Lid(Base):
        __tablename__ = "lid"
        id: Mapped[int] = mapped_column(primary_key=True)
        crate_id: Mapped[int | None] = mapped_column(ForeignKey("crate.id"))

    class Bean(Base):
        __tablename__ = "bean"
        id: Mapped[int] = mapped_column(primary_key=True)
        jar_id: Mapped[int | None] = mapped_column(ForeignKey("jar.id"))

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine, autoflush=False) as session:
        yield SimpleNamespace(Crate=Crate, Jar=Jar, Lid=Lid, Bean=Bean), session
    engine.dispose()


@pytest.mark.parametrize("is_new", [False, True])
def test_what_a_deleted_owner_has_marked_stays_where_another_owner_takes_it_up(pack: Any, is_new: bool) -> None:
    classes, session = pack
    first, second = classes.Crate(jars=[classes.Jar(beans=[classes.Bean()])], lid=classes.Lid()), classes.Crate()
    session.add_all([first] if is_new else [first, second])
    session.commit()
    (jar,), lid = first.jars, first.lid
    session.delete(first)
    assert jar in session.deleted
    second.jars.append(jar)
    second.lid = lid
    session.add(second)
    session.commit()
    assert session.scalars(select(classes.Jar.crate_id)).all() == [second.id]
    assert session.scalars(select(classes.Lid.crate_id)).all() == [second.id]
    assert session.scalars(select(classes.Bean.jar_id)).all() == [jar.id]
    session.commit()
    assert session.scalars(select(classes.Crate)).all() == [second]
    assert second.jars == [jar]


def test_what_is_deleted_by_name_goes_whoever_takes_it_up(pack: Any) -> None:
    classes, session = pack
    first, second = classes.Crate(jars=[classes.Jar()]), classes.Crate()
    session.add_all([first, second])
    session.commit()
    (jar,) = first.jars
    session.delete(first)
    session.delete(jar)
    second.jars.append(jar)
    session.commit()
    assert session.scalars(select(classes.Jar)).all() == []


def test_what_is_put_into_an_object_that_is_about_to_be_deleted_goes_with_it(pack: Any) -> None:
    classes, session = pack
    crate, jar, late = classes.Crate(jars=[classes.Jar()]), classes.Jar(beans=[classes.Bean()]), classes.Bean()
    session.add_all([crate, jar, late])
    session.commit()
    (inner,) = crate.jars
    session.delete(crate)
    crate.jars.append(jar)
    inner.beans.append(late)
    session.commit()
    assert [session.scalars(select(one)).all() for one in (classes.Crate, classes.Jar, classes.Bean)] == [[], [], []]


@pytest.mark.parametrize("is_legacy", [False, True])
def test_the_legacy_rule_keeps_a_pending_object_that_one_owner_holds(database: Database, is_legacy: bool) -> None:
    class Base(DeclarativeBase):
        pass

    class Member(Base):
        __tablename__ = "member"
        __mapper_args__ = {"legacy_is_orphan": is_legacy}
        id: Mapped[int] = mapped_column(primary_key=True)
        club_id: Mapped[int | None] = mapped_column(ForeignKey("club.id"))
        team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))

    class Club(Base):
        __tablename__ = "club"
        id: Mapped[int] = mapped_column(primary_key=True)
        members: Mapped[list[Member]] = relationship(cascade="all, delete-orphan")

    class Team(Base):
        __tablename__ = "team"
        id: Mapped[int] = mapped_column(primary_key=True)
        members: Mapped[list[Member]] = relationship(cascade="all, delete-orphan")

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine, autoflush=False) as session:
        club, team, member = Club(), Team(), Member()
        session.add_all([club, team])
        club.members.append(member)
        team.members.append(member)
        club.members.remove(member)
        assert (member in session) is is_legacy
        team.members.remove(member)
        assert member not in session
    engine.dispose()


def test_a_pending_object_that_an_owner_outside_lets_go_leaves_with_the_flush(session: Session) -> None:
    chapter = Chapter(number=1)
    session.add(chapter)
    book = Book(title="x")
    book.chapters.append(chapter)
    book.chapters.remove(chapter)
    assert chapter in session
    assert not session.plan().steps
    assert chapter in session
    session.flush()
    assert chapter not in session
    assert inspect(chapter).transient


def test_an_orphan_of_a_detached_owner_comes_along_and_is_deleted(database: Database) -> None:
    class Base(DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Page(Base):
        __tablename__ = "page"
        id: Mapped[int] = mapped_column(primary_key=True)
        note_id: Mapped[int | None] = mapped_column(ForeignKey("note.id"))
        note: Mapped[Note | None] = relationship(cascade="all, delete-orphan", single_parent=True)

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        former, page = Note(id=1), Page(id=1)
        page.note = former
        session.add(page)
        session.commit()
        session.close()
        page.note = Note(id=2)
        session.add(page)
        assert former in session
        session.commit()
        assert session.scalars(select(Note.id)).all() == [2]
    engine.dispose()


def test_none_in_a_collection_is_refused_by_the_flush(session: Session) -> None:
    book = Book(title="x", chapters=[None])
    session.add(book)
    assert book.chapters == [None]
    with pytest.raises(FlushError, match=r"Book\.chapters of a new object holds None"):
        session.flush()
    session.rollback()
    book.chapters.remove(None)
    session.add(book)
    session.commit()
    book.chapters.append(None)
    with pytest.raises(FlushError, match="holds None"):
        session.commit()
    session.rollback()
    assert book.chapters == []
