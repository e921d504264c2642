"""Programs with baked queries get what their functions ask for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from azoth.ext import baked
from azoth.orm import Query, scoped_session, sessionmaker
from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library

LIBRARIES = [AZOTH, SQLALCHEMY]


def shop(database: Database, library: Library) -> tuple[Any, Any]:
    """Three people, in a session of a library."""
    base: Any = library.declarative_base()

    class Person(base):
        __tablename__ = "person"
        id = library.Column(library.Integer, primary_key=True)
        name = library.Column(library.String(10))

    engine = database.make_engine(library=library)
    base.metadata.create_all(engine)
    session = library.Session(engine)
    session.add_all([Person(id=one, name=name) for one, name in enumerate(["Ada", "Bo", "Cy"], 1)])
    session.commit()
    return Person, session


def told(database: Database, library: Library) -> Any:
    """What queries give, with every method that there is."""
    Person, session = shop(database, library)
    bakery = import_module(f"{library.name}.ext.baked").bakery(size=50)
    named = bakery(lambda session: session.query(Person))
    all_of_them = named.with_criteria(lambda q: q.order_by(Person.id))
    named += lambda q: q.filter(Person.name == library.bindparam("name"))
    with_key = (lambda q: q.filter(Person.id > library.bindparam("least")), "a key")
    longer = named + with_key
    named.spoil()
    names = bakery(lambda session: session.query(Person.name), 1)
    names += lambda q: q.order_by(Person.name.desc())

    def error_of(act: Any) -> str:
        try:
            act()
        except library.exc.SQLAlchemyError as error:
            return type(error).__name__
        raise AssertionError

    inner = bakery(lambda s: s.query(library.func.max(Person.id)))
    outer = bakery(lambda s: s.query(Person).filter(Person.id == inner.to_query(s).scalar_subquery()))
    outer += lambda q: q.filter(inner.to_query(q).exists())
    result = {
        "one": named(session).params(name="Bo").one().id,
        "another": named.for_session(session).params({"name": "Cy"}).one().id,
        "none": named(session).params(name="Di").one_or_none(),
        "no first": named(session).params(name="Di").first(),
        "first": all_of_them(session).first().name,
        "all": [one.name for one in all_of_them(session).all()],
        "iterated": [one.name for one in all_of_them(session)],
        "rows": [tuple(row) for row in names(session)],
        "count": all_of_them(session).count(),
        "scalar": named(session).params(name="Cy").scalar().name,
        "longer": [
            one.id for one in longer(session).params(name="Bo").params(least=1).with_post_criteria(lambda q: q).all()
        ],
        "too long": longer(session).params(name="Bo", least=2).all(),
        "get": all_of_them(session).get(3).name,
        "get none": all_of_them(session).get(9),
        "within": outer(session).one().name,
        "missing": error_of(named(session).params(name="Di").one),
        "several": error_of(all_of_them(session).one),
        "several of one": error_of(all_of_them(session).scalar),
        "two dictionaries": error_of(lambda: named(session).params({}, {})),
        "text": " ".join(str(names(session)).split()),
    }
    session.close()
    return result


def test_every_method_gives_what_sqlalchemys_gives(database: Database) -> None:
    azoth, sqlalchemy = (told(database, library) for library in LIBRARIES)
    assert azoth.pop("text") == "SELECT person.name FROM person ORDER BY person.name DESC"
    assert sqlalchemy.pop("text").startswith("SELECT person.name AS person_name")
    assert azoth == sqlalchemy
    assert azoth["longer"] == [2]


def test_functions_may_use_variables_of_the_program(database: Database) -> None:
    Person, session = shop(database, AZOTH)
    bakery = baked.bakery()

    def found(name: str) -> int:
        return bakery(lambda s: s.query(Person).filter(Person.name == name))(session).one().id

    assert [found("Ada"), found("Bo")] == [1, 2]
    session.close()


def test_each_query_is_its_own(database: Database) -> None:
    Person, session = shop(database, AZOTH)
    first = baked.bakery()(lambda s: s.query(Person))
    second = first + (lambda q: q.filter(Person.id == 1))
    assert (len(first.steps), len(second.steps)) == (1, 2)
    assert first.spoil(full=True) is first
    assert (first(session).count(), second(session).count()) == (3, 1)
    session.close()


def test_a_query_within_another_needs_its_session(database: Database) -> None:
    Person, session = shop(database, AZOTH)
    query = baked.bakery()(lambda s: s.query(Person.id))
    scoped = scoped_session(sessionmaker(session.bind))
    assert len(query.to_query(scoped).all()) == len(query.to_query(query.to_query(session)).all()) == 3
    scoped.remove()
    with pytest.raises(AZOTH.exc.ArgumentError, match="a Query without a session"):
        query.to_query(Query(Person))
    with pytest.raises(TypeError, match="not an object of str"):
        query.to_query("a session")
    session.close()


def test_a_key_is_looked_up_with_the_options_of_the_query(database: Database) -> None:
    Person, session = shop(database, AZOTH)
    heard: list[Any] = []

    @AZOTH.event.listens_for(session, "do_orm_execute")
    def hear(state: Any) -> None:
        heard.append(state.execution_options.get("mark"))

    query = baked.bakery()(lambda s: s.query(Person))
    session.expunge_all()
    query(session).with_post_criteria(lambda q: q.execution_options(mark=1)).get(2)
    assert heard == [1]
    session.close()
