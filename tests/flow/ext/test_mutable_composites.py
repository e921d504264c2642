"""Objects of composites that change in place set the columns of the objects that hold them."""

from __future__ import annotations

import copy
import dataclasses
import gc
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azoth import Engine, ForeignKey, event, inspect
from azoth.ext.mutable import MutableComposite
from azoth.orm import DeclarativeBase, Mapped, Session, composite, mapped_column


class Base(DeclarativeBase): ...


@dataclasses.dataclass
class Point(MutableComposite):
    x: int | None
    y: int | None

    def __setattr__(self, key: str, value: object) -> None:
        super().__setattr__(key, value)
        self.changed()

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        return cls(*value) if isinstance(value, tuple) else super().coerce(key, value)


@dataclasses.dataclass
class Quiet:
    """One that tells nobody."""

    x: int | None
    y: int | None


class Line(Base):
    __tablename__ = "mutable_line"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "line"}
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str | None]
    start: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
    end: Mapped[Point | None] = composite(mapped_column("x2", default=7), mapped_column("y2"))
    quiet: Mapped[Quiet] = composite(mapped_column("x3"), mapped_column("y3"))


class Arrow(Line):
    __tablename__ = "mutable_arrow"
    __mapper_args__ = {"polymorphic_identity": "arrow"}
    id: Mapped[int] = mapped_column(ForeignKey("mutable_line.id"), primary_key=True)
    head: Mapped[Point] = composite(mapped_column("x4"), mapped_column("y4"))


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


@pytest.fixture
def line(session: Session) -> Line:
    line = Line(start=Point(1, 2), end=Point(3, 4), quiet=Quiet(5, 6))
    session.add(line)
    session.commit()
    return line


def test_a_change_in_place_is_saved_and_the_object_stays_the_same(session: Session, line: Line) -> None:
    start = line.start
    start.x = 10
    assert line.start is start
    assert line.x1 == 10
    assert inspect(line).attrs.start.history == ([Point(10, 2)], (), [Point(1, 2)])
    assert list(session.dirty) == [line]
    start.y = 20
    session.commit()
    assert line.start == Point(10, 20)
    assert line.end == Point(3, 4)


def test_only_columns_that_differ_are_written(session: Session, line: Line) -> None:
    _ = line.name
    line.end.y = 40
    written: list[str] = []
    listen = lambda connection, cursor, statement, *rest: written.append(statement)  # noqa: E731
    event.listen(session.get_bind(), "before_cursor_execute", listen)
    session.flush()
    event.remove(session.get_bind(), "before_cursor_execute", listen)
    assert [text.split("SET ")[1].split(" WHERE")[0].split("=")[0].strip() for text in written] == ["y2"]


def test_an_object_that_tells_nobody_is_not_watched(session: Session, line: Line) -> None:
    line.quiet.x = 50
    assert not session.dirty
    session.commit()
    assert line.quiet == Quiet(5, 6)


def test_an_object_is_watched_before_its_first_flush_too(session: Session) -> None:
    line = Line(start=(1, 2))
    line.start.x = 9
    session.add(line)
    session.commit()
    assert line.start == Point(9, 2)


def test_what_it_is_set_to_is_coerced_or_refused() -> None:
    line = Line()
    line.start = (1, 2)
    assert line.start == Point(1, 2)
    with pytest.raises(ValueError, match="Attribute 'start' does not accept objects of type"):
        line.start = "1, 2"
    assert line.start == Point(1, 2)
    with pytest.raises(ValueError, match="Attribute 'end' does not accept objects of type"):
        Line(end=[1])


def test_none_and_what_comes_after_it(session: Session, line: Line) -> None:
    line.end = None
    line.start = None
    session.commit()
    assert line.end is None
    assert line.start == Point(None, None)
    line.start.y = 5
    line.end = Point(1, 1)
    line.end.x = 2
    session.commit()
    assert (line.start, line.end) == (Point(None, 5), Point(2, 1))


def test_a_default_makes_a_new_object_that_is_watched(session: Session) -> None:
    line = Line(start=Point(1, 2), end=Point(None, 4))
    session.add(line)
    session.flush()
    assert line.end == Point(7, 4)
    assert not session.dirty
    line.end.x = 8
    assert line in session.dirty
    session.commit()
    assert line.end == Point(8, 4)


def test_a_refresh_of_something_else_leaves_it_alone(session: Session, line: Line) -> None:
    start = line.start
    start.x = 10
    session.refresh(line, ["name"])
    assert line.start is start
    assert list(start._parents) == [inspect(line)]
    session.refresh(line, ["name", "y1"])
    line.start.y = 30
    session.commit()
    assert line.start == Point(10, 30)


def test_columns_that_were_set_by_themselves_stay_when_the_object_changes(session: Session, line: Line) -> None:
    former = line.start
    line.x1 = 10
    line.start.y = 20
    session.commit()
    assert line.start == Point(10, 20)
    assert line.start is not former


def test_an_object_that_was_replaced_or_deleted_is_watched_no_more(session: Session, line: Line) -> None:
    start, end = line.start, line.end
    line.start = Point(0, 0)
    del line.end
    start.x = end.x = 99
    session.commit()
    assert (line.start, line.end) == (Point(0, 0), None)


def test_one_object_may_be_that_of_several_attributes_and_parents(session: Session) -> None:
    shared = Point(1, 1)
    lines = [Line(start=shared, end=shared), Line(start=shared)]
    session.add_all(lines)
    shared.x = 2
    session.commit()
    assert [line.start for line in lines] == [Point(2, 1)] * 2
    assert lines[0].end == Point(2, 1)


def test_its_parents_are_held_weakly() -> None:
    shared = Point(1, 1)
    line = Line(start=shared)
    assert len(shared._parents) == 1
    del line
    gc.collect()
    shared.x = 2
    assert len(shared._parents) == 0


def test_derived_classes_watch_what_they_inherit_and_what_they_add(session: Session) -> None:
    arrow = Arrow(start=Point(1, 2), head=Point(3, 4))
    session.add(arrow)
    session.commit()
    arrow.start.x = 10
    arrow.head.y = 40
    session.commit()
    key = arrow.id
    session.expunge_all()
    arrow = session.get_one(Line, key)
    assert (arrow.start, arrow.head) == (Point(10, 2), Point(3, 40))


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickled_object_takes_its_composites_along(session: Session, line: Line, protocol: int) -> None:
    _ = line.start
    session.close()
    restored = pickle.loads(pickle.dumps(line, protocol))
    session.add(restored)
    held = restored.start
    held.y = 12
    assert restored in session.dirty
    assert restored.start is held
    session.commit()
    assert restored.start == Point(1, 12)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copied_object_and_a_copied_composite(line: Line, copied: Callable[[Any], Any]) -> None:
    start = copied(line.start)
    start.x = 50
    assert line.start == Point(1, 2)
    duplicate = copied(line)
    duplicate.start.x = 60
    assert duplicate.x1 == 60
    assert line.x1 == (60 if copied is copy.copy else 1)


def test_merging_without_a_look_up(session: Session, engine: Engine, line: Line) -> None:
    _ = line.start
    session.expunge(line)
    with Session(engine) as other:
        merged = other.merge(line, load=False)
        merged.start.x = 11
        other.commit()
        assert merged.start == Point(11, 2)


# -- the events that this stands on -------------------------------------------


@pytest.fixture
def heard(request: pytest.FixtureRequest) -> Iterator[list[Any]]:
    heard: list[Any] = []

    def on_set(target: Any, value: Any, oldvalue: Any, initiator: Any) -> Any:
        heard.append(("set", value, oldvalue if isinstance(oldvalue, Quiet) else None, initiator.key))
        return Quiet(value.x, -1) if value is not None else None

    def on_compose(target: Any, value: Any) -> None:
        heard.append(("compose", value))

    def on_remove(target: Any, value: Any, initiator: Any) -> None:
        heard.append(("remove", value))

    listeners = [("set", on_set, {"retval": True}), ("compose", on_compose, {}), ("remove", on_remove, {})]
    for name, function, options in listeners:
        event.listen(Line.quiet, name, function, propagate=True, **options)
    yield heard
    for name, function, _ in listeners:
        event.remove(Line.quiet, name, function)


@pytest.mark.parametrize("class_", [Line, Arrow])
def test_listeners_of_a_composite_are_told(session: Session, heard: list[Any], class_: type[Any]) -> None:
    one = class_(quiet=Quiet(1, 2))
    assert one.quiet == Quiet(1, -1)
    one.quiet = Quiet(3, 4)
    del one.quiet
    assert heard == [
        ("set", Quiet(1, 2), None, "quiet"),
        ("set", Quiet(3, 4), Quiet(1, -1), "quiet"),
        ("remove", Quiet(3, -1)),
    ]
    heard.clear()
    one.quiet = Quiet(5, 6)
    session.add(one)
    session.commit()
    heard.clear()
    assert one.quiet is one.quiet
    one.x3 = 8
    assert one.quiet == Quiet(8, -1)
    assert heard == [("compose", Quiet(5, -1)), ("compose", Quiet(8, -1))]


def test_a_listener_may_want_to_see_what_is_replaced(session: Session, line: Line) -> None:
    seen: list[Any] = []

    def on_set(target: Any, value: Any, oldvalue: Any, initiator: Any) -> None:
        seen.append(oldvalue)

    event.listen(Arrow.quiet, "set", on_set, active_history=True)
    arrow = Arrow(quiet=Quiet(1, 2))
    session.add(arrow)
    session.commit()
    arrow.quiet = Quiet(3, 4)
    line.quiet = Quiet(3, 4)
    event.remove(Arrow.quiet, "set", on_set)
    assert seen == [Quiet(None, None), Quiet(1, 2)]
