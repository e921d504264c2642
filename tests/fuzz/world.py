"""One library at work: it runs the steps of a sequence and says after each how things stand, as plain data."""

from __future__ import annotations

import gc
import sqlite3
import warnings
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from types import CodeType
from typing import Any

from tests.error_names import name_of_error
from tests.fuzz.models import Model
from tests.fuzz.source import CORE, ORM, model_source
from tests.fuzz.steps import Sequence, Settings, Step

STATES = ("transient", "pending", "persistent", "deleted", "detached")

Facts = dict[tuple[str, ...], Any]
"""How things stand: what is told -> its value. The first word of what is told is its kind.

What an error "said" is told as well, for the rules; it is not compared.
"""


@lru_cache(maxsize=4000)
def _compiled(text: str) -> tuple[CodeType, bool]:
    """Compile a step's text; the second value says whether it is an expression."""
    try:
        return compile(text, "<step>", "eval"), True
    except SyntaxError:
        return compile(text, "<step>", "exec"), False


TOLD_AS = {"UnresolvedDetachedValueError": "DetachedInstanceError"}
"""Errors of two kinds, of which one is SQLAlchemy's StatementError -> the other kind, by which rules know them."""


class World:
    """A model mapped by one library, an empty database and a session.

    Args:
        library: name of the library's module.
        model: what to map.
    """

    def __init__(self, library: str, model: Model) -> None:
        self.library = library
        self.model = model
        self.core, self.orm = import_module(library), import_module(f"{library}.orm")
        self.pool = import_module(f"{library}.pool")
        self.names: dict[str, Any] = {name: getattr(self.core, name) for name in CORE}
        self.names |= {name: getattr(self.orm, name) for name in ORM}
        exec(model_source(model), self.names)
        self.orm.configure_mappers()
        self.base = self.names["Base"]
        self.classes = {self.names[entity.name]: entity for entity in model.entities}
        self.attributes = {entity.name: model.attributes(entity.name) for entity in model.entities}
        self.tables = [table.name for table in self.base.metadata.sorted_tables]

    def close(self) -> None:
        """Forget the mapping."""
        self.base.registry.dispose()

    def run(self, sequence: Sequence) -> Iterator[Facts]:
        """Run the steps on an empty database; after each, tell how things stand."""
        place = _Place(self, sequence.settings)
        try:
            for step in sequence.steps:
                yield place.take(step)
        finally:
            place.close()


class _Place:
    """One database with one session, and the objects that the steps have named."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.world = world
        self.database = sqlite3.connect(":memory:", isolation_level=None if world.library == "sqlalchemy" else "")
        if world.model.foreign_keys:
            self.database.execute("PRAGMA foreign_keys=ON")
        self.engine = world.core.create_engine(
            "sqlite://", creator=lambda: self.database, poolclass=world.pool.StaticPool
        )
        if world.library == "sqlalchemy":
            # Its documentation's way to real savepoints.
            world.core.event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        world.base.metadata.create_all(self.engine)
        self.names = dict(world.names)
        self.names["s"] = self.session = world.orm.Session(self.engine, **settings.arguments(world.library))
        self.known: dict[int, str] = {}
        self.objects: dict[str, Any] = {}
        self.aliases: dict[str, str] = {}
        self.last: Facts = {}

    def close(self) -> None:
        self.session.close()
        self.engine.dispose()
        self.database.close()

    def take(self, step: Step) -> Facts:
        """Run a step."""
        code, is_expression = _compiled(step.source(self.world.model))
        said = ""
        try:
            value = eval(code, self.names)
        except Exception as error:  # noqa: BLE001  what it raises is what is compared
            name = name_of_error(error)
            outcome, said = f"error: {TOLD_AS.get(name, name)}", str(error)
            self.names["_error"] = error
            if step.kind == "new":
                # It may be there all the same, and only adding it has failed.
                self.register(step.names[0], self.names.get(step.names[0]))
        else:
            for name in step.names:
                self.register(name, self.names.get(name))
            outcome = self.describe(value) if is_expression else [self.describe(self.names[n]) for n in step.names]
        if step.kind != "look":
            self.last = self.facts()
        return {("outcome",): outcome, ("said",): said, **self.last}

    def register(self, name: str, value: Any) -> None:
        """Give a name to an object, or to each in a list."""
        if type(value) in self.world.classes:
            if id(value) not in self.known:
                self.known[id(value)] = name
                self.objects[name] = value
            self.aliases[name] = self.known[id(value)]
        elif isinstance(value, list | tuple):
            for number, part in enumerate(value):
                self.register(f"{name}[{number}]", part)

    def describe(self, value: Any) -> Any:
        """Turn a value into plain data; objects are known by their names, or by class and key."""
        if type(value) in self.world.classes:
            name = self.known.get(id(value))
            return name or f"{type(value).__name__}{self.world.core.inspect(value).identity or ''}"
        if isinstance(value, set | frozenset):
            return ["set", *sorted((self.describe(part) for part in value), key=repr)]
        if isinstance(value, dict):
            return {key: self.describe(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self.describe(part) for part in value]
        if isinstance(value, tuple) or hasattr(value, "_mapping"):
            return tuple(self.describe(part) for part in value)
        if value is None or isinstance(value, str | int | float):
            return value
        return "result" if type(value).__name__.endswith("Result") else type(value).__name__

    def facts(self) -> Facts:
        session = self.session
        facts: Facts = {("name", name): known for name, known in self.aliases.items()}
        for name in ("new", "dirty", "deleted"):
            facts[name,] = sorted(self.describe(value) for value in getattr(session, name))
        facts["active",] = session.is_active
        facts["transaction",] = session.in_transaction(), session.in_nested_transaction()
        for table in self.world.tables:
            cursor = self.database.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            facts["rows", table] = sorted(rows, key=repr)
        for name, value in self.objects.items():
            facts |= self.facts_of(name, value)
        return facts

    def facts_of(self, name: str, value: Any) -> Facts:
        state = self.world.core.inspect(value)
        facts: Facts = {("state", name): next(word for word in STATES if getattr(state, word))}
        facts["class", name] = type(value).__name__
        facts["identity", name] = state.identity
        facts["member", name] = value in self.session
        loaded = value.__dict__
        if facts["state", name] in ("transient", "pending"):
            # What will be inserted, whatever is loaded.
            columns = self.world.classes[type(value)].key_columns
            facts["key", name] = [loaded.get(key) for key, _ in columns]
        for attribute in self.world.attributes[type(value).__name__]:
            if attribute in loaded:
                facts["value", name, attribute] = self.describe(loaded[attribute])
        return facts


def quiet() -> warnings.catch_warnings[None]:
    """Keep what both libraries warn of to themselves: what is under test are answers."""
    return warnings.catch_warnings(action="ignore")


def tidy() -> None:
    """Collect what dead worlds have left."""
    gc.collect()
