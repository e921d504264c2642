"""Steps of a program that works with a session, as data; and random sequences of them.

A step is a piece of text that both libraries run: ``b3.name = "a"``. New objects are data of their own, so that a value
can be left out. The texts use the names that earlier steps made; where one is missing (because the step that makes it
was dropped, or failed), both libraries say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.fuzz.models import End, Model
from tests.fuzz.statements import Statements, value_for

WORDS = ("k1", "k2", "k3", "k4")


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        kind: a word for what it does; of a "look" only the outcome counts.
        text: what is run; "" for a new object.
        names: the names that it makes.
        entity: of a new object, its class.
        values: of a new object, attribute and the text of its value.
    """

    kind: str
    text: str = ""
    names: tuple[str, ...] = ()
    entity: str = ""
    values: tuple[tuple[str, str], ...] = ()

    def source(self, model: Model) -> str:
        """Write the step; values for attributes that the model does not have are left out."""
        if not self.entity:
            return self.text
        there = {entity.name for entity in model.entities}
        known = model.attributes(self.entity) if self.entity in there else []
        values = ", ".join(f"{name}={value}" for name, value in self.values if name in known)
        return f"{self.names[0]} = {self.entity}({values})" + (f"; {self.text}" if self.text else "")


@dataclass(frozen=True)
class Settings:
    """How the session is made.

    Attributes:
        autoflush, expire_on_commit: as in SQLAlchemy.
        load_on_peers: azoth's alone; whether implicit loads serve the peers.
    """

    autoflush: bool = True
    expire_on_commit: bool = True
    load_on_peers: bool = False

    def arguments(self, library: str) -> dict[str, Any]:
        found: dict[str, Any] = {"autoflush": self.autoflush, "expire_on_commit": self.expire_on_commit}
        if library == "azoth":
            found["load_on_peers"] = self.load_on_peers
        return found


@dataclass(frozen=True)
class Sequence:
    """A session's settings and what is done with it."""

    settings: Settings
    steps: tuple[Step, ...]


def random_sequence(random: Random, model: Model, length: int) -> Sequence:
    """Make a sequence: some rows to begin with, then steps of all kinds, at last a look at everything."""
    chance = random.random
    settings = Settings(autoflush=chance() < 0.7, expire_on_commit=chance() < 0.7, load_on_peers=chance() < 0.3)
    maker = _Maker(random, model)
    maker.begin()
    length += len(maker.steps) - 8 if model.has_hierarchies else 0
    while len(maker.steps) < length:
        maker.step()
    maker.end()
    return Sequence(settings, tuple(maker.steps))


class _Maker:
    """Makes steps.

    Attributes:
        steps: those made so far.
        objects: names of objects and their entities, most of which will be there.
        savepoints: names of savepoints that were begun and not ended by name.
    """

    def __init__(self, random: Random, model: Model) -> None:
        self.random = random
        self.model = model
        self.steps: list[Step] = []
        self.objects: list[tuple[str, str]] = []
        self.savepoints: list[str] = []
        self.statements = Statements(random, model, self.pick)
        self.number = 0
        self.kinds: list[tuple[int, Callable[[], None]]] = [
            (14, self.new),
            (5, self.add),
            (14, self.set_value),
            (16, self.set_reference),
            (14, self.change_collection),
            (7, self.remove),
            (7, self.flush),
            (6, self.commit),
            (4, self.rollback),
            (5, self.savepoint),
            (4, self.end_savepoint),
            (5, self.expire),
            (4, self.refresh),
            (3, self.expunge),
            (5, self.merge),
            (6, self.get),
            (10, self.query),
            (6, self.ask),
            (5, self.update_rows),
            (3, self.delete_rows),
            (3, self.insert_rows),
            (12, self.read),
            (3, self.history),
            (1, self.close),
            (1, self.make_transient),
        ]
        self.weights = [weight for weight, _ in self.kinds]
        if model.has_hierarchies:
            more = {self.query: 15, self.ask: 10, self.rollback: 5, self.get: 4}
            self.weights = [weight + more.get(make, 0) for weight, make in self.kinds]

    # -- choosing ---------------------------------------------------------------------------------------

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def name(self, letter: str) -> str:
        self.number += 1
        return f"{letter}{self.number}"

    def pick(self, entity: str | None = None) -> str | None:
        """Choose an object, rather one of the last ones."""
        names = [name for name, its in self.objects if entity is None or its in self.model.family(entity)]
        if not names:
            return None
        return self.random.choice(names[-6:] if self.chance(50) else names)

    def pick_with_entity(self) -> tuple[str, str]:
        return self.random.choice(self.objects[-8:] if self.chance(50) else self.objects)

    def pick_end(self, many: bool | None = None) -> tuple[str, End] | None:
        """Choose an object and a relationship of its class."""
        for _ in range(4):
            name, entity = self.pick_with_entity()
            ends = [end for end in self.model.ends(entity) if many in (None, end.many)]
            if ends:
                return name, self.random.choice(ends)
        return None

    def put(self, kind: str, text: str, *names: str) -> None:
        self.steps.append(Step(kind, text, names))

    # -- begin and end ------------------------------------------------------------------------------------

    def begin(self) -> None:
        for entity in self.model.entities:
            for _ in range(self.random.choice((1, 2, 2, 3))):
                self.new(entity.name, adding=True)
            if self.model.has_hierarchies:
                # What fails takes nothing of the others with it.
                self.put("commit", "s.commit()")
                self.put("rollback", "s.rollback()")
        self.put("commit", "s.commit()")
        if self.chance(30):
            self.put("expunge", "s.expunge_all()")
            for entity in self.model.entities:
                self.get(entity.name)

    def step(self) -> None:
        [(_, make)] = self.random.choices(self.kinds, self.weights)
        make()

    def end(self) -> None:
        """Store what is there, then look at all of it."""
        self.put("commit", "s.commit()")
        for name, entity in self.objects:
            for attribute in self.model.attributes(entity):
                self.put("look", f"{name}.{attribute}")

    # -- objects ------------------------------------------------------------------------------------------

    def new(self, entity: str | None = None, adding: bool | None = None) -> None:
        described = self.model.entity(entity) if entity else self.random.choice(self.model.entities)
        name = self.name(described.table[0])
        values = [(key, self.key_value(key, type_)) for key, type_ in described.key_columns if described.key != "auto"]
        if described.key == "auto" and self.chance(10):
            values.append(("id", str(self.random.randrange(1, 9))))
        values += [
            (c.name, value_for(self.random, c))
            for c in self.model.columns(described.name)
            if self.chance(75) or not c.nullable
        ]
        for end in self.model.ends(described.name):
            needed = not end.many and end.relation.required and end.name == end.relation.one
            if self.chance(90 if needed else 30) and (other := self.pick(end.target)):
                many = f"{{{other}}}" if end.relation.collection == "set" else f"[{other}]"
                values.append((end.name, many if end.many else other))
        adding = self.chance(70) if adding is None else adding
        text = f"s.add({name})" if adding else ""
        self.steps.append(Step("new", text, (name,), described.name, tuple(values)))
        self.objects.append((name, described.name))

    def key_value(self, name: str, type_: str) -> str:
        return repr(self.random.choice(WORDS)) if type_ == "String" else str(self.random.randrange(1, 4))

    def add(self) -> None:
        self.put("add", f"s.add({self.pick()})")

    def set_value(self) -> None:
        name, entity = self.pick_with_entity()
        described = self.model.entity(entity)
        if self.chance(12) and described.key != "auto":
            key, type_ = self.random.choice(described.key_columns)
            self.put("set key", f"{name}.{key} = {self.key_value(key, type_)}")
        elif self.chance(12) and (flows := self.model.flows(entity)):
            _, columns = self.random.choice(flows)
            key, type_, _ = self.random.choice(columns)
            value = "None" if self.chance(30) else self.key_value(key, type_)
            self.put("set foreign key", f"{name}.{key} = {value}")
        else:
            column = self.random.choice(self.model.columns(entity))
            self.put("set", f"{name}.{column.name} = {value_for(self.random, column)}")

    def set_reference(self) -> None:
        found = self.pick_end(many=False)
        if found:
            name, end = found
            other = None if self.chance(20) else self.pick(end.target)
            self.put("set reference", f"{name}.{end.name} = {other}")

    def change_collection(self) -> None:
        found = self.pick_end(many=True)
        if not found:
            return
        name, end = found
        other, another = self.pick(end.target), self.pick(end.target)
        is_set = end.relation.collection == "set"
        ways = [
            (f"{name}.{end.name}.add({other})" if is_set else f"{name}.{end.name}.append({other})"),
            (f"{name}.{end.name}.add({other})" if is_set else f"{name}.{end.name}.append({other})"),
            f"{name}.{end.name}.remove({other})",
            f"{name}.{end.name}.remove({other})",
            f"{name}.{end.name} = {'{%s}' if is_set else '[%s]'}"
            % (f"{other}, {another}" if other != another else other),
            f"{name}.{end.name} = {'set()' if is_set else '[]'}",
            f"{name}.{end.name}.clear()",
        ]
        if not is_set:
            ways += [f"{name}.{end.name}.insert(0, {other})", f"{name}.{end.name}.pop()"]
            ways += [f"{name}.{end.name}[0] = {other}", f"{name}.{end.name}[:] = [{other}]"]
        self.put("change collection", self.random.choice(ways))

    def remove(self) -> None:
        self.put("delete", f"s.delete({self.pick()})")

    def flush(self) -> None:
        self.put("flush", "s.flush()")

    # -- transactions -----------------------------------------------------------------------------------------

    def commit(self) -> None:
        self.put("commit", "s.commit()")

    def rollback(self) -> None:
        self.put("rollback", "s.rollback()")

    def savepoint(self) -> None:
        name = self.name("sp")
        self.savepoints.append(name)
        self.put("savepoint", f"{name} = s.begin_nested()")

    def end_savepoint(self) -> None:
        if self.savepoints:
            name = self.savepoints.pop() if self.chance(80) else self.savepoints.pop(0)
            self.put("end savepoint", f"{name}.{self.random.choice(('commit', 'rollback'))}()")

    # -- what is in memory ------------------------------------------------------------------------------------

    def some_attributes(self, entity: str) -> str:
        names = self.model.attributes(entity)
        return repr(self.random.sample(names, min(len(names), self.random.choice((1, 1, 2)))))

    def expire(self) -> None:
        name, entity = self.pick_with_entity()
        ways = [f"s.expire({name})", f"s.expire({name}, {self.some_attributes(entity)})", "s.expire_all()"]
        self.put("expire", self.random.choice(ways))

    def refresh(self) -> None:
        name, entity = self.pick_with_entity()
        ways = [f"s.refresh({name})", f"s.refresh({name}, {self.some_attributes(entity)})"]
        self.put("refresh", self.random.choice(ways))

    def expunge(self) -> None:
        self.put("expunge", "s.expunge_all()" if self.chance(10) else f"s.expunge({self.pick()})")

    def close(self) -> None:
        self.put("close", "s.close()")

    def make_transient(self) -> None:
        function = "make_transient" if self.chance(50) else "make_transient_to_detached"
        self.put("make transient", f"{function}({self.pick()})")

    def merge(self) -> None:
        name = self.name("m")
        if self.chance(50):
            given, entity = self.pick_with_entity()
        else:
            self.new(adding=False)
            given, entity = self.objects[-1]
        load = ", load=False" if self.chance(8) else ""
        self.put("merge", f"{name} = s.merge({given}{load})", name)
        self.objects.append((name, entity))

    # -- reading ----------------------------------------------------------------------------------------------

    def get(self, entity: str | None = None) -> None:
        described = self.model.entity(entity) if entity else self.random.choice(self.model.entities)
        name = self.name("g")
        self.put("get", f"{name} = {self.statements.get(described)}", name)
        self.objects.append((name, described.name))

    def query(self) -> None:
        """Ask for objects of one entity."""
        entity = self.random.choice(self.model.entities)
        name = self.name("q")
        self.put("query", f"{name} = {self.statements.objects(entity)}", name)
        self.objects += [(f"{name}[{number}]", entity.name) for number in range(2)]

    def ask(self) -> None:
        """Ask for rows: joins, columns, counts."""
        self.put("ask", self.statements.rows())

    def read(self) -> None:
        name, entity = self.pick_with_entity()
        ends = [end.name for end in self.model.ends(entity)]
        attribute = self.random.choice(ends if ends and self.chance(60) else self.model.attributes(entity))
        self.put("read", f"{name}.{attribute}")

    def history(self) -> None:
        name, entity = self.pick_with_entity()
        if self.chance(40):
            self.put("is modified", f"s.is_modified({name})")
            return
        attribute = self.random.choice(self.model.attributes(entity))
        self.put("history", f"[list(part or ()) for part in inspect({name}).attrs.{attribute}.history]")

    # -- many rows at once --------------------------------------------------------------------------------------

    def update_rows(self) -> None:
        self.put("update rows", self.statements.update())

    def delete_rows(self) -> None:
        self.put("delete rows", self.statements.delete())

    def insert_rows(self) -> None:
        self.put("insert rows", self.statements.insert())
