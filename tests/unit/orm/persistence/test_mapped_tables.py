"""Objects with rows in several tables: which entries they make, in which order, and what flows between these."""

from __future__ import annotations

import pytest

from azoth import exc
from azoth.orm.exc import FlushError, StaleDataError
from azoth.orm.mapping.lookup import mapper_of
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.runtime.state import state_of
from azoth.sql.elements import text
from azoth.sql.functions import func
from azoth.sql.schema import Column, ForeignKey
from azoth.sql.selectable import select
from azoth.sql.types import Integer, String


def person_tables(unit, *, refers=True):
    person = unit.table("person", Column("id", Integer, primary_key=True), Column("name", String))
    address = unit.table(
        "address",
        Column("id", Integer, primary_key=True),
        Column("person_id", Integer, *([ForeignKey("person.id")] if refers else [])),
        Column("email", String),
    )
    return person, address


def map_person(unit, person, address, join=None, **options):
    return unit.map(
        "Person",
        person.join(address, person.c.id == address.c.person_id) if join is None else join,
        {"id": [person.c.id, address.c.person_id], "address_id": address.c.id},
        **options,
    )


@pytest.fixture
def Person(unit):
    Person = map_person(unit, *person_tables(unit))
    unit.open()
    return Person


def tables_of(class_):
    return write_profile(mapper_of(class_)).tables


# -- what a mapper owns -------------------------------------------------------------------------------


def test_a_mapper_of_a_join_owns_a_mapped_table_for_each_of_its_tables(unit, Person):
    first, second = tables_of(Person)
    assert [first.table.name, second.table.name] == ["person", "address"]
    assert list(first.columns) == ["id", "name"]
    assert list(second.columns) == ["address_id", "id", "email"]
    assert (first.key_keys, second.key_keys) == (("id",), ("address_id",))
    assert (first.is_first, second.is_first, first.is_alone) == (True, False, False)
    assert second.given_keys == {"id"}


def test_a_mapper_of_a_table_owns_that_alone(unit):
    Thing = unit.map("Thing", unit.table("things", Column("id", Integer, primary_key=True)))
    (only,) = tables_of(Thing)
    assert only.is_alone
    assert only.is_first


def test_the_tables_stand_in_the_order_of_their_rows_whatever_the_join_says(unit):
    person, address = person_tables(unit)
    Person = map_person(unit, person, address, address.join(person))
    assert mapper_of(Person).tables == [person, address]


def test_without_a_foreign_key_the_table_whose_key_is_made_comes_first(unit):
    person, address = person_tables(unit, refers=False)
    Person = map_person(unit, person, address, address.join(person, person.c.id == address.c.person_id))
    assert mapper_of(Person).tables == [person, address]
    unit.open()
    unit.add(Person(name="Ada", email="a@x"))
    assert [str(edge.reason) for edge in unit.plan().edges] == ["address.person_id -> person.id (mapping Person)"]
    unit.flush()
    assert unit.rows("SELECT id, person_id FROM address") == [(1, 1)]


# -- the plan -----------------------------------------------------------------------------------------


def test_a_new_object_is_one_entry_in_each_table(unit, Person, labels):
    unit.add(Person(name="Ada", email="a@x"), Person(name="Bob", email="b@x"))
    plan = unit.plan()
    assert labels(plan) == ["INSERT person", "INSERT address"]
    assert [[(one.sql, one.times) for one in step] for step in plan.statements] == [
        [("INSERT INTO person (name) VALUES (:name_1)", 2)],
        [("INSERT INTO address (person_id, email) VALUES (:id_1, :email_1)", 2)],
    ]
    unit.flush()
    assert unit.sql() == [
        "INSERT INTO person (name) VALUES (?)",
        "INSERT INTO person (name) VALUES (?)",
        "INSERT INTO address (person_id, email) VALUES (?, ?)",
        "INSERT INTO address (person_id, email) VALUES (?, ?)",
    ]
    assert unit.rows("SELECT person.name, email FROM person JOIN address ON person.id = person_id") == [
        ("Ada", "a@x"),
        ("Bob", "b@x"),
    ]


def test_the_plan_reads_as_it_runs(unit, Person):
    unit.add(Person(name="Ada", email="a@x"))
    lines = str(unit.plan()).splitlines()
    assert lines[0] == "FlushPlan: 2 steps, 2 rows"
    assert lines[1] == "1. INSERT person   1 row, one statement"
    assert "2. INSERT address  1 row, one statement" in lines
    assert lines[-1].strip() == "after 1: address.person_id -> person.id (foreign key)"
    columns = [step["columns"] for step in unit.plan().as_dict()["steps"]]
    assert columns == [["id", "name"], ["id", "person_id", "email"]]


def test_only_tables_with_changed_columns_are_updated(unit, Person, labels):
    ada, bob = Person(name="Ada", email="a@x"), Person(name="Bob", email="b@x")
    unit.add(ada, bob)
    unit.flush()
    ada.name = "A"
    assert labels(unit.plan()) == ["UPDATE person"]
    bob.email = "b"
    assert labels(unit.plan()) == ["UPDATE person", "UPDATE address"]
    bob.name = "B"
    unit.statements.clear()
    outcome = unit.flush()
    assert unit.statements == [
        ("UPDATE person SET name=? WHERE person.id = ?", [("A", 1), ("B", 2)]),
        ("UPDATE address SET email=? WHERE address.id = ?", ("b", 2)),
    ]
    assert list(outcome.updated) == [state_of(ada), state_of(bob)]
    assert not unit.identity_map.modified


def test_a_deleted_object_leaves_its_tables_in_the_opposite_order(unit, Person, labels):
    ada = Person(name="Ada", email="a@x")
    unit.add(ada)
    unit.flush()
    unit.delete(ada)
    assert labels(unit.plan()) == ["DELETE address", "DELETE person"]
    outcome = unit.flush()
    assert list(outcome.deleted) == [state_of(ada)]
    assert unit.rows("SELECT * FROM person") == unit.rows("SELECT * FROM address") == []


def test_deletion_is_ordered_without_foreign_keys_too(unit, labels):
    Person = map_person(unit, *person_tables(unit, refers=False))
    unit.open()
    ada = Person(name="Ada", email="a@x")
    unit.add(ada)
    unit.flush()
    unit.delete(ada)
    assert labels(unit.plan()) == ["DELETE address", "DELETE person"]


def test_two_mappers_may_share_a_table(unit, labels):
    person, address = person_tables(unit)
    Person = map_person(unit, person, address)
    Plain = unit.map("Plain", person)
    Mail = unit.map("Mail", address)
    unit.open()
    plain = Plain(id=7, name="Plain")
    unit.add(Mail(person_id=7, email="p@x"), Person(name="Ada", email="a@x"), plain)
    assert labels(unit.plan()) == ["INSERT person", "INSERT person", "INSERT address", "INSERT address"]
    unit.flush()
    assert unit.rows("SELECT count(*) FROM address JOIN person ON person.id = person_id") == [(2,)]


def test_an_outcome_names_each_object_once(unit, Person):
    ada = Person(name="Ada", email="a@x")
    unit.add(ada)
    outcome = unit.flush()
    assert outcome.inserted == [state_of(ada)]
    assert outcome.generated == {state_of(ada): ("id", "address_id")}
    assert state_of(ada).pk == (1, 1)


def test_undoing_a_flush_takes_all_generated_keys_away(unit, Person):
    ada = Person(name="Ada", email="a@x")
    unit.add(ada)
    unit.flush().undo()
    assert "id" not in ada.__dict__
    assert "address_id" not in ada.__dict__
    assert state_of(ada).pk is None


def test_values_of_the_server_are_fetched_for_each_table(unit):
    person, address = person_tables(unit)
    for table in (person, address):
        table.append_column(Column(f"{table.name}_code", String, server_default=text("'made'")))
    Person = map_person(unit, person, address, eager_defaults=True)
    unit.open()
    ones = [Person(name=str(number)) for number in range(10)]
    unit.add(*ones)
    unit.flush()
    assert len(unit.statements) == 6
    assert {(one.__dict__["person_code"], one.__dict__["address_code"]) for one in ones} == {("made", "made")}
    assert unit.rows("SELECT person.id, address.id, name FROM person JOIN address ON person.id = person_id") == [
        (*state_of(one).pk, one.name) for one in ones
    ]


# -- cycles -------------------------------------------------------------------------------------------


def test_tables_that_refer_to_each_other_are_ordered_row_by_row(unit, labels):
    team = unit.table(
        "team",
        Column("id", Integer, primary_key=True),
        Column("name", String),
        Column("captain_id", Integer, ForeignKey("player.id", use_alter=True)),
    )
    player = unit.table(
        "player",
        Column("id", Integer, primary_key=True),
        Column("team_id", Integer, ForeignKey("team.id")),
        Column("nick", String),
    )
    Captain = unit.map(
        "Captain",
        team.join(player, team.c.id == player.c.team_id),
        {"id": [team.c.id, player.c.team_id], "player_id": [player.c.id, team.c.captain_id]},
    )
    unit.open()
    one = Captain(name="Reds", nick="Ace")
    unit.add(one)
    assert labels(unit.plan()) == ["INSERT team", "INSERT player", "SET KEYS team"]
    unit.flush()
    assert unit.rows("SELECT id, captain_id FROM team") == [(1, 1)]
    assert unit.rows("SELECT id, team_id FROM player") == [(1, 1)]
    assert state_of(one).pk == (1, 1)


# -- keys and versions --------------------------------------------------------------------------------


def account_tables(unit):
    account = unit.table(
        "account", Column("id", Integer, primary_key=True), Column("name", String), Column("version", Integer)
    )
    profile = unit.table(
        "profile", Column("account_id", Integer, ForeignKey("account.id"), primary_key=True), Column("bio", String)
    )
    return account, profile


def test_the_rows_of_an_object_are_found_by_the_old_key_until_all_have_the_new_one(unit):
    account, profile = account_tables(unit)
    Account = unit.map("Account", account.join(profile), {"id": [account.c.id, profile.c.account_id]})
    unit.open(foreign_keys=False)
    one = Account(name="n", bio="b")
    unit.add(one)
    unit.flush()
    unit.statements.clear()
    one.id = 5
    unit.flush()
    assert unit.statements == [
        ("UPDATE account SET id=? WHERE account.id = ?", (5, 1)),
        ("UPDATE profile SET account_id=? WHERE profile.account_id = ?", (5, 1)),
    ]
    assert state_of(one).pk == 5
    assert unit.identity_map.states(state_of(one).manager) == {5: state_of(one)}


def test_a_second_key_under_its_own_name_finds_the_second_row(unit):
    account, profile = account_tables(unit)
    Account = unit.map("Account", account.join(profile), {"profile_id": profile.c.account_id})
    unit.open()
    one = Account(id=1, profile_id=1, name="n", bio="b")
    unit.add(one)
    unit.flush()
    one.bio = "c"
    del one.__dict__["profile_id"]
    unit.statements.clear()
    assert [str(load) for load in unit.plan().loads] == [
        "Account.profile_id of 1 object, because the flush depends on these old values"
    ]
    unit.flush()
    assert unit.statements[-1] == ("UPDATE profile SET bio=? WHERE profile.account_id = ?", ("c", 1))


def test_a_change_of_any_table_counts_the_version(unit, labels):
    account, profile = account_tables(unit)
    Account = unit.map(
        "Account",
        account.join(profile),
        {"id": [account.c.id, profile.c.account_id]},
        version_id_col=account.c.version,
    )
    unit.open()
    one = Account(name="n", bio="b")
    unit.add(one)
    unit.flush()
    one.bio = "c"
    assert labels(unit.plan()) == ["UPDATE account", "UPDATE profile"]
    unit.statements.clear()
    unit.flush()
    assert unit.statements[0] == (
        "UPDATE account SET version=? WHERE account.id = ? AND account.version = ?",
        (2, 1, 1),
    )
    unit.connection.exec_driver_sql("UPDATE account SET version = 9")
    one.bio = "d"
    with pytest.raises(StaleDataError, match="Account with key 1: UPDATE statement on table 'account'"):
        unit.flush()


def test_an_expression_for_a_shared_attribute_reaches_both_tables(unit):
    account, _ = account_tables(unit)
    mirror = unit.table(
        "mirror", Column("account_id", Integer, ForeignKey("account.id"), primary_key=True), Column("name", String)
    )
    Account = unit.map(
        "Account",
        account.join(mirror),
        {"id": [account.c.id, mirror.c.account_id], "name": [account.c.name, mirror.c.name]},
    )
    unit.open()
    one = Account(name=func.upper("ada"))
    unit.add(one)
    unit.flush()
    query = "SELECT account.name, mirror.name FROM account, mirror"
    assert unit.rows(query) == [("ADA", "ADA")]
    assert "name" not in one.__dict__
    one.name = func.lower("BOB")
    unit.flush()
    assert unit.rows(query) == [("bob", "bob")]


# -- what cannot be written ---------------------------------------------------------------------------


def test_a_row_that_an_outer_join_did_not_find_cannot_be_changed(unit):
    person, address = person_tables(unit)
    Person = map_person(unit, person, address, person.outerjoin(address), primary_key=[person.c.id])
    unit.open()
    one = Person(name="Ada", email="a@x")
    unit.add(one)
    unit.flush()
    one.__dict__["address_id"] = None
    one.email = "b@x"
    with pytest.raises(FlushError, match="Person with key 1 has no row in table address") as caught:
        unit.plan()
    assert caught.value.code == "AZ-F151"


def test_without_any_mapped_key_nothing_can_be_written(unit):
    person, _ = person_tables(unit)
    names = select(person.c.name).subquery()
    Name = unit.map("Name", names, primary_key=[names.c.name])
    unit.open()
    unit.add(Name(name="x"))
    with pytest.raises(FlushError, match="Name cannot be written") as caught:
        unit.plan()
    assert caught.value.code == "AZ-F150"


def test_a_key_that_is_only_read_must_be_given(unit):
    person, address = person_tables(unit)
    count = func.count(address.c.id).label("addresses")
    counted = select(person.c.id, count).join(address).group_by(person.c.id).subquery()
    Counted = unit.map("Counted", counted, primary_key=[counted.c.id, counted.c.addresses])
    unit.open()
    unit.add(Counted())
    with pytest.raises(FlushError, match="Counted was inserted, but addresses, part of its primary key") as caught:
        unit.flush()
    assert caught.value.code == "AZ-F152"


def test_columns_of_the_same_name_are_told_apart(unit):
    person, address = person_tables(unit)
    with pytest.raises(exc.InvalidRequestError, match=r"would stand for both person\.id and address\.id") as caught:
        unit.map("Person", person.join(address))
    assert caught.value.code == "AZ-M300"
