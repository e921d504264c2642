"""Microblog, a Flask application with migrations: its database from its own migrations, and a story told to its pages.

Runs in the folder of the application.
"""

import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

sys.path.insert(0, str(Path.cwd()))

import flask_migrate
from app import create_app, db
from app.models import Message, Notification, Post, User
from config import Config


@pytest.fixture
def app(tmp_path):
    class Settings(Config):
        TESTING = True
        WTF_CSRF_ENABLED = False
        SECRET_KEY = "for the test"
        SQLALCHEMY_DATABASE_URI = f"sqlite:///{tmp_path / 'microblog.sqlite'}"
        ELASTICSEARCH_URL = None
        POSTS_PER_PAGE = 3

    app = create_app(Settings)
    with app.app_context():
        flask_migrate.upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def asked(app, statement):
    """Ask the database in an application context of its own: each request has one, too."""
    with app.app_context():
        return db.session.scalars(statement).all()


def signed_up(app, name):
    client = app.test_client()
    details = {"username": name, "email": f"{name}@example.com", "password": "cat", "password2": "cat"}
    assert client.post("/auth/register", data=details).status_code == 302
    answer = client.post("/auth/login", data={"username": name, "password": "cat"}, follow_redirects=True)
    assert f"Hi, {name}!" in answer.text
    return client


def test_the_migrations_make_what_the_models_have(app):
    with app.app_context():
        assert set(sa.inspect(db.engine).get_table_names()) == set(db.metadata.tables) | {"alembic_version"}
        flask_migrate.downgrade(revision="base")
        assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]
        flask_migrate.upgrade()


def test_people_post_and_follow(app):
    ann, bob = signed_up(app, "ann"), signed_up(app, "bob")
    for number in range(4):
        ann.post("/index", data={"post": f"The weather is fine today, number {number}"})
    assert "number 3" not in bob.get("/index").text
    assert "You are following ann!" in bob.post("/follow/ann", follow_redirects=True).text
    page = bob.get("/index").text
    assert "number 3" in page and "number 0" not in page
    assert "number 0" in bob.get("/index?page=2").text
    assert "1 followers" in bob.get("/user/ann").text
    assert "number 3" in bob.get("/explore").text
    bob.post("/unfollow/ann")
    assert "number 3" not in bob.get("/index").text
    assert asked(app, sa.select(sa.func.count()).select_from(Post)) == [4]
    assert bob.get("/user/nobody").status_code == 404


def test_messages_are_counted(app):
    ann, bob = signed_up(app, "ann"), signed_up(app, "bob")
    for text in ("hello", "are you there?"):
        ann.post("/send_message/bob", data={"message": text})
    assert [note["data"] for note in bob.get("/notifications").json] == [2]
    assert "are you there?" in bob.get("/messages").text
    assert [note["data"] for note in bob.get("/notifications").json] == [0]
    assert asked(app, sa.select(Message.body).order_by(Message.id)) == ["hello", "are you there?"]
    assert asked(app, sa.select(sa.func.count(Notification.id))) == [1]


def test_a_profile_is_changed_and_a_name_is_taken_once(app):
    ann, _ = signed_up(app, "ann"), signed_up(app, "bob")
    assert "different username" in ann.post("/edit_profile", data={"username": "bob", "about_me": ""}).text
    ann.post("/edit_profile", data={"username": "anna", "about_me": "sails"})
    assert asked(app, sa.select(User.about_me).where(User.username == "anna")) == ["sails"]


def test_the_api_asks_for_a_token(app):
    signed_up(app, "ann")
    signed_up(app, "bob").post("/follow/ann")
    client = app.test_client()
    assert client.get("/api/users/1").status_code == 401
    token = client.post("/api/tokens", auth=("ann", "cat")).json["token"]
    headers = {"Authorization": f"Bearer {token}"}
    user = client.get("/api/users/1", headers=headers).json
    assert (user["username"], user["follower_count"], user["post_count"]) == ("ann", 1, 0)
    many = client.get("/api/users?per_page=1", headers=headers).json
    assert (many["_meta"]["total_items"], many["_links"]["next"]) == (2, "/api/users?page=2&per_page=1")
    assert client.get("/api/users/1/followers", headers=headers).json["items"][0]["username"] == "bob"
    client.delete("/api/tokens", headers=headers)
    assert client.get("/api/users/1", headers=headers).status_code == 401
