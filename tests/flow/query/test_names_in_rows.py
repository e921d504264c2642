"""The names of what a statement selects, and what else finds it in the rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import LABEL_STYLE_NONE, LABEL_STYLE_TABLENAME_PLUS_COL, exc, func, select, text, tuple_, union, update
from azoth.orm import Bundle, DictBundle, Session, aliased
from tests.flow.query.blog import Address, User

table: Any = User.__table__


def keys(result: Any) -> list[str]:
    return list(result.keys())


# -- several things of one name ---------------------------------------------------------------------------------------


def test_rows_of_a_select_have_each_name_once(session: Session) -> None:
    assert keys(session.execute(select(User.id, Address.id).join(User.addresses))) == ["id", "id_1"]
    assert keys(session.execute(select(User, Address.id, User.id, User.name).join(User.addresses))) == [
        "User",
        "id",
        "id_1",
        "name",
    ]
    taken = select(User, Address.id, User.id, User.age.label("id_1")).join(User.addresses)
    assert keys(session.execute(taken)) == ["User", "id", "id_2", "id_1"]
    row = session.execute(select(User, Address.id, User.id).where(User.id == 2, Address.user_id == User.id)).one()
    assert (row.id, row.id_1) == (3, 2)


def test_rows_of_a_select_have_the_names_that_its_style_gives(session: Session) -> None:
    selected = select(User, Address.id, User.name, User.age.label("years"), Bundle("both", User.id, User.name))
    labelled = selected.join(User.addresses).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    assert keys(session.execute(labelled)) == ["User", "addresses_id", "users_name", "years", "both"]
    named = aliased(User, name="other")
    own = select(named.name, Bundle("both", named.id)).apply_labels()
    assert keys(session.execute(own)) == ["other_name", "both"]
    plain = select(User, Address.id, User.id).join(User.addresses).set_label_style(LABEL_STYLE_NONE)
    assert keys(session.execute(plain)) == ["User", "id", "id"]


@pytest.mark.parametrize(
    "selected, names",
    [
        ((User.id, User.id, Address.id), ["id", "id_1", "id_2"]),
        ((User.id, User.name, User.id), ["id", "name", "id_1"]),
        ((User.id, Address.id.label("id_1"), Address.id), ["id", "id_1", "id_2"]),
        ((func.max(User.id), func.max(Address.id)), ["max", "max_1"]),
        ((User.name, func.count(Address.id)), ["name", "count"]),
        ((func.count(User.id),), ["count"]),
        ((User.id, func.max(User.id), User.age.label("max")), ["id", "max", "max_1"]),
        ((User.name, func.lower(User.name)), ["name", "lower"]),
    ],
)
@pytest.mark.parametrize("again", range(2))
def test_columns_have_the_same_names_with_and_without_entities(
    session: Session, selected: Any, names: list[str], again: int
) -> None:
    statement = select(*selected).where(User.id == 2, Address.user_id == User.id).group_by(User.id, Address.id)
    assert keys(session.execute(statement)) == names
    assert keys(session.execute(statement.add_columns(User))) == [*names, "User"]
    assert keys(session.execute(statement.execution_options(yield_per=1))) == names
    row = session.execute(statement).first()
    assert row is not None and list(row._asdict().values()) == list(row)


def test_columns_of_tables_alone_have_the_names_that_connections_give(session: Session) -> None:
    for columns in ((table.c.id, table.c.id), (table.c, func.count()), (func.count(),)):
        statement: Any = select(*columns).select_from(table).group_by(table.c.id)
        assert keys(session.execute(statement)) == keys(session.connection().execute(statement))


def test_names_of_connections_stay_when_sessions_execute_the_same_statement(session: Session) -> None:
    for _ in range(2):
        other = aliased(User)
        statement = select(func.max(other.id), func.max(other.age), other.name, other.name).group_by(other.name)
        assert keys(session.connection().execute(statement)) == ["max_1", "max_2", "name", "name__1"]
        row = session.execute(statement.order_by(other.name)).first()
        assert row is not None
        assert row._fields == ("max", "max_1", "name", "name_1")
        assert (row.max, row._mapping[other.name]) == (row[0], row[2])


def test_an_alias_leaves_the_name_of_the_class_to_the_class(session: Session) -> None:
    other, named = aliased(User), aliased(User, name="named")
    selected = (other, User, named, other.name)
    condition = (other.id == 1, User.id == other.id + 1, named.id == User.id + 1)
    for rows in (session.execute(select(*selected).where(*condition)), session.query(*selected).filter(*condition)):
        row: Any = next(iter(rows))
        assert row._fields == ("User_1", "User", "named", "name")
        assert (row.User.id, row.User_1.id, row.named.id) == (2, 1, 3)
    last = aliased(User)
    ambiguous: Any = session.execute(select(other, last).where(other.id == last.id)).first()
    with pytest.raises(exc.InvalidRequestError, match="several columns of the result are named 'User'"):
        _ = ambiguous.User


@pytest.mark.parametrize(
    "selected, names",
    [
        ((User.id, Address.id), ["id", "id"]),
        ((User, Address.id, User.id), ["User", "id", "id"]),
        ((User.id.label("id"), Address.id), ["id", "id"]),
        ((table, User.id), ["id", "user_name", "age", "id"]),
    ],
)
def test_rows_of_a_query_have_the_names_as_they_are(session: Session, selected: Any, names: list[str]) -> None:
    query = session.query(*selected).filter(User.id == 2, Address.user_id == User.id)
    row = query.one()
    assert keys(row._mapping) == names
    assert keys(query.union(query).one()._mapping) == names
    with pytest.raises(exc.InvalidRequestError, match="several columns of the result are named 'id'"):
        _ = row.id
    # A statement of its own has each name once, for the readers of a connection.
    assert len(set(keys(session.execute(query.statement)))) == len(names)


def test_rows_that_a_text_gives_a_query_have_the_names_as_they_are(session: Session) -> None:
    given = text("SELECT u.id AS users_id, a.id AS addresses_id FROM users u JOIN addresses a ON a.user_id = u.id")
    query = session.query(User.id, Address.id).from_statement(given.columns(User.id, Address.id))
    assert keys(query.first()._mapping) == ["id", "id"]
    selected = select(User.id, Address.id).from_statement(given.columns(User.id, Address.id))
    assert keys(session.execute(selected)) == ["id", "id_1"]


def test_queries_in_a_set_operation_name_their_columns_by_tables(session: Session) -> None:
    first, second = session.query(User).filter_by(name="ed"), session.query(User).filter_by(name="wendy")
    both = union(first, second)
    assert keys(both.subquery().c) == ["users_id", "users_user_name", "users_age"]
    ordered = session.query(User).from_statement(both.order_by(text("users_user_name DESC")))
    assert [user.name for user in ordered] == ["wendy", "ed"]
    ordered = session.query(User).from_statement(union(second, first).order_by("users_user_name"))
    assert [user.name for user in ordered] == ["ed", "wendy"]


def test_a_union_of_queries_of_tables_gives_their_columns(session: Session) -> None:
    inner = select(User.id, User.name).subquery()
    for selected in (table, inner):
        query = session.query(selected.c.id, selected).filter(selected.c.id == 2)
        assert [row[:2] for row in query.union_all(query)] == [(2, 2), (2, 2)]


# -- what finds the values --------------------------------------------------------------------------------------------


def test_entities_and_columns_find_their_values_in_a_row(session: Session) -> None:
    row = session.query(User, Address, Address.email).join(User.addresses).first()
    found = row._mapping
    assert (found[User], found[Address], found["User"]) == (row[0], row[1], row[0])
    assert found[Address.email] == found[Address.__table__.c.email] == "ed@a"
    assert User in found
    for missing in (aliased(User), User.name, table.c.user_name):
        assert missing not in found
        with pytest.raises(KeyError):
            _ = found[missing]


def test_an_alias_finds_its_value_though_the_statement_is_known_by_another(session: Session) -> None:
    for _ in range(3):
        one, other = aliased(User), aliased(User)
        called = other.name.label("called")
        selected = select(one, other, called).where(one.id == other.id - 1, other.id == 2)
        found = session.execute(selected).one()._mapping
        assert (found[one].id, found[other].id, found[called]) == (1, 2, "jack")
        with pytest.raises(KeyError):
            _ = found[User]
        only = session.query(other).only_return_tuples(True).filter(other.id == 3).one()
        assert only._mapping[other].name == "wendy"


def test_entities_find_what_a_change_gives_back(session: Session) -> None:
    changed = update(User).where(User.id == 1).values(age=31).returning(User, User.age)
    found = session.execute(changed).one()._mapping
    assert (found[User].id, found[User.age]) == (1, 31)


@pytest.mark.parametrize("portion", [None, 1])
@pytest.mark.parametrize("is_heard", [False, True])
def test_what_the_parts_of_a_union_select_finds_its_values(
    session: Session, portion: int | None, is_heard: bool
) -> None:
    if is_heard:
        azoth.event.listen(session, "do_orm_execute", lambda state: None)
    for selected in ((User.id, User.name), (User, User.name), (User, User.name, User.id)):
        query = session.query(*selected).filter(User.id < 2)
        united = query.union(session.query(*selected).filter(User.id == 2))
        again = united.union_all(session.query(*selected).filter(User.id == 3))
        for number, one in ((2, united), (3, again)):
            rows = list(one.order_by(User.id) if portion is None else one.order_by(User.id).yield_per(portion))
            assert [row._mapping[User.name] for row in rows] == ["ed", "jack", "wendy"][:number]
            assert [tuple(row._mapping[what] for what in selected) for row in rows] == [tuple(row) for row in rows]
    added = (
        session.query(User).filter(User.id < 3).union(session.query(User).filter(User.id == 3)).add_columns(User.age)
    )
    assert [row._mapping[User].age == row._mapping[User.age] for row in added] == [True] * 3
    assert Address.id not in added.first()._mapping


def test_portions_of_rows_have_the_names_of_the_statement(session: Session) -> None:
    other = aliased(User)
    rows = session.query(User, other.id).filter(User.id == other.id).order_by(User.id).yield_per(2)
    assert [(row._mapping[User].id, row._mapping[other.id], keys(row._mapping)) for row in rows] == [
        (number, number, ["User", "id"]) for number in (1, 2, 3)
    ]


# -- values of several columns ----------------------------------------------------------------------------------------


def test_a_dictionary_has_each_name_once(session: Session) -> None:
    with pytest.raises(exc.ArgumentError, match="DictBundle 'both' has several expressions named 'id'"):
        DictBundle("both", User.id, Address.id)
    both = DictBundle("both", User.id, Address.id.label("address"), DictBundle("inner", User.id))
    row = session.execute(select(both).where(Address.user_id == User.id, User.id == 2)).one()
    assert row.both == {"id": 2, "address": 3, "inner": {"id": 2}}
    assert both.label("renamed").name == "renamed"


@pytest.mark.parametrize(
    "statement",
    [
        lambda: select(tuple_(User.id, User.age)),
        lambda: select(tuple_(table.c.id, table.c.age).label("both")),
        lambda: select(User, tuple_(User.id, User.age)),
    ],
)
def test_a_row_of_values_is_no_value_of_a_result(session: Session, statement: Callable[[], Any]) -> None:
    with pytest.raises(exc.CompileError, match=r"cannot give a tuple_\(\)"):
        session.execute(statement())
    within = select(User.id).where(tuple_(User.id, User.age).in_(select(tuple_(User.id, User.age))))
    assert str(within).count("SELECT") == 2


def test_columns_of_a_table_are_selected_together(session: Session) -> None:
    assert session.execute(select(table.c["id", "age"]).where(table.c.id == 1)).one() == (1, 30)
    assert keys(session.execute(select(table.c, func.count()).group_by(table.c.id))) == [
        "id",
        "user_name",
        "age",
        "count_1",
    ]
    columns = Address.__table__.c["id", "email"]
    row = session.execute(select(User, columns).join(User.addresses).where(Address.id == 3)).one()
    assert (row.User.name, row.id, row.email) == ("jack", 3, "jack@a")
    with session.get_bind().connect() as connection:
        assert isinstance(connection, azoth.Connection)
        assert keys(connection.execute(select(table.c).add_columns(table.c["age",].values()[0] + 1)))[:3] == [
            "id",
            "user_name",
            "age",
        ]
