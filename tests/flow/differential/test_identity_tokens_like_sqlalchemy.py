"""Programs with identity tokens end in the same objects as with SQLAlchemy."""

from __future__ import annotations

import pickle
from types import SimpleNamespace
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario, outcome_of

SCENARIOS: dict[str, Scenario] = {}
EAST = {"identity_token": "east"}
TOKENS = ("east", "west", None)


def scenario(function: Scenario) -> Scenario:
    SCENARIOS[function.__name__] = function
    return function


_made: dict[Library, Any] = {}


def make_model(library: Library) -> Any:
    """Map people; once, so that they can be pickled by name."""
    if library not in _made:
        base: Any = library.declarative_base()

        class Person(base):
            __tablename__ = "person"
            __qualname__ = f"{library.name}_person"
            id = library.Column(library.Integer, primary_key=True)
            name = library.Column(library.String)

        Person.__name__ = Person.__qualname__
        globals()[Person.__qualname__] = Person

        def fill(session: Any) -> None:
            session.add_all([Person(id=1, name="Ada"), Person(id=2, name="Bo")])
            session.commit()
            session.expunge_all()

        _made[library] = SimpleNamespace(metadata=base.metadata, Person=Person, fill=fill)
    return _made[library]


def key(library: Library, instance: Any) -> Any:
    state = library.inspect(instance)
    found = state.key
    return None if found is None else (*found[1:], state.identity_token)


def keys(library: Library, session: Any) -> Any:
    return sorted([key[1:] for key in session.identity_map], key=repr)


@scenario
def loads(library: Library, m: Any, session: Any) -> Any:
    query = library.select(m.Person).order_by(m.Person.id)
    found = [
        *session.scalars(query, execution_options=EAST),
        *session.scalars(query.execution_options(identity_token="west")),
        *session.query(m.Person).execution_options(**EAST),
        session.get(m.Person, 1),
        session.get(m.Person, 1, identity_token="east"),
        session.get_one(m.Person, 2, identity_token="west"),
        session.query(m.Person).execution_options(**EAST).get(2),
    ]
    same = [[one is other for other in found] for one in found]
    return [key(library, one) for one in found], same, keys(library, session)


@scenario
def refreshes(library: Library, m: Any, session: Any) -> Any:
    found = [session.get(m.Person, 1, identity_token=token) for token in TOKENS]
    session.execute(library.text("UPDATE person SET name = 'new'"))
    session.refresh(found[0])
    session.expire(found[1])
    return [one.name for one in found], keys(library, session)


@scenario
def writes(library: Library, m: Any, session: Any) -> Any:
    found = [session.get(m.Person, 1, identity_token=token) for token in TOKENS]
    found.append(session.get(m.Person, 2, identity_token="west"))
    found[0].name, found[3].id = "changed", 12
    new = m.Person(id=3, name="new")
    library.inspect(new).identity_token = "west"
    session.add(new)
    session.flush()
    written = [key(library, one) for one in (*found, new)], keys(library, session)
    session.rollback()
    return written, [key(library, one) for one in (*found, new)], keys(library, session)


@scenario
def deletes(library: Library, m: Any, session: Any) -> Any:
    found = [session.get(m.Person, 2, identity_token=token) for token in TOKENS]
    session.delete(found[1])
    session.flush()
    return [one in session for one in found], keys(library, session)


@scenario
def travels(library: Library, m: Any, session: Any) -> Any:
    found = session.get(m.Person, 1, identity_token="east")
    copy = pickle.loads(pickle.dumps(found))
    session.expunge(found)
    merged = session.merge(copy)
    kept = key(library, found), key(library, copy), key(library, merged)
    library.make_transient(merged)
    merged.id = 7
    session.add(merged)
    session.flush()
    return kept, key(library, merged), keys(library, session)


def _changed(strategy: str, token: Any) -> Scenario:
    def change(library: Library, m: Any, session: Any) -> Any:
        found = [session.get(m.Person, 1, identity_token=one) for one in TOKENS]
        options = {"synchronize_session": strategy, **({} if token is None else {"identity_token": token})}
        update = library.update(m.Person).where(m.Person.id == 1).values(name="new")
        session.execute(update, execution_options=options)
        updated = [one.__dict__.get("name") for one in found]
        session.execute(library.delete(m.Person).where(m.Person.id == 1), execution_options=options)
        return updated, [one in session for one in found]

    return change


for how in ("evaluate", "fetch"):
    for at in TOKENS:
        SCENARIOS[f"changes_by_{how}_at_{at}"] = _changed(how, at)


@scenario
def changes_by_key(library: Library, m: Any, session: Any) -> Any:
    found = [session.get(m.Person, 1, identity_token=one) for one in TOKENS]
    names = []
    for token in ("east", None):
        rows = [{"id": 1, "name": f"for {token}"}, {"id": 2, "name": "x"}]
        session.execute(library.update(m.Person), rows, execution_options={"identity_token": token})
        names.append([one.__dict__.get("name") for one in found])
    return names


@scenario
def routes(library: Library, m: Any, session: Any) -> Any:
    def route(state: Any) -> None:
        if state.is_select:
            state.update_execution_options(identity_token="routed")

    library.core.event.listen(session, "do_orm_execute", route)
    found = session.get(m.Person, 1)
    session.expire(found)
    return found.name, key(library, found), keys(library, session)


@pytest.mark.parametrize("name", SCENARIOS)
def test_tokens_act_as_in_sqlalchemy(database: Database, name: str) -> None:
    expected = outcome_of(database, SQLALCHEMY, make_model, SCENARIOS[name])
    assert not (isinstance(expected, str) and expected.startswith("error")), expected
    assert outcome_of(database, AZOTH, make_model, SCENARIOS[name]) == expected
