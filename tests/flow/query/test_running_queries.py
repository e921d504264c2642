"""What queries send to the database, and what they give."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import JSON, exc, func, insert, select, text, type_coerce, union
from azoth.orm import Bundle, aliased, joinedload, selectinload
from tests.flow.query.blog import Address, Note, User


def test_first_sends_a_limit(session: Any, statements: Any) -> None:
    statements.clear()
    assert session.query(User).filter_by(name="jack").first().id == 2
    assert [statement.count("LIMIT") for statement in statements.starting_with("SELECT")] == [1]


def test_the_same_query_is_compiled_once(session: Any, engine: Any) -> None:
    session.query(User).filter_by(id=1).first()
    compiled = engine.statement_cache.compilations
    for key in (1, 2, 3):
        assert session.query(User).filter_by(id=key).first().id == key
    assert engine.statement_cache.compilations == compiled


def test_get_looks_into_memory_first(session: Any, statements: Any) -> None:
    user = session.query(User).get(1)
    statements.clear()
    assert session.query(User).get(1) is user
    assert session.query(User).get((1,)) is user
    assert statements == []


def test_two_queries_give_the_same_object(session: Any) -> None:
    assert session.query(User).filter_by(id=1).one() is session.query(User).filter_by(name="ed").one()


def test_a_query_is_a_value(session: Any) -> None:
    all_users = session.query(User)
    narrowed = all_users.filter_by(name="ed")
    assert (all_users.count(), narrowed.count(), all_users.count()) == (3, 1, 3)


def test_iteration_runs_the_query_each_time(session: Any) -> None:
    query = session.query(User)
    assert len(list(query)) == 3
    session.add(User(id=9))
    assert len(list(query)) == 4


def test_autoflush_can_be_left_out(session: Any) -> None:
    session.add(User(id=9, name="new"))
    assert session.query(User).autoflush(False).filter_by(name="new").first() is None
    assert session.query(User).filter_by(name="new").first() is not None


def test_eager_loading_can_be_turned_off(session: Any, statements: Any) -> None:
    statements.clear()
    session.query(User).options(joinedload(User.addresses)).enable_eagerloads(False).all()
    assert not any("JOIN" in statement for statement in statements)


def test_joined_collection_under_a_limit_counts_owners(session: Any, statements: Any) -> None:
    statements.clear()
    found = session.query(User).options(joinedload(User.addresses)).order_by(User.id).limit(2).all()
    assert [(user.name, len(user.addresses)) for user in found] == [("ed", 2), ("jack", 1)]
    assert len(statements.starting_with("SELECT")) == 1


def test_selectin_under_first(session: Any, statements: Any) -> None:
    statements.clear()
    user = session.query(User).options(selectinload(User.addresses)).order_by(User.id).first()
    assert len(user.addresses) == 2
    assert len(statements.starting_with("SELECT")) == 2


def test_select_makes_owners_of_joined_collections_unique(session: Any) -> None:
    found = session.scalars(select(User).options(joinedload(User.addresses)).order_by(User.id)).all()
    assert [user.name for user in found] == ["ed", "jack", "wendy"]


def test_yield_per_loads_in_portions(session: Any) -> None:
    query = session.query(User).order_by(User.id).yield_per(2)
    assert [user.name for user in query] == ["ed", "jack", "wendy"]
    assert [row.id for row in session.query(User.id).order_by(User.id).yield_per(2)] == [1, 2, 3]


def test_only_return_tuples(session: Any) -> None:
    assert [row.User.name for row in session.query(User).order_by(User.id).tuples()] == ["ed", "jack", "wendy"]
    assert session.query(User).is_single_entity
    assert not session.query(User).tuples().is_single_entity


def test_bundle_alone_gives_rows_unless_it_says_otherwise(session: Any) -> None:
    plain = session.query(Bundle("person", User.id, User.name)).filter(User.id == 1).one()
    assert plain.person.name == "ed"
    alone = session.query(Bundle("person", User.id, User.name, single_entity=True)).filter(User.id == 1).one()
    assert (alone.id, alone.name) == (1, "ed")


def test_bundles_in_bundles_and_of_the_users_own(session: Any) -> None:
    class Sentence(Bundle):
        def create_row_processor(self, query: Any, procs: Any, labels: Any) -> Any:
            return lambda row: " ".join(str(proc(row)) for proc in procs)

    nested = Bundle("outer", User.id, Sentence("said", User.name, User.age))
    row = session.execute(select(nested, User).where(User.id == 1)).one()
    assert (row.outer.id, row.outer.said, row.User.name) == (1, "ed 30", "ed")


def test_rows_of_unhashable_values_are_kept(session: Any) -> None:
    doc = type_coerce([1], JSON)
    assert len(session.query(User, doc.label("doc")).all()) == 3
    # Nothing tells whether two of them are one.
    assert len(session.query(User, doc.label("doc")).join(User.addresses).all()) == 3
    assert len(session.query(User, User.age).join(User.addresses).all()) == 2


def test_what_a_text_gives_becomes_objects_in_portions(session: Any) -> None:
    given = text("SELECT * FROM users ORDER BY id")
    for found in (
        iter(session.query(User).yield_per(1).from_statement(given)),
        iter(session.scalars(select(User).from_statement(given).execution_options(yield_per=1))),
    ):
        session.expunge_all()
        kept = []
        for number in (1, 2, 3):
            kept.append(next(found))
            assert [user.id for user in session.identity_map.values()] == list(range(1, number + 1))
        assert next(found, None) is None
        assert [user.name for user in kept] == ["ed", "jack", "wendy"]


def test_portions_of_what_a_text_gives_end_with_their_transaction(session: Any) -> None:
    found = iter(session.query(User).yield_per(1).from_statement(text("SELECT * FROM users ORDER BY id")))
    assert next(found).name == "ed"
    session.rollback()
    with pytest.raises(exc.ResourceClosedError):
        next(found)


def test_union_can_be_narrowed_ordered_and_joined(session: Any) -> None:
    young, named = session.query(User).filter(User.age < 30), session.query(User).filter_by(name="ed")
    both = young.union(named)
    assert [user.name for user in both.order_by(User.name)] == ["ed", "jack"]
    assert [user.name for user in both.filter(User.age > 26)] == ["ed"]
    assert [user.name for user in both.filter_by(age=25)] == ["jack"]
    assert {user.name for user in both.join(User.addresses).filter(Address.email.like("ed%"))} == {"ed"}
    assert {user.name for user in both.join("addresses").filter_by(email="jack@a")} == {"jack"}
    assert both.with_entities(User.name).order_by(User.name).all() == [("ed",), ("jack",)]
    assert both.union(session.query(User).filter_by(name="wendy")).filter(User.name != "ed").count() == 2


def test_union_of_entities_and_columns(session: Any) -> None:
    first = session.query(User, Address.email).join(User.addresses).filter(User.id == 1)
    second = session.query(User, Address.email).join(User.addresses).filter(User.id == 2)
    found = first.union_all(second).order_by(Address.email)
    assert [(user.name, email) for user, email in found] == [("ed", "ed@a"), ("ed", "ed@b"), ("jack", "jack@a")]


def test_count_of_a_union(session: Any) -> None:
    assert session.query(User).union_all(session.query(User)).count() == 6


def test_from_statement_of_text_select_and_insert(session: Any) -> None:
    by_text = session.query(User).from_statement(text("SELECT id, age FROM users WHERE age = :age")).params(age=25)
    assert [user.name for user in by_text] == ["jack"]
    both = union(select(User).where(User.id == 1), select(User).where(User.id == 2))
    assert {user.name for user in session.query(User).from_statement(both)} == {"ed", "jack"}
    added = insert(User).values(name="new").returning(User)
    new = session.scalars(select(User).from_statement(added)).one()
    assert new.name == "new"
    assert new in session


def test_from_statement_of_two_entities_by_label(session: Any) -> None:
    sql = text(
        "SELECT users.id AS users_id, user_name AS users_user_name, addresses.id AS addresses_id, email "
        "FROM users JOIN addresses ON user_id = users.id WHERE email = 'ed@b'"
    )
    user, address = session.query(User, Address).from_statement(sql).one()
    assert (user.id, user.name, address.id, address.email) == (1, "ed", 2, "ed@b")


def test_from_statement_loads_related_objects_after_it(session: Any, statements: Any) -> None:
    query = session.query(User).from_statement(text("SELECT * FROM users")).options(selectinload(User.addresses))
    found = query.all()
    statements.clear()
    assert sum(len(user.addresses) for user in found) == 3
    assert statements == []


def test_count_exists_and_scalar_subquery_in_one_query(session: Any) -> None:
    number = session.query(func.count(Address.id)).filter(Address.user_id == User.id).scalar_subquery()
    assert session.query(User).filter(number == 2).one().name == "ed"
    assert session.query(session.query(Address).filter_by(email="ed@a").exists()).scalar() is True


def test_subquery_and_alias(session: Any) -> None:
    inside = session.query(User).filter(User.age == 30).subquery()
    old = aliased(User, inside)
    assert [user.name for user in session.query(old).order_by(old.name)] == ["ed", "wendy"]


def test_populate_existing_discards_changes(session: Any) -> None:
    user = session.get(User, 1)
    session.execute(text("UPDATE users SET age = 99 WHERE id = 1"))
    assert session.query(User).filter_by(id=1).one().age == 30
    assert session.query(User).populate_existing().filter_by(id=1).one() is user
    assert user.age == 99


def test_str_of_a_query_is_its_sql(session: Any, statements: list[str]) -> None:
    query = session.query(User.id).filter_by(name="ed")
    assert str(query).split()[:-1] == ["SELECT", "users.id", "FROM", "users", "WHERE", "users.user_name", "="]
    statements.clear()
    query.all()
    assert statements == [str(query)]


def test_none_is_in_no_collection(session: Any) -> None:
    named = select(User.name).order_by(User.id)
    assert session.scalars(named.where(User.addresses.contains(session.get(Address, 99)))).all() == []
    assert session.scalars(named.where(~User.addresses.contains(None))).all() == ["ed", "jack", "wendy"]
    assert session.scalar(select(func.count()).where(~User.addresses.contains(None))) == 3
    other = aliased(User)
    assert session.scalars(select(other.name).where(other.addresses.contains(None))).all() == []


def test_joins_begin_at_what_was_joined_before_where_it_is_selected_too(session: Any) -> None:
    address, user = aliased(Address), aliased(User)
    query = session.query(user, address, Note).join(address, Note.address).join(user, address.user)
    assert [(one.name, two.email, three.text) for one, two, three in query] == [("ed", "ed@a", "first")]
    inside = query.subquery()
    outside = session.query(aliased(user, inside), aliased(Note, inside), aliased(address, inside))
    assert [(one.name, two.text, three.email) for one, two, three in outside] == [("ed", "first", "ed@a")]
    counted = query.with_entities(Note.id, func.count(user.id)).group_by(Note.id)
    assert counted.all() == [(1, 1)]
    tables: Any = (User.__table__, Address.__table__, Note.__table__)
    users, addresses, notes = tables
    core = select(users.c.id, addresses.c.id, notes.c.id)
    joined = core.join(addresses, addresses.c.id == notes.c.address_id).join(users, users.c.id == addresses.c.user_id)
    assert session.execute(joined).all() == [(1, 1, 1)]
