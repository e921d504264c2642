"""``save()``, ``update()``, ``save_or_update()`` and ``clear()``."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import inspect
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm import Session, create_session, sessionmaker
from azoth.orm.exc import UnmappedInstanceError


def test_save_makes_a_new_object_pending(shop: Any) -> None:
    sess = create_session(bind=shop.engine)
    ed = shop.User("ed")
    sess.save(ed)
    assert ed in sess.new
    assert inspect(ed).pending
    sess.save(ed)
    sess.flush()
    assert inspect(ed).persistent


def test_save_refuses_an_object_that_has_a_row(shop: Any) -> None:
    sess = create_session(bind=shop.engine)
    ed = shop.User("ed")
    sess.save(ed)
    sess.flush()
    with pytest.raises(InvalidRequestError, match=r"Instance User 1 is already persistent"):
        sess.save(ed)


def test_update_takes_a_detached_object(shop: Any) -> None:
    first, second = create_session(bind=shop.engine), create_session(bind=shop.engine)
    ed = shop.User("ed")
    first.save(ed)
    first.flush()
    first.clear()
    ed.name = "edward"
    second.update(ed)
    assert ed in second
    second.flush()
    assert [user.name for user in create_session(bind=shop.engine).query(shop.User)] == ["edward"]


def test_update_refuses_an_object_without_a_row(shop: Any) -> None:
    sess = create_session(bind=shop.engine)
    with pytest.raises(InvalidRequestError, match=r"Instance User is not persisted"):
        sess.update(shop.User("ed"))


def test_update_refuses_a_second_object_for_one_row(shop: Any) -> None:
    sess = create_session(bind=shop.engine)
    ed = shop.User("ed")
    sess.save(ed)
    sess.flush()
    sess.expunge(ed)
    present = sess.query(shop.User).get(1)
    with pytest.raises(InvalidRequestError):
        sess.update(ed)
    assert present in sess


def test_save_or_update_takes_objects_of_both_kinds_and_their_cascades(shop: Any) -> None:
    sess = create_session(bind=shop.engine)
    ed = shop.User("ed")
    ed.addresses.append(shop.Address("ed@example.com"))
    sess.save_or_update(ed)
    assert len(sess.new) == 2
    sess.flush()
    sess.clear()
    sess.save_or_update(ed)
    assert inspect(ed).persistent
    assert ed.addresses[0] in sess


def test_unmapped_objects_are_refused_by_name(shop: Any) -> None:
    sess = create_session(bind=shop.engine)
    for operation in (sess.save, sess.update, sess.save_or_update):
        with pytest.raises(UnmappedInstanceError):
            operation(object())


def test_clear_lets_go_of_everything_and_keeps_the_transaction(shop: Any) -> None:
    sess = Session(shop.engine, transactional=True)
    ed, jack = shop.User("ed"), shop.User("jack")
    sess.save(ed)
    sess.flush()
    sess.save(jack)
    sess.clear()
    assert list(sess) == []
    assert inspect(ed).detached
    assert inspect(jack).transient
    assert sess.in_transaction()
    sess.commit()
    assert [user.name for user in sess.query(shop.User)] == ["ed"]


def test_merge_without_loading_has_its_classic_name(shop: Any, log: list[str]) -> None:
    first, second = create_session(bind=shop.engine), create_session(bind=shop.engine)
    ed = shop.User("ed")
    first.save(ed)
    first.flush()
    log.clear()
    merged = second.merge(ed, dont_load=True)
    assert log == []
    assert merged is not ed
    assert (merged.id, merged.name) == (1, "ed")
    ed.name = "changed"
    with pytest.raises(InvalidRequestError):
        second.merge(ed, dont_load=True)


def test_create_session_does_not_flush_by_itself_and_begins_nothing(shop: Any, log: list[str]) -> None:
    sess = create_session(bind=shop.engine)
    assert (sess.autoflush, sess.autocommit, sess.expire_on_commit) == (False, True, False)
    sess.save(shop.User("ed"))
    assert sess.query(shop.User).all() == []
    assert not sess.in_transaction()


def test_create_session_passes_its_arguments_on(shop: Any) -> None:
    sess = create_session(bind=shop.engine, transactional=True, autoflush=True)
    assert (sess.autoflush, sess.autocommit) == (True, False)


def test_both_names_of_the_setting_may_not_contradict_each_other(shop: Any) -> None:
    assert sessionmaker(bind=shop.engine, autocommit=True, transactional=False)().autocommit
    with pytest.raises(ArgumentError, match="contradicts"):
        Session(shop.engine, autocommit=True, transactional=True)
