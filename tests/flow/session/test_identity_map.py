"""One object for each row, held weakly unless it has changes."""

from __future__ import annotations

import gc
import weakref

import pytest

from azoth import inspect, select
from azoth.exc import InvalidRequestError
from azoth.orm import Session
from tests.flow.library import Author, Place


@pytest.fixture
def stored(session: Session) -> int:
    session.add(Author(id=1, name="Ada"))
    session.commit()
    session.expunge_all()
    gc.collect()
    return 1


def test_a_row_is_one_object_however_it_is_loaded(session: Session, stored: int) -> None:
    author = session.get(Author, stored)
    assert session.scalars(select(Author)).one() is author
    assert session.query(Author).filter_by(name="Ada").one() is author
    assert session.query(Author, Author.name).one()[0] is author


def test_a_dropped_object_is_collected_and_loaded_anew(session: Session, stored: int) -> None:
    reference = weakref.ref(session.get(Author, stored))
    gc.collect()
    assert reference() is None
    assert len(session.identity_map) == 0
    assert session.get(Author, stored).name == "Ada"


def test_a_changed_object_is_kept_until_it_is_flushed(session: Session, stored: int) -> None:
    session.get(Author, stored).name = "Grace"
    gc.collect()
    assert len(session.identity_map) == 1
    assert [author.name for author in session.dirty] == ["Grace"]
    session.flush()
    gc.collect()
    assert len(session.identity_map) == 0
    assert session.get(Author, stored).name == "Grace"


def test_an_object_marked_for_deletion_is_kept(session: Session, stored: int) -> None:
    session.delete(session.get(Author, stored))
    gc.collect()
    session.commit()
    assert session.get(Author, stored) is None


def test_a_pending_object_is_kept(session: Session) -> None:
    session.add(Author(name="Ada"))
    gc.collect()
    session.commit()
    assert session.query(Author).count() == 1


def test_it_is_a_mapping_by_identity_key(session: Session, stored: int) -> None:
    author = session.get(Author, stored)
    key = inspect(author).identity_key
    assert key == (Author, (1,), None)
    assert session.identity_map[key] is author
    assert key in session.identity_map
    assert list(session.identity_map.keys()) == [key]
    assert list(session.identity_map.values()) == [author]
    assert session.identity_map.get((Author, (99,), None)) is None
    with pytest.raises(KeyError):
        session.identity_map[(Author, (99,), None)]


def test_a_query_does_not_overwrite_changes_or_loaded_values(session: Session, stored: int) -> None:
    author = session.get(Author, stored)
    with session.no_autoflush:
        author.name = "mine"
        session.connection().exec_driver_sql("UPDATE author SET name = 'theirs', born = 1815")
        assert session.scalars(select(Author)).one() is author
    assert author.name == "mine"
    assert author.born is None


def test_an_expired_object_takes_the_values_of_the_next_query(
    session: Session, stored: int, statements: list[str]
) -> None:
    author = session.get(Author, stored)
    session.expire(author)
    session.scalars(select(Author)).all()
    statements.clear()
    assert author.name == "Ada"
    assert statements == []


def test_composite_keys_are_tuples(session: Session) -> None:
    place = Place(shelf="a", number=1)
    session.add(place)
    session.flush()
    assert inspect(place).identity == ("a", 1)
    assert session.identity_map[(Place, ("a", 1), None)] is place


def test_changing_the_key_moves_the_object_in_the_map(session: Session, stored: int) -> None:
    author = session.get(Author, stored)
    author.id = 5
    session.flush()
    assert inspect(author).identity == (5,)
    assert session.get(Author, 5) is author
    assert session.get(Author, 1) is None
    session.rollback()
    assert inspect(author).identity == (1,)
    assert session.get(Author, 1) is author
    assert author.id == 1


def test_changing_one_part_of_an_expired_composite_key(session: Session) -> None:
    place = Place(shelf="a", number=1)
    session.add(place)
    session.commit()
    place.number = 9
    session.flush()
    assert inspect(place).identity == ("a", 9)
    assert session.get(Place, ("a", 9)) is place


def test_the_map_takes_objects_with_rows_and_one_for_each(session: Session, stored: int) -> None:
    first = session.get_one(Author, stored)
    session.expunge(first)
    second = session.get_one(Author, stored)
    session.expunge(second)
    session.identity_map.add(inspect(first))
    assert first in session
    assert session.get(Author, stored) is first
    with pytest.raises(InvalidRequestError, match="another object with this key"):
        session.identity_map.add(inspect(second))
    with pytest.raises(InvalidRequestError, match="no identity"):
        session.identity_map.add(inspect(Author(name="new")))
