"""What happens to objects with identity tokens when rows are written: flushes, merges, changes of many rows."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import azoth
from azoth import delete, event, insert, inspect, select, text, update
from azoth.orm import (
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    Session,
    WriteOnlyMapped,
    make_transient,
    make_transient_to_detached,
    mapped_column,
    relationship,
)
from tests.database import Database
from tests.flow.library import Author, Book, Chapter, Genre, Section, make_tables

TOKENS = ("east", "west", None)


@pytest.fixture
def filled(engine: azoth.Engine) -> azoth.Engine:
    fill(engine, "Ada")
    return engine


def fill(engine: azoth.Engine, name: str) -> None:
    make_tables(engine)
    with Session(engine) as session:
        book = Book(id=1, title="one", chapters=[Chapter(id=1, number=1), Chapter(id=2, number=2)])
        session.add_all([Author(id=1, name=name, books=[book, Book(id=2, title="two")]), Author(id=2, name="Bo")])
        session.commit()


def token_of(instance: Any) -> Any:
    return inspect(instance).identity_token


def with_token(instance: Any, token: Any) -> Any:
    inspect(instance).identity_token = token
    return instance


def test_an_update_concerns_the_object_that_was_changed(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        east, west, plain = [session.get_one(Author, 1, identity_token=token) for token in TOKENS]
        east.name = "changed"
        assert session.dirty == {east}
        session.commit()
        assert [inspect(one).key[2] for one in (east, west, plain)] == list(TOKENS)
        assert [one.name for one in (east, west, plain)] == ["changed"] * 3


def test_a_delete_and_its_cascades_stay_at_the_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        east, plain = session.get_one(Book, 1, identity_token="east"), session.get_one(Book, 1)
        chapters = plain.chapters
        removed = list(east.chapters)
        session.delete(east)
        session.flush()
        assert session.scalar(text("SELECT count(*) FROM chapter")) == 0
        assert east not in session
        assert all(chapter not in session for chapter in removed)
        assert plain in session
        assert all(chapter in session for chapter in chapters)
        session.rollback()
        assert session.get(Book, 1, identity_token="east") is east
        assert [token_of(chapter) for chapter in east.chapters] == ["east", "east"]


def test_collections_that_a_flush_loads_are_those_of_the_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        plain = session.get_one(Author, 1)
        kept = [*plain.books]
        east = session.get_one(Author, 1, identity_token="east")
        session.delete(east)
        session.flush()
        assert session.scalars(text("SELECT author_id FROM book")).all() == [None, None]
        assert {key[2] for key in session.identity_map if key[0] is Book} == {"east", None}
        assert [book.author_id for book in kept] == [1, 1]


def test_a_new_object_gets_its_row_under_its_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        authors = [with_token(Author(id=5, name="x"), "east"), Author(id=6, name="y")]
        authors.append(with_token(Author(name="z"), "west"))
        session.add_all(authors)
        session.flush()
        assert [inspect(one).key for one in authors] == [
            (Author, (5,), "east"),
            (Author, (6,), None),
            (Author, (authors[2].id,), "west"),
        ]
        assert session.get(Author, 5, identity_token="east") is authors[0]
        session.expire_all()
        assert [one.name for one in authors] == ["x", "y", "z"]
        session.rollback()
        assert len(session.identity_map) == 0
        assert [inspect(one).transient for one in authors] == [True] * 3
        assert [token_of(one) for one in authors] == ["east", None, "west"]


def test_a_token_may_be_given_to_a_pending_object(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        author = Author(id=5, name="x", books=[Book(id=9, title="new")])
        session.add(author)
        with_token(author, "east")
        session.flush()
        assert inspect(author).key == (Author, (5,), "east")
        session.expunge(author)
        assert session.get(Author, 5, identity_token="east") is not author


def test_a_failed_flush_leaves_tokens_as_they_were(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        author = with_token(Author(id=1, name="again"), "east")
        session.add(author)
        with pytest.raises(azoth.exc.IntegrityError):
            session.flush()
        session.rollback()
        author.id = 8
        session.add(author)
        session.commit()
        assert inspect(author).key == (Author, (8,), "east")


def test_a_changed_key_moves_within_the_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        east, plain = session.get_one(Author, 2, identity_token="east"), session.get_one(Author, 2)
        east.id = 22
        session.flush()
        assert session.identity_map[Author, (22,), "east"] is east
        assert (Author, (2,), "east") not in session.identity_map
        assert session.identity_map[Author, (2,), None] is plain
        session.rollback()
        assert session.identity_map[Author, (2,), "east"] is east
        assert (Author, (22,), "east") not in session.identity_map


def test_rows_are_ordered_by_what_they_refer_to_at_their_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        rows = [
            with_token(Section(id=2, name="east child", parent_id=1), "east"),
            with_token(Section(id=1, name="east parent", parent_id=5), "east"),
            with_token(Section(id=5, name="east root"), "east"),
            with_token(Section(id=1, name="west root"), "west"),
        ]
        session.add_all(rows)
        order = [instance.name for step in session.plan().steps for instance in step.instances]
        assert order.index("east root") < order.index("east parent") < order.index("east child")


def test_unique_values_move_within_the_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        session.add_all([Genre(id=1, name="one"), Genre(id=2, name="two")])
        session.commit()
        session.expunge_all()
        one, two = session.get_one(Genre, 1, identity_token="east"), session.get_one(Genre, 2, identity_token="west")
        two.name, one.name = "one", "free"
        # At their tokens neither takes what the other gives up.
        assert not session.plan().edges
        session.rollback()
        two = session.get_one(Genre, 2, identity_token="east")
        two.name, one.name = "one", "free"
        session.commit()
        assert session.scalars(select(Genre.name).order_by(Genre.id)).all() == ["free", "one"]


def test_values_that_a_flush_must_know_reach_all_tokens(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        session.add_all([Genre(id=1, name="one"), Genre(id=2, name="two")])
        session.commit()
        session.expunge_all()
        taker = session.get_one(Genre, 2, identity_token="west")
        givers = [session.get_one(Genre, 1, identity_token=token) for token in ("west", "east")]
        taker.name = "one"
        for genre in givers:
            session.expire(genre, ["name"])
            genre.name = "free"
        # Which row gives "one" up is not known before the flush looks, for the objects of both tokens.
        session.commit()
        assert session.scalars(select(Genre.name).order_by(Genre.id)).all() == ["free", "one"]


def test_keys_and_owners_are_followed_within_a_token(database: Database) -> None:
    class Base(DeclarativeBase):
        pass

    class Owner(Base):
        __tablename__ = "owner"
        name: Mapped[str] = mapped_column(primary_key=True)
        things: Mapped[list[Thing]] = relationship(cascade="all, delete-orphan", passive_updates=False)

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        owner_name: Mapped[str | None] = mapped_column(
            azoth.ForeignKey("owner.name", deferrable=True, initially="DEFERRED")
        )
        owner: Mapped[Owner | None] = relationship(overlaps="things")
        parts: Mapped[list[Part]] = relationship(cascade="all")

    class Part(Base):
        __tablename__ = "part"
        id: Mapped[int] = mapped_column(primary_key=True)
        thing_id: Mapped[int | None] = mapped_column(azoth.ForeignKey("thing.id"))
        maker_name: Mapped[str | None] = mapped_column(
            azoth.ForeignKey("owner.name", deferrable=True, initially="DEFERRED")
        )
        maker: Mapped[Owner | None] = relationship(passive_updates=False)

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        thing = Thing(id=1, parts=[Part(id=1)])
        session.add_all([Owner(name="a", things=[thing]), Owner(name="b"), Part(id=2, maker_name="b")])
        session.commit()
        session.expunge_all()
        east, plain = session.get_one(Owner, "a", identity_token="east"), session.get_one(Owner, "a")
        thing, other = session.get_one(Thing, 1, identity_token="east"), session.get_one(Thing, 1)
        assert thing.owner is east
        assert other.owner is plain
        east.name = "c"
        session.flush()
        assert (thing.owner_name, other.owner_name) == ("c", "a")
        assert session.scalar(text("SELECT owner_name FROM thing WHERE id = 1")) == "c"
        session.rollback()
        maker = session.get_one(Owner, "b", identity_token="east")
        part, plain_part = session.get_one(Part, 2, identity_token="east"), session.get_one(Part, 2)
        assert part.maker is maker
        assert plain_part.maker is not maker
        maker.name = "d"
        session.flush()
        assert (part.maker_name, plain_part.maker_name) == ("d", "b")
        session.rollback()
        # What stands for an expunged member of a removed object is looked for under the member's token.
        plain_part = session.get_one(Part, 1)
        (part,) = thing.parts
        session.expunge(part)
        east.things.remove(thing)
        session.flush()
        assert session.get(Thing, 1, identity_token="east") is None
        assert inspect(part).was_deleted
        assert not inspect(plain_part).was_deleted
        session.rollback()
        new = Thing(id=3)
        east.things.append(new)
        plain.things.append(new)
        # The other token's owner with this key is another one, so the thing still has an owner.
        east.things.remove(new)
        session.flush()
        assert inspect(new).persistent


def test_another_owner_is_looked_for_at_the_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        owners = [session.get_one(Author, 1, identity_token=token) for token in TOKENS]
        held = [list(owner.books) for owner in owners]
        book = session.get_one(Book, 1, identity_token="west")
        session.expire(book, ["author"])
        book.author = session.get_one(Author, 2, identity_token="west")
        assert [len(owner.books) for owner in owners] == [2, 1, 2]
        assert held[1][0] is book


@pytest.mark.parametrize("load", [True, False])
def test_a_merge_finds_the_object_of_the_token(filled: azoth.Engine, load: bool) -> None:
    with Session(filled) as session:
        given = session.get_one(Author, 1, identity_token="east")
        assert len(given.books) == 2
        session.expunge_all()
        plain = session.get_one(Author, 1)
        if load:
            given.name = "changed"
        merged = session.merge(given, load=load)
        assert merged is not plain
        assert merged is session.merge(given, load=load)
        assert inspect(merged).key == (Author, (1,), "east")
        assert [token_of(book) for book in merged.books] == ["east", "east"]
        assert plain.name == "Ada"


def test_a_merge_of_an_object_without_a_row_keeps_its_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        given = session.get_one(Author, 2, identity_token="east")
        session.expunge(given)
        session.execute(text("DELETE FROM author WHERE id = 2"))
        merged = session.merge(given)
        session.flush()
        assert inspect(merged).key == (Author, (2,), "east")


def test_transient_and_detached_objects_keep_their_token(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        author = session.get_one(Author, 2, identity_token="east")
        make_transient(author)
        assert inspect(author).key is None
        author.id = 12
        session.add(author)
        session.flush()
        assert inspect(author).key == (Author, (12,), "east")
        stub = with_token(Author(id=1), "west")
        make_transient_to_detached(stub)
        session.add(stub)
        assert stub.name == "Ada"
        assert session.get(Author, 1, identity_token="west") is stub


@pytest.mark.parametrize(
    "strategy, token, expected",
    [
        ("evaluate", None, ["new", "new", "new"]),
        ("evaluate", "east", ["new", "Ada", "Ada"]),
        ("auto", None, ["new", "new", "new"]),
        ("fetch", None, ["Ada", "Ada", "new"]),
        ("fetch", "east", ["new", "Ada", "Ada"]),
        (False, "east", ["Ada", "Ada", "Ada"]),
    ],
)
def test_objects_follow_an_update_at_its_token(
    filled: azoth.Engine, strategy: Any, token: Any, expected: list[str]
) -> None:
    options = {"synchronize_session": strategy, **({} if token is None else {"identity_token": token})}
    with Session(filled) as session:
        authors = [session.get_one(Author, 1, identity_token=one) for one in TOKENS]
        session.execute(update(Author).where(Author.id == 1).values(name="new"), execution_options=options)
        assert [author.__dict__["name"] for author in authors] == expected


@pytest.mark.parametrize(
    "strategy, token, gone",
    [
        ("evaluate", None, [True] * 3),
        ("evaluate", "east", [True, False, False]),
        ("fetch", "west", [False, True, False]),
    ],
)
def test_objects_follow_a_delete_at_its_token(
    filled: azoth.Engine, strategy: str, token: Any, gone: list[bool]
) -> None:
    with Session(filled) as session:
        authors = [session.get_one(Author, 2, identity_token=one) for one in TOKENS]
        statement = delete(Author).where(Author.id == 2)
        options = {"synchronize_session": strategy, "identity_token": token}
        session.execute(statement, execution_options=options)
        assert [author not in session for author in authors] == gone
        session.rollback()
        assert [session.get(Author, 2, identity_token=one) for one in TOKENS] == authors


@pytest.mark.parametrize("token", TOKENS)
def test_objects_follow_an_update_by_key_at_its_token(filled: azoth.Engine, token: Any) -> None:
    with Session(filled) as session:
        authors = [session.get_one(Author, 1, identity_token=one) for one in TOKENS]
        rows = [{"id": 1, "name": "new"}, {"id": 2, "name": "other"}]
        session.execute(update(Author), rows, execution_options={"identity_token": token})
        assert [author.__dict__["name"] for author in authors] == ["new" if one == token else "Ada" for one in TOKENS]


def test_returned_objects_have_the_token(filled: azoth.Engine) -> None:
    options = {"identity_token": "east"}
    with Session(filled) as session:
        rows = [{"id": 7, "name": "x"}, {"id": 8, "name": "y"}]
        made = session.scalars(insert(Author).returning(Author), rows, execution_options=options).all()
        one = session.scalars(insert(Author).values(id=9, name="z").returning(Author), execution_options=options).one()
        changed = session.scalars(
            update(Author).where(Author.id == 7).values(name="w").returning(Author),
            execution_options={**options, "populate_existing": True},
        ).one()
        assert [token_of(author) for author in (*made, one)] == ["east"] * 3
        assert changed is made[0]
        assert changed.name == "w"
        assert made[0].books == []


def test_dynamic_and_write_only_collections_stay_at_the_token(database: Database) -> None:
    class Base(DeclarativeBase):
        pass

    class Owner(Base):
        __tablename__ = "owner"
        id: Mapped[int] = mapped_column(primary_key=True)
        things: DynamicMapped[Thing] = relationship(order_by="Thing.id")
        parts: WriteOnlyMapped[Thing] = relationship(overlaps="things", passive_deletes=True)

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        owner_id: Mapped[int] = mapped_column(azoth.ForeignKey("owner.id"))

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Owner(id=1), Thing(id=1, owner_id=1)])
        session.commit()
        owner, plain = session.get_one(Owner, 1, identity_token="east"), session.get_one(Thing, 1)
        (thing,) = owner.things
        assert token_of(thing) == "east"
        assert owner.things.filter_by(id=1).one() is thing
        assert session.scalars(owner.parts.select()).one() is thing
        session.execute(owner.parts.update().values(name="new"))
        assert (thing.name, plain.name) == ("new", None)
        made = session.scalars(owner.parts.insert().returning(Thing), [{"id": 2}]).one()
        assert token_of(made) == "east"
        session.execute(owner.parts.delete().execution_options(synchronize_session="fetch"))
        assert thing not in session
        assert plain in session


@pytest.fixture
def regions(filled: azoth.Engine, database: Database) -> Iterator[SimpleNamespace]:
    """A session over two databases: a listener asks each of them, and the token says where an object came from."""
    other = database.make_engine()
    fill(other, "Eve")
    engines = {"east": filled, "west": other}

    class Regional(Session):
        def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **arguments: Any) -> Any:
            return engines[arguments.get("region", "east")]

    with Regional() as session:

        def route(state: Any) -> Any:
            known = state.execution_options.get("identity_token")
            results = []
            for region in engines if known is None else [known]:
                state.update_execution_options(identity_token=region)
                results.append(state.invoke_statement(bind_arguments={"region": region}))
            return results[0].merge(*results[1:]) if len(results) > 1 else results[0]

        event.listen(session, "do_orm_execute", route)
        yield SimpleNamespace(session=session, engines=engines)


def test_rows_of_several_databases_are_told_apart(regions: Any) -> None:
    session = regions.session
    authors = session.scalars(select(Author).where(Author.id == 1)).all()
    assert [(author.name, token_of(author)) for author in authors] == [("Ada", "east"), ("Eve", "west")]
    assert [session.get(Author, 1, identity_token=token) for token in ("east", "west")] == authors
    for author in authors:
        assert [token_of(book) for book in author.books] == [token_of(author)] * 2
        assert author.books[0].author is author
    session.expire_all()
    assert [author.name for author in authors] == ["Ada", "Eve"]
    session.refresh(authors[1])
    assert authors[1].name == "Eve"
    changed = session.execute(
        update(Author).where(Author.id == 1).values(born=5), execution_options={"identity_token": "west"}
    )
    assert changed.rowcount == 1
    assert [author.born for author in authors] == [None, 5]
