"""A SELECT of an entity within another statement has the columns and expressions that the entity maps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, String, Table, func, select, union_all
from azoth.orm import Session, aliased, column_property, declarative_base, deferred, query_expression, with_polymorphic

JOINED_TABLES = 300


@pytest.fixture
def model() -> Any:
    """A class with expressions, one that leaves a column out, and a hierarchy."""
    Base: Any = declarative_base()

    class User(Base):
        __tablename__ = "user"
        id = Column(Integer, primary_key=True)
        email = Column("email_address", String(20))
        photo = deferred(Column(String(20)))
        loud = column_property(func.upper(email))
        quiet = column_property(func.lower(email), deferred=True)
        rank = query_expression()

    parts = Table(
        "part", Base.metadata, Column("id", Integer, primary_key=True), Column("a", Integer), Column("b", Integer)
    )

    class Part: ...

    Base.registry.map_imperatively(Part, parts, exclude_properties=["b"])

    class Item(Base):
        __tablename__ = "item"
        id = Column(Integer, primary_key=True)
        kind = Column(String(10))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "item"}

    class Book(Item):
        pages = Column(Integer)
        half = column_property(pages / 2)
        __mapper_args__ = {"polymorphic_identity": "book"}

    class Disc(Item):
        minutes = Column(Integer)
        __mapper_args__ = {"polymorphic_identity": "disc"}

    class Box(Item):
        __tablename__ = "box"
        id = Column(ForeignKey("item.id"), primary_key=True)
        size = Column(Integer)
        __mapper_args__ = {"polymorphic_identity": "box"}

    return SimpleNamespace(Base=Base, User=User, Part=Part, Item=Item, Book=Book, Disc=Disc, Box=Box)


COLUMNS = {
    "User": {"id", "email_address", "photo", "loud"},
    "Part": {"id", "a"},
    "Item": {"id", "kind"},
    "Book": {"id", "kind", "pages", "half"},
    "Disc": {"id", "kind", "minutes"},
    "Box": {"id", "id_1", "kind", "size"},
}


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("stands_for", [lambda entity: entity, aliased, lambda entity: entity.__mapper__])
def test_it_has_the_columns_of_the_class(model: Any, name: str, stands_for: Any) -> None:
    entity = stands_for(getattr(model, name))
    query = select(entity)
    both = union_all(query, query)
    for columns in (
        query.subquery().c,
        query.cte().c,
        query.selected_columns,
        query.exported_columns,
        both.subquery().c,
    ):
        assert set(columns.keys()) == COLUMNS[name]


def test_it_has_the_columns_of_derived_classes_that_come_along(model: Any) -> None:
    entity = with_polymorphic(model.Item, [model.Book])
    assert set(select(entity).subquery().c.keys()) == {"id", "kind", "pages", "half"}
    assert set(select(with_polymorphic(model.Item, "*")).subquery().c.keys()) == {
        "id", "kind", "pages", "half", "minutes", "id_1", "size",
    }  # fmt: skip


def test_a_column_that_comes_later_is_among_them(model: Any) -> None:
    before = select(model.User).subquery()
    assert "later" not in before.c
    model.User.later = column_property(func.length(model.User.email))
    assert set(select(model.User).subquery().c.keys()) == COLUMNS["User"] | {"later"}


def test_its_values_are_those_of_the_rows(database: Any, model: Any) -> None:
    engine = database.make_engine()
    model.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([
            model.User(id=1, email="Ada", photo="face"),
            model.Item(id=1), model.Book(id=2, pages=10), model.Disc(id=3, minutes=4), model.Box(id=4, size=5),
        ])  # fmt: skip
        session.commit()
        users = select(model.User).subquery()
        assert session.execute(select(users.c.loud, users.c.email_address)).all() == [("ADA", "Ada")]
        assert [user.loud for user in session.scalars(select(aliased(model.User, users)))] == ["ADA"]
        books = select(model.Book).cte()
        assert session.execute(select(books.c.id, books.c.half)).all() == [(2, 5)]
        assert [book.pages for book in session.scalars(select(aliased(model.Book, books)))] == [10]
        boxes = select(model.Box).subquery()
        assert session.execute(select(boxes.c.id, boxes.c.id_1, boxes.c.size)).all() == [(4, 4, 5)]
        items = aliased(model.Item, select(model.Item).subquery())
        found = session.scalars(select(items).order_by(items.id)).all()
        assert [type(one).__name__ for one in found] == ["Item", "Book", "Disc", "Box"]
        assert [found[1].pages, found[2].minutes, found[3].size] == [10, 4, 5]


def test_hundreds_of_tables_are_joined() -> None:
    Base: Any = declarative_base()

    class Item(Base):
        __tablename__ = "item"
        id = Column(Integer, primary_key=True)
        kind = Column(String(10))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "item"}

    for number in range(JOINED_TABLES):
        members = {
            "__tablename__": f"item{number}",
            "id": Column(ForeignKey("item.id"), primary_key=True),
            "__mapper_args__": {"polymorphic_identity": f"{number}"},
        }
        type(f"Item{number}", (Item,), members)
    assert str(select(with_polymorphic(Item, "*"))).count(" JOIN ") == JOINED_TABLES
    assert len(select(with_polymorphic(Item, "*")).subquery().c) == 2 + JOINED_TABLES
