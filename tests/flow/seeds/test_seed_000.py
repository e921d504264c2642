"""Seed 000: sessions beside the main one, with sessionmaker and scoped_session, on a database in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import Column, Integer, String
from azoth.ext.declarative import declarative_base
from azoth.orm import scoped_session, sessionmaker
from tests.database import Database

Base: Any = declarative_base()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False)

    def __repr__(self) -> str:
        return "<User(name='%s')>" % self.name


Show = Callable[[], list[str]]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Show:
    """The first lines of what each print showed."""

    def lines() -> list[str]:
        return [line for line in capsys.readouterr().out.splitlines() if not line.startswith("  ")]

    return lines


def use_sessionmaker(engine: Any) -> None:
    Session = sessionmaker(bind=engine)

    # Create a new session and add a new user without a name
    # This will raise an IntegrityError when committed
    session1 = Session()
    session1.add(User(name=None))

    # Create a new session and add a new user
    session2 = Session()
    session2.add(User(name="Rupert"))
    session2.commit()

    try:
        # Commit the user without a name raising an IntegrityError
        session1.commit()
    except Exception as e:
        print(type(e).__name__, e)

    # Create a new session and display the new user
    session3 = Session()
    print(session3.query(User).all())


def use_scoped_session(engine: Any) -> None:
    session_factory = sessionmaker(bind=engine)
    Session = scoped_session(session_factory)

    # Try to add a user without a name
    # This will raise an IntegrityError when committed
    session1 = Session()
    session1.add(User(name=None))

    # Create a new session and add a new user
    # Session.session_factory() always creates a new session
    # Session() will reuse an existing session
    session2 = Session.session_factory()
    session2.add(User(name="Rupert"))
    session2.commit()

    try:
        # Commit session1 raising an IntegrityError
        session1.commit()
    except Exception as e:
        print(type(e).__name__, e)

    # session1 == session3 because we are using scoped_session
    session3 = Session()
    assert session1 == session3

    try:
        # This will raise an exception because the transaction hasn't been
        # rolled back
        print(session3.query(User).all())
    except Exception as e:
        print(type(e).__name__, e)

    # Create a new session and display the new user
    session4 = Session.session_factory()
    print(session4.query(User).all())


def test_a_session_beside_another_commits_by_itself(database: Database, printed: Show) -> None:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    use_sessionmaker(engine)
    error, users = printed()
    assert error.startswith("NotNullViolation User: INSERT into users failed: ")
    assert "name" in error.splitlines()[0].partition("failed: ")[2]
    assert users == "[<User(name='Rupert')>]"


def test_a_scoped_session_is_the_same_one_until_it_is_rolled_back(database: Database, printed: Show) -> None:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    use_scoped_session(engine)
    error, refusal, users = printed()
    assert error.startswith("NotNullViolation User: INSERT into users failed: ")
    assert "name" in error.splitlines()[0].partition("failed: ")[2]
    assert refusal.startswith("PendingRollbackError the transaction was rolled back because a flush failed")
    assert "NotNullViolation" in refusal
    assert users == "[<User(name='Rupert')>]"


def test_both_examples_one_after_the_other(database: Database, printed: Show) -> None:
    """As the document runs them: on one database, which all sessions share."""
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    use_sessionmaker(engine)
    use_scoped_session(engine)
    shown = [line for line in printed() if line.startswith("[")]
    assert shown == ["[<User(name='Rupert')>]", "[<User(name='Rupert')>, <User(name='Rupert')>]"]


def test_a_log_entry_stays_although_the_main_session_is_rolled_back(database: Database) -> None:
    """What the document wants it for: a message that outlives the main transaction."""
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    Session = scoped_session(sessionmaker(bind=engine))
    Session.add(User(name="main"))
    with Session.session_factory() as log:
        log.add(User(name="log"))
        log.commit()
    Session.flush()
    Session.rollback()
    assert [user.name for user in Session.query(User)] == ["log"]
    Session.remove()
