"""Several mappings of one class, told apart by ``entity_name``."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from azoth import Column, ForeignKey, Integer, MetaData, String, Table
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm import class_mapper, create_session, mapper, relation


class Person:
    """At module level, so that pickles find it."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name

    def greet(self) -> str:
        return f"hello {self.name}"


@pytest.fixture
def people(engine: Any) -> Iterator[SimpleNamespace]:
    metadata = MetaData()
    tables = [
        Table(name, metadata, Column("id", Integer, primary_key=True), Column("name", String(30)))
        for name in ("actors", "boxers")
    ]
    films = Table(
        "films",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("title", String(30)),
        Column("actor_id", Integer, ForeignKey("actors.id")),
    )
    metadata.create_all(engine)

    class Film:
        def __init__(self, title: str) -> None:
            self.title = title

    mapped = [
        mapper(
            Person,
            tables[0],
            entity_name="actor",
            properties={"films": relation(Film, backref="actor", order_by=films.c.id)},
        ),
        mapper(Person, tables[1], entity_name="boxer"),
        mapper(Film, films),
    ]
    yield SimpleNamespace(engine=engine, Film=Film, tables=tables)
    for one in mapped:
        one.dispose()


def test_objects_are_saved_and_queried_under_a_name(people: Any) -> None:
    sess = create_session(bind=people.engine)
    actor, boxer = Person("ann"), Person("bob")
    sess.save(actor, entity_name="actor")
    sess.save(boxer, entity_name="boxer")
    sess.flush()
    sess.clear()
    found = sess.query(Person, entity_name="actor").all()
    assert [person.greet() for person in found] == ["hello ann"]
    assert all(isinstance(person, Person) for person in found)
    assert [person.name for person in sess.query(Person, entity_name="boxer")] == ["bob"]


def test_the_same_key_under_two_names_is_two_objects(people: Any) -> None:
    sess = create_session(bind=people.engine)
    for name in ("actor", "boxer"):
        sess.save(Person(name), entity_name=name)
    sess.flush()
    actor = sess.query(Person, entity_name="actor").get(1)
    boxer = sess.query(Person, entity_name="boxer").get(1)
    assert actor is not boxer
    assert (actor.name, boxer.name) == ("actor", "boxer")


def test_changes_and_relations_work_as_for_other_mappings(people: Any) -> None:
    sess = create_session(bind=people.engine)
    actor = Person("ann")
    actor.films = [people.Film("one")]
    sess.save(actor, entity_name="actor")
    actor.films.append(people.Film("two"))
    sess.flush()
    sess.clear()
    actor = sess.query(Person, entity_name="actor").filter_by(name="ann").one()
    assert [film.title for film in actor.films] == ["one", "two"]
    assert actor.films[0].actor is actor
    actor.name = "anna"
    sess.flush()
    sess.clear()
    assert sess.query(people.Film).first().actor.name == "anna"


def test_detached_objects_keep_their_mapping(people: Any) -> None:
    sess = create_session(bind=people.engine)
    actor = Person("ann")
    sess.save(actor, entity_name="actor")
    sess.flush()
    sess.clear()
    actor.name = "anna"
    sess.update(actor, entity_name="actor")
    sess.flush()
    with pytest.raises(InvalidRequestError, match="belongs to another mapping"):
        sess.save_or_update(actor, entity_name="boxer")


def test_unknown_names_are_refused(people: Any) -> None:
    sess = create_session(bind=people.engine)
    with pytest.raises(InvalidRequestError, match="no mapping with the entity name 'singer'"):
        sess.query(Person, entity_name="singer")
    with pytest.raises(InvalidRequestError, match="no mapping with the entity name 'singer'"):
        sess.save(Person(), entity_name="singer")
    with pytest.raises(ArgumentError, match="mapped already under the entity name 'boxer'"):
        mapper(Person, people.tables[1], entity_name="boxer")


def test_class_mapper_takes_the_name(people: Any) -> None:
    assert class_mapper(Person, entity_name="actor").local_table is people.tables[0]
    assert class_mapper(Person, entity_name="boxer").local_table is people.tables[1]


def test_a_class_may_have_a_mapping_without_a_name_beside(people: Any) -> None:
    primary = mapper(Person, people.tables[1])
    try:
        sess = create_session(bind=people.engine)
        plain, actor = Person("plain"), Person("ann")
        sess.save(plain)
        sess.save(actor, entity_name="actor")
        sess.flush()
        sess.clear()
        assert [type(person) is Person for person in sess.query(Person)] == [True]
        assert [person.name for person in sess.query(Person, entity_name="actor")] == ["ann"]
    finally:
        primary.dispose()


def test_pickled_objects_come_back_under_their_name(people: Any) -> None:
    sess = create_session(bind=people.engine)
    sess.save(Person("ann"), entity_name="actor")
    sess.flush()
    sess.clear()
    copy = pickle.loads(pickle.dumps(sess.query(Person, entity_name="actor").one()))
    assert isinstance(copy, Person)
    assert copy.name == "ann"
    other = create_session(bind=people.engine)
    assert other.merge(copy, dont_load=True).name == "ann"
