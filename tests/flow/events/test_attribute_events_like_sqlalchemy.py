"""Listeners of attributes are told the same by azoth and by SQLAlchemy, step by step.

Within one step the order is left out: azoth tells of an attribute before the other side, SQLAlchemy behind it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Database

OPS = ("OP_APPEND", "OP_REMOVE", "OP_REPLACE", "OP_BULK_REPLACE", "OP_MODIFIED")


class Work:
    """Mapped classes of one of the libraries, all of whose attributes are listened to."""

    def __init__(self, database: Database, library: str) -> None:
        self.core, self.orm = importlib.import_module(library), importlib.import_module(f"{library}.orm")
        self.attributes = importlib.import_module(f"{library}.orm.attributes")
        self.log: list[str] = []
        core, orm = self.core, self.orm

        class Base(orm.DeclarativeBase):  # type: ignore[name-defined]
            pass

        class P(Base):
            __tablename__ = "p"
            id = orm.mapped_column(core.Integer, primary_key=True)
            name = orm.mapped_column(core.String)

        def related(name: str, attribute: str, **how: Any) -> Any:
            columns = {
                "__tablename__": name.lower(),
                "id": orm.mapped_column(core.Integer, primary_key=True),
                "name": orm.mapped_column(core.String),
                "p_id": orm.mapped_column(core.ForeignKey("p.id")),
                "p": orm.relationship(P, back_populates=attribute),
            }
            setattr(P, attribute, orm.relationship(name, back_populates="p", **how))
            return type(name, (Base,), columns)

        self.P = P
        self.C = related("C", "kids", cascade="all")
        self.S = related("S", "items", collection_class=set)
        self.D = related("D", "named", collection_class=orm.attribute_keyed_dict("name"))
        orm.configure_mappers()
        for class_, keys in ((P, ("name", "kids", "items", "named")), (self.C, ("name", "p")), (self.D, ("p",))):
            for key in keys:
                self._listen(getattr(class_, key), f"{class_.__name__}.{key}")
        self.engine = database.make_engine(library=core)
        Base.metadata.create_all(self.engine)

    def _listen(self, attribute: Any, label: str) -> None:
        def note(event: str, *facts: object) -> None:
            self.log.append(" ".join([label, event, *map(str, facts)]))

        def named(event: str) -> Callable[..., None]:
            def hear(target: Any, value: Any, initiator: Any, *, key: Any = None) -> None:
                shown = "NO_KEY" if key is None or key is self.orm.NO_KEY else repr(key)
                note(event, self.show(target), self.show(value), self.token(initiator), shown)

            return hear

        def bulk(target: Any, values: Any, initiator: Any, *, keys: Any) -> None:
            keys = keys and list(keys)
            note("bulk_replace", self.show(target), self.show(list(values)), self.token(initiator), keys)

        listen = self.core.event.listen
        for event in ("append", "append_wo_mutation", "remove"):
            listen(attribute, event, named(event), include_key=True)
        listen(attribute, "bulk_replace", bulk, include_key=True)
        listen(
            attribute,
            "set",
            lambda target, value, old, initiator: note(
                "set", self.show(target), self.show(value), self.show(old), self.token(initiator)
            ),
        )
        listen(attribute, "modified", lambda target, initiator: note("modified", self.token(initiator)))
        listen(attribute, "init_scalar", lambda target, value, dict_: note("init_scalar", self.show(value)))
        for event in ("init_collection", "dispose_collection"):
            listen(
                attribute,
                event,
                lambda target, collection, adapter, event=event: note(
                    event, self.show(target), self.show(collection), adapter.data is collection
                ),
            )

    def show(self, value: Any) -> str:
        if isinstance(value, dict):
            return str({key: self.show(one) for key, one in value.items()})
        if isinstance(value, (set, list)):
            return str(sorted(map(self.show, value)))
        if hasattr(type(value), "__table__"):
            return f"{type(value).__name__}:{value.__dict__.get('name')}"
        # Where SQLAlchemy says that it did not look, azoth says that it has no value.
        return str(value).rpartition(".")[2].replace("PASSIVE_NO_RESULT", "NO_VALUE")

    def token(self, initiator: Any) -> str:
        names = {getattr(self.attributes, name): name for name in OPS}
        return f"{initiator.impl.key}/{names[initiator.op]}"

    def told(self, work: Callable[..., Any], *arguments: Any) -> list[str]:
        del self.log[:]
        work(*arguments)
        return sorted(self.log)


def scalars(w: Work) -> list[Any]:
    p = w.P()
    return [
        w.told(lambda: p.name),
        w.told(setattr, p, "name", "x"),
        w.told(setattr, p, "name", "y"),
        w.told(w.attributes.set_attribute, p, "name", "z"),
        w.told(delattr, p, "name"),
    ]


def lists(w: Work) -> list[Any]:
    p = w.P(name="p")
    a, b, c, d, e = (w.C(name=name) for name in "abcde")
    return [
        w.told(lambda: p.kids),
        w.told(p.kids.append, a),
        w.told(p.kids.insert, 0, b),
        w.told(p.kids.extend, [c, d]),
        w.told(p.kids.__setitem__, 1, e),
        w.told(p.kids.pop),
        w.told(p.kids.pop, 0),
        w.told(p.kids.__delitem__, 0),
        w.told(p.kids.remove, c),
        w.told(p.kids.extend, [a, b, c]),
        w.told(p.kids.__setitem__, slice(1, 2), [d]),
        w.told(p.kids.__delitem__, slice(0, 2)),
    ]


def sets(w: Work) -> list[Any]:
    p = w.P(name="p")
    a, b = w.S(name="a"), w.S(name="b")
    return [
        w.told(p.items.add, a),
        w.told(p.items.add, a),
        w.told(p.items.update, [a, b]),
        w.told(p.items.discard, b),
        w.told(p.items.remove, a),
    ]


def dicts(w: Work) -> list[Any]:
    p = w.P(name="p")
    a, b = w.D(name="a"), w.D(name="b")
    return [
        w.told(p.named.__setitem__, "a", a),
        w.told(p.named.__setitem__, "a", w.D(name="a")),
        w.told(p.named.setdefault, "b", b),
        w.told(p.named.pop, "b"),
        w.told(p.named.__delitem__, "a"),
        w.told(setattr, b, "p", p),
    ]


def the_other_side(w: Work) -> list[Any]:
    p, q, a = w.P(name="p"), w.P(name="q"), w.C(name="a")
    return [
        w.told(setattr, a, "p", p),
        w.told(setattr, a, "p", q),
        w.told(setattr, a, "p", None),
        w.told(q.kids.append, a),
        w.told(q.kids.remove, a),
    ]


def loaded(w: Work) -> list[Any]:
    with w.orm.Session(w.engine) as session:
        p = w.P(name="p", kids=[w.C(name="a"), w.C(name="b")])
        session.add(p)
        session.commit()
        return [
            w.told(lambda: p.name),
            w.told(lambda: p.kids),
            w.told(w.attributes.flag_modified, p, "name"),
            w.told(w.attributes.set_committed_value, p, "kids", []),
        ]


SCENARIOS = [scalars, lists, sets, dicts, the_other_side, loaded]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_listeners_are_told_the_same(database: Database, scenario: Callable[[Work], list[Any]]) -> None:
    ours, theirs = scenario(Work(database, "azoth")), scenario(Work(database, "sqlalchemy"))
    assert ours == theirs
    assert sum(map(len, theirs)) > 2


@pytest.mark.parametrize("attribute", ["kids", "items", "named"])
def test_a_collection_that_is_replaced_is_told_of_in_the_same_order(database: Database, attribute: str) -> None:
    """Told are the collection's own listeners; the other side is told of one object at a time, by azoth as such."""
    told = []
    for library in ("azoth", "sqlalchemy"):
        w = Work(database, library)
        class_ = {"kids": w.C, "items": w.S, "named": w.D}[attribute]
        p, a, b, c = w.P(name="p"), *(class_(name=name) for name in "abc")

        def collection(*items: Any, kind: str = attribute) -> Any:
            kinds: dict[str, Any] = {"kids": list, "items": set}
            return kinds[kind](items) if kind in kinds else {item.name: item for item in items}

        setattr(p, attribute, collection(a, b))
        del w.log[:]
        setattr(p, attribute, collection(c) if attribute == "named" else collection(b, c))
        # SQLAlchemy tells of a removal twice, the second time as if the other side had begun it.
        mine = [line for line in w.log if line.startswith(f"P.{attribute} ") and " p/" not in line]
        steps = ("init_collection", "bulk_replace", "append", "remove", "dispose_collection")
        told.append(sorted(mine, key=lambda line: (steps.index(line.split()[1].removesuffix("_wo_mutation")), line)))
        assert [line.split()[1] for line in mine][:2] == ["init_collection", "bulk_replace"]
        assert mine[-1].split()[1] == "dispose_collection"
    assert told[0] == told[1]
    assert any("append " in line for line in told[0])
