"""The five states of an object, and the ways from one to the next."""

from __future__ import annotations

import pytest

from azoth import Column, Integer, String, inspect
from azoth.exc import InvalidRequestError
from azoth.orm import Session, declarative_base, make_transient, object_session
from tests.flow.library import Author

STATES = ("transient", "pending", "persistent", "deleted", "detached")


def state_of(instance: object) -> str:
    """Name the one state that an object is in."""
    inspected = inspect(instance)
    [name] = [name for name in STATES if getattr(inspected, name)]
    return name


def test_an_object_goes_through_all_states(session: Session) -> None:
    author = Author(name="Ada")
    assert state_of(author) == "transient"
    session.add(author)
    assert state_of(author) == "pending"
    session.flush()
    assert state_of(author) == "persistent"
    session.delete(author)
    assert state_of(author) == "persistent"
    session.flush()
    assert state_of(author) == "deleted"
    session.commit()
    assert state_of(author) == "detached"
    assert inspect(author).was_deleted


def test_identity_is_there_from_the_flush_on(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    assert inspect(author).identity is None
    assert inspect(author).identity_key is None
    session.flush()
    assert inspect(author).identity == (author.id,)
    assert inspect(author).identity_key == (Author, (author.id,), None)


def test_expunging_a_pending_object_makes_it_transient(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.expunge(author)
    assert state_of(author) == "transient"
    assert author.name == "Ada"


def test_expunging_a_persistent_object_detaches_it(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.flush()
    session.expunge(author)
    assert state_of(author) == "detached"
    assert author not in session


def test_a_detached_object_is_persistent_again_when_it_is_added(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.commit()
    session.expunge(author)
    session.add(author)
    assert state_of(author) == "persistent"
    author.name = "Grace"
    session.commit()
    assert session.get(Author, author.id).name == "Grace"


def test_closing_detaches_persistent_and_frees_pending_objects(session: Session) -> None:
    stored = Author(name="Ada")
    session.add(stored)
    session.commit()
    pending = Author(name="Grace")
    session.add(pending)
    session.close()
    assert state_of(stored) == "detached"
    assert state_of(pending) == "transient"
    assert object_session(stored) is None
    assert list(session) == []


def test_expunge_all_lets_go_of_everything_and_keeps_the_transaction(session: Session) -> None:
    stored, pending = Author(name="Ada"), Author(name="Grace")
    session.add(stored)
    session.flush()
    session.add(pending)
    session.expunge_all()
    assert state_of(stored) == "detached"
    assert state_of(pending) == "transient"
    assert session.in_transaction()
    assert session.query(Author).count() == 1


def test_the_session_of_an_object_is_known_while_it_is_in_one(session: Session) -> None:
    author = Author(name="Ada")
    assert object_session(author) is None
    session.add(author)
    assert object_session(author) is session
    assert Session.object_session(author) is session
    assert inspect(author).session is session
    session.expunge(author)
    assert object_session(author) is None


def test_a_session_that_was_garbage_collected_leaves_detached_objects(library: object) -> None:
    session = Session(library)
    author = Author(name="Ada")
    session.add(author)
    session.commit()
    name = author.name
    session.close()
    del session
    assert state_of(author) == "detached"
    assert author.name == name


def test_deleting_a_detached_object_deletes_its_row(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.commit()
    session.expunge(author)
    session.delete(author)
    assert author in session.deleted
    session.commit()
    assert session.query(Author).count() == 0


def test_adding_an_object_that_is_marked_for_deletion_keeps_it(session: Session) -> None:
    author = Author(name="Ada")
    session.add(author)
    session.commit()
    session.delete(author)
    session.add(author)
    assert author not in session.deleted
    session.commit()
    assert session.query(Author).count() == 1


def test_nothing_is_made_of_an_object_of_which_nothing_is_known(session: Session) -> None:
    Base = declarative_base()

    class Mark(Base):
        __tablename__ = "mark"
        id = Column(Integer, primary_key=True)
        label = Column(String(10))

    Base.metadata.create_all(session.get_bind())
    mark = Mark(id=1, label="low")
    session.add(mark)
    session.commit()
    session.delete(mark)
    session.flush()
    with pytest.raises(InvalidRequestError, match="nothing is known of Mark 1 but its key"):
        make_transient(mark)
    session.rollback()
    assert mark.label == "low"
    session.delete(mark)
    session.flush()
    make_transient(mark)
    session.add(mark)
    session.commit()
    assert mark.label == "low"
