"""Listening to sessions: targets, order, and what listeners may do."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import delete, event, inspect, select, text, update
from azoth.exc import ArgumentError, IntegrityError, InvalidRequestError
from azoth.orm import Session, scoped_session, sessionmaker
from azoth.orm.exc import FlushError


def test_a_listener_of_one_session_hears_that_session_only(family: Any) -> None:
    heard: list[Any] = []
    with Session(family.engine) as one, Session(family.engine) as other:
        event.listen(one, "before_commit", heard.append)
        one.commit()
        other.commit()
        assert heard == [one]


def test_a_listener_of_a_class_hears_sessions_that_exist_and_those_of_subclasses(family: Any) -> None:
    class Mine(Session):
        pass

    class Derived(Mine):
        pass

    heard: list[Any] = []
    with Mine(family.engine) as before, Derived(family.engine) as derived, Session(family.engine) as other:
        event.listen(Mine, "after_commit", heard.append)
        for session in (before, derived, other):
            session.connection()
            session.commit()
        assert heard == [before, derived]


@pytest.mark.parametrize("kind", ["class", "scoped", "scoped custom"])
def test_factories_are_targets(family: Any, kind: str) -> None:
    factory: Any = sessionmaker(family.engine)
    target: Any = factory if kind == "class" else scoped_session(factory)
    heard: list[Any] = []
    event.listen(target, "before_commit", heard.append)
    assert event.contains(target, "before_commit", heard.append)
    session = target()
    session.commit()
    assert heard == [session if kind == "class" else target.registry()]
    session.close()
    with Session(family.engine) as other:
        other.commit()
    assert len(heard) == 1


def test_the_function_sessionmaker_stands_for_all_sessions(family: Any) -> None:
    heard: list[Any] = []
    listener = heard.append
    event.listen(sessionmaker, "before_commit", listener)
    try:
        with Session(family.engine) as session:
            session.commit()
        assert heard == [session]
    finally:
        event.remove(sessionmaker, "before_commit", listener)
    with Session(family.engine) as session:
        session.commit()
    assert len(heard) == 1


def test_listeners_can_be_removed_and_asked_for(family: Any, session: Session) -> None:
    heard: list[Any] = []
    listener = heard.append
    event.listen(session, "before_commit", listener)
    assert event.contains(session, "before_commit", listener)
    event.remove(session, "before_commit", listener)
    assert not event.contains(session, "before_commit", listener)
    session.commit()
    assert heard == []


def test_once_and_insert_and_named(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(session, "before_commit", lambda session: heard.append("always"))
    event.listen(session, "before_commit", lambda session: heard.append("once"), once=True)
    event.listen(session, "before_commit", lambda session: heard.append("first"), insert=True)
    event.listen(session, "before_commit", lambda **kw: heard.append(sorted(kw)), named=True)
    session.commit()
    session.commit()
    assert heard == ["first", "always", "once", ["session"], "first", "always", ["session"]]


def test_unknown_events_and_wrong_signatures_are_refused(session: Session) -> None:
    with pytest.raises(InvalidRequestError, match="before_comit"):
        event.listen(session, "before_comit", print)
    with pytest.raises(ArgumentError, match="cannot listen"):
        event.listen(session, "before_flush", lambda session: None)


def test_before_flush_may_add_change_and_delete(family: Any, session: Session) -> None:
    @event.listens_for(session, "before_flush")
    def complete(session: Session, flush_context: Any, instances: Any) -> None:
        for parent in list(session.new):
            if isinstance(parent, family.Parent):
                parent.name = parent.name.upper()
                session.add(family.Child(name="made", parent=parent))

    session.add(family.Parent(name="p"))
    session.commit()
    assert session.scalars(select(family.Parent.name)).all() == ["P"]
    assert session.scalars(select(family.Child.name)).all() == ["made"]


def test_before_flush_learns_to_which_objects_the_flush_is_limited(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(session, "before_flush", lambda session, context, instances: heard.append(instances))
    parent = family.Parent()
    session.add(parent)
    session.flush([parent])
    session.add(family.Parent())
    session.flush()
    assert heard == [[parent], None]


def test_after_flush_still_sees_what_was_written(family: Any, session: Session) -> None:
    seen: list[Any] = []

    @event.listens_for(session, "after_flush")
    def look(session: Session, context: Any) -> None:
        seen.append((set(session.new), set(session.dirty), set(session.deleted)))
        assert context.plan
        assert session.execute(text("SELECT count(*) FROM parent")).scalar() == 2

    new, changed, gone = family.Parent(name="new"), family.Parent(name="changed"), family.Parent(name="gone")
    session.add_all([changed, gone])
    event.remove(session, "after_flush", look)
    session.flush()
    event.listen(session, "after_flush", look)
    session.add(new)
    changed.name = "other"
    with session.no_autoflush:
        session.delete(gone)
    session.flush()
    assert seen == [({new}, {changed}, {gone})]
    assert not session.new


def test_a_commit_flushes_what_after_flush_leaves(family: Any, session: Session) -> None:
    @event.listens_for(session, "after_flush_postexec", once=True)
    def more(session: Session, context: Any) -> None:
        session.add(family.Parent(name="more"))

    session.add(family.Parent(name="first"))
    session.commit()
    assert session.scalars(select(family.Parent.name)).all() == ["first", "more"]


def test_a_commit_gives_up_on_a_listener_that_never_stops(family: Any, session: Session) -> None:
    @event.listens_for(session, "after_flush_postexec")
    def forever(session: Session, context: Any) -> None:
        session.add(family.Parent())

    session.add(family.Parent())
    with pytest.raises(FlushError, match="over 100 flushes"):
        session.commit()
    session.rollback()


def test_after_begin_gives_the_connection_of_the_transaction(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(session, "after_begin", lambda *arguments: heard.append(arguments))
    connection = session.connection()
    assert heard == [(session, session.get_transaction(), connection)]


def test_lifecycle_events_follow_an_object_through_its_states(family: Any, session: Session) -> None:
    names = [
        "transient_to_pending", "pending_to_persistent", "persistent_to_deleted", "deleted_to_persistent",
        "persistent_to_detached", "detached_to_persistent", "deleted_to_detached", "pending_to_transient",
        "persistent_to_transient", "loaded_as_persistent",
    ]  # fmt: skip
    heard: list[str] = []
    for name in names:
        event.listen(session, name, lambda session, instance, name=name: heard.append(name))

    def steps() -> list[str]:
        found = list(heard)
        heard.clear()
        return found

    parent = family.Parent(name="p")
    session.add(parent)
    assert steps() == ["transient_to_pending"]
    session.flush()
    assert steps() == ["pending_to_persistent"]
    session.rollback()
    assert steps() == ["persistent_to_transient"]
    session.add(parent)
    session.expunge(parent)
    assert steps() == ["transient_to_pending", "pending_to_transient"]
    session.add(parent)
    session.commit()
    assert steps() == ["transient_to_pending", "pending_to_persistent"]
    session.expunge(parent)
    session.add(parent)
    assert steps() == ["persistent_to_detached", "detached_to_persistent"]
    session.delete(parent)
    session.flush()
    assert steps() == ["persistent_to_deleted"]
    session.rollback()
    assert steps() == ["deleted_to_persistent"]
    session.delete(parent)
    session.commit()
    assert steps() == ["persistent_to_deleted", "deleted_to_detached"]
    other = family.Parent(name="q")
    session.add(other)
    session.commit()
    session.expunge_all()
    assert steps() == ["transient_to_pending", "pending_to_persistent", "persistent_to_detached"]
    loaded = session.scalars(select(family.Parent)).all()
    session.scalars(select(family.Parent)).all()
    assert steps() == ["loaded_as_persistent"]
    del loaded


def test_attaching_is_heard_of_along_the_cascade_and_when_objects_are_linked(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(session, "before_attach", lambda session, instance: heard.append(("before", instance.name)))
    event.listen(session, "after_attach", lambda session, instance: heard.append(("after", instance.name)))
    parent = family.Parent(name="p", children=[family.Child(name="c")])
    session.add(parent)
    parent.children.append(family.Child(name="d"))
    assert heard == [(when, name) for name in "pcd" for when in ("before", "after")]


def test_before_attach_sees_an_object_that_is_not_there_yet(family: Any, session: Session) -> None:
    seen: list[bool] = []
    event.listen(session, "before_attach", lambda session, instance: seen.append(instance in session))
    event.listen(session, "after_attach", lambda session, instance: seen.append(instance in session))
    session.add(family.Parent())
    assert seen == [False, True]


def test_raw_listeners_get_states(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(session, "after_attach", lambda session, state: heard.append(state), raw=True)
    parent = family.Parent()
    session.add(parent)
    assert heard == [inspect(parent)]


def test_do_orm_execute_may_change_the_statement(family: Any, session: Session) -> None:
    session.add_all([family.Parent(name="a"), family.Parent(name="b")])
    session.flush()

    @event.listens_for(session, "do_orm_execute")
    def only_b(state: Any) -> None:
        assert state.is_select
        assert state.is_orm_statement
        assert state.bind_mapper is inspect(family.Parent)
        state.statement = state.statement.where(family.Parent.name == "b")

    assert [parent.name for parent in session.scalars(select(family.Parent))] == ["b"]
    assert [parent.name for parent in session.query(family.Parent)] == ["b"]


def test_do_orm_execute_may_give_a_result_of_its_own(family: Any, session: Session) -> None:
    session.add(family.Parent(name="a"))
    session.flush()
    kept: dict[str, Any] = {}

    @event.listens_for(session, "do_orm_execute")
    def cached(state: Any) -> Any:
        if "rows" not in kept:
            kept["rows"] = state.invoke_statement().freeze()
        return kept["rows"]()

    first = session.scalars(select(family.Parent)).all()
    session.execute(text("DELETE FROM parent"))
    kept_names = [parent.name for parent in first]
    assert kept_names == ["a"]
    assert session.scalars(select(family.Parent)).all() == first


def test_do_orm_execute_hears_of_each_kind_of_statement(family: Any, session: Session) -> None:
    heard: list[Any] = []

    @event.listens_for(session, "do_orm_execute")
    def note(state: Any) -> None:
        heard.append((state.is_select, state.is_insert, state.is_update, state.is_delete, state.is_orm_statement))

    session.execute(family.Parent.__table__.insert(), [{"name": "x"}, {"name": "y"}])
    session.execute(update(family.Parent).values(name="z"))
    session.execute(delete(family.Parent))
    session.execute(select(family.Parent))
    session.execute("SELECT 1")
    assert heard == [
        (False, True, False, False, False),
        (False, False, True, False, True),
        (False, False, False, True, True),
        (True, False, False, False, True),
        (False, False, False, False, False),
    ]


def test_changes_of_many_rows_are_announced(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(session, "after_bulk_update", lambda change: heard.append(("update", change.result.rowcount)))
    event.listen(session, "after_bulk_delete", lambda change: heard.append(("delete", change.mapper.class_)))
    session.add_all([family.Parent(name="a"), family.Parent(name="b")])
    session.flush()
    session.execute(update(family.Parent).values(name="c"))
    session.query(family.Parent).delete()
    assert heard == [("update", 2), ("delete", family.Parent)]


def test_transactions_are_announced_from_begin_to_end(family: Any, session: Session) -> None:
    heard: list[Any] = []
    event.listen(session, "after_transaction_create", lambda session, one: heard.append(("create", one.nested)))
    event.listen(session, "after_transaction_end", lambda session, one: heard.append(("end", one.nested)))
    with session.begin():
        with session.begin_nested():
            pass
    assert heard == [("create", False), ("create", True), ("end", True), ("end", False)]


def test_a_flush_is_a_subtransaction_for_who_listens_to_transactions(family: Any, session: Session) -> None:
    heard: list[Any] = []

    def hear(name: str) -> Any:
        def listener(session: Session, one: Any) -> None:
            assert one.parent is None or one.parent is session.get_transaction()
            heard.append((name, one.origin.name, one.nested, one.is_active))

        return listener

    with session.begin() as transaction:
        event.listen(session, "after_transaction_create", hear("create"))
        event.listen(session, "after_transaction_end", hear("end"))
        event.listen(session, "after_flush", lambda session, context: heard.append(context.transaction.parent))
        session.flush()
        assert heard == []
        session.add(family.Parent(name="p"))
        session.flush()
        assert heard == [
            ("create", "SUBTRANSACTION", False, True), transaction, ("end", "SUBTRANSACTION", False, False),
        ]  # fmt: skip
        assert session.get_transaction() is transaction
        session.begin_nested()
        assert heard.pop() == ("create", "BEGIN_NESTED", True, True)


def test_a_flush_that_fails_ends_its_subtransaction_before_the_rollback_is_told(family: Any, session: Session) -> None:
    heard: list[Any] = []
    for name in ("after_transaction_create", "after_transaction_end", "after_soft_rollback"):
        event.listen(session, name, lambda session, one, name=name: heard.append((name, one.parent is None)))
    event.listen(session, "after_rollback", lambda session: heard.append("after_rollback"))
    parent = family.Parent(name="p")
    session.add(parent)
    session.flush()
    del heard[:]
    session.add(family.Parent(id=parent.id, name="q"))
    with pytest.raises(IntegrityError):
        session.flush()
    assert heard == [
        ("after_transaction_create", False), "after_rollback", ("after_transaction_end", False),
        ("after_soft_rollback", False),
    ]  # fmt: skip
    session.rollback()
    assert heard[4:] == [("after_transaction_end", True), ("after_soft_rollback", True)]


def test_an_error_in_a_listener_of_a_flush_rolls_back(family: Any, session: Session) -> None:
    @event.listens_for(session, "after_flush")
    def fail(session: Session, context: Any) -> None:
        raise ZeroDivisionError

    parent = family.Parent(name="p")
    session.add(parent)
    with pytest.raises(ZeroDivisionError):
        session.flush()
    session.rollback()
    assert inspect(parent).transient
    event.remove(session, "after_flush", fail)
    assert session.scalars(select(family.Parent)).all() == []


def test_after_rollback_and_after_soft_rollback(family: Any, session: Session) -> None:
    heard: list[str] = []
    event.listen(session, "after_rollback", lambda session: heard.append("rollback"))
    event.listen(session, "after_soft_rollback", lambda session, previous: heard.append("soft"))
    session.execute(text("CREATE UNIQUE INDEX one_name ON child (name)"))
    session.commit()
    session.add_all([family.Child(name="x"), family.Child(name="x")])
    with pytest.raises(IntegrityError):
        session.flush()
    assert heard == ["rollback", "soft"]
    session.rollback()
    assert heard == ["rollback", "soft", "soft"]


class _NoSession:
    pass


@pytest.mark.parametrize("factory", [lambda: Session(), _NoSession], ids=["function", "class"])  # noqa: PLW0108 -- no class
def test_a_contextual_session_whose_class_is_not_known_is_no_target(factory: Any) -> None:
    scope: Any = scoped_session(factory)
    with pytest.raises(ArgumentError, match="nobody can listen to this scoped_session"):
        event.listen(scope, "before_flush", lambda *_: None)
