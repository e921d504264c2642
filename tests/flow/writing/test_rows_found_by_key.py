"""UPDATEs of rows that are found by their keys notice rows that are missing, and count versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer, String, select, update
from azoth.exc import InvalidRequestError
from azoth.orm import Session, declarative_base, relationship
from azoth.orm.exc import StaleDataError

Base: Any = declarative_base()


class Plain(Base):
    __tablename__ = "plain_rows"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    size = Column(Integer)


class Pair(Base):
    __tablename__ = "pairs"
    left = Column(Integer, primary_key=True)
    right = Column(Integer, primary_key=True)
    name = Column("label", String)


class Counted(Base):
    __tablename__ = "counted_rows"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    touched = Column(Integer, default=0, onupdate=lambda: 99)
    version = Column("lock_version", Integer, nullable=False)
    friend_id = Column(ForeignKey("counted_rows.id"))
    friend = relationship("Counted", remote_side=[id], post_update=True)
    __mapper_args__ = {"version_id_col": version}


class ByHand(Base):
    __tablename__ = "versions_by_hand"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    version = Column(Integer, nullable=False)
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


class Joined(Base):
    """A class of two tables; the first one counts the versions."""

    first = azoth.Table(
        "first_parts",
        Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String),
        Column("version", Integer, nullable=False),
    )
    second = azoth.Table(
        "second_parts",
        Base.metadata,
        Column("part_id", ForeignKey("first_parts.id"), primary_key=True),
        Column("more", String),
    )
    __table__ = first.join(second)
    id = azoth.orm.column_property(first.c.id, second.c.part_id)
    __mapper_args__ = {"version_id_col": first.c.version}


Way = Callable[[Session, Any, list[dict[str, Any]]], Any]


def execute(session: Session, entity: Any, rows: list[dict[str, Any]]) -> None:
    session.execute(update(entity), rows)


def bulk_mappings(session: Session, entity: Any, rows: list[dict[str, Any]]) -> None:
    session.bulk_update_mappings(entity, rows)


WAYS: dict[str, Way] = {"execute(update(X), rows)": execute, "bulk_update_mappings": bulk_mappings}
ways = pytest.mark.parametrize("way", WAYS)


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Plain(id=1, name="a", size=1), Plain(id=2, name="b", size=2), Pair(left=1, right=2)])
        session.add_all([Counted(id=1, name="a"), Counted(id=2, name="b"), ByHand(id=1, name="a", version=1)])
        session.add_all([Joined(id=1, name="a", more="x"), Joined(id=2, name="b", more="y")])
        session.commit()
        yield session


@ways
@pytest.mark.parametrize(
    "rows",
    [
        [{"id": 9, "name": "z"}],
        [{"id": 1, "name": "z"}, {"id": 9, "name": "z"}, {"id": 2, "name": "z"}],
        [{"id": 1, "name": "z"}, {"id": 9, "size": 5}],
    ],
)
def test_a_row_that_is_missing_is_named(session: Session, way: str, rows: list[dict[str, Any]]) -> None:
    with pytest.raises(StaleDataError, match=r"^Plain with key 9: UPDATE"):
        WAYS[way](session, Plain, rows)
    session.rollback()
    assert session.scalars(select(Plain.name).order_by(Plain.id)).all() == ["a", "b"]


@ways
def test_a_row_with_a_composite_key_that_is_missing_is_named(session: Session, way: str) -> None:
    with pytest.raises(StaleDataError, match=r"^Pair with key \(2, 1\): UPDATE"):
        WAYS[way](session, Pair, [{"left": 1, "right": 2, "name": "z"}, {"left": 2, "right": 1, "name": "z"}])


@ways
def test_rows_that_are_there_are_updated(session: Session, way: str) -> None:
    WAYS[way](session, Plain, [{"id": 1, "name": "z"}, {"id": 2, "size": 7}, {"id": 1, "name": "y", "size": None}])
    assert session.execute(select(Plain.name, Plain.size).order_by(Plain.id)).all() == [("y", None), ("b", 7)]
    WAYS[way](session, Plain, [{"id": 9}])


@ways
def test_versions_are_counted(session: Session, way: str) -> None:
    rows = [{"id": 1, "name": "z", "version": 1}, {"id": 2, "version": 1}]
    WAYS[way](session, Counted, rows)
    found = session.execute(select(Counted.name, Counted.touched, Counted.version).order_by(Counted.id)).all()
    assert found == [("z", 99, 2), ("b", 99, 2)]
    assert [row["version"] for row in rows] == [1, 1]


@ways
@pytest.mark.parametrize("rows", [[(1, 5)], [(1, 1), (2, 5)], [(2, 1), (1, 3)], [(1, 1), (9, 1)]])
def test_another_version_is_stale(session: Session, way: str, rows: list[tuple[int, int]]) -> None:
    stale = rows[-1][0]
    with pytest.raises(StaleDataError, match=f"^Counted with key {stale}: UPDATE"):
        WAYS[way](session, Counted, [{"id": key, "name": "z", "version": version} for key, version in rows])
    session.rollback()
    assert session.scalars(select(Counted.version)).all() == [1, 1]


@ways
@pytest.mark.parametrize("entity", [Counted, ByHand, Joined])
def test_a_row_without_a_version_is_refused(session: Session, way: str, entity: Any) -> None:
    with pytest.raises(InvalidRequestError, match=f"{entity.__name__}: no version supplied for version"):
        WAYS[way](session, entity, [{"id": 1, "name": "z"}])


@ways
def test_versions_that_programs_make_are_checked_only(session: Session, way: str) -> None:
    WAYS[way](session, ByHand, [{"id": 1, "name": "z", "version": 1}])
    assert session.execute(select(ByHand.name, ByHand.version)).one() == ("z", 1)
    with pytest.raises(StaleDataError):
        WAYS[way](session, ByHand, [{"id": 1, "name": "z", "version": 2}])


def test_versions_of_several_tables_are_counted_by_a_change_of_any(session: Session) -> None:
    session.bulk_update_mappings(Joined, [{"id": 1, "more": "z", "version": 1}])
    found = session.execute(select(Joined.name, Joined.more, Joined.version).order_by(Joined.id)).all()
    assert found == [("a", "z", 2), ("b", "y", 1)]
    with pytest.raises(StaleDataError, match=r"^Joined with key 2: UPDATE"):
        session.bulk_update_mappings(Joined, [{"id": 2, "more": "z", "version": 4}])


def test_objects_in_memory_have_the_version_that_was_written(session: Session) -> None:
    one = session.get_one(Counted, 1)
    session.execute(update(Counted), [{"id": 1, "name": "z", "version": 1}])
    assert (one.name, one.version) == ("z", 2)
    one.name = "y"
    session.commit()
    assert (one.name, one.version) == ("y", 3)


@pytest.mark.parametrize("changed_only", [True, False])
def test_saved_objects_are_checked_by_the_version_that_they_were_loaded_with(
    session: Session, changed_only: bool
) -> None:
    one = session.get_one(Counted, 1)
    one.name = "z"
    session.bulk_save_objects([one], update_changed_only=changed_only)
    stored = session.connection().execute(select(Counted.name, Counted.version).where(Counted.id == 1)).one()
    assert stored == ("z", 2)
    with pytest.raises(StaleDataError, match=r"^Counted with key 1: UPDATE"):
        session.bulk_save_objects([one], update_changed_only=changed_only)


def test_a_saved_object_may_have_a_version_made_by_hand(session: Session) -> None:
    one = session.get_one(ByHand, 1)
    one.name, one.version = "z", 7
    session.bulk_save_objects([one])
    assert session.connection().execute(select(ByHand.name, ByHand.version)).one() == ("z", 7)


def test_a_saved_object_whose_row_is_gone_is_stale(session: Session) -> None:
    one = session.get_one(Plain, 1)
    one.name = "z"
    session.connection().exec_driver_sql("DELETE FROM plain_rows")
    with pytest.raises(StaleDataError, match=r"^Plain with key 1: UPDATE"):
        session.bulk_save_objects([one])


# -- post_update ------------------------------------------------------------------------------------------------------


def versions(session: Session) -> Sequence[Any]:
    return session.scalars(select(Counted.version).order_by(Counted.id)).all()


def test_a_post_update_counts_the_version(session: Session) -> None:
    one, two = session.get_one(Counted, 1), session.get_one(Counted, 2)
    one.friend = two
    session.flush()
    assert (one.version, one.touched, two.version) == (2, 99, 1)
    assert versions(session) == [2, 1]
    one.friend, one.name = one, "z"
    session.commit()
    assert (one.name, one.friend, one.version) == ("z", one, 4)


def test_a_post_update_of_a_changed_row_is_stale(session: Session) -> None:
    one, two = session.get_one(Counted, 1), session.get_one(Counted, 2)
    session.connection().exec_driver_sql("UPDATE counted_rows SET lock_version = 7 WHERE id = 1")
    one.friend = two
    with pytest.raises(StaleDataError, match=r"^Counted with key 1: UPDATE"):
        session.flush()


def test_a_post_update_of_new_rows_keeps_their_first_version(session: Session) -> None:
    one, two = Counted(id=5), Counted(id=6)
    one.friend, two.friend = two, one
    session.add_all([one, two])
    session.commit()
    assert (one.friend, two.friend, one.version, two.version, one.touched) == (two, one, 1, 1, 99)


def test_a_post_update_finds_an_expired_row(session: Session) -> None:
    one, two = session.get_one(Counted, 1), session.get_one(Counted, 2)
    session.expire(one)
    one.friend = two
    session.commit()
    assert versions(session) == [2, 1]


def test_rows_in_a_circle_are_deleted_if_their_versions_are_right(session: Session) -> None:
    one, two = session.get_one(Counted, 1), session.get_one(Counted, 2)
    one.friend, two.friend = two, one
    session.commit()
    assert (one.version, two.version) == (2, 2)
    session.connection().exec_driver_sql("UPDATE counted_rows SET lock_version = 7 WHERE id = 1")
    session.delete(one)
    session.delete(two)
    with pytest.raises(StaleDataError):
        session.flush()
    session.rollback()
    session.delete(one)
    session.delete(two)
    session.commit()
    assert versions(session) == []


def test_the_plan_shows_the_versions_of_post_updates(session: Session, statements: list[str]) -> None:
    one, two = session.get_one(Counted, 1), session.get_one(Counted, 2)
    one.friend = two
    assert (one.version, two.name) == (1, "b")
    planned = [statement.sql for step in session.plan().statements for statement in step]
    del statements[:]
    session.flush()
    sent = [sql for sql in statements if sql.startswith("UPDATE")]
    assert sent == planned
