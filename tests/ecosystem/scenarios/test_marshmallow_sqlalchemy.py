"""marshmallow-sqlalchemy: schemas from models, and objects from what came in."""

import datetime
import decimal
import enum

import marshmallow
import pytest
import sqlalchemy as sa
from marshmallow_sqlalchemy import SQLAlchemyAutoSchema, SQLAlchemySchema, auto_field
from marshmallow_sqlalchemy.fields import Nested, Related, get_primary_keys
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, column_property, mapped_column, relationship, synonym


class Genre(enum.Enum):
    novel = "n"
    poem = "p"


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))
    born: Mapped[datetime.date | None]
    books: Mapped[list["Book"]] = relationship(back_populates="author", order_by="Book.id")
    called = synonym("name")
    shout = column_property(sa.func.upper(name.column, type_=sa.String()))

    @hybrid_property
    def letters(self):
        return len(self.name)


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    price: Mapped[decimal.Decimal] = mapped_column(sa.Numeric(6, 2), default=decimal.Decimal(5))
    genre: Mapped[Genre] = mapped_column(default=Genre.novel)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("author.id"))
    author: Mapped[Author | None] = relationship(back_populates="books")


class BookSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Book
        include_fk = True
        load_instance = True


class AuthorSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Author
        include_relationships = True
        load_instance = True

    books = Nested(BookSchema, many=True, exclude=("author_id",))


@pytest.fixture
def session():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_fields_follow_the_columns():
    found = {name: type(field) for name, field in BookSchema().fields.items()}
    assert found == {
        "id": marshmallow.fields.Integer,
        "title": marshmallow.fields.String,
        "price": marshmallow.fields.Decimal,
        "genre": marshmallow.fields.Enum,
        "author_id": marshmallow.fields.Integer,
    }
    book, author = BookSchema().fields, AuthorSchema().fields
    assert book["title"].required and not book["price"].required and book["price"].places == decimal.Decimal("0.01")
    assert [rule.max for rule in author["name"].validators] == [20]
    assert author["born"].allow_none


def test_what_comes_in_becomes_objects(session):
    author = AuthorSchema().load(
        {"name": "Mann", "born": "1875-06-06", "books": [{"title": "Felix", "price": "9.50", "genre": "novel"}]},
        session=session,
    )
    session.add(author)
    session.commit()
    assert author.books[0].price == decimal.Decimal("9.50")
    assert author.books[0].genre is Genre.novel
    changed = AuthorSchema().load({"id": author.id, "name": "T. Mann"}, session=session, partial=True)
    assert changed is author and author in session.dirty
    with pytest.raises(marshmallow.ValidationError) as refused:
        AuthorSchema().load({"name": "much too long a name, this is", "born": "no"}, session=session)
    assert set(refused.value.messages) == {"name", "born"}


def test_objects_go_out(session):
    author = Author(name="Mann", books=[Book(title="Felix"), Book(title="Tod", genre=Genre.poem)])
    session.add(author)
    session.commit()
    out = AuthorSchema().dump(author)
    assert out == {
        "id": 1,
        "name": "Mann",
        "born": None,
        "shout": "MANN",
        "books": [
            {"id": 1, "title": "Felix", "price": decimal.Decimal("5.00"), "genre": "novel"},
            {"id": 2, "title": "Tod", "price": decimal.Decimal("5.00"), "genre": "poem"},
        ],
    }


def test_related_objects_by_their_key(session):
    class WithAuthor(SQLAlchemySchema):
        class Meta:
            model = Book
            load_instance = True
            sqla_session = session

        title = auto_field()
        author = Related("name")
        author_key = auto_field("author_id", dump_only=True)

    session.add(Author(name="Mann"))
    session.commit()
    book = WithAuthor().load({"title": "Felix", "author": {"name": "Mann"}})
    session.add(book)
    session.commit()
    assert book.author_id == 1
    assert WithAuthor().dump(book) == {"title": "Felix", "author": "Mann", "author_key": 1}
    assert get_primary_keys(Book) == [sa.inspect(Book).attrs.id]
