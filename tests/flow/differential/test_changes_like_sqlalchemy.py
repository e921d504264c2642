"""INSERT, UPDATE and DELETE of entities leave the same rows and the same objects on azoth and on SQLAlchemy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.blog import make_model
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of

SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, make_model, run)
    assert outcome_of(database, AZOTH, make_model, run) == expected


def table(s: Any, m: Any) -> list[Any]:
    columns = m.User.__table__.c
    return [tuple(row) for row in s.connection().execute(columns.id.table.select().order_by(columns.id))]


def loaded(users: Any) -> list[Any]:
    """The attributes that objects have in memory, without loading any."""
    return [{key: user.__dict__[key] for key in ("id", "name", "age") if key in user.__dict__} for user in users]


# -- INSERT ---------------------------------------------------------------------------------------


@scenario
def insert_one(lib: Library, m: Any, s: Any) -> Any:
    result = s.execute(lib.insert(m.User).values(name="new", age=1))
    return [tuple(result.inserted_primary_key), table(s, m)]


@scenario
def insert_by_attribute(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.insert(m.User).values({m.User.name: "new", "age": lib.func.abs(-3)}))
    return table(s, m)


@scenario
def insert_many(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.insert(m.User), [{"name": "n1", "age": 1}, {"name": "n2", "age": 2}])
    return table(s, m)


@scenario
def insert_many_with_different_keys(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.insert(m.User), [{"name": "n1", "age": 1}, {"name": "n2"}, {"age": 3, "name": "n3"}])
    return table(s, m)


@scenario
def insert_many_in_one_statement(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.insert(m.User).values([{"name": "n1", "age": 1}, {"name": "n2", "age": 2}]))
    return table(s, m)


@scenario
def insert_returning_objects(lib: Library, m: Any, s: Any) -> Any:
    users = s.scalars(lib.insert(m.User).returning(m.User), [{"name": "n1"}, {"name": "n2"}]).all()
    return [[(user.id, user.name, user in s) for user in users], table(s, m)]


@scenario
def insert_returning_columns(lib: Library, m: Any, s: Any) -> Any:
    result = s.execute(lib.insert(m.User).values(name="n1").returning(m.User.id, m.User.name))
    return [list(result.keys()), [tuple(row) for row in result]]


@scenario
def insert_returning_objects_and_columns(lib: Library, m: Any, s: Any) -> Any:
    result = s.execute(lib.insert(m.User).returning(m.User, m.User.age), [{"name": "n1", "age": 5}])
    return [(row.User.name, row.age) for row in result]


@scenario
def insert_from_select(lib: Library, m: Any, s: Any) -> Any:
    source = lib.select(m.User.name + "!", m.User.age).where(m.User.age == 30)
    s.execute(lib.insert(m.User).from_select([m.User.name, m.User.age], source))
    return len(table(s, m))


# -- UPDATE ---------------------------------------------------------------------------------------


def update_with(strategy: Any) -> Scenario:
    def run(lib: Library, m: Any, s: Any) -> Any:
        users = s.query(m.User).order_by(m.User.id).all()
        statement = lib.update(m.User).where(m.User.age == 30).values(age=m.User.age + 1, name="old")
        result = s.execute(statement, execution_options={"synchronize_session": strategy})
        return [result.rowcount, [(user.id, user.name, user.age) for user in users], table(s, m)]

    run.__name__ = f"update_with_{strategy}"
    return run


SCENARIOS.extend(update_with(strategy) for strategy in ("auto", "evaluate", "fetch", False))


@scenario
def evaluated_criteria(lib: Library, m: Any, s: Any) -> Any:
    user = m.User
    users = s.query(user).order_by(user.id).all()
    criteria = [
        lib.and_(user.age > 20, user.name.in_(["ed", "fred"])),
        lib.or_(user.age.is_(None), user.name == "wendy"),
        lib.not_(user.age == 30),
        user.age + 5 > 32,
        user.age.not_in([25]),
        user.name != None,  # noqa: E711
    ]
    found = []
    for number, criterion in enumerate(criteria):
        statement = lib.update(user).where(criterion).values(bio=str(number))
        count = s.execute(statement, execution_options={"synchronize_session": "evaluate"}).rowcount
        found.append((count, [one.bio for one in users]))
    return found


@scenario
def patterns_under_auto(lib: Library, m: Any, s: Any) -> Any:
    users = s.query(m.User).order_by(m.User.id).all()
    found = []
    for criterion in (m.User.name.like("%ED"), m.User.name.startswith("j"), m.User.name.contains("end")):
        s.execute(lib.update(m.User).where(criterion).values(age=m.User.age + 1))
        found.append([user.age for user in users])
    return found


@scenario
def criteria_for_the_database_under_auto(lib: Library, m: Any, s: Any) -> Any:
    users = s.query(m.User).order_by(m.User.id).all()
    count = s.execute(lib.update(m.User).where(lib.func.length(m.User.name) == 4).values(age=1)).rowcount
    return [count, [user.age for user in users]]


@scenario
def criteria_for_the_database_under_evaluate(lib: Library, m: Any, s: Any) -> Any:
    s.query(m.User).all()
    statement = lib.update(m.User).where(lib.func.length(m.User.name) == 4).values(age=1)
    return s.execute(statement, execution_options={"synchronize_session": "evaluate"}).rowcount


@scenario
def value_for_the_database(lib: Library, m: Any, s: Any) -> Any:
    user = s.get(m.User, 1)
    s.execute(lib.update(m.User).values(name=lib.func.upper(m.User.name)))
    return ["name" in user.__dict__, user.name]


@scenario
def unknown_strategy(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User).update({"age": 1}, synchronize_session="sometimes")


@scenario
def update_returning_objects(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.update(m.User).where(m.User.id < 3).values(age=1).returning(m.User)
    return sorted((user.name, user.age) for user in s.scalars(statement))


@scenario
def update_returning_columns(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.update(m.User).where(m.User.id == 1).values(age=1).returning(m.User.name, m.User.age)
    return [tuple(row) for row in s.execute(statement)]


@scenario
def update_by_primary_key(lib: Library, m: Any, s: Any) -> Any:
    users = s.query(m.User).order_by(m.User.id).all()
    s.execute(lib.update(m.User), [{"id": 1, "name": "x"}, {"id": 2, "age": 2}, {"id": 3, "name": "z", "age": 3}])
    return [[(user.name, user.age) for user in users], table(s, m)]


@scenario
def update_by_composite_primary_key(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.update(m.Stock), [{"place": "a", "item": 1, "amount": 0}, {"place": "b", "item": 1, "amount": 1}])
    return [(one.place, one.item, one.amount) for one in s.query(m.Stock).order_by(m.Stock.place, m.Stock.item)]


@scenario
def update_by_missing_primary_key(lib: Library, m: Any, s: Any) -> Any:
    return s.execute(lib.update(m.User), [{"name": "x"}])


@scenario
def update_by_primary_key_with_criteria(lib: Library, m: Any, s: Any) -> Any:
    return s.execute(lib.update(m.User).where(m.User.age == 1), [{"id": 1, "name": "x"}])


@scenario
def update_with_parameters(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.update(m.User).where(m.User.name == lib.bindparam("who")).values(age=lib.bindparam("years"))
    s.execute(statement, {"who": "ed", "years": 7}, execution_options={"synchronize_session": False})
    return table(s, m)


@scenario
def update_many_with_parameters(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.update(m.User).where(m.User.name == lib.bindparam("who")).values(age=lib.bindparam("years"))
    sets = [{"who": "ed", "years": 7}, {"who": "jack", "years": 8}]
    s.connection().execute(statement, sets)
    return table(s, m)


@scenario
def query_update(lib: Library, m: Any, s: Any) -> Any:
    ed = s.get(m.User, 1)
    count = s.query(m.User).filter_by(name="ed").update({"name": "eddy", m.User.age: m.User.age * 2})
    return [count, loaded([ed]), ed.name, ed.age]


@scenario
def query_update_of_a_subquery(lib: Library, m: Any, s: Any) -> Any:
    with_address = s.query(m.Address.user_id)
    count = s.query(m.User).filter(m.User.id.in_(with_address)).update({"age": 0})
    return [count, table(s, m)]


@scenario
def query_update_after_limit(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User).limit(1).update({"age": 0})


@scenario
def query_update_after_join(lib: Library, m: Any, s: Any) -> Any:
    return s.query(m.User).join(m.User.addresses).update({"age": 0})


@scenario
def pending_changes_are_flushed_first(lib: Library, m: Any, s: Any) -> Any:
    ed = s.get(m.User, 1)
    ed.age = 50
    count = s.query(m.User).filter(m.User.age == 50).update({"name": "fifty"})
    return [count, ed.name, ed in s.dirty]


@scenario
def update_is_undone_by_rollback(lib: Library, m: Any, s: Any) -> Any:
    ed = s.get(m.User, 1)
    s.query(m.User).update({"name": "all"})
    before = ed.name
    s.rollback()
    return [before, ed.name]


@scenario
def update_returning_objects_that_are_read_later(lib: Library, m: Any, s: Any) -> Any:
    users = s.scalars(lib.select(m.User).order_by(m.User.id)).all()
    s.connection().execute(lib.update(m.User.__table__).values(age=99))
    found = s.scalars(
        lib.update(m.User).where(m.User.id == 1).values(name="new").returning(m.User),
        execution_options={"populate_existing": True},
    )
    before = loaded(users)
    return [before, [user.age for user in found], loaded(users)]


@scenario
def update_filtered_by_names_of_several_tables(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.update(m.User).where(m.User.id == m.Address.user_id).values(age=77)
    s.execute(statement.filter_by(email="jack@a"), execution_options={"synchronize_session": False})
    return table(s, m)


@scenario
def update_filtered_by_an_ambiguous_name(lib: Library, m: Any, s: Any) -> Any:
    return str(lib.update(m.User).where(m.User.id == m.Address.user_id).filter_by(id=1))


@scenario
def update_filtered_by_a_name_of_its_table_alone(lib: Library, m: Any, s: Any) -> Any:
    s.execute(lib.update(m.User).where(m.User.age > 1).filter_by(id=1, name="ed").values(age=1))
    return table(s, m)


@scenario
def delete_filtered_by_an_ambiguous_name(lib: Library, m: Any, s: Any) -> Any:
    return str(lib.delete(m.User).where(m.User.id == m.Address.user_id).filter_by(id=1))


@scenario
def delete_filtered_by_an_unknown_name(lib: Library, m: Any, s: Any) -> Any:
    return str(lib.delete(m.User).where(m.User.id == m.Address.user_id).filter_by(nothing=1))


# -- DELETE ---------------------------------------------------------------------------------------


def delete_with(strategy: Any) -> Scenario:
    def run(lib: Library, m: Any, s: Any) -> Any:
        addresses = s.query(m.Address).order_by(m.Address.id).all()
        statement = lib.delete(m.Address).where(m.Address.email.in_(["ed@a", "wendy@c"]))
        count = s.execute(statement, execution_options={"synchronize_session": strategy}).rowcount
        left = [one.email for one in s.query(m.Address).order_by(m.Address.id)]
        return [count, [one in s for one in addresses], left]

    run.__name__ = f"delete_with_{strategy}"
    return run


SCENARIOS.extend(delete_with(strategy) for strategy in ("auto", "evaluate", "fetch", False))


@scenario
def query_delete(lib: Library, m: Any, s: Any) -> Any:
    address = s.get(m.Address, 1)
    count = s.query(m.Address).filter(m.Address.user_id == 1).delete()
    return [count, address in s, lib.inspect(address).deleted, s.query(m.Address).count()]


@scenario
def delete_is_undone_by_rollback(lib: Library, m: Any, s: Any) -> Any:
    address = s.get(m.Address, 1)
    s.query(m.Address).delete()
    gone = address in s
    s.rollback()
    return [gone, address in s, address.email, s.query(m.Address).count()]


@scenario
def delete_and_commit(lib: Library, m: Any, s: Any) -> Any:
    address = s.get(m.Address, 1)
    s.execute(lib.delete(m.Address).where(m.Address.id == 1))
    s.commit()
    return [address in s, lib.inspect(address).detached, s.get(m.Address, 1)]


@scenario
def delete_returning(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.delete(m.Address).where(m.Address.id == 1).returning(m.Address.id, m.Address.email)
    return [tuple(row) for row in s.execute(statement)]


@scenario
def delete_everything(lib: Library, m: Any, s: Any) -> Any:
    return [s.query(m.Address).delete(), s.query(m.Address).count()]


# -- lists of mappings ----------------------------------------------------------------------------


@scenario
def bulk_insert_mappings(lib: Library, m: Any, s: Any) -> Any:
    rows = [{"name": "n1", "age": 1}, {"name": "n2", "age": None}, {"name": "n3"}]
    s.bulk_insert_mappings(m.User, rows)
    return table(s, m)


@scenario
def bulk_insert_mappings_with_keys(lib: Library, m: Any, s: Any) -> Any:
    rows = [{"name": "n1"}, {"name": "n2"}]
    s.bulk_insert_mappings(m.User, rows, return_defaults=True)
    return [[row["id"] for row in rows], len(table(s, m))]


@scenario
def bulk_update_mappings(lib: Library, m: Any, s: Any) -> Any:
    s.bulk_update_mappings(m.User, [{"id": 1, "name": "x"}, {"id": 2, "name": "y"}])
    return table(s, m)


@scenario
def bulk_save_new_objects(lib: Library, m: Any, s: Any) -> Any:
    users = [m.User(name="n1"), m.User(name="n2", age=2)]
    s.bulk_save_objects(users, return_defaults=True)
    return [[user.id for user in users], [user in s for user in users], table(s, m)]


@scenario
def bulk_save_changed_objects(lib: Library, m: Any, s: Any) -> Any:
    users = s.query(m.User).order_by(m.User.id).all()
    s.expunge_all()
    users[0].name, users[1].age = "x", 1
    s.bulk_save_objects(users[:2])
    return table(s, m)
