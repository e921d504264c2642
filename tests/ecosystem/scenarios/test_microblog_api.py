"""Microblog API: Flask, Alchemical and marshmallow; its database from its own migrations, and requests as they come.

Runs in the folder of the application.
"""

import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

sys.path.insert(0, str(Path.cwd()))

from alembic import command
from alembic.config import Config as AlembicConfig
from api.app import create_app, db
from api.models import Post, User
from config import Config


@pytest.fixture
def app(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'api.sqlite'}"

    class Settings(Config):
        SERVER_NAME = "localhost:5000"
        TESTING = True
        DISABLE_AUTH = True
        ALCHEMICAL_DATABASE_URL = url

    monkeypatch.setattr(Config, "ALCHEMICAL_DATABASE_URL", url)
    app = create_app(Settings)
    with app.app_context():
        command.upgrade(AlembicConfig("alembic.ini"), "head")
        db.session.add(User(username="test", email="test@example.com", password="foo"))
        db.session.commit()
        yield app
        db.session.close()
        db.get_engine().dispose()


def test_the_migrations_make_what_the_models_have(app):
    inspector = sa.inspect(db.get_engine())
    assert set(inspector.get_table_names()) == set(db.Model.metadata.tables) | {"alembic_version"}
    command.check(AlembicConfig("alembic.ini"))


def test_users_and_posts_through_the_api(app):
    client = app.test_client()
    made = client.post("/api/users", json={"username": "ann", "email": "ann@example.com", "password": "dog"})
    assert made.status_code == 201 and made.json["username"] == "ann"
    again = client.post("/api/users", json={"username": "ann", "email": "b@example.com", "password": "dog"})
    assert again.status_code == 400
    for number in range(5):
        assert client.post("/api/posts", json={"text": f"post {number}"}).status_code == 201
    page = client.get("/api/posts?limit=2&offset=1").json
    assert page["pagination"] == {"count": 2, "limit": 2, "offset": 1, "total": 5}
    assert {post["author"]["username"] for post in page["data"]} == {"test"}
    assert client.put("/api/posts/1", json={"text": "changed"}).json["text"] == "changed"
    assert client.delete("/api/posts/2").status_code == 204
    assert client.get("/api/posts/2").status_code == 404
    assert db.session.scalar(sa.select(sa.func.count(Post.id))) == 4


def test_people_follow_and_read(app):
    client = app.test_client()
    db.session.add(ann := User(username="ann", email="ann@example.com", password="dog"))
    db.session.add_all(Post(text=f"of ann {number}", author=ann) for number in range(3))
    db.session.commit()
    assert client.get("/api/feed").json["data"] == []
    assert client.post(f"/api/me/following/{ann.id}").status_code == 204
    assert client.post(f"/api/me/following/{ann.id}").status_code == 409
    assert sorted(post["text"] for post in client.get("/api/feed").json["data"]) == ["of ann 0", "of ann 1", "of ann 2"]
    assert client.get("/api/users/ann/followers").json["data"][0]["username"] == "test"
    assert client.delete(f"/api/me/following/{ann.id}").status_code == 204


def test_the_program_s_own_fake_data(app):
    runner = app.test_cli_runner()
    assert "20 users added" in runner.invoke(args=["fake", "users", "20"]).output
    assert "30 posts added" in runner.invoke(args=["fake", "posts", "30"]).output
    assert db.session.scalar(sa.select(sa.func.count(Post.id))) == 30
    assert len(app.test_client().get("/api/posts?limit=25").json["data"]) == 25
