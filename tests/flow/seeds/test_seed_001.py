"""Seed 001: the examples of seed 000 as another site shows them; here on a file, and step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, Integer, String
from azoth.exc import IntegrityError, NotNullViolation, PendingRollbackError
from azoth.ext.declarative import declarative_base
from azoth.orm import scoped_session, sessionmaker

Base: Any = declarative_base()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False)

    def __repr__(self) -> str:
        return "<User(name='%s')>" % self.name


@pytest.fixture
def engine(file_engine: azoth.Engine) -> azoth.Engine:
    Base.metadata.create_all(file_engine)
    return file_engine


@pytest.fixture
def Session(engine: azoth.Engine) -> Iterator[scoped_session]:
    Session = scoped_session(sessionmaker(bind=engine))
    yield Session
    Session.remove()


def test_using_sessionmaker(engine: azoth.Engine, capsys: pytest.CaptureFixture[str]) -> None:
    Session = sessionmaker(bind=engine)
    session1 = Session()
    session1.add(User(name=None))
    session2 = Session()
    session2.add(User(name="Rupert"))
    session2.commit()
    with pytest.raises(NotNullViolation, match="INSERT into users failed: .*name"):
        session1.commit()
    session3 = Session()
    print(session3.query(User).all())
    assert capsys.readouterr().out == "[<User(name='Rupert')>]\n"
    for session in (session1, session2, session3):
        session.close()
    assert engine.pool.checkedout() == 0


def test_using_scoped_session(Session: scoped_session, capsys: pytest.CaptureFixture[str]) -> None:
    session1 = Session()
    session1.add(User(name=None))
    session2 = Session.session_factory()
    session2.add(User(name="Rupert"))
    session2.commit()
    with pytest.raises(IntegrityError):
        session1.commit()
    session3 = Session()
    assert session1 == session3
    with pytest.raises(PendingRollbackError):
        print(session3.query(User).all())
    session4 = Session.session_factory()
    print(session4.query(User).all())
    assert capsys.readouterr().out == "[<User(name='Rupert')>]\n"
    session4.close()


@pytest.mark.parametrize("end", ["rollback", "close", "remove"])
def test_the_scoped_session_works_again_after(Session: scoped_session, end: str) -> None:
    session1 = Session()
    session1.add(User(name=None))
    with pytest.raises(IntegrityError):
        session1.commit()
    getattr(Session, end)()
    Session.add(User(name="Rupert"))
    Session.commit()
    assert repr(Session.query(User).one()) == "<User(name='Rupert')>"
    assert (Session() is session1) == (end != "remove")
