"""Execution options of statements, sessions and engines act on every statement that the ORM sends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, String, delete, event, insert, select, update
from azoth.dialects.sqlite import insert as upsert
from azoth.exc import ArgumentError, DatabaseError, InvalidRequestError
from azoth.orm import Session, declarative_base, joinedload, relationship, selectinload


def test_populate_existing_reaches_the_loads_that_follow(session: Session, blog: Any) -> None:
    ada = session.scalars(select(blog.User).options(selectinload(blog.User.posts)).where(blog.User.id == 1)).one()
    post = ada.posts[0]
    with session.no_autoflush:
        post.title = "changed"
        ada.posts.remove(ada.posts[1])
        query = select(blog.User).options(selectinload(blog.User.posts)).where(blog.User.id == 1)
        session.scalars(query, execution_options={"populate_existing": True}).one()
    assert post.title == "p1"
    assert [one.title for one in ada.posts] == ["p1", "p2", "p3"]


def test_populate_existing_reaches_rows_that_an_insert_returns(session: Session, blog: Any) -> None:
    ada = session.get(blog.User, 1)
    statement = (
        upsert(blog.User).on_conflict_do_update(index_elements=["id"], set_={"name": "new"}).returning(blog.User)
    )
    rows = [{"id": 1, "name": "Ada"}, {"id": 7, "name": "Eve"}]
    found = session.scalars(statement, rows, execution_options={"populate_existing": True}).all()
    assert ada is not None
    assert found[0] is ada
    assert ada.name == "new"


def test_yield_per_is_refused_where_a_collection_is_joined(session: Session, blog: Any) -> None:
    query = select(blog.User).options(joinedload(blog.User.posts)).execution_options(yield_per=1)
    with pytest.raises(InvalidRequestError, match=r"User\.posts through a join"):
        session.scalars(query)
    to_one = select(blog.Post).options(joinedload(blog.Post.user)).execution_options(yield_per=1)
    assert len(session.scalars(to_one).all()) == 3


@pytest.mark.parametrize("name", ["isolation_level", "compiled_cache"])
def test_what_belongs_to_connections_is_refused_for_statements(blog: Any, name: str) -> None:
    with pytest.raises(ArgumentError, match=name):
        select(blog.User).execution_options(**{name: None})


def test_the_isolation_of_a_transaction_is_refused_for_one_execution(session: Session, blog: Any) -> None:
    with pytest.raises(ArgumentError, match="isolation_level"):
        session.execute(select(blog.User), execution_options={"isolation_level": "SERIALIZABLE"})


def test_get_takes_options(session: Session, blog: Any, heard: list[Any]) -> None:
    ada = session.get_one(blog.User, 1)
    with session.no_autoflush:
        ada.name = "changed"
        options = {"populate_existing": True, "mine": 5}
        assert session.get(blog.User, 1, execution_options=options, bind_arguments={"kind": "r"}) is ada
    assert ada.name == "Ada"
    assert heard[-1].execution_options["mine"] == 5
    assert heard[-1].bind_arguments["kind"] == "r"


def test_ways_of_changing_rows(session: Session, blog: Any) -> None:
    rows = [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}]
    assert session.execute(update(blog.User), rows, execution_options={"dml_strategy": "bulk"}).rowcount == 2
    added = [{"id": 8, "name": "x"}, {"id": 9, "name": "y"}]
    session.execute(insert(blog.User), added, execution_options={"dml_strategy": "raw"})
    session.execute(insert(blog.User), [{"id": 10, "name": "z"}], execution_options={"dml_strategy": "core_only"})
    assert session.scalars(select(blog.User.name).order_by(blog.User.id)).all() == ["A", "B", "x", "y", "z"]
    with pytest.raises(ArgumentError, match="dml_strategy='fast'"):
        session.execute(insert(blog.User), added, execution_options={"dml_strategy": "fast"})


def test_errors_that_listeners_are_not_to_hear_of(engine: azoth.Engine, blog: Any) -> None:
    heard: list[Any] = []
    event.listen(engine, "handle_error", heard.append)
    broken = select(blog.User).where(azoth.text("no_such_column = 1"))
    with Session(engine) as session:
        for options in ({"skip_user_error_events": True}, {}):
            with pytest.raises(DatabaseError):
                session.execute(broken, execution_options=options)
            with pytest.raises(DatabaseError):
                session.execute(azoth.text("SELECT no_such_column"), execution_options=options)
            assert len(heard) == (0 if options else 2)


def test_engines_hear_of_every_select_with_its_values(engine: azoth.Engine, blog: Any) -> None:
    before: list[Any] = []
    after: list[Any] = []

    def hear_before(connection: Any, statement: Any, multiparams: Any, params: Any, options: Any) -> None:
        before.append(statement)

    def hear_after(connection: Any, statement: Any, multiparams: Any, params: Any, options: Any, result: Any) -> None:
        after.append(statement)

    event.listen(engine, "before_execute", hear_before)
    event.listen(engine, "after_execute", hear_after)
    with Session(engine) as session:
        for number in (2, 1):
            query = select(blog.User).where(blog.User.id == number).options(selectinload(blog.User.posts))
            user = session.scalars(query).one()
            assert before[-2].compile().params == {"id_1": number}
            assert next(iter(before[-1].compile().params.values())) in (number, [number])
        assert [len(post.comments) for post in user.posts] == [2, 2, 2]
        session.get(blog.Comment, 1)
        session.expire(user)
        assert user.name == "Ada"
    assert len(before) == len(after) == 7


def test_an_engine_listener_may_change_what_the_orm_sends(engine: azoth.Engine, blog: Any) -> None:
    def only_first(connection: Any, statement: Any, multiparams: Any, params: Any, options: Any) -> Any:
        if getattr(statement, "is_select", False):
            statement = statement.where(azoth.literal_column("1") == azoth.literal_column("2"))
        return statement, multiparams, params

    event.listen(engine, "before_execute", only_first, retval=True)
    with Session(engine) as session:
        assert session.scalars(select(blog.User)).all() == []


@pytest.fixture
def tenants(database: Any) -> Any:
    """Two files attached to one database as two schemas, each with the tables of ``Author`` and ``Book``."""
    Base: Any = declarative_base()

    class Author(Base):
        __tablename__ = "author"
        id = Column(Integer, primary_key=True)
        name = Column(String(20))
        books = relationship("Book", back_populates="author")

    class Book(Base):
        __tablename__ = "book"
        id = Column(Integer, primary_key=True)
        author_id = Column(ForeignKey("author.id"))
        author = relationship("Author", back_populates="books")

    engine = database.make_engine()

    def attach(connection: Any, record: Any) -> None:
        connection.execute("ATTACH DATABASE ':memory:' AS tenant_a")
        connection.execute("ATTACH DATABASE ':memory:' AS tenant_b")

    event.listen(engine, "connect", attach)
    engine = engine.execution_options(schema_translate_map={None: "main"})
    return SimpleNamespace(engine=engine, Author=Author, Book=Book, Base=Base)


@pytest.mark.sqlite_only("schemas are attached databases")
def test_schemas_are_translated_for_flushes_and_all_loads(tenants: Any, statements: list[str]) -> None:
    with tenants.engine.connect() as connection:
        for name in ("tenant_a", "tenant_b"):
            named = connection.execution_options(schema_translate_map={None: name})
            tenants.Base.metadata.create_all(named)
            with Session(named, execution_options={"schema_translate_map": {None: name}}) as session:
                author = tenants.Author(name=name, books=[tenants.Book(), tenants.Book()])
                session.add(author)
                session.commit()
                author.name += "!"
                session.flush()
                assert len(author.books) == 2
                session.expire_all()
                assert author.name == f"{name}!"
                session.delete(author.books[0])
                session.flush()
                assert session.query(tenants.Book).count() == 1
                session.commit()
        with Session(connection) as session:
            for name in ("tenant_a", "tenant_b"):
                options = {"schema_translate_map": {None: name}}
                query = select(tenants.Author).options(selectinload(tenants.Author.books))
                author = session.scalars(query, execution_options={**options, "populate_existing": True}).one()
                assert (author.name, len(author.books)) == (f"{name}!", 1)


@pytest.mark.sqlite_only("schemas are attached databases")
@pytest.mark.parametrize("by_listener", [False, True])
def test_changes_of_many_rows_go_to_the_schema_of_their_execution(tenants: Any, by_listener: bool) -> None:
    author = tenants.Author

    def names(connection: Any, schema: str) -> list[str]:
        return list(connection.exec_driver_sql(f"SELECT name FROM {schema}.author ORDER BY id").scalars())

    options = {"schema_translate_map": {None: "tenant_b"}}
    with tenants.engine.connect() as connection:
        for name in ("tenant_a", "tenant_b"):
            named = connection.execution_options(schema_translate_map={None: name})
            tenants.Base.metadata.create_all(named)
            named.execute(insert(author.__table__), [{"name": name}])
        connection.execution_options(schema_translate_map={None: "tenant_a"})
        with Session(connection) as session:
            if by_listener:
                event.listen(session, "do_orm_execute", lambda state: state.update_execution_options(**options))
            given = None if by_listener else options
            session.execute(insert(author), [{"name": "new"}, {"name": "other"}], execution_options=given)
            session.execute(update(author).where(author.name == "other").values(name="x"), execution_options=given)
            given_rows = select(author).from_statement(select(author.__table__).order_by(author.__table__.c.id))
            assert [one.name for one in session.scalars(given_rows, execution_options=given)][1:] == ["new", "x"]
            session.expunge_all()
            back = insert(author).values(name="back").returning(author)
            assert session.scalars(back, execution_options=given).one().name == "back"
            session.execute(delete(author).where(author.name == "tenant_b"), execution_options=given)
            session.commit()
            assert names(session.connection(), "tenant_a") == ["tenant_a"]
            assert names(session.connection(), "tenant_b") == ["new", "x", "back"]


@pytest.mark.sqlite_only("schemas are attached databases")
def test_rows_of_a_table_with_a_schema_are_returned(database: Any) -> None:
    Base: Any = declarative_base()

    class Thing(Base):
        __tablename__ = "thing"
        __table_args__ = {"schema": "other"}  # as programs write it
        id = Column(Integer, primary_key=True)
        kind = Column(String(5), server_default="new")
        __mapper_args__ = {"eager_defaults": True}

    engine = database.make_engine()
    event.listen(engine, "connect", lambda connection, record: connection.execute("ATTACH ':memory:' AS other"))
    with engine.connect() as connection:
        Base.metadata.create_all(connection)
        with Session(connection) as session:
            thing = Thing()
            session.add(thing)
            session.flush()
            assert thing.__dict__["kind"] == "new"
            assert session.scalars(insert(Thing).returning(Thing.kind), [{"id": 7}]).all() == ["new"]
            assert session.execute(delete(Thing).where(Thing.id == 7).returning(Thing.id)).all() == [(7,)]
