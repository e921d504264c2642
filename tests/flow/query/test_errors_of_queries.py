"""What queries say about mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import distinct, func, select, text
from azoth.exc import (
    ArgumentError,
    InvalidRequestError,
    MultipleResultsFound,
    NoResultFound,
    NoSuchColumnError,
    ObjectNotExecutableError,
    SAWarning,
    StatementError,
)
from azoth.orm import aliased, contains_eager, joinedload, with_parent
from azoth.orm.exc import DetachedInstanceError, UnmappedInstanceError
from tests.flow.query.blog import Address, Stock, User


def test_unknown_name_in_filter_by_suggests_another(session: Any) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        session.query(User).filter_by(nmae="ed")
    assert raised.value.summary == "User has no attribute 'nmae' to filter by"
    assert "'name'" in raised.value.fix


def test_unknown_name_after_a_join_names_the_entity_joined_last(session: Any) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        session.query(User).join(User.addresses).filter_by(emial="x")
    assert raised.value.summary.startswith("Address has no attribute 'emial'")
    assert "'email'" in raised.value.fix


@pytest.mark.parametrize("subject", ["users", int, object(), User])
def test_things_that_are_no_entities(session: Any, subject: Any) -> None:
    subject = subject() if subject is User else subject
    with pytest.raises(ArgumentError, match="Query cannot select"):
        session.query(subject)


def test_unknown_relationship_in_join(session: Any) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        session.query(User).join("adresses")
    assert "'addresses'" in raised.value.fix


def test_column_instead_of_a_relationship_in_join(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"User.name is no relationship"):
        session.query(User).join("name")


def test_join_by_name_needs_an_entity(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match="needs an entity"):
        session.query(text("1")).join("addresses")


def test_unknown_argument_of_join(session: Any) -> None:
    for join in (session.query(User).join, session.query(User).outerjoin):
        with pytest.raises(TypeError, match=r"join\(\) has no argument 'outer'; did you mean"):
            join(User.addresses, outer=True)


def test_text_instead_of_a_relationship_in_with_parent(session: Any) -> None:
    user = session.get(User, 1)
    for make in (lambda: with_parent(user, "addresses"), lambda: session.query(Address).with_parent(user, "addresses")):
        with pytest.raises(ArgumentError, match=r"got the text 'addresses'[^!]*fix: write User\.addresses"):
            make()


@pytest.mark.parametrize("make", [distinct, func.max, lambda one: User.name == one, lambda one: User.id.in_([one])])
def test_an_entity_is_no_value(make: Callable[[Any], Any]) -> None:
    for entity in (User, User(), aliased(User), User.__table__):
        with pytest.raises(ArgumentError, match="SQL expression element"):
            make(entity)


def test_a_condition_about_what_an_object_lacks_is_an_error_of_the_statement(session: Any) -> None:
    query = session.query(Address).filter(Address.user == User())
    with pytest.raises(StatementError, match=r"refers to User\.id of an object that has no value") as raised:
        query.all()
    assert isinstance(raised.value, InvalidRequestError)
    address = session.get(Address, 1)
    session.expire(address, ["user_id"])
    session.expunge(address)
    with pytest.raises(StatementError, match=r"Address\.user_id of a detached object") as raised:
        session.query(User).filter(with_parent(address, Address.user)).all()
    assert isinstance(raised.value, DetachedInstanceError)
    assert isinstance(raised.value.orig, DetachedInstanceError)


# -- portions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "read",
    [
        lambda session, only: session.execute(only.execution_options(yield_per=2)).unique(),
        lambda session, only: session.execute(only).unique().yield_per(2),
        lambda session, only: session.execute(only).yield_per(2).unique(),
        lambda session, only: session.scalars(only).yield_per(2).unique(),
        lambda session, only: session.execute(only).yield_per(2).unique().scalars(),
        lambda session, only: session.execute(only).unique().yield_per(2).mappings(),
    ],
)
def test_portions_of_objects_are_not_made_unique(session: Any, read: Callable[[Any, Any], Any]) -> None:
    result = read(session, select(User))
    with pytest.raises(InvalidRequestError, match="yield_per and unique"):
        next(result)
    result.close()
    # Rows of a connection may be: what they consist of is not known to be large.
    names = session.connection().execute(select(User.age)).yield_per(2).unique()
    assert sorted(names.scalars()) == [25, 30]


@pytest.mark.parametrize("option", [joinedload(User.addresses), contains_eager(User.addresses)])
def test_portions_of_objects_have_no_joined_collections(session: Any, option: Any) -> None:
    query = session.query(User).outerjoin(User.addresses).options(option).yield_per(2)
    for read in (query.all, query.first, lambda: list(query)):
        with pytest.raises(InvalidRequestError, match="yield_per cannot load"):
            read()
    assert len(session.query(Address).options(joinedload(Address.user)).yield_per(2).all()) == 3


@pytest.mark.parametrize("method", ["filter", "filter_by", "order_by", "join", "group_by", "having", "select_from"])
def test_criteria_after_a_limit(session: Any, method: str) -> None:
    arguments = {"filter": User.id == 1, "having": User.id == 1, "join": User.addresses, "select_from": User}
    call = getattr(session.query(User).limit(1), method)
    with pytest.raises(InvalidRequestError, match=f"{method}.. being called on a Query which already has LIMIT"):
        if method == "filter_by":
            call(id=1)
        else:
            call(arguments.get(method, User.id))


def test_get_wants_one_value_for_each_column_of_the_key(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"incorrect number of values for the primary key \(place, item\)"):
        session.query(Stock).get("a")


def test_get_refuses_criteria_and_columns(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match="existing criterion"):
        session.query(User).filter_by(name="ed").get(1)
    with pytest.raises(InvalidRequestError, match="one mapped class"):
        session.query(User.id).get(1)


def test_one_says_whether_there_are_too_few_or_too_many(session: Any) -> None:
    with pytest.raises(MultipleResultsFound, match="query of User"):
        session.query(User).one()
    with pytest.raises(NoResultFound, match="query of User"):
        session.query(User).filter_by(id=100).one()
    with pytest.raises(MultipleResultsFound):
        session.query(User).one_or_none()


def test_negative_indexes(session: Any) -> None:
    with pytest.raises(IndexError, match="negative indexes"):
        session.query(User)[-1]
    with pytest.raises(IndexError, match="negative indexes"):
        session.query(User)[-2:]
    with pytest.raises(ArgumentError) as caught:
        session.query(User)[:-1]
    assert "query.all()[-1]" in caught.value.fix


@pytest.mark.sqlite_only("others refuse a negative LIMIT")
def test_a_negative_limit_is_none_on_sqlite(session: Any) -> None:
    assert session.query(User).limit(-1).count() == session.query(User).count()
    assert len(session.execute(select(User).limit(-1).offset(1)).all()) == session.query(User).count() - 1


def test_given_statement_cannot_be_narrowed(session: Any) -> None:
    query = session.query(User).from_statement(text("SELECT * FROM users"))
    with pytest.raises(InvalidRequestError, match="from_statement"):
        query.filter_by(id=1)


def test_given_statement_must_be_one(session: Any) -> None:
    with pytest.raises(ArgumentError, match="from_statement"):
        session.query(User).from_statement("SELECT * FROM users")


def test_given_rows_without_a_primary_key(session: Any) -> None:
    query = session.query(User).from_statement(text("SELECT user_name FROM users"))
    with pytest.raises(NoSuchColumnError, match=r"User.id"):
        query.all()


def test_given_statement_without_rows(session: Any) -> None:
    query = session.query(User).from_statement(text("UPDATE users SET age = 1"))
    with pytest.raises(InvalidRequestError, match="gives no rows"):
        query.all()


def test_with_parent_of_something_unmapped(session: Any) -> None:
    with pytest.raises(UnmappedInstanceError):
        session.query(Address).with_parent(object())


def test_with_parent_needs_a_relationship_that_fits(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match="relationships"):
        session.query(Stock).with_parent(session.get(User, 1))
    with pytest.raises(ArgumentError, match="is not a relationship"):
        session.query(Address).with_parent(session.get(User, 1), User.name)


@pytest.mark.parametrize("by_relationship", [True, False])
def test_a_condition_on_an_object_that_was_never_flushed(session: Any, by_relationship: bool) -> None:
    user = User(name="new")
    query = session.query(Address)
    query = query.filter(Address.user == user) if by_relationship else query.with_parent(user, User.addresses)
    with pytest.raises(InvalidRequestError, match=r"User\.id of an object that has no value"):
        query.all()
    session.add(user)
    assert query.all() == []


@pytest.mark.parametrize("method", ["limit", "order_by", "join", "distinct"])
def test_update_of_more_than_criteria(session: Any, method: str) -> None:
    arguments = {"limit": [1], "order_by": [User.id], "join": [User.addresses], "distinct": []}
    query = getattr(session.query(User), method)(*arguments[method])
    with pytest.raises(InvalidRequestError, match=r"Query\.update"):
        query.update({"age": 1})


def test_update_of_an_unknown_attribute(session: Any) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        session.query(User).update({"nam": "x"})
    assert "'name'" in raised.value.fix


def test_update_of_a_relationship(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"User.addresses cannot be set"):
        session.query(User).update({"addresses": []})


def test_plain_member_of_the_class_in_filter_by(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match="no attribute 'metadata' to filter by"):
        session.query(User).filter_by(metadata=1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: select(User).join("addresses"),
        lambda: select(User.id).outerjoin("addresses"),
        lambda: select(aliased(User)).join(Address, "addresses"),
        lambda: select(Address).join_from(User, "addresses"),
    ],
)
def test_names_in_joins_of_statements_are_refused_with_the_attribute_to_write(make: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^join\('addresses'\)") as caught:
        make()
    assert "join(User.addresses)" in caught.value.fix


@pytest.mark.parametrize("ask", [
    lambda: User.addresses.like("x"),
    lambda: User.addresses <= 1,
    lambda: User.addresses > 1,
    lambda: Address.user.in_([User()]),
    lambda: Address.user.is_(None),
])  # fmt: skip
def test_operators_of_values_are_not_implemented_for_relationships(ask: Callable[[], object]) -> None:
    with pytest.raises(NotImplementedError, match=r"AZ-L652|AZ-M33"):
        ask()


@pytest.mark.parametrize("method", ["execute", "scalar", "scalars"])
def test_a_connection_does_not_execute_a_query(session: Any, method: str) -> None:
    with pytest.raises(ObjectNotExecutableError):
        getattr(session.connection(), method)(session.query(User))


def test_looking_for_a_key_of_nothing_is_warned_of(session: Any) -> None:
    with pytest.warns(SAWarning, match="AZ-L653"):
        assert session.get(User, None) is None
    with pytest.warns(SAWarning, match="AZ-L653"):
        assert session.get(Stock, (None, None)) is None
