"""Chains of 2,500 objects are worked through without a deeper stack: adding, deleting, merging, copying, pickling."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
from itertools import pairwise
from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, func, insert, inspect, select
from azoth.orm import Session, declarative_base, relationship
from tests.database import Database

Base: Any = declarative_base()

DEEP = 2500


class Link(Base):
    """A chain by references."""

    __tablename__ = "link"
    id = Column(Integer, primary_key=True)
    next_id = Column(ForeignKey("link.id"), index=True)
    next = relationship("Link", remote_side=[id], back_populates="previous", cascade="all")
    previous = relationship("Link", back_populates="next", cascade="all")


class Box(Base):
    """A chain by collections."""

    __tablename__ = "box"
    id = Column(Integer, primary_key=True)
    outer_id = Column(ForeignKey("box.id"), index=True)
    inner = relationship("Box", back_populates="outer", cascade="all, delete-orphan")
    outer = relationship("Box", back_populates="inner", remote_side=[id])


class Discreet(Base):
    """Pickles without what it refers to."""

    __tablename__ = "discreet"
    id = Column(Integer, primary_key=True)
    link_id = Column(ForeignKey("link.id"))
    link = relationship(Link)

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "link"}


def make_links(count: int = DEEP) -> list[Any]:
    links = [Link(id=number) for number in range(1, count + 1)]
    for one, following in pairwise(links):
        one.next = following
    return links


def make_boxes(count: int = DEEP) -> list[Any]:
    boxes = [Box(id=number) for number in range(1, count + 1)]
    for one, following in pairwise(boxes):
        one.inner.append(following)
    return boxes


def length(first: Any) -> int:
    count = 0
    while first is not None:
        count += 1
        if isinstance(first, Link):
            first = first.next
        else:
            first = first.inner[0] if first.inner else None
    return count


MAKERS = [make_links, make_boxes]


@pytest.fixture
def deep(database: Database) -> Engine:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    return engine


@pytest.fixture
def stored(deep: Engine) -> Engine:
    with deep.begin() as connection:
        numbers = range(1, DEEP + 1)
        connection.execute(insert(Link), [{"id": n, "next_id": n + 1 if n < DEEP else None} for n in reversed(numbers)])
        connection.execute(insert(Box), [{"id": n, "outer_id": n - 1 or None} for n in numbers])
    return deep


def load_all(session: Session, class_: Any) -> list[Any]:
    """Load a chain with all of its relationships."""
    found = list(session.scalars(select(class_).order_by(class_.id)))
    for one in found:
        assert (one.previous, one.next) if class_ is Link else (one.inner, one.outer)
    return found


@pytest.mark.parametrize("make", MAKERS)
def test_adding_the_first_adds_and_inserts_all(deep: Engine, make: Any) -> None:
    with Session(deep) as session:
        chain = make()
        session.add(chain[0])
        assert len(session.new) == DEEP
        session.commit()
        assert session.scalar(select(func.count()).select_from(type(chain[0]))) == DEEP


@pytest.mark.parametrize("class_", [Link, Box])
def test_deleting_the_first_deletes_all(stored: Engine, class_: Any) -> None:
    with Session(stored) as session:
        session.delete(session.get(class_, 1))
        session.commit()
        assert session.scalar(select(func.count()).select_from(class_)) == 0


def test_cascades_of_expunge_expire_and_refresh(stored: Engine) -> None:
    with Session(stored) as session:
        chain = load_all(session, Link)
        session.refresh(chain[0])
        assert "next" in inspect(chain[-2]).unloaded
        chain = load_all(session, Link)
        session.expire(chain[0])
        assert "id" in inspect(chain[-1]).unloaded
        chain = load_all(session, Link)
        session.expunge(chain[0])
        assert not list(session)


@pytest.mark.parametrize("load", [True, False])
@pytest.mark.parametrize("class_", [Link, Box])
def test_merging_the_first_merges_all(stored: Engine, class_: Any, load: bool) -> None:
    with Session(stored) as session:
        chain = load_all(session, class_)
    with Session(stored) as other:
        if load:
            kept = other.scalars(select(class_)).all()
            assert len(kept) == DEEP
        merged = other.merge(chain[0], load=load)
        assert merged is not chain[0]
        assert length(merged) == DEEP
        assert not any(map(other.is_modified, other.dirty))


@pytest.mark.parametrize("make", MAKERS)
def test_merging_new_objects(deep: Engine, make: Any) -> None:
    with Session(deep) as session:
        chain = make(1500)
        merged = session.merge(chain[0])
        session.commit()
        assert length(merged) == 1500


@pytest.mark.parametrize("make", MAKERS)
def test_pickling_new_objects(make: Any) -> None:
    assert length(pickle.loads(pickle.dumps(make()[0]))) == DEEP


@pytest.mark.parametrize("protocol", [0, 2, pickle.HIGHEST_PROTOCOL])
@pytest.mark.parametrize("class_", [Link, Box])
def test_pickling_loaded_objects(stored: Engine, class_: Any, protocol: int) -> None:
    with Session(stored) as session:
        chain = load_all(session, class_)
    copied = pickle.loads(pickle.dumps(chain[0], protocol))
    assert length(copied) == DEEP
    assert inspect(copied).identity == (1,)
    with Session(stored) as other:
        other.add(copied)
        assert len(list(other)) == DEEP
        assert not other.dirty


def test_a_pickle_of_several_keeps_them_the_same() -> None:
    links = make_links(50)
    first, last, again = pickle.loads(pickle.dumps([links[0], links[-1], links[0]]))
    assert again is first
    assert last.previous[0].previous[0].next.next is last
    last, first = pickle.loads(pickle.dumps([links[-1], links[0]]))
    assert length(first) == 50
    assert last.next is None


def test_a_ring_comes_back_as_a_ring() -> None:
    links = make_links(30)
    links[-1].next = links[0]
    first = pickle.loads(pickle.dumps(links[0]))
    here = first
    for _ in range(30):
        here = here.next
    assert here is first


def test_changes_and_removed_members_travel_along(stored: Engine) -> None:
    with Session(stored) as session:
        box = session.get(Box, 1)
        [inner] = box.inner
        box.inner.remove(inner)
        copied = pickle.loads(pickle.dumps(box))
    assert copied.inner == []
    [removed] = inspect(copied).attrs.inner.history.deleted
    assert removed.id == 2
    assert removed.outer is None


def test_a_class_says_itself_what_of_it_is_pickled() -> None:
    link = Link(id=1)
    copied = pickle.loads(pickle.dumps(Discreet(id=2, link=link)))
    assert copied.id == 2
    assert "link" not in copied.__dict__


def test_a_pickling_that_fails_does_not_disturb_the_next() -> None:
    class Nowhere(declarative_base()):  # type: ignore[misc]
        __tablename__ = "nowhere"
        id = Column(Integer, primary_key=True)

    links = make_links(5)
    # Instances are made before any is filled: one fails there, the other when it is filled.
    for unfit, error in ((Nowhere(id=1), (AttributeError, pickle.PicklingError)), (threading.Lock(), TypeError)):
        links[2].__dict__["note"] = unfit
        with pytest.raises(error):
            pickle.dumps(links[0])
        del links[2].__dict__["note"]
        for link in reversed(links):
            assert length(pickle.loads(pickle.dumps(link))) == 6 - link.id
            assert inspect(pickle.loads(pickle.dumps(link))).dict["id"] == link.id


@pytest.mark.parametrize("make", MAKERS)
def test_deepcopy(make: Any) -> None:
    chain = make()
    copied = copy.deepcopy(chain[0])
    assert copied is not chain[0]
    assert length(copied) == DEEP
    assert inspect(copied).transient


def test_deepcopy_of_a_list_keeps_them_the_same() -> None:
    links = make_links(20)
    copied = copy.deepcopy([links[0], links[-1], links[0]])
    assert copied[0] is copied[2]
    assert copied[1].previous[0].next is copied[1]
    assert all(copied[0] is not link for link in links)


@pytest.mark.parametrize("make", MAKERS)
def test_a_chain_that_nobody_needs_goes_away(make: Any) -> None:
    chain = make()
    last = inspect(chain[-1])
    gc.collect()
    del chain
    gc.collect()
    assert last() is None
