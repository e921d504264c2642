"""A transaction in which a statement has failed: a database that cannot commit it says so; nothing is half done."""

from __future__ import annotations

import pytest

from azoth import Engine, exc, insert, select, text
from azoth.orm import Session
from tests.flow.library import Genre, make_tables


@pytest.fixture
def library(engine: Engine) -> Engine:
    make_tables(engine)
    return engine


def fail(session: Session) -> None:
    with pytest.raises(exc.IntegrityError):
        session.execute(insert(Genre).values(id=1, name="other"))


@pytest.mark.lacks("statements after errors")
def test_a_commit_that_would_roll_back_is_an_error(library: Engine) -> None:
    with Session(library) as session:
        session.add(Genre(id=1, name="a"))
        session.flush()
        fail(session)
        with pytest.raises(exc.InternalError, match="in which a statement has failed") as caught:
            session.commit()
        assert not isinstance(caught.value, exc.CommitUnknown)
        assert "savepoint" in str(caught.value)
        session.rollback()
        assert session.scalars(select(Genre)).all() == []
        session.add(Genre(id=1, name="b"))
        session.commit()
    with library.connect() as connection:
        assert connection.scalar(select(Genre.name)) == "b"
        with pytest.raises(exc.DBAPIError):
            connection.execute(text("SELECT nothing"))
        with pytest.raises(exc.InternalError):
            connection.commit()
        connection.rollback()
        assert connection.scalar(select(Genre.name)) == "b"


@pytest.mark.needs("statements after errors")
def test_a_commit_keeps_what_succeeded(library: Engine) -> None:
    with Session(library) as session:
        session.add(Genre(id=1, name="a"))
        session.flush()
        fail(session)
        session.commit()
        assert session.scalars(select(Genre.name)).all() == ["a"]


def test_a_savepoint_limits_what_is_lost(library: Engine) -> None:
    with Session(library) as session:
        session.add(Genre(id=1, name="a"))
        session.flush()
        with pytest.raises(exc.IntegrityError), session.begin_nested():
            session.execute(insert(Genre).values(id=1, name="other"))
        session.commit()
        assert session.scalars(select(Genre.name)).all() == ["a"]
