"""Database URLs."""

from __future__ import annotations

import pickle

import pytest

from azoth import exc
from azoth.engine import URL, make_url

TEXTS = [
    "sqlite://",
    "sqlite:///a.db",
    "sqlite:////abs/a.db",
    "sqlite:///:memory:",
    "sqlite:///C:\\x\\y.db",
    "postgresql+psycopg://u:p%40ss:w@h:5432/db?x=1&y=2&y=3",
    "mysql://u@[::1]:3/db",
    "pg://h/",
    "pg://u:@h",
    "pg://:5432/x",
    "postgresql://u:pw@/db?host=/tmp",
    "sqlite:///file:x?mode=memory&uri=true",
    "sqlite:///a%20b%3F.db",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_url_reads_back_what_it_renders(text: str) -> None:
    url = make_url(text)
    assert make_url(url.render_as_string(hide_password=False)) == url


@pytest.mark.parametrize("text", TEXTS)
def test_parts_are_those_that_sqlalchemy_finds(text: str) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    ours, theirs = make_url(text), sqlalchemy.make_url(text)
    assert (*ours[:6], dict(ours.query)) == (*theirs[:6], dict(theirs.query))
    assert ours.translate_connect_args() == theirs.translate_connect_args()
    assert (ours.get_backend_name(),) == (theirs.get_backend_name(),)


def test_the_password_is_hidden_in_every_text() -> None:
    url = make_url("postgresql://user:secret@host/db")
    assert str(url) == repr(url) == f"{url}" == "postgresql://user:***@host/db"
    assert url.password == "secret"
    assert url.render_as_string(hide_password=False) == "postgresql://user:secret@host/db"


def test_a_text_that_is_no_url_is_refused_without_showing_it() -> None:
    with pytest.raises(exc.ArgumentError) as caught:
        make_url("user:secret@host")
    assert "secret" not in str(caught.value)


def test_a_port_that_is_no_number_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="port"):
        make_url("pg://u:p@h:abc/db")


def test_a_value_that_is_no_text_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="not int"):
        make_url(5)  # type: ignore[arg-type]


def test_parts_are_exchanged_in_a_copy() -> None:
    url = make_url("pg://u:p@h/db")
    assert url.set(database="other", port=1).render_as_string(False) == "pg://u:p@h:1/other"
    assert url.database == "db"


def test_options_are_updated_and_removed_in_copies() -> None:
    url = make_url("pg://h/db?a=1")
    assert dict(url.update_query_dict({"b": "2"}).query) == {"a": "1", "b": "2"}
    assert dict(url.update_query_string("a=2&a=3", append=True).query) == {"a": ("1", "2", "3")}
    assert dict(url.update_query_pairs([("a", "4")]).query) == {"a": "4"}
    assert dict(url.difference_update_query(["a"]).query) == {}
    assert url.normalized_query == {"a": ("1",)}


def test_urls_are_equal_hashable_and_survive_pickling() -> None:
    url = make_url("pg://u:p@h/db?a=1")
    assert url == make_url("pg://u:p@h/db?a=1")
    assert url != make_url("pg://u:q@h/db?a=1")
    assert len({url, make_url("pg://u:p@h/db?a=1")}) == 1
    assert pickle.loads(pickle.dumps(url)) == url


def test_options_must_be_text() -> None:
    with pytest.raises(exc.ArgumentError, match="'a'"):
        URL.create("pg", query={"a": 1})  # type: ignore[dict-item]
