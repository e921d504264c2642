"""Queries as programs of the older eras write them."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import text
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm import Query, Session, aliased, class_mapper
from tests.flow.query.blog import Address, Note, User


def test_query_with_several_classes_joins_by_name(session: Any) -> None:
    found = session.query(User, Address).join("addresses").filter_by(name="ed").all()
    assert [(user.name, address.email) for user, address in found] == [("ed", "ed@a"), ("ed", "ed@b")]


def test_query_from_a_mapper(session: Any) -> None:
    query = session.query(class_mapper(User))
    user = query.get(1)
    assert user.name == "ed"
    assert query.get(1) is user


def test_names_in_one_join_are_a_chain(session: Any) -> None:
    assert session.query(User).join("addresses", "notes").filter_by(text="first").one().name == "ed"
    assert session.query(User).join(["addresses", "notes"]).filter(Note.text == "first").one().name == "ed"
    assert session.query(User).join(User.addresses, Address.notes).filter_by(text="first").one().name == "ed"


def test_each_join_begins_at_the_first_entity_unless_told_otherwise(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match="notes"):
        session.query(User).join("addresses").join("notes")
    query = session.query(User).join("addresses").join("notes", from_joinpoint=True)
    assert query.filter_by(text="first").count() == 1


def test_join_with_a_tuple_of_target_and_criterion(session: Any) -> None:
    query = session.query(User).join((Address, Address.user_id == User.id))
    assert query.filter(Address.email == "jack@a").one().name == "jack"


def test_join_with_target_and_name(session: Any) -> None:
    alias = aliased(Address)
    assert session.query(User).join(alias, "addresses").filter(alias.email == "jack@a").one().name == "jack"


def test_outerjoin_by_name(session: Any) -> None:
    assert session.query(User).outerjoin("addresses").filter(Address.id == None).one().name == "wendy"  # noqa: E711


def test_order_by_a_list(session: Any) -> None:
    query = session.query(User).order_by([User.age, User.name.desc()])
    assert [user.name for user in query] == ["jack", "wendy", "ed"]


def test_order_by_false_and_none_remove_the_order(session: Any) -> None:
    assert "ORDER BY" not in str(session.query(User).order_by(User.name).order_by(False))
    assert "ORDER BY" not in str(session.query(User).order_by(User.name).order_by(None))


def test_text_with_parameters(session: Any) -> None:
    query = session.query(User).filter(text("age > :least")).params(least=26).order_by(text("user_name"))
    assert [user.name for user in query] == ["ed", "wendy"]


def test_add_column_and_entity(session: Any) -> None:
    query = session.query(User).join("addresses").filter_by(email="ed@b")
    assert query.add_column(Address.email).one()[1] == "ed@b"
    assert query.add_entity(Address).one()[1].id == 2


def test_aliased_joins_say_what_to_write_instead(session: Any) -> None:
    with pytest.raises(ArgumentError) as raised:
        session.query(User).join("addresses", aliased=True)
    assert "aliased(Address)" in raised.value.fix


def test_query_without_a_session_gets_one_later(session: Any) -> None:
    query: Any = Query(User).filter_by(name="ed")
    with pytest.raises(InvalidRequestError, match="belongs to no session"):
        query.all()
    assert query.with_session(session).one().id == 1


def test_a_query_class_of_the_users_own(engine: Any, session: Any) -> None:
    class Adults(Query):
        def adults(self) -> Any:
            return self.filter(User.age >= 30)

    own = Session(engine, query_cls=Adults)
    assert own.query(User).order_by(User.id).adults().first().name == "ed"
    own.close()


def test_merge_result(session: Any) -> None:
    cached = session.query(User).order_by(User.id).all()
    session.expunge_all()
    merged = list(session.query(User).merge_result(cached, load=False))
    assert [user.name for user in merged] == ["ed", "jack", "wendy"]
    assert all(user in session for user in merged)
    assert not any(user in session for user in cached)


def test_with_transformation(session: Any) -> None:
    assert session.query(User).with_transformation(lambda query: query.filter_by(id=2)).one().name == "jack"
