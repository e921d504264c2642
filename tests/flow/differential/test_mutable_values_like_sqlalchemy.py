"""Values that change in place do the same as SQLAlchemy's: what is changed, what is saved, what is refused."""

from __future__ import annotations

import dataclasses
import gc
import pickle
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, outcome_of


def make_model(library: Library) -> Any:
    mutable: Any = import_module(f"{library.name}.ext.mutable")
    base = library.orm.declarative_base()
    column = library.Column

    @dataclasses.dataclass
    class Point(mutable.MutableComposite):
        x: Any
        y: Any

        def __setattr__(self, key: str, value: object) -> None:
            object.__setattr__(self, key, value)
            self.changed()

        def __getstate__(self) -> Any:
            return self.x, self.y

        def __setstate__(self, state: Any) -> None:
            self.x, self.y = state

    class Thing(base):
        __tablename__ = "thing"
        id = column(library.Integer, primary_key=True)
        kind = column(library.String(10))
        d = column(mutable.MutableDict.as_mutable(library.JSON))
        n = column(mutable.MutableList.as_mutable(library.PickleType))
        s = column(mutable.MutableSet.as_mutable(library.PickleType))
        late = library.orm.deferred(column(mutable.MutableDict.as_mutable(library.JSON)))
        x = column(library.Integer)
        y = column(library.Integer, default=4)
        p = library.orm.composite(Point, x, y)
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "thing"}

    class Special(Thing):
        __mapper_args__ = {"polymorphic_identity": "special"}

    def fill(session: Any) -> None:
        for class_ in (Thing, Special):
            session.add(class_(d={"a": 1}, n=[1, 2], s={1, 2}, late={"l": 1}, p=Point(1, 2)))
        session.commit()

    return SimpleNamespace(
        metadata=base.metadata, fill=fill, Thing=Thing, Special=Special, Point=Point, mutable=mutable
    )


def things(library: Library, model: Any, session: Any) -> list[Any]:
    return list(session.scalars(library.select(model.Thing).order_by(model.Thing.id)))


def shown(session: Any, thing: Any) -> list[Any]:
    """Tell whether an object is changed, then save it and tell what it is."""
    changed = thing in session.dirty
    session.commit()
    return [changed, dict(thing.d or {}), list(thing.n or []), sorted(thing.s or []), thing.x, thing.y]


CHANGES: dict[str, Callable[[Any, Any], Any]] = {
    "set an item": lambda model, one: one.d.update(b=2),
    "a default that is there": lambda model, one: one.d.setdefault("a", 5),
    "pop what is not there": lambda model, one: one.d.pop("nothing", None),
    "discard what is not there": lambda model, one: one.s.discard(99),
    "or with any iterable": lambda model, one: one.s.__ior__([7]),
    "slices": lambda model, one: one.n.__setitem__(slice(0, 1), [8, 9]),
    "times": lambda model, one: one.n.__imul__(2),
    "replace": lambda model, one: setattr(one, "d", {"z": 1}),
    "replace by itself and change": lambda model, one: _replaced_by_itself(one),
    "replace by an equal one and change the former": lambda model, one: _replaced(one),
    "a deferred value": lambda model, one: one.late.update(b=2),
    "a composite": lambda model, one: setattr(one.p, "y", 9),
    "a composite to None": lambda model, one: setattr(one, "p", None),
    "nothing": lambda model, one: (one.d, one.n, one.p),
}


def _replaced_by_itself(one: Any) -> None:
    one.d = one.d
    one.d["b"] = 3


def _replaced(one: Any) -> None:
    former = one.d
    one.d = dict(former)
    former["late"] = 1


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_in_place(database: Database, change: str) -> None:
    def scenario(library: Library, model: Any, session: Any) -> Any:
        found = []
        for one in things(library, model, session):
            CHANGES[change](model, one)
            found.append(shown(session, one))
        return found

    ours, theirs = (outcome_of(database, library, make_model, scenario) for library in (AZOTH, SQLALCHEMY))
    assert ours == theirs


def refused(act: Callable[[], Any]) -> str | None:
    try:
        act()
    except ValueError as error:
        return str(error).splitlines()[0].split("'")[1]
    return None


def scenario_refusals(library: Library, model: Any, session: Any) -> Any:
    one = things(library, model, session)[0]
    return [
        refused(lambda: setattr(one, "d", [1])),
        refused(lambda: setattr(one, "n", (1,))),
        refused(lambda: setattr(one, "s", {"a": 1})),
        refused(lambda: setattr(one, "p", (1, 2))),
        refused(lambda: model.Special(d="x")),
        refused(lambda: setattr(one, "d", None)),
        shown(session, one),
    ]


def scenario_stale(library: Library, model: Any, session: Any) -> Any:
    one = things(library, model, session)[0]
    held = one.d
    session.commit()
    held["b"] = 1
    return "not refused"


def scenario_stale_composite(library: Library, model: Any, session: Any) -> Any:
    one = things(library, model, session)[0]
    held = one.p
    session.commit()
    held.x = 11
    return shown(session, one)


def scenario_pickled(library: Library, model: Any, session: Any) -> Any:
    one = things(library, model, session)[0]
    value = pickle.loads(pickle.dumps(one.d))
    value["b"] = 1
    return [type(value).__name__, dict(value), one in session.dirty, dict(one.d)]


def scenario_merged(library: Library, model: Any, session: Any) -> Any:
    one = things(library, model, session)[0]
    _ = one.d, one.p
    session.expunge(one)
    merged = session.merge(one)
    merged.d["b"] = 1
    after_load = shown(session, merged)
    _ = merged.d, merged.p
    session.expunge(merged)
    again = session.merge(merged, load=False)
    again.d["c"] = 1
    again.p.x = 12
    return [after_load, shown(session, again)]


def scenario_statement(library: Library, model: Any, session: Any) -> Any:
    one, other = things(library, model, session)
    session.execute(library.update(model.Thing).values(d={"u": 1}))
    session.execute(library.update(model.Thing), [{"id": other.id, "n": [5]}])
    one.d["v"] = 1
    other.n.append(6)
    return [shown(session, one), shown(session, other)]


def scenario_parents(library: Library, model: Any, session: Any) -> Any:
    value = model.mutable.MutableDict(a=1)
    found = things(library, model, session)
    for one in found:
        one.d = value
    session.flush()
    value["b"] = 2
    counts = [len(value._parents), len(session.dirty)]
    state = library.inspect(found[0])
    counts.append(value._parents[state])
    session.commit()
    session.expunge_all()
    found.clear()
    del one, state
    gc.collect()
    return [*counts, len(value._parents)]


SCENARIOS = {name: value for name, value in globals().items() if name.startswith("scenario_")}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(database: Database, name: str) -> None:
    ours, theirs = (outcome_of(database, library, make_model, SCENARIOS[name]) for library in (AZOTH, SQLALCHEMY))
    assert ours == theirs
