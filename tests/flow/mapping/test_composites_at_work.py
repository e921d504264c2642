"""Composites are attributes like others: selected, compared, set by statements, deferred, with a history."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import Column, Integer, and_, exc, func, insert, inspect, select, update
from azoth.orm import (
    Bundle,
    CompositeProperty,
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    attributes,
    composite,
    defer,
    load_only,
    mapped_column,
    undefer,
    undefer_group,
)


@dataclasses.dataclass(frozen=True)
class Point:
    x: int | None
    y: int | None


class Span:
    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    def __composite_values__(self) -> tuple[int, int]:
        return self.low, self.high

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and self.__composite_values__() == other.__composite_values__()

    __hash__ = None  # type: ignore[assignment]


class Base(DeclarativeBase):
    pass


class Larger(CompositeProperty.Comparator):
    def __gt__(self, other: Any) -> Any:
        return and_(*[part > value for part, value in zip(self.parts, self.values_of(other), strict=True)], True)

    def width(self) -> Any:
        low, high = self.__clause_element__().clauses
        return high - low


class Job(Base):
    __tablename__ = "jobs"

    id = mapped_column(Integer, primary_key=True)
    a = mapped_column("aa", Integer)
    b = mapped_column("bb", Integer)
    place = composite(Point, "a", "b")
    span = composite(Span, Column("low", Integer), Column("high", Integer), comparator_factory=Larger)
    other: Mapped[Point | None] = composite(Point, mapped_column("ox"), mapped_column("oy"))


class Version(Base):
    __tablename__ = "versions"

    number: Mapped[Point] = composite(
        mapped_column("major", primary_key=True), mapped_column("minor", primary_key=True)
    )
    name = mapped_column(azoth.String)


class Lazy(Base):
    __tablename__ = "lazy"

    id = mapped_column(Integer, primary_key=True)
    place = composite(Point, mapped_column("x", Integer), mapped_column("y", Integer), deferred=True)
    grouped = composite(Point, mapped_column("gx"), mapped_column("gy"), deferred=True, group="g")
    none = composite(
        Point, mapped_column("nx"), mapped_column("ny"), return_none_on=lambda x, y: x is None or y is None
    )


@pytest.fixture
def session(engine: azoth.Engine) -> Any:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            [
                Job(id=1, place=Point(1, 2), span=Span(3, 9)),
                Job(id=2, place=Point(5, 6), span=Span(4, 5), other=Point(7, 8)),
                Job(id=3, a=1, span=Span(1, 2)),
                Version(number=Point(1, 2), name="one"),
                Lazy(id=1, place=Point(1, 2), grouped=Point(3, 4), none=Point(5, None)),
            ]
        )
        session.commit()
        session.close()
        yield session


PLACES = [Point(1, 2), Point(5, 6), Point(1, None)]


def loaded(one: Any) -> set[str]:
    return {key for key in one.__dict__ if not key.startswith("_")}


# -- selecting --------------------------------------------------------------------------------------------------------


def test_statements_that_select_it_give_objects(session: Session) -> None:
    assert session.scalars(select(Job.place).order_by(Job.id)).all() == PLACES
    rows = session.execute(select(Job.id, Job.place, Job.span).order_by(Job.id)).all()
    assert [tuple(row) for row in rows[:2]] == [(1, Point(1, 2), Span(3, 9)), (2, Point(5, 6), Span(4, 5))]
    assert rows[0].place == rows[0][1]
    labelled = session.execute(select(Job.place.label("here"), Job.span.label("when")).where(Job.id == 1)).one()
    assert (labelled.here, labelled.when) == (Point(1, 2), Span(3, 9))
    job = aliased(Job)
    assert session.scalars(select(job.place).where(job.place == Point(5, 6))).all() == [Point(5, 6)]
    assert session.query(Job.place).order_by(Job.id).all() == [(place,) for place in PLACES]
    bundle = Bundle("all", Job.id, Job.place, Job.span)
    assert session.scalars(select(bundle).where(Job.id == 1)).one() == (1, Point(1, 2), Span(3, 9))
    assert session.execute(select(select(Job.place).where(Job.id == 2).subquery())).one() == (5, 6)
    assert session.execute(select(Job.place.clauses, Job.id).where(Job.id == 2)).one() == (5, 6, 2)
    assert session.query(Job.id, job.span.clauses).filter(job.id == Job.id, Job.id == 2).one() == (2, 4, 5)
    assert str(select(Job.place)).split("\n")[0] == "SELECT jobs.aa, jobs.bb "


def test_rows_are_grouped_ordered_and_made_distinct_by_its_columns(session: Session) -> None:
    # Where NULL stands in an order is each database's own.
    whole = Job.b.is_not(None)
    session.execute(insert(Job), [{"id": 4, "place": Point(1, 1), "span": Span(0, 0)}])
    assert session.scalars(select(Job.id).where(whole).order_by(Job.place)).all() == [4, 1, 2]
    assert session.scalars(select(Job.id).where(whole).order_by(Job.place.desc())).all() == [2, 1, 4]
    session.execute(insert(Job), [{"id": 5, "place": Point(1, 2), "span": Span(0, 0)}])
    places = {Point(1, None): 1, Point(1, 1): 1, Point(1, 2): 2, Point(5, 6): 1}
    counted = session.execute(select(Job.place, func.count()).group_by(Job.place)).all()
    assert sorted(map(str, counted)) == sorted(map(str, places.items()))
    found = session.scalars(select(Job.place).distinct().order_by(Job.place)).all()
    assert found in (list(places), [*list(places)[1:3], *list(places)[:1], *list(places)[3:]])


@pytest.mark.parametrize(
    "condition, found",
    [
        (Job.place == Point(1, 2), [1]),
        (Job.place != Point(1, 2), [2]),
        (Job.other == None, [1, 3]),  # noqa: E711
        (Job.other != None, [2]),  # noqa: E711
        (Job.other.is_(None), [1, 3]),
        (Job.other.is_not(None), [2]),
        (Job.place < Point(5, 7), [1]),
        (Job.place <= Point(5, 6), [1, 2]),
        (Job.place >= Point(5, 6), [2]),
        (Job.place.in_([Point(1, 2), Point(5, 6), Point(9, 9)]), [1, 2]),
        (Job.place.in_([]), []),
        (Job.place.not_in([Point(1, 2)]), [2]),
        (Job.span > Span(3, 4), [2]),
        (Job.span.width() == 6, [1]),
        (Job.place == Job.other, []),
    ],
)
def test_comparisons(session: Session, condition: Any, found: list[int]) -> None:
    assert session.scalars(select(Job.id).where(condition).order_by(Job.id)).all() == found


def test_other_operators_are_refused() -> None:
    with pytest.raises(exc.InvalidRequestError, match=r"Job\.place has no operator between_op"):
        Job.place.between(Point(1, 2), Point(3, 4))
    with pytest.raises(exc.ArgumentError, match="cannot take an object of class int apart"):
        _ = Job.place == 5


# -- keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [Point(1, 2), (1, 2), {"number": Point(1, 2)}, {"major": 1, "minor": 2}])
def test_an_object_is_found_by_its_key(session: Session, key: Any) -> None:
    version = session.get_one(Version, key)
    assert (version.name, version.number) == ("one", Point(1, 2))
    assert session.get(Version, key) is version
    assert session.query(Version).get(key) is version
    assert session.get(Version, Point(1, 3)) is None


# -- values of statements ---------------------------------------------------------------------------------------------


INSERTS: dict[str, Callable[[Session], Any]] = {
    "add": lambda session: session.add(Job(id=9, place=Point(7, 8))),
    "values": lambda session: session.execute(insert(Job).values(id=9, place=Point(7, 8))),
    "values by attribute": lambda session: session.execute(insert(Job).values({Job.id: 9, Job.place: Point(7, 8)})),
    "several values": lambda session: session.execute(
        insert(Job).values([{"id": 9, "place": Point(7, 8)}, {"id": 10, "place": Point(1, 1)}])
    ),
    "parameters": lambda session: session.execute(insert(Job), {"id": 9, "place": Point(7, 8)}),
    "rows": lambda session: session.execute(
        insert(Job), [{"id": 9, "place": Point(7, 8)}, {"id": 10, "place": None}, {"id": 11}]
    ),
    "mappings": lambda session: session.bulk_insert_mappings(Job, [{"id": 9, "place": Point(7, 8)}]),
    "objects": lambda session: session.bulk_save_objects([Job(id=9, place=Point(7, 8))]),
}


@pytest.mark.parametrize("form", INSERTS)
def test_rows_are_inserted_with_it(session: Session, form: str) -> None:
    INSERTS[form](session)
    job = session.get_one(Job, 9)
    assert (job.place, job.a, job.b) == (Point(7, 8), 7, 8)


UPDATES: dict[str, Callable[[Session], Any]] = {
    "attribute": lambda session: setattr(session.get_one(Job, 1), "place", Point(7, 8)),
    "values": lambda session: session.execute(update(Job).where(Job.id == 1).values(place=Point(7, 8))),
    "values by attribute": lambda session: session.execute(
        update(Job).where(Job.id == 1).values({Job.place: Point(7, 8)})
    ),
    "fetched": lambda session: session.execute(
        update(Job).where(Job.id == 1).values(place=Point(7, 8)), execution_options={"synchronize_session": "fetch"}
    ),
    "by criteria on it": lambda session: session.execute(
        update(Job).where(Job.place == Point(1, 2)).values(place=Point(7, 8))
    ),
    "parameters": lambda session: session.execute(update(Job).where(Job.id == 1), {"place": Point(7, 8)}),
    "rows": lambda session: session.execute(update(Job), [{"id": 1, "place": Point(7, 8)}]),
    "query": lambda session: session.query(Job).filter_by(id=1).update({"place": Point(7, 8)}),
    "query by attribute": lambda session: session.query(Job).filter_by(id=1).update({Job.place: Point(7, 8)}),
}


@pytest.mark.parametrize("form", UPDATES)
def test_rows_are_updated_with_it_and_objects_follow(session: Session, form: str) -> None:
    job = session.get_one(Job, 1)
    assert job.place == Point(1, 2)
    UPDATES[form](session)
    assert (job.place, job.a, job.b) == (Point(7, 8), 7, 8)
    session.flush()
    assert session.execute(select(Job.place).where(Job.id == 1)).scalar_one() == Point(7, 8)
    assert session.connection().exec_driver_sql("SELECT aa, bb FROM jobs WHERE id = 2").one() == (5, 6)


def test_bulk_updates_from_mappings(session: Session) -> None:
    session.bulk_update_mappings(Job, [{"id": 1, "place": Point(7, 8)}])
    assert session.get_one(Job, 1).place == Point(7, 8)


def test_it_is_set_to_another_composite_and_to_nothing(session: Session) -> None:
    session.execute(update(Job).where(Job.id == 2).values({Job.place: Job.other}))
    assert session.get_one(Job, 2).place == Point(7, 8)
    session.execute(update(Job).where(Job.id == 2).values(place=None))
    assert session.get_one(Job, 2).place == Point(None, None)


def test_statements_return_it(session: Session) -> None:
    added = session.execute(insert(Job).returning(Job.id, Job.place), [{"id": 8, "place": Point(1, 1)}, {"id": 9}])
    assert added.all() == [(8, Point(1, 1)), (9, Point(None, None))]
    changed = update(Job).where(Job.id == 8).values(place=Point(2, 2)).returning(Job.place)
    assert session.scalars(changed).all() == [Point(2, 2)]


# -- on instances -----------------------------------------------------------------------------------------------------


def test_where_all_columns_are_null(session: Session) -> None:
    assert Job().place == Point(None, None)
    job = session.get_one(Job, 1)
    assert job.other is None
    assert session.scalars(select(Job.other).where(Job.id == 1)).all() == [None]
    assert Job().other is None
    assert session.get_one(Lazy, 1).none is None
    job.place = None
    assert job.place is None
    session.commit()
    assert job.place == Point(None, None)
    del job.span
    assert (job.span.low, job.low, job.high) == (None, None, None)


def test_it_follows_its_columns_and_is_one_object_as_long_as_they_stay(session: Session) -> None:
    job = session.get_one(Job, 1)
    place = job.place
    assert job.place is place
    assert job.__dict__["place"] is place
    job.a = 50
    assert job.place == Point(50, 2)
    session.rollback()
    assert job.place == Point(1, 2)
    session.expire(job, ["place"])
    assert "place" not in job.__dict__
    assert job.place == Point(1, 2)


def test_history(session: Session) -> None:
    job = session.get_one(Job, 1)
    assert inspect(job).attrs.place.history == ((), [Point(1, 2)], ())
    job.place = Point(3, 4)
    changed = ([Point(3, 4)], (), [Point(1, 2)])
    assert inspect(job).attrs.place.history == changed
    assert attributes.get_history(job, "place") == changed
    assert inspect(job).attrs["place"].value == Point(3, 4)
    session.flush()
    assert inspect(job).attrs.place.history == ((), [Point(3, 4)], ())
    job.a = 9
    assert inspect(job).attrs.place.history == ([Point(9, 4)], (), [Point(3, 4)])
    session.rollback()
    assert not inspect(job).attrs.place.history
    assert attributes.get_history(job, "place") == ((), [Point(1, 2)], ())
    assert inspect(Job(place=Point(1, 2))).attrs.place.history.added == [Point(1, 2)]
    assert {"place", "span", "other"} <= set(inspect(job).attrs.keys())
    assert session.is_modified(job) is False


# -- loading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "option, present",
    [
        (defer(Job.place), {"id", "low", "high", "span", "ox", "oy", "other"}),
        (load_only(Job.place), {"id", "a", "b", "place"}),
        (load_only(Job.place, Job.low), {"id", "a", "b", "place", "low"}),
        (defer(Job.span), {"id", "a", "b", "place", "ox", "oy", "other"}),
    ],
)
def test_options_name_it_like_a_column(session: Session, option: Any, present: set[str]) -> None:
    job = session.scalars(select(Job).options(option).where(Job.id == 1)).one()
    assert loaded(job) == present
    assert (job.place, job.span) == (Point(1, 2), Span(3, 9))


def test_options_can_refuse_to_load_it(session: Session) -> None:
    job = session.scalars(select(Job).options(defer(Job.place, raiseload=True)).where(Job.id == 1)).one()
    with pytest.raises(exc.InvalidRequestError, match=r"Job\.a is not loaded"):
        _ = job.place
    assert job.span == Span(3, 9)


def test_it_is_deferred_by_the_mapping(session: Session, statements: list[str]) -> None:
    one = session.get_one(Lazy, 1)
    assert loaded(one) == {"id", "nx", "ny", "none"}
    statements.clear()
    assert one.place == Point(1, 2)
    assert len(statements) == 1
    session.expunge_all()
    assert {"x", "y", "place"} <= loaded(session.scalars(select(Lazy).options(undefer(Lazy.place))).one())
    session.expunge_all()
    assert {"gx", "gy", "grouped"} <= loaded(session.scalars(select(Lazy).options(undefer_group("g"))).one())


WHOLE = {"id", "a", "b", "place", "low", "high", "span", "ox", "oy", "other"}


def test_it_is_made_with_the_load_of_its_columns(session: Session) -> None:
    job = session.get_one(Job, 1)
    assert loaded(job) == WHOLE
    place = job.__dict__["place"]
    assert place == Point(1, 2)
    assert job.__dict__["other"] is None
    assert session.scalars(select(Job).where(Job.id == 1)).one().place is place
    session.connection().exec_driver_sql("UPDATE jobs SET aa = 8 WHERE id = 1")
    session.refresh(job)
    assert job.__dict__["place"] == Point(8, 2)
    session.connection().exec_driver_sql("UPDATE jobs SET aa = 9 WHERE id = 1")
    session.scalars(select(Job).execution_options(populate_existing=True)).all()
    assert job.__dict__["place"] == Point(9, 2)


@pytest.mark.parametrize(
    "expire", [Session.commit, Session.expire_all, lambda session: session.expire(session.get(Job, 1))]
)
def test_it_is_expired_with_its_columns_and_loaded_with_them(session: Session, expire: Callable[[Any], None]) -> None:
    job = session.get_one(Job, 1)
    expire(session)
    assert loaded(job) == set()
    assert job.low == 3
    assert loaded(job) == WHOLE
    session.expire(job, ["a"])
    assert loaded(job) == WHOLE - {"a", "place"}
    assert session.scalars(select(Job)).all()[0].__dict__["place"] == Point(1, 2)


def test_listeners_of_loads_find_it(session: Session) -> None:
    seen = []

    def note(job: Job, context: object) -> None:
        seen.append(job.__dict__["span"])

    azoth.event.listen(Job, "load", note)
    try:
        session.scalars(select(Job).order_by(Job.id)).all()
    finally:
        azoth.event.remove(Job, "load", note)
    assert seen == [Span(3, 9), Span(4, 5), Span(1, 2)]


def test_what_is_no_column_makes_no_object() -> None:
    columns = azoth.Table("boxes", azoth.MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer))
    with pytest.raises(exc.ArgumentError, match=r"place got \(Column.* is no column"):
        azoth.orm.registry().map_imperatively(
            type("Box", (), {}), columns, properties={"place": composite(Point, (columns.c.x,), columns.c.id)}
        )


@pytest.mark.sqlite_only("no part of a primary key is NULL in other databases")
def test_a_part_of_a_key_that_may_be_null_is_null(engine: azoth.Engine) -> None:
    class Own(DeclarativeBase):
        pass

    class Release(Own):
        __tablename__ = "releases"

        number: Mapped[Point] = composite(
            mapped_column("major", Integer, primary_key=True),
            mapped_column("minor", Integer, primary_key=True, nullable=True),
        )
        name = mapped_column(azoth.String)

    Own.metadata.create_all(engine)
    with Session(engine) as session:
        release = Release(number=Point(2, None), name="first")
        session.add_all([release, Release(number=Point(2, 1))])
        session.commit()
        assert (release.number, release.name) == (Point(2, None), "first")
        assert inspect(release).identity == (2, None)
        assert session.query(Release).filter_by(number=Point(2, None)).one() is release
        assert session.get(Release, (2, None)) is release
        session.add(Release(name="without a key"))
        with pytest.raises(azoth.orm.exc.NullRefusedError, match="major"):
            session.flush()


def test_classes_of_a_hierarchy_have_theirs(engine: azoth.Engine) -> None:
    class Own(DeclarativeBase):
        pass

    class Shape(Own):
        __tablename__ = "shapes"

        id = mapped_column(Integer, primary_key=True)
        kind = mapped_column(azoth.String)
        at: Mapped[Point] = composite(mapped_column("x"), mapped_column("y"))
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "shape"}

    class Line(Shape):
        to: Mapped[Point] = composite(mapped_column("tx", nullable=True), mapped_column("ty", nullable=True))
        __mapper_args__ = {"polymorphic_identity": "line", "polymorphic_load": "inline"}

    Own.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Shape(at=Point(1, 2)), Line(at=Point(3, 4), to=Point(5, 6))])
        session.commit()
        session.close()
        shape, line = session.scalars(select(Shape).order_by(Shape.id))
        assert (shape.__dict__["at"], line.__dict__["at"], line.__dict__["to"]) == (
            Point(1, 2),
            Point(3, 4),
            Point(5, 6),
        )
        assert "to" not in shape.__dict__
