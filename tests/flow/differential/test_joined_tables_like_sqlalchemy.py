"""Classes that are mapped to joins, aliases and subqueries are read and written as with SQLAlchemy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.joined_tables import Model, loaded
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of

SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    expected = outcome_of(database, SQLALCHEMY, Model, run)
    assert outcome_of(database, AZOTH, Model, run) == expected


def people(lib: Library, m: Any, s: Any) -> list[Any]:
    return list(s.scalars(lib.select(m.Person).order_by(m.Person.id, m.Person.address_id)))


# -- the mapper -------------------------------------------------------------------------------------


@scenario
def mapper_attributes(lib: Library, m: Any, s: Any) -> Any:
    found = []
    for class_ in (m.Person, m.Account, m.City):
        mapper = lib.inspect(class_)
        found.append(
            [
                sorted(table.name for table in mapper.tables),
                [str(column) for column in mapper.primary_key],
                sorted(prop.key for prop in mapper.column_attrs),
                mapper.local_table is mapper.persist_selectable,
                mapper.selectable is mapper.persist_selectable,
                mapper.local_table.is_derived_from(mapper.tables[0]),
            ]
        )
    return found


@scenario
def same_names_must_be_told_apart(lib: Library, m: Any, s: Any) -> Any:
    return m.map("Implicit", m.person.join(m.address))


@scenario
def a_select_is_no_table(lib: Library, m: Any, s: Any) -> Any:
    return m.map("Selected", lib.select(m.person.c.id))


@scenario
def the_key_of_a_join_without_foreign_keys(lib: Library, m: Any, s: Any) -> Any:
    one = m.account.join(m.setting, m.account.c.id == m.setting.c.account_id)
    other = m.account.join(m.setting, m.setting.c.account_id == m.account.c.id)
    return [[str(column) for column in join.primary_key] for join in (one, other)]


@scenario
def the_key_may_be_given(lib: Library, m: Any, s: Any) -> Any:
    person, address = m.person, m.address
    names = {"id": [person.c.id, address.c.person_id], "address_id": address.c.id}
    Chosen = m.map("Chosen", person.join(address), properties=names, primary_key=[address.c.id])
    one = s.get(Chosen, 12)
    return [lib.inspect(one).identity, loaded(one)]


@scenario
def declarative(lib: Library, m: Any, s: Any) -> Any:
    class Base(lib.DeclarativeBase):  # type: ignore[name-defined]  # of whichever library
        metadata = m.metadata

    class Person(Base):
        __table__ = m.person.join(m.address)
        id = lib.column_property(m.person.c.id, m.address.c.person_id)
        address_id = m.address.c.id

    s.add(Person(name="New", email="new@x"))
    s.commit()
    return [m.rows(s), [loaded(one) for one in s.scalars(lib.select(Person).order_by(Person.address_id))]]


# -- reading ----------------------------------------------------------------------------------------


@scenario
def select_all(lib: Library, m: Any, s: Any) -> Any:
    return [loaded(one) for one in people(lib, m, s)]


@scenario
def select_columns(lib: Library, m: Any, s: Any) -> Any:
    return [tuple(row) for row in s.execute(lib.select(m.Person.email, m.Person.id).order_by(m.Person.address_id))]


@scenario
def filter_and_count(lib: Library, m: Any, s: Any) -> Any:
    query = s.query(m.Person).filter_by(name="Ada")
    return [query.count(), [one.email for one in query.order_by(m.Person.address_id)], query.first().name]


@scenario
def get(lib: Library, m: Any, s: Any) -> Any:
    one = s.get(m.Person, (1, 12))
    return [loaded(one), s.get(m.Person, (1, 12)) is one, s.get(m.Person, (2, 12))]


@scenario
def get_of_three_tables(lib: Library, m: Any, s: Any) -> Any:
    return loaded(s.get(m.Account, 1))


@scenario
def expire_and_refresh(lib: Library, m: Any, s: Any) -> Any:
    one = s.get(m.Person, (1, 11))
    s.expire(one)
    first = one.email
    s.expire(one, ["name"])
    second = loaded(one)
    name = one.name
    s.refresh(one, ["email"])
    return [first, second, name, loaded(one)]


@scenario
def deferred_columns(lib: Library, m: Any, s: Any) -> Any:
    one = s.get(m.Person, (2, 21))
    before = "notes" in one.__dict__
    return [before, one.notes, [other.notes for other in people(lib, m, s)]]


@scenario
def undeferred_columns(lib: Library, m: Any, s: Any) -> Any:
    statement = lib.select(m.Person).options(lib.undefer(m.Person.notes)).order_by(m.Person.address_id)
    return [loaded(one) for one in s.scalars(statement)]


@scenario
def aliases(lib: Library, m: Any, s: Any) -> Any:
    other = lib.aliased(m.Person)
    statement = lib.select(other).where(other.email.like("%@x")).order_by(other.address_id)
    return [loaded(one) for one in s.scalars(statement)]


@scenario
def flat_aliases(lib: Library, m: Any, s: Any) -> Any:
    other = lib.aliased(m.Person, flat=True)
    statement = lib.select(other).where(other.email.like("%@x")).order_by(other.address_id)
    return [loaded(one) for one in s.scalars(statement)]


# -- relationships ----------------------------------------------------------------------------------


@scenario
def lazy_loads(lib: Library, m: Any, s: Any) -> Any:
    city = s.get(m.City, 1)
    members = [(one.name, one.email) for one in city.people]
    letters = [(letter.text, letter.person.name) for letter in s.scalars(lib.select(m.Letter).where(m.Letter.id == 2))]
    one = s.get(m.Person, (1, 11))
    return [sorted(members), letters, one.city.name, [letter.text for letter in one.letters]]


def _eager(lib: Library, m: Any, s: Any, option: Any) -> Any:
    cities = s.scalars(lib.select(m.City).options(option(m.City.people)).order_by(m.City.id)).unique().all()
    found: list[Any] = [[(one.id, one.address_id, one.email) for one in city.__dict__["people"]] for city in cities]
    s.expunge_all()
    statement = lib.select(m.Person).options(option(m.Person.city), option(m.Person.letters))
    ones = s.scalars(statement.order_by(m.Person.address_id)).unique().all()
    for one in ones:
        city = one.__dict__["city"]
        found.append([city and city.name, [letter.text for letter in one.__dict__["letters"]]])
    return [sorted(map(repr, found))]


@scenario
def joined_loads(lib: Library, m: Any, s: Any) -> Any:
    return _eager(lib, m, s, lib.joinedload)


@scenario
def selectin_loads(lib: Library, m: Any, s: Any) -> Any:
    return _eager(lib, m, s, lib.selectinload)


@scenario
def subquery_loads(lib: Library, m: Any, s: Any) -> Any:
    return _eager(lib, m, s, lib.subqueryload)


@scenario
def joins_to_and_from(lib: Library, m: Any, s: Any) -> Any:
    to = lib.select(m.City.name, m.Person.email).join(m.City.people).order_by(m.Person.address_id)
    of = lib.select(m.Person.email, m.Letter.text).join(m.Person.letters).order_by(m.Person.address_id, m.Letter.id)
    any_ = lib.select(m.City.name).where(m.City.people.any(m.Person.email == "ada@y"))
    has = lib.select(m.Letter.text).where(m.Letter.person.has(m.Person.name == "Bob"))
    return [[tuple(row) for row in s.execute(statement)] for statement in (to, of, any_, has)]


@scenario
def relationships_are_written(lib: Library, m: Any, s: Any) -> Any:
    city = m.City(name="Kiel")
    one = m.Person(name="New", email="new@x", city=city)
    one.letters.append(m.Letter(text="first"))
    s.add(one)
    s.commit()
    rows = m.rows(s)
    one.city = None
    one.letters[0].text = "second"
    one.letters.append(m.Letter(text="third"))
    s.commit()
    more = m.rows(s)
    del one.letters[0]
    city.people.append(s.get(m.Person, (2, 21)))
    s.commit()
    s.delete(one)
    s.commit()
    return [rows, more, m.rows(s)]


@scenario
def members_are_moved(lib: Library, m: Any, s: Any) -> Any:
    two = s.get(m.City, 2)
    two.people = [s.get(m.Person, (1, 11)), m.Person(name="New", email="new@x")]
    s.flush()
    return [m.rows(s), [one.city_id for one in two.people]]


# -- writing ----------------------------------------------------------------------------------------


@scenario
def insert(lib: Library, m: Any, s: Any) -> Any:
    ones = [m.Person(name="N1", email="e1"), m.Person(name="N2"), m.Person(email="e3", notes="given")]
    s.add_all(ones)
    s.flush()
    states = [(lib.inspect(one).identity, one.id, one.address_id, one.notes) for one in ones]
    return [states, m.rows(s), s.get(m.Person, states[0][0]) is ones[0]]


@scenario
def insert_with_keys(lib: Library, m: Any, s: Any) -> Any:
    s.add_all([m.Person(id=70, address_id=71, name="N"), m.Person(id=80, email="only the first key")])
    s.flush()
    return m.rows(s)


@scenario
def insert_into_three_tables(lib: Library, m: Any, s: Any) -> Any:
    one = m.Account(name="new", bio="b")
    s.add(one)
    s.flush()
    return [lib.inspect(one).identity, one.theme, one.version, m.rows(s)]


@scenario
def update_one_table(lib: Library, m: Any, s: Any) -> Any:
    one, two = s.get(m.Person, (1, 11)), s.get(m.Person, (2, 21))
    one.name = "A2"
    two.email = "b2"
    s.commit()
    return [m.rows(s), loaded(s.get(m.Person, (1, 12))), one.name, two.email]


@scenario
def update_both_tables(lib: Library, m: Any, s: Any) -> Any:
    one = s.get(m.Person, (1, 11))
    one.name, one.email, one.notes = "A2", "a2", None
    s.flush()
    return [m.rows(s), list(s.dirty)]


@scenario
def update_with_expressions(lib: Library, m: Any, s: Any) -> Any:
    one = s.get(m.Person, (1, 11))
    one.name = m.person.c.name + "!"
    one.email = lib.func.upper(m.address.c.email)
    s.flush()
    return [one.name, one.email, m.rows(s)]


@scenario
def a_changed_key(lib: Library, m: Any, s: Any) -> Any:
    one = s.get(m.Account, 1)
    one.id = 9
    s.flush()
    return [lib.inspect(one).identity, s.get(m.Account, 9) is one, m.rows(s)]


@scenario
def a_changed_key_of_the_second_table(lib: Library, m: Any, s: Any) -> Any:
    one = s.get(m.Person, (1, 11))
    one.address_id = 99
    one.name = "A2"
    s.flush()
    return [lib.inspect(one).identity, s.get(m.Person, (1, 99)) is one, m.rows(s)]


@scenario
def delete(lib: Library, m: Any, s: Any) -> Any:
    s.delete(s.get(m.Person, (2, 21)))
    s.delete(s.get(m.Account, 1))
    s.flush()
    return [m.rows(s), s.get(m.Person, (2, 21))]


@scenario
def rollback(lib: Library, m: Any, s: Any) -> Any:
    new, old, gone = m.Person(name="N", email="e"), s.get(m.Person, (1, 11)), s.get(m.Person, (2, 21))
    s.add(new)
    old.name, old.email = "x", "y"
    s.delete(gone)
    s.flush()
    s.rollback()
    states = [(lib.inspect(one).transient, lib.inspect(one).persistent) for one in (new, old, gone)]
    values = [new.name, new.email, old.name, old.email, gone.email]
    s.add(m.Person(name="N", email="e"))
    s.commit()
    return [states, values, m.rows(s)]


@scenario
def merge(lib: Library, m: Any, s: Any) -> Any:
    changed = s.merge(m.Person(id=1, address_id=11, name="M", email="m@x"))
    new = s.merge(m.Person(name="New", email="new@x"))
    s.flush()
    return [loaded(changed), lib.inspect(new).identity, new.name, m.rows(s)]


@scenario
def versions_count_changes_of_every_table(lib: Library, m: Any, s: Any) -> Any:
    one = s.get(m.Account, 1)
    found = []
    for key, value in (("bio", "b"), ("name", "n"), ("theme", "t"), ("name", "n")):
        setattr(one, key, value)
        s.flush()
        found.append(one.version)
    return [found, m.rows(s)]


@scenario
def stale_versions_are_seen(lib: Library, m: Any, s: Any) -> Any:
    one = s.get(m.Account, 1)
    s.connection().execute(m.account.update().values(version=7))
    one.bio = "b"
    s.flush()


@scenario
def listeners_hear_once_of_each_object(lib: Library, m: Any, s: Any) -> Any:
    heard: list[Any] = []
    for name in ("insert", "update", "delete"):
        for when in ("before", "after"):
            event = f"{when}_{name}"
            lib.event.listen(
                m.Person, event, lambda mapper, connection, one, event=event: heard.append((event, one.name))
            )
    one, two = m.Person(name="n1", email="e1"), m.Person(name="n2")
    s.add_all([one, two])
    s.flush()
    one.name, one.email, two.email = "n3", "e3", "e4"
    s.flush()
    s.delete(one)
    s.flush()
    return [heard, m.rows(s)]


@scenario
def listeners_may_change_another_table(lib: Library, m: Any, s: Any) -> Any:
    def change(mapper: Any, connection: Any, one: Any) -> None:
        one.email = f"{one.name}@changed"
        one.notes = "changed"

    lib.event.listen(m.Person, "before_update", change)
    lib.event.listen(m.Person, "before_insert", change)
    one, new = s.get(m.Person, (1, 11)), m.Person(name="new")
    s.add(new)
    one.name = "A2"
    s.flush()
    return [one.email, new.email, m.rows(s)]


# -- past the unit of work --------------------------------------------------------------------------


@scenario
def bulk_insert_mappings(lib: Library, m: Any, s: Any) -> Any:
    s.bulk_insert_mappings(m.Person, [{"name": "a", "email": "b"}, {"name": "c"}, {"email": "d", "notes": "x"}])
    s.bulk_insert_mappings(m.Person, [{"id": 50, "address_id": 51, "name": "a"}, {"id": 60, "name": "c", "email": "d"}])
    given = [{"name": "a", "email": "b"}, {"name": "c", "email": "d"}]
    s.bulk_insert_mappings(m.Person, given, return_defaults=True)
    s.bulk_insert_mappings(m.Account, [{"name": "n", "bio": "b"}])
    return [[(one["id"], one["address_id"]) for one in given], m.rows(s)]


@scenario
def bulk_update_mappings(lib: Library, m: Any, s: Any) -> Any:
    s.bulk_update_mappings(
        m.Person,
        [
            {"id": 1, "address_id": 11, "name": "A2", "email": "a2"},
            {"id": 1, "address_id": 12, "email": "a3"},
            {"id": 2, "address_id": 21, "name": "B2"},
        ],
    )
    return m.rows(s)


@scenario
def bulk_save_objects(lib: Library, m: Any, s: Any) -> Any:
    new, old = [m.Person(name="o"), m.Person(email="p")], s.get(m.Person, (1, 11))
    old.email = "changed"
    s.bulk_save_objects([*new, old], return_defaults=True)
    return [[(one.id, one.address_id) for one in new], m.rows(s)]


# -- other selectables ------------------------------------------------------------------------------


@scenario
def an_alias_is_written_to_its_table(lib: Library, m: Any, s: Any) -> Any:
    Named = m.map("Named", m.city.alias("towns"))
    one, new = s.get(Named, 1), Named(name="new")
    one.name = "Ulm 2"
    s.add(new)
    s.flush()
    s.delete(s.get(Named, 2))
    s.commit()
    return [one.name, new.id, m.rows(s)]


def _counted(lib: Library, m: Any) -> Any:
    count = lib.func.count(m.address.c.id).label("addresses")
    grouped = lib.select(m.person.c.id, m.person.c.name, count).join(m.address).group_by(m.person.c.id)
    return m.map("Counted", grouped.subquery())


@scenario
def a_subquery_is_written_to_the_table_whose_key_it_has(lib: Library, m: Any, s: Any) -> Any:
    Counted = _counted(lib, m)
    one = s.get(Counted, 1)
    found = [loaded(one)]
    one.name, one.addresses = "A2", 100
    new = Counted(name="new")
    s.add(new)
    s.commit()
    found.append([one.name, one.addresses, lib.inspect(new).identity])
    s.delete(one)
    s.flush()
    return [found, m.rows(s)]


@scenario
def listeners_of_a_subquery_may_set_what_is_only_read(lib: Library, m: Any, s: Any) -> Any:
    Counted = _counted(lib, m)

    def change(mapper: Any, connection: Any, one: Any) -> None:
        one.addresses = 100
        one.name = f"{one.name}!"

    lib.event.listen(Counted, "before_update", change)
    one, two = s.get(Counted, 1), s.get(Counted, 2)
    one.name = "A2"
    two.addresses = 7
    s.commit()
    return [one.addresses, two.addresses, m.rows(s)]


@scenario
def a_join_with_a_subquery(lib: Library, m: Any, s: Any) -> Any:
    count = lib.func.count(m.address.c.id).label("addresses")
    counted = lib.select(m.address.c.person_id, count).group_by(m.address.c.person_id).subquery()
    Joined = m.map("Joined", m.person.join(counted, counted.c.person_id == m.person.c.id))
    one = s.get(Joined, 1)
    before = loaded(one)
    one.name = "A2"
    s.commit()
    return [before, one.name, one.addresses, m.rows(s)]


def _outer(m: Any, **options: Any) -> Any:
    names = {"id": [m.person.c.id, m.address.c.person_id], "address_id": m.address.c.id}
    return m.map("Outer", m.person.outerjoin(m.address), properties=names, **options)


@scenario
def an_outer_join(lib: Library, m: Any, s: Any) -> Any:
    s.connection().execute(m.person.insert(), [{"id": 3, "name": "Cyd"}])
    Outer = _outer(m)
    one = s.scalars(lib.select(Outer).where(Outer.name == "Cyd")).one()
    found = [loaded(one), lib.inspect(one).identity, s.get(Outer, (3, None)) is one]
    one.name = "Cyd 2"
    s.commit()
    return [*found, one.name, m.rows(s)]


@scenario
def a_missing_row_cannot_be_updated(lib: Library, m: Any, s: Any) -> Any:
    s.connection().execute(m.person.insert(), [{"id": 3, "name": "Cyd"}])
    one = s.get(_outer(m, primary_key=[m.person.c.id]), 3)
    one.email = "new"
    s.flush()


@scenario
def a_missing_row_cannot_be_deleted(lib: Library, m: Any, s: Any) -> Any:
    s.connection().execute(m.person.insert(), [{"id": 3, "name": "Cyd"}])
    s.delete(s.get(_outer(m, primary_key=[m.person.c.id]), 3))
    s.flush()


@scenario
def separate_attributes_are_written_as_they_are(lib: Library, m: Any, s: Any) -> Any:
    Separate = m.map("Separate", m.person.join(m.address), properties={"address_id": m.address.c.id})
    one = Separate(name="N", email="e")
    s.add(one)
    s.flush()
    return [one.id, one.address_id, one.person_id, m.rows(s)]


@scenario
def a_second_key_under_a_name_of_its_own(lib: Library, m: Any, s: Any) -> Any:
    Own = m.map("Own", m.account.join(m.profile), properties={"profile_id": m.profile.c.account_id})
    one = s.get(Own, 1)
    one.bio = "changed"
    s.flush()
    new = Own(id=5, profile_id=5, name="n", bio="b")
    s.add(new)
    s.flush()
    s.delete(one)
    s.flush()
    return [lib.inspect(new).identity, m.rows(s)]
