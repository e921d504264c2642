"""``transactional=``, ``autocommit=``, subtransactions and savepoints of classic sessions."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import insert, select, update
from azoth.exc import IntegrityError, InvalidRequestError, PendingRollbackError
from azoth.orm import Session, create_session, sessionmaker


def test_each_flush_has_its_own_transaction(shop: Any, log: list[str], names: Any) -> None:
    sess = sessionmaker(bind=shop.engine, transactional=False)()
    sess.save(shop.User("ed"))
    sess.flush()
    assert log == ["BEGIN", "INSERT", "COMMIT"]
    assert names() == ["ed"]
    assert not sess.in_transaction()


def test_reads_are_outside_of_any_transaction_and_release_their_connection(shop: Any, log: list[str]) -> None:
    sess = sessionmaker(bind=shop.engine, autocommit=True)()
    ed = shop.User("ed")
    ed.addresses = [shop.Address("a"), shop.Address("b")]
    sess.save(ed)
    sess.flush()
    sess.clear()
    ed = sess.query(shop.User).filter_by(name="ed").one()
    assert shop.engine.pool.checkedout() == 0
    assert [address.email for address in ed.addresses] == ["a", "b"]
    sess.refresh(ed)
    assert sess.get(shop.User, ed.id) is ed
    assert sess.execute(select(shop.users.c.name)).all() == [("ed",)]
    assert sess.scalar("SELECT count(*) FROM addresses") == 2
    assert shop.engine.pool.checkedout() == 0
    assert not sess.in_transaction()


def test_a_flush_in_its_own_transaction_expires_nothing(shop: Any, log: list[str]) -> None:
    sess = sessionmaker(bind=shop.engine, transactional=False)()
    ed = shop.User("ed")
    sess.save(ed)
    sess.flush()
    log.clear()
    assert ed.name == "ed"
    assert log == []


def test_a_failed_flush_rolls_back_and_leaves_the_session_usable(shop: Any, names: Any) -> None:
    sess = sessionmaker(bind=shop.engine, transactional=False)()
    ed, again = shop.User("ed"), shop.User("ed")
    sess.save(ed)
    sess.flush()
    sess.save(again)
    with pytest.raises(IntegrityError):
        sess.flush()
    assert not sess.in_transaction()
    assert sess.query(shop.User).count() == 1
    again.name = "edward"
    sess.save(again)
    sess.flush()
    assert names() == ["ed", "edward"]


def test_statements_that_change_rows_are_committed_at_once(shop: Any, names: Any) -> None:
    sess = sessionmaker(bind=shop.engine, autocommit=True)()
    sess.execute(shop.users.insert(), {"name": "ed"})
    sess.execute("INSERT INTO users (name) VALUES (:name)", {"name": "jack"})
    assert names() == ["ed", "jack"]
    sess.query(shop.User).filter_by(name="ed").update({"name": "edward"})
    sess.execute(update(shop.User).where(shop.User.name == "jack").values(name="john"))
    sess.execute(insert(shop.User), [{"name": "x"}, {"name": "y"}])
    returned = sess.execute(insert(shop.users).values(name="r").returning(shop.users.c.name))
    assert returned.all() == [("r",)]
    made = sess.scalars(insert(shop.User).values(name="s").returning(shop.User)).one()
    assert (made.name, shop.engine.pool.checkedout()) == ("s", 0)
    changed = sess.execute(update(shop.User).where(shop.User.name == "s").values(name="t").returning(shop.User.name))
    assert changed.all() == [("t",)]
    sess.execute("DELETE FROM users WHERE name IN ('r', 't')")
    sess.bulk_insert_mappings(shop.User, [{"name": "z"}])
    assert names() == ["edward", "john", "x", "y", "z"]
    assert sess.query(shop.User).filter(shop.User.name.in_(["x", "y", "z"])).delete() == 3
    assert names() == ["edward", "john"]


def test_autoflush_outside_of_a_transaction(shop: Any, names: Any) -> None:
    sess = sessionmaker(bind=shop.engine, autoflush=True, transactional=False)()
    jack = shop.User("jack")
    sess.save(jack)
    assert sess.query(shop.User).filter_by(name="jack").one() is jack
    assert names() == ["jack"]


def test_a_transactional_session_with_autoflush(shop: Any, names: Any) -> None:
    Session = sessionmaker(autoflush=True, transactional=True, bind=shop.engine)
    sess = Session()
    u1 = shop.User("jack")
    sess.save(u1)
    u2 = sess.query(shop.User).filter_by(name="jack").one()
    assert u2 is u1
    assert sess.in_transaction()
    sess.rollback()
    assert names() == []
    sess.save(u1)
    sess.commit()
    assert names() == ["jack"]


def test_begin_and_commit_without_transactional(shop: Any, names: Any) -> None:
    Session = sessionmaker(transactional=False, bind=shop.engine)
    sess = Session()
    sess.save(shop.User("one"))
    sess.save(shop.User("two"))
    sess.flush()
    sess.begin()
    try:
        item1 = sess.query(shop.User).get(1)
        item2 = sess.query(shop.User).get(2)
        item1.name = "bar"
        item2.name = "foo"
        sess.commit()
    except BaseException:
        sess.rollback()
        raise
    assert names() == ["bar", "foo"]


def test_begin_as_a_block(shop: Any, names: Any) -> None:
    Session = sessionmaker(transactional=False, bind=shop.engine)
    sess = Session()
    with sess.begin():
        sess.save(shop.User("one"))
    assert names() == ["one"]
    with pytest.raises(ZeroDivisionError):
        with sess.begin():
            sess.save(shop.User("two"))
            sess.flush()
            raise ZeroDivisionError
    assert names() == ["one"]
    assert not sess.in_transaction()


def test_a_savepoint_rolls_back_alone(shop: Any, names: Any) -> None:
    u1, u2, u3 = shop.User("u1"), shop.User("u2"), shop.User("u3")
    Session = sessionmaker(transactional=False, bind=shop.engine)
    sess = Session()
    sess.begin()
    sess.save(u1)
    sess.save(u2)
    sess.flush()

    sess.begin_nested()
    sess.save(u3)
    sess.rollback()

    sess.commit()
    assert names() == ["u1", "u2"]
    assert u3 not in sess


def test_repeated_begins_are_subtransactions(shop: Any, log: list[str], names: Any) -> None:
    sess = sessionmaker(transactional=False, bind=shop.engine)()
    outer = sess.begin()
    inner = sess.begin()
    assert inner.parent is outer
    assert not inner.nested
    sess.save(shop.User("ed"))
    sess.commit()
    assert "COMMIT" not in log
    assert "INSERT" in log
    assert sess.in_transaction()
    sess.commit()
    assert log[-1] == "COMMIT"
    assert not sess.in_transaction()
    assert names() == ["ed"]


def test_rolling_back_a_subtransaction_rolls_back_the_root(shop: Any, log: list[str], names: Any) -> None:
    sess = sessionmaker(transactional=False, bind=shop.engine)()
    sess.begin()
    sess.save(shop.User("ed"))
    sess.flush()
    sess.begin()
    sess.rollback()
    assert log[-1] == "ROLLBACK"
    assert sess.in_transaction()
    with pytest.raises(PendingRollbackError, match="subtransaction"):
        sess.query(shop.User).all()
    with pytest.raises(PendingRollbackError, match="subtransaction"):
        sess.commit()
    sess.rollback()
    assert not sess.in_transaction()
    assert names() == []


def test_rolling_back_a_subtransaction_rolls_back_to_the_innermost_savepoint(shop: Any, names: Any) -> None:
    sess = sessionmaker(transactional=False, bind=shop.engine)()
    sess.begin()
    sess.save(shop.User("kept"))
    sess.begin_nested()
    sess.begin()
    lost = shop.User("lost")
    sess.save(lost)
    sess.flush()
    sess.rollback()
    with pytest.raises(PendingRollbackError):
        sess.flush([lost]) if sess.new else sess.query(shop.User).all()
    sess.rollback()
    assert [user.name for user in sess.query(shop.User)] == ["kept"]
    sess.commit()
    assert names() == ["kept"]
    assert lost not in sess


def test_begin_in_a_transactional_session_is_inside_the_implicit_transaction(shop: Any, names: Any) -> None:
    sess = sessionmaker(transactional=True, bind=shop.engine)()
    sess.begin()
    sess.save(shop.User("ed"))
    sess.commit()
    assert names() == []
    sess.commit()
    assert names() == ["ed"]


def test_a_failed_flush_in_a_subtransaction_asks_for_every_rollback(shop: Any, names: Any) -> None:
    sess = sessionmaker(transactional=False, bind=shop.engine)()
    sess.begin()
    sess.begin()
    sess.save(shop.User("ed"))
    sess.save(shop.User("ed"))
    with pytest.raises(IntegrityError):
        sess.flush()
    with pytest.raises(PendingRollbackError, match="a flush failed"):
        sess.query(shop.User).all()
    sess.rollback()
    with pytest.raises(PendingRollbackError, match="a flush failed"):
        sess.query(shop.User).all()
    sess.rollback()
    assert sess.query(shop.User).all() == []


def test_close_ends_all_begins(shop: Any, names: Any) -> None:
    sess = sessionmaker(transactional=False, bind=shop.engine)()
    sess.begin()
    sess.begin()
    sess.save(shop.User("ed"))
    sess.flush()
    sess.close()
    assert not sess.in_transaction()
    assert names() == []
    assert shop.engine.pool.checkedout() == 0


def test_committing_where_nothing_is_begun_is_an_error(shop: Any) -> None:
    sess = create_session(bind=shop.engine)
    sess.rollback()
    with pytest.raises(InvalidRequestError, match="no transaction is begun"):
        sess.commit()
    with pytest.raises(InvalidRequestError, match="no transaction is begun"):
        sess.begin_nested()


def test_a_flush_of_chosen_objects_commits_them_only(shop: Any, names: Any) -> None:
    sess = create_session(bind=shop.engine)
    ed, jack = shop.User("ed"), shop.User("jack")
    sess.save(ed)
    sess.save(jack)
    sess.flush([ed])
    assert names() == ["ed"]
    assert jack in sess.new


def test_a_session_takes_part_in_the_transaction_of_its_connection(shop: Any, names: Any) -> None:
    Session = sessionmaker(transactional=False)
    connection = shop.engine.connect()
    transaction = connection.begin()
    sess = Session(bind=connection)
    sess.save(shop.User("ed"))
    sess.flush()
    assert [user.name for user in sess.query(shop.User)] == ["ed"]
    sess.begin()
    sess.save(shop.User("jack"))
    sess.commit()
    assert transaction.is_active
    transaction.rollback()
    connection.close()
    assert names() == []


def test_a_modern_session_refuses_a_second_begin(shop: Any) -> None:
    sess = Session(shop.engine)
    sess.begin()
    with pytest.raises(InvalidRequestError, match="already begun"):
        sess.begin()
    sess.close()


def test_an_implicit_connection_of_a_session_without_transaction_is_the_callers(shop: Any) -> None:
    sess = create_session(bind=shop.engine)
    with sess.connection() as connection:
        assert connection.execute(select(shop.users)).all() == []
    assert shop.engine.pool.checkedout() == 0


def test_a_classic_session_shows_its_transaction(shop: Any) -> None:
    session = sessionmaker(bind=shop.engine, autocommit=True)()
    assert session.transaction is None
    outer = session.begin()
    assert session.transaction is outer
    inner = session.begin(subtransactions=True)
    assert session.transaction is inner
    inner.commit()
    assert session.transaction is outer
    outer.rollback()
    assert session.transaction is None
    transactional = sessionmaker(bind=shop.engine, transactional=True)()
    transaction = transactional.transaction
    transaction.commit()
    assert transactional.transaction is not transaction
    transactional.close()


def test_a_session_of_today_has_no_transaction_attribute(shop: Any) -> None:
    assert not hasattr(sessionmaker(bind=shop.engine)(), "transaction")
