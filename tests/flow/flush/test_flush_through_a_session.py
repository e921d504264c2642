"""Flushing through a real session on SQLite with enforced foreign keys."""

from __future__ import annotations

import pytest

from azoth import Column, ForeignKey, Integer, String, func, select, text
from azoth.exc import CircularDependencyError, NotNullViolation
from azoth.orm import Session, declarative_base, relationship
from azoth.orm.exc import FlushError, StaleDataError
from tests.database import Database

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False, unique=True)
    visits = Column(Integer, server_default=text("0"))
    boss_id = Column(Integer, ForeignKey("users.id"))
    boss = relationship("User", remote_side=[id], back_populates="staff")
    staff = relationship("User", back_populates="boss")
    addresses = relationship("Address", back_populates="user", cascade="all, delete-orphan")
    notes = relationship("Note")


class Address(Base):
    __tablename__ = "addresses"
    id = Column(Integer, primary_key=True)
    email = Column(String)
    user_id = Column(Integer, ForeignKey("users.id"), nullable=False)
    user = relationship("User", back_populates="addresses")


class Note(Base):
    __tablename__ = "notes"
    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("users.id"), nullable=False)


class Log(Base):
    """Refers to users and to itself, without any relationship."""

    __tablename__ = "logs"
    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("users.id"), nullable=False)
    previous_id = Column(Integer, ForeignKey("logs.id"))


@pytest.fixture
def engine(database: Database):
    engine = database.make_engine(foreign_keys=True)
    Base.metadata.create_all(engine)
    return engine


@pytest.fixture
def session(engine):
    with Session(engine) as session:
        yield session


def count(session, entity):
    return session.scalar(select(func.count()).select_from(entity))


def test_plan_shows_what_flush_will_do_and_does_nothing(session):
    session.add(User(name="ann", addresses=[Address(email="a"), Address(email="b")]))
    plan = session.plan()
    assert [(step.label, len(step)) for step in plan.steps] == [("INSERT users", 1), ("INSERT addresses", 2)]
    assert "addresses.user_id -> users.id (foreign key)" in str(plan)
    assert session.new
    session.flush()
    assert not session.new
    assert not session.plan()


def test_rows_without_relationships_follow_their_foreign_keys(session):
    session.add_all([Log(id=2, user_id=9, previous_id=1), Log(id=1, user_id=9), User(id=9, name="ann")])
    session.commit()
    for log in session.scalars(select(Log)).all():
        session.delete(log)
    session.delete(session.get(User, 9))
    session.commit()
    assert count(session, User) == 0


def test_a_hierarchy_is_inserted_and_deleted_in_order(session):
    boss = User(name="boss", staff=[User(name="a", staff=[User(name="b")]), User(name="c")])
    session.add(boss)
    session.commit()
    assert boss.staff[0].staff[0].boss_id == boss.staff[0].id
    for user in session.scalars(select(User)).all():
        session.delete(user)
    session.commit()
    assert count(session, User) == 0


def test_two_users_may_be_each_others_boss(session):
    one, two = User(name="one"), User(name="two")
    one.boss, two.boss = two, one
    session.add_all([one, two])
    session.commit()
    assert (one.boss_id, two.boss_id) == (two.id, one.id)
    session.delete(one)
    session.delete(two)
    session.commit()
    assert count(session, User) == 0


def test_a_name_is_free_for_the_next_user_in_the_same_flush(session):
    old = User(name="same")
    session.add(old)
    session.commit()
    session.delete(old)
    session.add(User(name="same"))
    session.commit()
    assert count(session, User) == 1


def test_names_that_cannot_be_swapped_are_named(session):
    one, two = User(name="one"), User(name="two")
    session.add_all([one, two])
    session.commit()
    one.name, two.name = "two", "one"
    with pytest.raises(CircularDependencyError, match=r"users\.name"):
        session.flush()
    session.rollback()


def test_orphans_are_deleted(session):
    user = User(name="ann", addresses=[Address(email="a"), Address(email="b")])
    session.add(user)
    session.commit()
    del user.addresses[0]
    session.commit()
    assert [address.email for address in user.addresses] == ["b"]
    assert count(session, Address) == 1


def test_a_member_that_cannot_be_let_go_is_a_clear_error(session):
    user = User(name="ann", notes=[Note()])
    session.add(user)
    session.commit()
    user.notes.clear()
    with pytest.raises(FlushError, match=r"Note with key 1 lost its parent User along User\.notes"):
        session.flush()
    session.rollback()
    assert len(user.notes) == 1


def test_server_defaults_come_back_and_expressions_are_loaded_on_next_access(session):
    user = User(name="ann")
    session.add(user)
    session.flush()
    assert user.__dict__["visits"] == 0
    user.visits = User.visits + 5
    session.flush()
    assert "visits" not in user.__dict__
    assert user.visits == 5
    session.add(User(name="bob", visits=select(func.max(User.visits)).scalar_subquery()))
    session.flush()
    assert session.scalar(select(User.visits).where(User.name == "bob")) == 5


def test_flushing_changes_no_collection_in_memory(session):
    user = User(name="ann")
    session.add(user)
    session.flush()
    assert user.addresses == []
    session.add(Address(email="x", user_id=user.id))
    session.flush()
    assert user.addresses == []
    session.expire(user, ["addresses"])
    assert len(user.addresses) == 1


def test_rolling_back_makes_new_objects_transient_again(session):
    user = User(name="ann", addresses=[Address(email="a")])
    session.add(user)
    session.flush()
    assert user.id == 1
    session.rollback()
    assert "id" not in user.__dict__
    assert user.name == "ann"
    assert user not in session
    session.add(user)
    session.commit()
    assert count(session, Address) == 1


def test_rolling_back_brings_deleted_objects_back(session):
    user = User(name="ann")
    session.add(user)
    session.commit()
    session.delete(user)
    session.flush()
    session.rollback()
    assert user in session
    assert user.name == "ann"


def test_errors_name_the_class_and_the_step(session):
    session.add(User())
    with pytest.raises(NotNullViolation, match=r"User: INSERT into users failed: .*name") as caught:
        session.flush()
    assert (caught.value.table_name, caught.value.column_name) == ("users", "name")
    session.rollback()


def test_a_row_changed_away_is_stale(session):
    user = User(name="ann")
    session.add(user)
    session.flush()
    session.execute(text("DELETE FROM users"))
    user.name = "bob"
    with pytest.raises(StaleDataError, match="User with key 1"):
        session.flush()
    session.rollback()


def test_flushing_some_objects_leaves_the_others_pending(session):
    one, two = User(name="one"), User(name="two")
    session.add_all([one, two])
    session.flush([one])
    assert list(session.new) == [two]
    assert session.scalar(text("SELECT count(*) FROM users")) in (1, 2)


def test_large_flushes_are_few_statements(session):
    session.add_all([User(id=number, name=str(number)) for number in range(1, 2001)])
    assert [(step.label, len(step)) for step in session.plan().steps] == [("INSERT users", 2000)]
    session.flush()
    for user in session.scalars(select(User)).all():
        user.visits = 1
    assert [(step.label, len(step)) for step in session.plan().steps] == [("UPDATE users", 2000)]
    session.commit()
    assert session.scalar(select(func.sum(User.visits))) == 2000


def test_old_values_that_are_not_loaded_are_looked_up_where_the_order_depends_on_them(session):
    one, two = User(name="one"), User(name="two")
    session.add_all([one, two])
    session.commit()
    two.name, one.name = "one", "three"
    plan = session.plan()
    assert [(load.name, len(load)) for load in plan.loads] == [("User.name", 2)]
    assert "User.name of 2 objects, because the flush depends on these old values" in str(plan)
    session.commit()
    assert (one.name, two.name) == ("three", "one")


def test_a_savepoint_takes_back_what_was_flushed_inside(session):
    user = User(name="ann")
    session.add(user)
    session.commit()
    savepoint = session.begin_nested()
    user.name = "bob"
    user.boss = User(name="boss")
    session.flush()
    savepoint.rollback()
    assert (user.name, user.boss_id, user.boss) == ("ann", None, None)
    session.commit()
    assert count(session, User) == 1


def test_none_that_was_set_clears_a_key_and_none_that_was_read_does_not(session):
    boss = User(name="boss")
    session.add(boss)
    session.flush()
    cleared, kept = User(name="cleared", boss_id=boss.id, boss=None), User(name="kept", boss_id=boss.id)
    session.add_all([cleared, kept])
    with session.no_autoflush:
        assert kept.boss is None
    session.flush()
    assert (cleared.boss_id, kept.boss_id) == (None, boss.id)
