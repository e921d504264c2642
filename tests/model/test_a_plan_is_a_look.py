"""session.plan() changes nothing: random work ends the same with and without plans in between, and says what it does.

The same steps are taken by two sessions on two databases, one of which plans after each step. Rows, statements,
errors and objects in memory must agree; a deep picture of the session is the same before and after each plan; and a
flush sends what the plan before it shows.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import azoth
from azoth import delete, event, select
from azoth.exc import AzothError
from azoth.orm import Session
from azoth.orm.runtime.related.member_changes import MemberChanges
from azoth.orm.runtime.state import InstanceState
from azoth.orm.runtime.symbols import STATE
from tests.model.estate import (
    ATTRIBUTES,
    CLASSES,
    LISTS,
    REFERENCES,
    Base,
    Blueprint,
    DoorKey,
    Guest,
    House,
    Lamp,
    Node,
    Plot,
    Room,
    Shelf,
    Street,
    Tag,
    Tool,
)

Step = tuple[str, int, int]


class Estate:
    """A session and the objects that the steps have met, in order."""

    def __init__(self, *, plans: bool) -> None:
        self.plans = plans
        self.engine = azoth.create_engine("sqlite://")
        self.log: list[tuple[str, bool]] = []
        event.listen(self.engine, "before_cursor_execute", self._note)
        Base.metadata.create_all(self.engine)
        self.session = Session(self.engine)
        self.objects: dict[type[Any], list[Any]] = {class_: [] for class_ in CLASSES}
        self.errors: list[str] = []
        self.planned: list[tuple[str, bool]] | None = None
        self.settle()

    def _note(self, connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        self.log.append((sql, many))

    def settle(self) -> None:
        """Store two estates."""
        tags = [Tag(name="t"), Tag(name="u")]
        for number in (1, 2):
            house = House(name=f"h{number}", tags=list(tags), blueprint=Blueprint(name="b"))
            house.rooms = [Room(name="r", shelves=[Shelf(name="s")]), Room(name="q")]
            house.tools = [Tool(name="t"), Tool(name="w")]
            house.lamps = [Lamp(name="l")]
            house.keys.append(DoorKey(name="k"))
            guest = Guest(name="g", rooms=[house.rooms[0]])
            street = Street(town="a", number=number, plots=[Plot(name="p"), Plot(name="o")])
            root = Node(name="n", downs=[Node(name="m", downs=[Node(name="o")]), Node(name="l")])
            self.session.add_all([house, guest, street, root])
        self.session.commit()
        # Which of these objects are still alive is the collector's choice.
        self.session.expunge_all()
        self.meet()

    def meet(self) -> None:
        """Come to know the objects of all classes."""
        for class_, known in self.objects.items():
            for one in self.session.scalars(select(class_).order_by(*class_.__table__.primary_key.columns)):
                if not any(one is other for other in known):
                    known.append(one)

    def pick(self, class_: type[Any], number: int) -> Any:
        known = self.objects[class_]
        return known[number % len(known)] if known else None

    # -- steps -------------------------------------------------------------------------------------------------

    def take(self, name: str, one: int, two: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                STEPS[name](self, one, two)
            except AzothError as error:
                self.errors.append(f"{name}: {type(error).__name__}")
                if not self.session.is_active:
                    self.session.rollback()

    def look(self) -> None:
        """Plan, and see that nothing has changed."""
        before = picture(self)
        self.planned = None
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                plan = self.session.plan()
            except AzothError:
                plan = None
            if plan is not None:
                assert str(plan)
                assert plan.as_dict()
                assert plan.as_dot()
                if not plan.loads:
                    # Else the flush loads and plans again.
                    self.planned = [
                        (one.sql, one.is_batch)
                        for statements in plan.statements
                        for one in statements
                        for _ in range(one.times)
                    ]
        assert picture(self) == before

    def flush(self, one: int, two: int) -> None:
        self._as_planned(self.session.flush)

    def commit(self, one: int, two: int) -> None:
        self._as_planned(self.session.commit)

    def _as_planned(self, work: Callable[[], None]) -> None:
        start = len(self.log)
        work()
        if self.planned is not None:
            assert [one for one in self.log[start:] if not one[0].startswith("RELEASE")] == self.planned

    def add(self, one: int, two: int) -> None:
        class_ = CLASSES[one % len(CLASSES)]
        values = {"town": "b", "number": 10 + len(self.objects[Street])} if class_ is Street else {}
        new = class_(name="new", **values)
        self.objects[class_].append(new)
        if two % 3:
            self.session.add(new)

    def add_again(self, one: int, two: int) -> None:
        found = self.pick(CLASSES[one % len(CLASSES)], two)
        if found is not None:
            self.session.add(found)

    def join(self, one: int, two: int) -> None:
        key, owner, member = self._list(one, two)
        if owner is None or member is None:
            return
        collection = getattr(owner, key)
        if key == "keys" or member not in collection:
            collection.append(member)

    def leave(self, one: int, two: int) -> None:
        key, owner, _ = self._list(one, two)
        if owner is None:
            return
        collection = list(getattr(owner, key))
        if collection:
            getattr(owner, key).remove(collection[two % len(collection)])

    def replace(self, one: int, two: int) -> None:
        key, owner, member = self._list(one, two)
        if owner is not None and key != "keys":
            setattr(owner, key, [] if member is None or two % 2 else [member])

    def _list(self, one: int, two: int) -> tuple[str, Any, Any]:
        name = sorted(LISTS)[one % len(LISTS)]
        owner_class, member_class = LISTS[name]
        return ATTRIBUTES.get(name, name), self.pick(owner_class, two), self.pick(member_class, two // 2)

    def refer(self, one: int, two: int) -> None:
        name = sorted(REFERENCES)[one % len(REFERENCES)]
        owner_class, target_class = REFERENCES[name]
        owner = self.pick(owner_class, two)
        if owner is not None:
            setattr(owner, ATTRIBUTES.get(name, name), None if two % 3 == 0 else self.pick(target_class, two // 2))

    def rename(self, one: int, two: int) -> None:
        found = self.pick(CLASSES[one % len(CLASSES)], two)
        if found is not None:
            found.name = f"name {two}"

    def change_key(self, one: int, two: int) -> None:
        street = self.pick(Street, one)
        if street is not None:
            street.number = 20 + two

    def remove(self, one: int, two: int) -> None:
        found = self.pick(CLASSES[one % len(CLASSES)], two)
        if found is not None:
            self.session.delete(found)

    def remove_rows(self, one: int, two: int) -> None:
        class_ = CLASSES[one % len(CLASSES)]
        found = self.pick(class_, two)
        if found is not None:
            how = ("evaluate", "fetch", False)[two % 3]
            statement = delete(class_).where(class_.name == "q").execution_options(synchronize_session=how)
            self.session.execute(statement)

    def expunge(self, one: int, two: int) -> None:
        found = self.pick(CLASSES[one % len(CLASSES)], two)
        if found is not None:
            self.session.expunge(found)

    def merge(self, one: int, two: int) -> None:
        class_ = CLASSES[one % len(CLASSES)]
        found = self.pick(class_, two)
        if found is not None:
            self.objects[class_].append(self.session.merge(found))

    def expire(self, one: int, two: int) -> None:
        found = self.pick(CLASSES[one % len(CLASSES)], two)
        if found is not None:
            self.session.expire(found)

    def read(self, one: int, two: int) -> None:
        key, owner, _ = self._list(one, two)
        if owner is not None:
            list(getattr(owner, key))

    def query(self, one: int, two: int) -> None:
        self.meet()

    def rollback(self, one: int, two: int) -> None:
        self.session.rollback()

    def savepoint(self, one: int, two: int) -> None:
        self.session.begin_nested()

    def end_savepoint(self, one: int, two: int) -> None:
        savepoint = self.session.get_nested_transaction()
        if savepoint is not None:
            savepoint.rollback() if two % 2 else savepoint.commit()

    def rows(self) -> dict[str, list[Any]]:
        return {
            table.name: sorted(map(tuple, self.session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }

    def close(self) -> None:
        self.session.close()
        self.engine.dispose()


STEPS: dict[str, Callable[[Estate, int, int], None]] = {
    name: getattr(Estate, name)
    for name in (
        "add", "add_again", "join", "leave", "replace", "refer", "rename", "change_key", "remove", "remove_rows",
        "expunge", "merge", "expire", "read", "query", "flush", "commit", "rollback", "savepoint", "end_savepoint",
    )
}  # fmt: skip

# What plans are about comes up more often.
NAMES = [*STEPS, "join", "leave", "replace", "refer", "remove", "change_key", "join", "leave", "refer", "flush"]
WORK = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=14)


@given(WORK)
@settings(max_examples=40)
def test_plans_in_between_make_no_difference(steps: list[Step]) -> None:
    agree(steps)


def agree(steps: list[Step]) -> None:
    """Take the same steps with and without plans, and compare what comes out."""
    estates = [Estate(plans=True), Estate(plans=False)]
    try:
        for estate in estates:
            for step in (*steps, ("commit", 0, 0), ("query", 0, 0)):
                if estate.plans:
                    estate.look()
                estate.take(*step)
        looking, working = estates
        assert looking.errors == working.errors
        assert looking.log == working.log
        assert outline(looking) == outline(working)
        assert looking.rows() == working.rows()
    finally:
        for estate in estates:
            estate.close()


# -- pictures ----------------------------------------------------------------------------------------------------------


def picture(estate: Estate) -> dict[str, Any]:
    """Take down everything that a session and its objects know."""
    session = estate.session
    identity_map: Any = session.unit.identity_map
    instances = {id(one): one for known in estate.objects.values() for one in known}
    instances.update((id(one), one) for one in session)
    held = {name: [id(state) for state in getattr(identity_map, name)] for name in ("new", "modified", "deleted")}
    return {
        "held": held,
        "entities": {
            id(root): {pk: id(state) for pk, state in states.items()} for root, states in identity_map.entities.items()
        },
        "transaction": id(session.unit.transaction),
        "statements": len(estate.log),
        "objects": {number: _described(one, id) for number, one in instances.items()},
    }


def outline(estate: Estate) -> list[Any]:
    """Describe the objects of an estate in a way that another estate's can be compared with."""
    names = {
        id(one): f"{class_.__name__} {number}"
        for class_, known in estate.objects.items()
        for number, one in enumerate(known)
    }
    return [
        _described(one, lambda other: names.get(id(other), type(other).__name__))
        for known in estate.objects.values()
        for one in known
    ]


def _described(instance: Any, name: Callable[[Any], Any]) -> dict[str, Any]:
    state: InstanceState | None = instance.__dict__.get(STATE)
    found: dict[str, Any] = {key: _plain(value, name) for key, value in instance.__dict__.items()}
    if state is not None:
        extra = state.extra
        found["has origin"] = state.origin is not None
        found["is in a map"] = state.identity_map is not None
        found["pk"] = state.pk
        found["changes"] = _plain(state.changes, name)
        found["extra"] = (
            None
            if extra is None
            else {
                "was_deleted": extra.was_deleted,
                "queued": _plain(extra.queued, name),
                "parents": None
                if extra.parents is None
                else sorted((str(token), repr(_plain(parent, name))) for token, parent in extra.parents.items()),
            }
        )
    return found


def _plain(value: Any, name: Callable[[Any], Any]) -> Any:
    if isinstance(value, InstanceState):
        return name(value()) if value() is not None else "gone"
    if isinstance(value, MemberChanges):
        return [_plain(part, name) for part in (value.added, value.removed, value.known)]
    if isinstance(value, list | tuple):
        return [_plain(item, name) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item, name) for key, item in value.items()}
    if isinstance(type(value), type) and isinstance(value, Base):
        return name(value)
    return value if isinstance(value, str | int | None) else type(value).__name__
