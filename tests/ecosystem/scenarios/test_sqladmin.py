"""sqladmin: lists, search, filters, forms with relationships, exports and look-ups, on a synchronous engine."""

import datetime as dt
import decimal
import enum
import json

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqladmin import Admin, ModelView
from sqladmin.filters import AllUniqueStringValuesFilter, BooleanFilter, ForeignKeyFilter
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker
from starlette.testclient import TestClient


class Base(DeclarativeBase):
    pass


class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"


label_of_book = sa.Table(
    "label_of_book",
    Base.metadata,
    sa.Column("book_id", sa.ForeignKey("book.id"), primary_key=True),
    sa.Column("label_id", sa.ForeignKey("label.id"), primary_key=True),
)


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), unique=True)
    born: Mapped[dt.date | None]
    books: Mapped[list["Book"]] = relationship(back_populates="author", cascade="all, delete-orphan")
    profile: Mapped["Profile | None"] = relationship(back_populates="author")

    @hybrid_property
    def shouted(self):
        return self.name + "!"

    def __str__(self):
        return f"Author {self.name}"


class Profile(Base):
    __tablename__ = "profile"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("author.id"), unique=True)
    author: Mapped[Author | None] = relationship(back_populates="profile", lazy="immediate")


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(30))
    price: Mapped[float] = mapped_column(sa.Numeric(8, 2), default=1)
    size: Mapped[Size] = mapped_column(default=Size.SMALL)
    sold: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict | None] = mapped_column(sa.JSON)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("author.id"))
    author: Mapped[Author | None] = relationship(back_populates="books")
    labels: Mapped[list["Label"]] = relationship(secondary=label_of_book)

    def __str__(self):
        return f"Book {self.title}"


class Label(Base):
    __tablename__ = "label"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]

    def __str__(self):
        return self.word


class Seat(Base):
    """A key of two columns."""

    __tablename__ = "seat"
    row: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    note: Mapped[str | None]


class AuthorAdmin(ModelView, model=Author):
    column_list = [Author.id, Author.name, "shouted"]
    column_searchable_list = [Author.name]
    column_sortable_list = [Author.name]
    form_columns = [Author.name, Author.born]
    column_details_list = [Author.name, Author.born, Author.books, Author.profile]
    can_export = True
    export_types = ["csv", "json"]


class BookAdmin(ModelView, model=Book):
    column_list = [Book.title, Book.price, "author.name"]
    column_searchable_list = [Book.title, "author.name"]
    column_sortable_list = [Book.title, "author.name"]
    column_default_sort = [(Book.price, True), (Book.title, False)]
    column_filters = [
        BooleanFilter(Book.sold),
        AllUniqueStringValuesFilter(Book.title),
        ForeignKeyFilter(Book.author_id, Author.name, title="Author"),
    ]
    column_formatters = {Book.price: lambda book, attribute, *request: f"{book.price} coins"}
    form_excluded_columns = [Book.facts]
    form_ajax_refs = {"author": {"fields": ("name",), "order_by": "name", "limit": 2}}
    page_size = 2


class ProfileAdmin(ModelView, model=Profile):
    pass


class SeatAdmin(ModelView, model=Seat):
    form_include_pk = True


@pytest.fixture
def engine(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'shelf.db'}", connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        ann = Author(name="ann", born=dt.date(1950, 5, 1), profile=Profile(text="writes"))
        bob = Author(name="bob")
        ann.books = [Book(title=title, price=price) for title, price in (("air", 3), ("bee", 2.5), ("cat", 1))]
        ann.books[0].labels = [Label(word="old"), Label(word="red")]
        bob.books = [Book(title="dog", sold=True, size=Size.LARGE, price=2)]
        session.add_all([ann, bob, Seat(row=1, number="a", note="window")])
        session.commit()
    yield engine
    engine.dispose()


@pytest.fixture(params=["engine", "sessionmaker"])
def client(request, engine):
    app = FastAPI()
    given = {"engine": engine} if request.param == "engine" else {"session_maker": sessionmaker(engine)}
    admin = Admin(app, **given)
    for view in (AuthorAdmin, BookAdmin, ProfileAdmin, SeatAdmin):
        admin.add_view(view)
    with TestClient(app, base_url="http://shelf") as client:
        yield client


def titles(response):
    assert response.status_code == 200
    found = [(response.text.find(f">{title}<"), title) for title in ("air", "bee", "cat", "dog")]
    return [title for place, title in sorted(found) if place >= 0]


def stored(engine, statement):
    with Session(engine) as session:
        return session.execute(statement).all()


def test_lists_have_pages_and_an_order(client):
    first = client.get("/admin/book/list")
    assert titles(first) == ["air", "bee"]
    assert "3.00 coins" in first.text
    assert ">ann<" in first.text
    assert titles(client.get("/admin/book/list?page=2")) == ["dog", "cat"]
    assert titles(client.get("/admin/book/list?pageSize=10&sortBy=title&sort=desc")) == ["dog", "cat", "bee", "air"]
    assert titles(client.get("/admin/book/list?pageSize=10&sortBy=author.name&sort=desc"))[0] == "dog"


def test_search_goes_into_related_objects(client):
    assert titles(client.get("/admin/book/list?search=EE")) == ["bee"]
    assert titles(client.get("/admin/book/list?search=bob")) == ["dog"]
    # Sorting and searching join the same way, once.
    both = client.get("/admin/book/list?search=ann&sortBy=author.name&sort=asc&pageSize=10")
    assert sorted(titles(both)) == ["air", "bee", "cat"]


def test_filters(client):
    assert titles(client.get("/admin/book/list?sold=true")) == ["dog"]
    assert titles(client.get("/admin/book/list?title=cat")) == ["cat"]
    assert titles(client.get("/admin/book/list?author_id=2")) == ["dog"]


def test_details_show_related_objects(client):
    shown = client.get("/admin/author/details/1")
    assert shown.status_code == 200
    assert all(text in shown.text for text in ("Book air", "Book bee", "Book cat", "1950-05-01"))
    assert "ann!" in client.get("/admin/author/list").text
    assert "Author ann" in client.get("/admin/profile/details/1").text
    assert client.get("/admin/author/details/99").status_code == 404


def test_an_object_is_made_changed_and_deleted(client, engine):
    made = client.post(
        "/admin/book/create",
        data={"title": "elk", "price": "7.25", "size": "LARGE", "author": "2", "labels": ["1", "2"], "sold": "y"},
        follow_redirects=False,
    )
    assert made.status_code == 302
    book = sa.select(Book.id, Book.title, Book.price, Book.size, Book.sold, Author.name).join(Book.author)
    (elk,) = stored(engine, book.where(Book.title == "elk"))
    assert (elk.price, elk.size, elk.sold, elk.name) == (decimal.Decimal("7.25"), Size.LARGE, True, "bob")
    labels = sa.select(Label.word).join(Book.labels).where(Book.id == elk.id).order_by(Label.word)
    assert stored(engine, labels) == [("old",), ("red",)]

    form = client.get(f"/admin/book/edit/{elk.id}")
    assert 'value="elk"' in form.text
    changed = client.post(
        f"/admin/book/edit/{elk.id}",
        data={"title": "emu", "price": "8", "size": "SMALL", "author": "1", "labels": ["2"]},
        follow_redirects=False,
    )
    assert changed.status_code == 302
    (emu,) = stored(engine, book.where(Book.id == elk.id))
    assert (emu.title, emu.size, emu.sold, emu.name) == ("emu", Size.SMALL, False, "ann")
    assert stored(engine, labels) == [("red",)]

    assert client.delete(f"/admin/book/delete?pks={elk.id}").status_code == 200
    assert stored(engine, book.where(Book.id == elk.id)) == []


def test_a_parent_is_deleted_with_its_children(client, engine):
    assert client.delete("/admin/author/delete?pks=1,2").status_code == 200
    assert stored(engine, sa.select(sa.func.count()).select_from(Book)) == [(0,)]
    assert stored(engine, sa.select(Profile.author_id)) == [(None,)]


def test_what_the_form_or_the_database_refuses_is_shown(client, engine):
    missing = client.post("/admin/author/create", data={"name": "", "born": "no date"})
    assert missing.status_code == 400
    assert "Not a valid date value" in missing.text
    twice = client.post("/admin/author/create", data={"name": "ann"})
    assert twice.status_code == 400
    assert "UNIQUE constraint failed: author.name" in twice.text
    assert stored(engine, sa.select(sa.func.count()).select_from(Author)) == [(2,)]


def test_a_key_of_two_columns(client, engine):
    assert "window" in client.get("/admin/seat/details/1;a").text
    assert client.post("/admin/seat/create", data={"row": "2", "number": "b", "note": ""}).status_code == 200
    assert client.post("/admin/seat/edit/2;b", data={"row": "2", "number": "b", "note": "aisle"}).status_code == 200
    everything = sa.select(Seat.row, Seat.number, Seat.note).order_by(Seat.row)
    assert stored(engine, everything) == [(1, "a", "window"), (2, "b", "aisle")]
    assert client.delete("/admin/seat/delete?pks=1;a").status_code == 200
    assert stored(engine, everything) == [(2, "b", "aisle")]


def test_exports(client):
    assert client.get("/admin/author/export/csv").text.splitlines() == ["id,name,shouted", "1,ann,ann!", "2,bob,bob!"]
    exported = json.loads(client.get("/admin/author/export/json").text)
    assert [author["name"] for author in exported] == ["ann", "bob"]


def test_objects_are_looked_up(client):
    found = client.get("/admin/book/ajax/lookup?name=author&term=b")
    assert found.json() == {"results": [{"id": "2", "text": "Author bob"}]}


def test_hooks_hear_of_changes(engine):
    heard = []

    class Heard(ModelView, model=Label):
        async def on_model_change(self, data, model, is_created, request):
            heard.append(("before", data["word"], is_created, sa.inspect(model).transient))

        async def after_model_change(self, data, model, is_created, request):
            heard.append(("after", model.word, is_created))

        async def on_model_delete(self, model, request):
            heard.append(("delete", model.word))

    app = FastAPI()
    Admin(app, engine).add_view(Heard)
    with TestClient(app, base_url="http://shelf") as client:
        client.post("/admin/label/create", data={"word": "new"})
        client.post("/admin/label/edit/3", data={"word": "newer"})
        client.delete("/admin/label/delete?pks=3")
    assert heard == [
        ("before", "new", True, True),
        ("after", "new", True),
        ("before", "newer", False, False),
        ("after", "newer", False),
        ("delete", "newer"),
    ]
