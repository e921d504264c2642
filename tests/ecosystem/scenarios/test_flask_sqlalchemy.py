"""Flask-SQLAlchemy: models, several databases, pages of results, recorded queries, and what a request leaves behind."""

import flask
import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.record_queries import get_recorded_queries
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


@pytest.fixture
def app(tmp_path, database_url):
    app = flask.Flask("blog", instance_path=str(tmp_path))
    app.config.update(
        SQLALCHEMY_DATABASE_URI=database_url("blog"),
        SQLALCHEMY_BINDS={"log": database_url("log"), "meta": {"url": "sqlite://", "echo": False}},
        SQLALCHEMY_RECORD_QUERIES=True,
        TESTING=True,
    )
    return app


@pytest.fixture
def db(app):
    class Base(DeclarativeBase):
        pass

    db = SQLAlchemy(app, model_class=Base)

    class Author(db.Model):
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(sa.String(20), unique=True)
        blog_posts: Mapped[list["BlogPost"]] = relationship(back_populates="author", cascade="all, delete-orphan")

    class BlogPost(db.Model):
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]
        author_id: Mapped[int] = mapped_column(sa.ForeignKey("author.id"))
        author: Mapped[Author] = relationship(back_populates="blog_posts")

    class Visit(db.Model):
        __bind_key__ = "log"
        id = db.Column(db.Integer, primary_key=True)
        path = db.Column(db.String, nullable=False)

    db.Author, db.BlogPost, db.Visit = Author, BlogPost, Visit
    with app.app_context():
        db.create_all()
        yield db
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def fill(db, count=25):
    author = db.Author(name="ann", blog_posts=[db.BlogPost(title=f"post {number:02}") for number in range(count)])
    db.session.add(author)
    db.session.commit()
    return author


def test_tables_are_named_after_their_classes_and_stand_in_their_databases(db):
    assert db.BlogPost.__tablename__ == "blog_post"
    assert set(sa.inspect(db.engine).get_table_names()) == {"author", "blog_post"}
    assert sa.inspect(db.engines["log"]).get_table_names() == ["visit"]
    assert set(db.metadatas) == {None, "log", "meta"}


def test_one_session_writes_to_both_databases(db):
    fill(db, 1)
    db.session.add(db.Visit(path="/"))
    db.session.commit()
    assert db.session.get_bind(db.Visit) is db.engines["log"]
    assert db.session.get_bind(sa.inspect(db.Author)) is db.engine
    assert db.session.execute(sa.update(db.Visit).values(path="/home")).rowcount == 1
    db.session.commit()
    with db.engines["log"].connect() as connection:
        assert connection.execute(sa.text("SELECT path FROM visit")).scalars().all() == ["/home"]


def test_pages(db):
    fill(db)
    page = db.paginate(sa.select(db.BlogPost).order_by(db.BlogPost.id), page=2, per_page=10)
    assert [post.title for post in page][:2] == ["post 10", "post 11"]
    assert (page.total, page.pages, page.has_next, page.next_num, page.first, page.last) == (25, 3, True, 3, 11, 20)
    assert list(page.iter_pages()) == [1, 2, 3]
    assert db.BlogPost.query.paginate(page=3, per_page=10).items[-1].title == "post 24"
    with pytest.raises(Exception, match="404"):
        db.paginate(sa.select(db.BlogPost), page=9, per_page=10)


def test_queries_are_recorded(db):
    fill(db, 1)
    db.session.execute(sa.select(db.Author).where(db.Author.name == "ann")).scalar_one()
    last = get_recorded_queries()[-1]
    assert last.statement.startswith("SELECT author.id")
    assert list(last.parameters) == [("ann",)]
    assert last.duration >= 0


def test_objects_or_a_404(db):
    author = fill(db, 2)
    assert db.get_or_404(db.Author, author.id) is author
    assert db.first_or_404(sa.select(db.Author)) is author
    assert db.one_or_404(sa.select(db.Author).filter_by(name="ann")) is author
    assert db.Author.query.filter_by(name="ann").one_or_404() is author
    with pytest.raises(Exception, match="404"):
        db.one_or_404(sa.select(db.BlogPost))


def test_a_request_has_a_session_of_its_own(app, db):
    fill(db, 3)

    @app.post("/rename/<name>")
    def rename(name):
        author = db.session.scalars(sa.select(db.Author)).one()
        author.name = name
        if name == "bad":
            raise ValueError(name)
        db.session.commit()
        return flask.jsonify(name=author.name, posts=[post.title for post in author.blog_posts])

    app.testing = False
    client = app.test_client()
    assert client.post("/rename/bad").status_code == 500
    assert client.post("/rename/bea").json == {"name": "bea", "posts": ["post 00", "post 01", "post 02"]}
    db.session.expire_all()
    assert db.session.scalar(sa.select(db.Author.name)) == "bea"


def test_metadata_is_reflected(app, db):
    other = SQLAlchemy()
    other_app = flask.Flask("other", instance_path=app.instance_path)
    other_app.config["SQLALCHEMY_DATABASE_URI"] = app.config["SQLALCHEMY_DATABASE_URI"]
    other.init_app(other_app)
    with other_app.app_context():
        other.reflect()

        class Person(other.Model):
            __table__ = other.metadata.tables["author"]

        assert set(other.metadata.tables) == {"author", "blog_post"}
        assert other.session.scalars(sa.select(Person)).all() == []
        other.session.remove()
        other.engine.dispose()
