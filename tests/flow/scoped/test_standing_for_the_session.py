"""Methods and attributes of the session, used on the scoped session itself."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import pytest

import azoth
from azoth import select
from azoth.orm import Query, declarative_base, scoped_session, sessionmaker
from azoth.orm import Session as PlainSession
from tests.flow.library import Author, Book, Genre


def test_objects_are_added_seen_and_committed_without_a_call(Session: scoped_session) -> None:
    ada, grace = Author(name="Ada"), Author(name="Grace")
    Session.add(ada)
    Session.add_all([grace])
    assert ada in Session
    assert ada in Session.new
    assert set(Session) == {ada, grace}
    Session.flush()
    assert ada not in Session.new
    Session.commit()
    grace.name = "Grace H."
    assert list(Session.dirty) == [grace]
    Session.delete(ada)
    assert list(Session.deleted) == [ada]
    Session.commit()
    assert [author.name for author in Session.query(Author)] == ["Grace H."]
    assert Session.get(Author, grace.id) is grace
    assert Session.scalar(select(Author.name)) == "Grace H."
    assert len(Session.identity_map) == 1


def test_classic_names_work_on_it_too(library: azoth.Engine) -> None:
    Session = scoped_session(sessionmaker(bind=library, autoflush=True, transactional=True))
    u1, u2 = Author(name="Ada"), Author(name="Grace")
    Session.save(u1)
    Session.save(u2)
    assert u1 in Session.new
    Session.flush()
    assert u1 not in Session.new
    Session.commit()
    Session.clear()
    assert u1 not in Session
    assert Session.query(Author).count() == 2
    Session.remove()


def test_every_public_name_of_a_session_is_there() -> None:
    missing = [name for name in dir(PlainSession) if not name.startswith("_") and name not in vars(scoped_session)]
    assert missing == []


def test_methods_look_like_those_of_the_session() -> None:
    assert scoped_session.get.__doc__ == PlainSession.get.__doc__
    assert inspect.signature(scoped_session.get) == inspect.signature(PlainSession.get)


def test_settings_are_read_and_set_on_the_present_session(Session: scoped_session) -> None:
    session = Session()
    Session.autoflush = False
    Session.expire_on_commit = False
    assert not session.autoflush
    assert not session.expire_on_commit
    Session.info["user"] = 7
    assert session.info == {"user": 7}
    Session.remove()
    assert Session.autoflush
    assert Session.expire_on_commit


def test_blocks_without_autoflush(Session: scoped_session) -> None:
    Session.add(Author(name="Ada"))
    with Session.no_autoflush:
        assert Session.query(Author).all() == []
    assert len(Session.query(Author).all()) == 1


def test_transactions_are_context_managers(Session: scoped_session) -> None:
    with Session.begin():
        Session.add(Genre(name="essay"))
        with pytest.raises(LookupError), Session.begin_nested():
            Session.add(Genre(name="novel"))
            Session.flush()
            raise LookupError
    assert Session.scalars(select(Genre.name)).all() == ["essay"]


def test_the_session_of_an_object_is_found_without_making_one(library: azoth.Engine) -> None:
    Session = scoped_session(sessionmaker(bind=library))
    with PlainSession(library) as other:
        author = Author(name="Ada")
        other.add(author)
        assert Session.object_session(author) is other
    assert Session.identity_key(Author, 5) == PlainSession.identity_key(Author, 5)
    assert not Session.registry.has()


def test_names_of_an_own_session_class_are_reached(library: azoth.Engine) -> None:
    class Own(PlainSession):
        def greet(self, name: str) -> str:
            return f"hello {name}"

    Session = scoped_session(sessionmaker(bind=library, class_=Own))
    assert Session.greet("Ada") == "hello Ada"
    with pytest.raises(AttributeError, match="gret"):
        Session.gret
    Session.remove()


def test_looking_at_it_makes_no_session(Session: scoped_session) -> None:
    assert not hasattr(Session, "__wrapped__")
    assert not hasattr(Session, "_repr_html_")
    copy.copy(Session)
    assert "scoped_session" in repr(Session)
    assert not Session.registry.has()


def test_it_can_be_subclassed(library: azoth.Engine) -> None:
    class Database(scoped_session):
        def __init__(self) -> None:
            super().__init__(sessionmaker(bind=library))
            self.name = "main"

        def count(self) -> int:
            return self.query(Author).count()

    database = Database()
    assert database.name == "main"
    assert not database.registry.has()
    assert database.count() == 0
    database.remove()


def test_a_query_property_queries_the_class_in_the_present_session(library: azoth.Engine) -> None:
    Session = scoped_session(sessionmaker(bind=library))
    Base: Any = declarative_base()
    Base.query = Session.query_property()

    class Writer(Base):
        __tablename__ = "author"
        id = azoth.Column(azoth.Integer, primary_key=True)
        name = azoth.Column(azoth.String)

    Session.add(Writer(name="Ada"))
    assert [writer.name for writer in Writer.query.filter_by(name="Ada")] == ["Ada"]
    assert Writer.query.session is Session()
    assert Base.query is None
    first = Session()
    Session.remove()
    assert Writer.query.session is not first
    assert Writer.query.all() == []
    Session.remove()


def test_a_query_property_may_have_a_query_class(library: azoth.Engine) -> None:
    class Shelf(Query):
        def thick(self) -> Query:
            return self.filter(Book.pages > 500)

    Session = scoped_session(sessionmaker(bind=library))

    class Keeper:
        books = Session.query_property(Shelf)

    Session.add_all([Book(title="long", pages=900), Book(title="short", pages=90)])
    descriptor = vars(Keeper)["books"]
    assert [book.title for book in descriptor.__get__(None, Book).thick()] == ["long"]
    assert Keeper.books is None
    Session.remove()


def test_objects_travel_between_the_sessions_of_two_scopes(library: azoth.Engine) -> None:
    scope = 1
    Session = scoped_session(sessionmaker(bind=library), scopefunc=lambda: scope)
    author = Author(name="Ada")
    Session.add(author)
    Session.commit()
    assert author.name == "Ada"
    stored = pickle.dumps(author)
    Session.remove()
    scope = 2
    merged = Session.merge(pickle.loads(stored), load=False)
    assert merged in Session
    assert merged.name == "Ada"
    Session.remove()
