"""ordering_list(): members of a collection know their position."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, String, select
from azoth.ext.orderinglist import OrderingList, count_from_1, count_from_n_factory, ordering_list
from azoth.orm import Session, declarative_base, relationship

Base: Any = declarative_base()


class Slide(Base):
    __tablename__ = "slide"
    id = Column(Integer, primary_key=True)
    bullets = relationship(
        "Bullet",
        order_by="Bullet.position",
        collection_class=ordering_list("position"),
        back_populates="slide",
        cascade="all, delete-orphan",
    )


class Bullet(Base):
    __tablename__ = "bullet"
    id = Column(Integer, primary_key=True)
    text = Column(String(10))
    position = Column(Integer)
    slide_id = Column(ForeignKey("slide.id"))
    slide = relationship("Slide", back_populates="bullets")


def made(texts: str) -> list[Bullet]:
    return [Bullet(text=text) for text in texts]


def positions(slide: Slide) -> str:
    """Write the members in order, each with its position."""
    return " ".join(f"{bullet.text}{bullet.position}" for bullet in slide.bullets)


@pytest.fixture
def slide() -> Slide:
    return Slide(bullets=made("abcd"))


CHANGES: dict[str, tuple[Any, str]] = {
    "append": (lambda bullets: bullets.append(Bullet(text="x")), "a0 b1 c2 d3 x4"),
    "append one with a position": (lambda bullets: bullets.append(Bullet(text="x", position=9)), "a0 b1 c2 d3 x9"),
    "extend": (lambda bullets: bullets.extend(made("xy")), "a0 b1 c2 d3 x4 y5"),
    "insert": (lambda bullets: bullets.insert(1, Bullet(text="x")), "a0 x1 b2 c3 d4"),
    "pop": (lambda bullets: bullets.pop(), "a0 b1 c2"),
    "pop the first": (lambda bullets: bullets.pop(0), "b0 c1 d2"),
    "remove": (lambda bullets: bullets.remove(bullets[2]), "a0 b1 d2"),
    "replace one": (lambda bullets: bullets.__setitem__(1, Bullet(text="x")), "a0 x1 c2 d3"),
    "replace a slice": (lambda bullets: bullets.__setitem__(slice(0, 3), made("xy")), "x0 y1 d2"),
    "delete": (lambda bullets: bullets.__delitem__(0), "b0 c1 d2"),
    "delete a slice": (lambda bullets: bullets.__delitem__(slice(1, 3)), "a0 d1"),
    "reverse": (lambda bullets: bullets.reverse(), "d0 c1 b2 a3"),
    "sort": (lambda bullets: bullets.sort(key=lambda one: -ord(one.text)), "d0 c1 b2 a3"),
    "clear": (lambda bullets: bullets.clear(), ""),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("stored", [False, True])
def test_changes_set_positions(slide: Slide, engine: Engine, change: str, stored: bool) -> None:
    act, expected = CHANGES[change]
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        if stored:
            session.add(slide)
            session.commit()
        act(slide.bullets)
        assert positions(slide) == expected
        session.add(slide)
        session.commit()
        session.expunge_all()
        assert positions(session.scalars(select(Slide)).one()) == expected


def test_a_member_that_comes_by_its_own_reference_is_numbered(slide: Slide) -> None:
    Bullet(text="x", slide=slide)
    assert positions(slide) == "a0 b1 c2 d3 x4"


def test_a_load_leaves_positions_alone_until_they_are_asked_for_anew(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Slide(id=1))
        session.flush()
        session.add_all([Bullet(text="a", position=3, slide_id=1), Bullet(text="b", position=7, slide_id=1)])
        session.commit()
        slide = session.get_one(Slide, 1)
        assert positions(slide) == "a3 b7"
        assert not session.dirty
        slide.bullets.reorder()
        session.commit()
        assert positions(slide) == "a0 b1"


@pytest.mark.parametrize(
    "arguments, expected",
    [
        ({"count_from": 0}, [0, 1, 2]),
        ({"count_from": 1}, [1, 2, 3]),
        ({"count_from": 5}, [5, 6, 7]),
        ({"ordering_func": count_from_1}, [1, 2, 3]),
        ({"ordering_func": count_from_n_factory(10)}, [10, 11, 12]),
        ({"ordering_func": lambda index, members: f"{index}/{len(members)}"}, ["0/1", "1/2", "2/3"]),
    ],
)
def test_positions_are_what_is_asked_for(arguments: Any, expected: list[Any]) -> None:
    bullets = ordering_list("position", **arguments)()
    bullets.extend(made("abc"))
    assert [bullet.position for bullet in bullets] == expected


def test_appended_members_are_numbered_anew_where_that_is_asked_for() -> None:
    bullets = ordering_list("position", reorder_on_append=True)()
    bullets.append(Bullet(text="a", position=9))
    assert bullets[0].position == 0


def test_pickles_are_lists_of_the_same_kind(slide: Slide) -> None:
    for copy in (pickle.loads(pickle.dumps(slide)).bullets, pickle.loads(pickle.dumps(slide.bullets))):
        assert isinstance(copy, OrderingList)
        copy.insert(0, Bullet(text="x"))
        assert [bullet.position for bullet in copy] == [0, 1, 2, 3, 4]
