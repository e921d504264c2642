"""Options that a program defines for its own listeners of ``do_orm_execute``, and options by name."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from azoth import exc, select
from azoth.orm import Bundle, DictBundle, Load, Session, UserDefinedOption, contains_alias, selectinload
from azoth.orm.loading import merge_result
from tests.database import Database
from tests.flow.library import Author, Book


def told(database: Database, library: str) -> list[Any]:
    """Tell what listeners get of options, in one of the libraries."""
    core, orm = importlib.import_module(library), importlib.import_module(f"{library}.orm")

    class Base(orm.DeclarativeBase):  # type: ignore[name-defined]
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id = orm.mapped_column(core.Integer, primary_key=True)
        name = orm.mapped_column(core.String, deferred=True)
        children = orm.relationship("Child", back_populates="parent")

    class Child(Base):
        __tablename__ = "child"
        id = orm.mapped_column(core.Integer, primary_key=True)
        parent_id = orm.mapped_column(core.ForeignKey("parent.id"))
        parent = orm.relationship(Parent, back_populates="children")

    class Lasting(orm.UserDefinedOption):  # type: ignore[name-defined]
        propagate_to_loaders = True

    engine = database.make_engine(library=core)
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Parent(children=[Child()]) for _ in range(2)])
        session.commit()
        session.expunge_all()
        heard: list[Any] = []

        def hear(state: Any) -> None:
            kind = (state.is_relationship_load, state.is_column_load)
            heard.append((kind, [option.payload for option in state.user_defined_options]))

        core.event.listen(session, "do_orm_execute", hear)
        parents = session.scalars(core.select(Parent).options(Lasting("x"), orm.UserDefinedOption(5))).all()
        assert parents[0].children
        assert parents[0].name is None
        session.refresh(parents[0])
        session.expire(parents[0])
        assert parents[0].id
        assert parents[0].children
        again = core.select(Parent).options(Lasting("y"), orm.UserDefinedOption(6), orm.selectinload(Parent.children))
        session.scalars(again.execution_options(populate_existing=True)).all()
        session.expunge_all()
        assert session.query(Parent).options(Lasting("z")).first().children
    return heard


def test_listeners_get_them_in_the_same_statements_as_in_sqlalchemy(database: Database) -> None:
    heard = told(database, "azoth")
    assert heard == told(database, "sqlalchemy")
    assert heard[:2] == [((False, False), ["x", 5]), ((True, False), ["x"])]


def test_a_class_of_options_needs_no_constructor_of_the_base(session: Session) -> None:
    class Named(UserDefinedOption):
        def __init__(self, name: str) -> None:
            self.name = name

    session.execute(select(Author).options(Named("a")))
    assert Named("a").payload is None


def test_statements_with_other_payloads_are_compiled_once(session: Session) -> None:
    plans = session.bind.statement_cache.plans
    session.scalars(select(Author).options(UserDefinedOption(1))).all()
    count = len(plans)
    session.scalars(select(Author).options(UserDefinedOption(2))).all()
    assert len(plans) == count


@pytest.fixture
def filled(session: Session) -> Session:
    session.add_all([Author(name=name, books=[Book(title=f"{name}{n}") for n in range(2)]) for name in "abcde"])
    session.commit()
    session.expunge_all()
    return session


def selects(statements: list[str]) -> int:
    return sum(one.startswith("SELECT") for one in statements)


def test_chunksize_says_for_how_many_parents_one_statement_loads(filled: Session, statements: list[str]) -> None:
    del statements[:]
    authors = filled.scalars(select(Author).options(selectinload(Author.books, chunksize=2))).all()
    assert [len(one.books) for one in authors] == [2] * 5
    assert selects(statements) == 1 + 3
    filled.expunge_all()
    del statements[:]
    books = filled.scalars(select(Book).options(Load(Book).selectinload(Book.author, chunksize=4))).all()
    assert sorted(one.author.name for one in books) == sorted("abcde" * 2)
    assert selects(statements) == 1 + 3


@pytest.mark.parametrize("size", [0, -1, "2"])
def test_chunksize_is_a_number(size: Any) -> None:
    with pytest.raises(exc.ArgumentError, match="chunksize"):
        selectinload(Author.books, chunksize=size)


def test_options_take_their_attributes_by_name() -> None:
    assert Load(Author).joinedload(attr=Author.books)._shape == Load(Author).joinedload(Author.books)._shape
    assert Load(Author).defer(key=Author.name)._shape == Load(Author).defer(Author.name)._shape


def test_a_dict_bundle_gives_dictionaries(filled: Session) -> None:
    pair = DictBundle("pair", Author.name, Bundle("numbers", Author.id, Author.born))
    found = filled.execute(select(pair).where(Author.name == "a")).one()
    assert found.pair == {"name": "a", "numbers": (1, None)}
    assert isinstance(found.pair, dict)
    alone = DictBundle("alone", Author.name, single_entity=True)
    assert filled.scalars(select(alone).order_by(Author.name)).first() == {"name": "a"}


def test_a_bundle_under_another_name(filled: Session) -> None:
    bundle = Bundle("author", Author.id, Author.name)
    row = filled.execute(select(bundle.label("first"), bundle.label("second")).where(Author.name == "b")).one()
    assert row.first == row.second == (2, "b")
    assert bundle.name == "author"


def test_contains_alias_is_taken_and_changes_nothing(filled: Session) -> None:
    alias = select(Author).subquery()
    assert filled.query(Author).options(contains_alias(alias)).count() == 5
    with pytest.raises(exc.ArgumentError, match="contains_alias"):
        contains_alias("authors")


def test_merging_an_earlier_result(filled: Session) -> None:
    with Session(filled.bind) as other:
        authors = other.query(Author).order_by(Author.id).all()
    merged = list(merge_result(filled.query(Author), authors, load=False))
    assert [one.name for one in merged] == list("abcde")
    assert all(one in filled for one in merged)
