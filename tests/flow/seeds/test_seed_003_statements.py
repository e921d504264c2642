"""Seed 003: statements of its text that no example shows and no other test has."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from azoth import event, inspect, text
from azoth.exc import InvalidRequestError
from azoth.orm import Session, create_session, sessionmaker
from azoth.orm.exc import DetachedInstanceError
from tests.conftest import Statements


@pytest.fixture
def statements(shop: Any) -> Any:
    """What reaches the database of the shop."""
    recorded = Statements()
    recorded.record(shop.engine)
    yield recorded
    recorded.stop()


@pytest.fixture
def ed(shop: Any) -> int:
    """The key of a stored user with one address."""
    with Session(shop.engine) as session, session.begin():
        user = shop.User(name="ed", addresses=[shop.Address(email="a@x")])
        session.add(user)
        session.flush()
        return int(user.id)


def test_a_session_uses_no_resources_until_it_is_used(shop: Any) -> None:
    sessions = [sessionmaker(bind=shop.engine)() for _ in range(100)]
    assert shop.engine.pool.checkedout() == 0
    sessions[0].query(shop.User).all()
    assert shop.engine.pool.checkedout() == 1
    sessions[0].close()
    assert shop.engine.pool.checkedout() == 0


def test_queries_are_no_cache_but_get_is(shop: Any, ed: int, statements: Statements) -> None:
    session = Session(shop.engine)
    user = session.query(shop.User).filter_by(name="ed").one()
    assert len(statements) == 1
    # The same question costs another statement, and gives the object that is there.
    assert session.query(shop.User).filter_by(name="ed").one() is user
    assert len(statements) == 2
    assert session.query(shop.User).get(ed) is user
    assert len(statements) == 2
    session.close()


def test_detached_objects_can_be_used_but_load_nothing(shop: Any, ed: int) -> None:
    session = Session(shop.engine)
    user = session.get(shop.User, ed)
    expired = session.query(shop.Address).one()
    session.expire(expired)
    session.close()
    assert user.name == "ed"
    user.name = "edward"
    assert user.name == "edward"
    with pytest.raises(DetachedInstanceError):
        user.addresses
    with pytest.raises(DetachedInstanceError):
        expired.email


def test_a_mapped_transient_object_knows_nothing_of_the_database(shop: Any) -> None:
    user = shop.User(name="ed")
    assert inspect(user).transient
    assert inspect(user).identity is None
    assert inspect(user).session is None
    assert user.id is None
    assert user.addresses == []


def test_saving_one_object_to_two_sessions_is_refused(shop: Any) -> None:
    first, second = Session(shop.engine), Session(shop.engine)
    user = shop.User(name="ed")
    first.add(user)
    with pytest.raises(InvalidRequestError, match="already attached to session"):
        second.add(user)
    assert user in first
    first.close()
    second.add(user)
    assert user in second
    second.close()


def test_persistent_objects_move_to_another_session(shop: Any, ed: int) -> None:
    first, second = Session(shop.engine), Session(shop.engine)
    user = first.get(shop.User, ed)
    first.expunge(user)
    first.close()
    second.add(user)
    assert inspect(user).persistent
    assert Session.object_session(user) is second
    user.name = "edward"
    second.commit()
    assert shop.committed("users") == ["edward"]
    second.close()


def test_everything_that_queries_give_is_persistent_in_their_session(shop: Any, ed: int) -> None:
    session = Session(shop.engine)
    user, address = session.query(shop.User, shop.Address).join(shop.User.addresses).one()
    assert inspect(user).persistent
    assert inspect(address).persistent
    assert Session.object_session(address) is session
    session.close()


def test_a_file_merged_again_updates_what_changed(shop: Any) -> None:
    """The first use of merge that the text names: structures with keys of their own, read again and again."""

    def read(file: dict[int, tuple[str, dict[int, str]]]) -> None:
        with Session(shop.engine) as session, session.begin():
            for key, (name, addresses) in file.items():
                emails = [shop.Address(id=number, email=email) for number, email in addresses.items()]
                session.merge(shop.User(id=key, name=name, addresses=emails))

    read({1: ("ed", {1: "a", 2: "b"}), 2: ("jack", {})})
    assert shop.committed("users") == ["ed", "jack"]
    assert shop.committed("addresses", "user_id") == [1, 1]
    read({1: ("edward", {2: "c", 3: "d"}), 2: ("jack", {1: "a"})})
    assert shop.committed("users") == ["edward", "jack"]
    assert shop.committed("addresses", "email") == ["a", "c", "d"]
    assert shop.committed("addresses", "user_id") == [2, 1, 1]


def test_autoflush_comes_before_queries_only(shop: Any, statements: Statements) -> None:
    session = sessionmaker(autoflush=True, transactional=True, bind=shop.engine)()
    session.save(shop.User(name="jack"))
    assert not statements
    session.query(shop.Item).all()
    assert [statement.split()[0] for statement in statements] == ["INSERT", "SELECT"]
    session.rollback()
    assert shop.committed("users") == []
    session.close()


def test_a_commit_releases_the_connection_and_begins_nothing(shop: Any) -> None:
    log: list[str] = []
    event.listen(shop.engine, "begin", lambda connection: log.append("begin"))
    event.listen(shop.engine, "commit", lambda connection: log.append("commit"))
    session = sessionmaker(transactional=True, bind=shop.engine)()
    session.save(shop.User(name="jack"))
    session.commit()
    assert log == ["begin", "commit"]
    assert shop.engine.pool.checkedout() == 0
    session.query(shop.User).all()
    assert log == ["begin", "commit", "begin"]
    assert shop.engine.pool.checkedout() == 1
    session.close()


def test_an_expunged_object_has_no_ghost_operations(shop: Any, statements: Statements) -> None:
    session = Session(shop.engine)
    user = shop.User(name="x")
    session.add(user)
    session.expunge(user)
    del user
    session.flush()
    assert not statements
    session.close()


def test_a_closed_session_is_as_new(shop: Any, ed: int) -> None:
    session = Session(shop.engine)
    user = session.get(shop.User, ed)
    user.name = "changed"
    session.add(shop.User(name="new"))
    session.flush()
    session.close()
    assert list(session) == []
    assert not session.in_transaction()
    assert shop.engine.pool.checkedout() == 0
    assert shop.committed("users") == ["ed"]
    assert session.get(shop.User, ed).name == "ed"
    session.close()


def test_refreshing_covers_relations(shop: Any, ed: int) -> None:
    session = Session(shop.engine)
    user = session.get(shop.User, ed)
    assert len(user.addresses) == 1
    session.execute(text("INSERT INTO addresses (email, user_id) VALUES ('b@x', :ed)"), {"ed": ed})
    assert len(user.addresses) == 1
    session.expire(user)
    assert len(user.addresses) == 2
    user.addresses.append(shop.Address(email="never"))
    with session.no_autoflush:
        session.refresh(user, ["addresses"])
    assert [address.email for address in user.addresses] == ["a@x", "b@x"]
    session.close()


def test_the_identity_map_is_read_only(shop: Any, ed: int) -> None:
    session = Session(shop.engine)
    user = session.get(shop.User, ed)
    with pytest.raises(TypeError):
        session.identity_map[shop.User, (9,)] = user
    with pytest.raises(TypeError):
        del session.identity_map[user._instance_key]
    assert user in session
    session.close()


def test_closing_one_threads_use_leaves_others_alone(shop: Any, ed: int) -> None:
    """Sessions are local to a task: each thread has its own, on one engine."""
    found: list[str] = []

    def work() -> None:
        session = create_session(bind=shop.engine, autocommit=True)
        found.append(session.get(shop.User, ed).name)
        session.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["ed"] * 4
