"""Random work with a session: rows, states and objects in memory are those of a plain model, after every step."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import azoth
from azoth import inspect, select
from azoth.exc import IntegrityError, PendingRollbackError
from azoth.orm import Session, joinedload, selectinload
from azoth.orm.exc import DetachedInstanceError
from tests.model.family import CLASSES, OWNED_BY, SIDES, Base, Child, Parent, Pet, Tag
from tests.model.model import STATES, Model, Thing

KIND = st.sampled_from(sorted(CLASSES))
NUMBER = st.integers(0, 30)
NAME = st.sampled_from(["a", "b", "c"])

# Most steps change something; a transaction ends after some of them.
after_some_work = precondition(lambda machine: machine.work >= 6)
in_a_savepoint = precondition(lambda machine: bool(machine.nested))


class SessionMachine(RuleBasedStateMachine):
    """One session on an empty database, and the model of it."""

    @initialize(expire_on_commit=st.booleans(), strong=st.booleans(), family=st.booleans())
    def open(self, expire_on_commit: bool, strong: bool, family: bool) -> None:
        self.engine = azoth.create_engine("sqlite://")
        azoth.event.listen(
            self.engine, "connect", lambda connection, record: connection.execute("PRAGMA foreign_keys=ON")
        )
        Base.metadata.create_all(self.engine)
        self.expire_on_commit = expire_on_commit
        self.strong = strong
        self.model = Model()
        self.nested: list[Any] = []
        self.session = self.new_session()
        self.rows_changed = True
        self.work = 0
        if family:
            self.populate()

    def populate(self) -> None:
        """Store two parents with two children and two pets each, and three tags that they share."""
        for _ in range(2):
            self.add_new("parent", "a")
        for number in range(3):
            self.add_new("tag", "b")
            self.link(number, number, from_tag=False)
        for number in range(4):
            self.add_new_to_parent(number, "child", "c", forward=False)
            self.add_new_to_parent(number, "pet", "c", forward=True)
        self.commit()

    def new_session(self) -> Session:
        # Without autoflush a read is a read: rules flush where they mean to.
        return Session(
            self.engine,
            autoflush=False,
            expire_on_commit=self.expire_on_commit,
            weak_identity_map=not self.strong,
        )

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()
            self.engine.dispose()

    # -- choosing -----------------------------------------------------------------------------------------

    def pick(self, number: int, kind: str | None, *statuses: str) -> Thing | None:
        things = [
            thing
            for thing in self.model.with_status(*statuses)
            if (kind is None or thing.kind == kind) and thing not in self.model.marked
        ]
        # By key, since the order in which sets gave them is not the same in each run.
        things.sort(key=lambda thing: (thing.kind, thing.pk or 1000 + thing.number))
        return things[number % len(things)] if things else None

    def pick_live(self, number: int, kind: str | None = None) -> Thing | None:
        return self.pick(number, kind, "pending", "persistent")

    def read(self, thing: Thing, key: str) -> Any:
        value = getattr(thing.instance, key)
        self.take_over_what_was_loaded()
        return value

    def holds_deleted(self, thing: Thing, key: str) -> bool:
        """Tell whether a loaded attribute still has things that are gone, or are about to go."""
        return any(
            other.status in ("deleted", "detached", "transient") or other in self.model.marked
            for other in self.model.neighbours(thing, key)
        )

    # -- new objects and values ------------------------------------------------------------------------------

    def make(self, kind: str, **values: Any) -> Thing:
        instance = CLASSES[kind](**values)
        thing = self.model.things[id(instance)] = Thing(instance, kind, "transient")
        thing.memory.update(values)
        return thing

    @rule(kind=st.sampled_from(["parent", "parent", "child", "tag"]), name=NAME)
    def add_new(self, kind: str, name: str) -> None:
        self.work += 1
        thing = self.make(kind, name=name)
        self.session.add(thing.instance)
        self.model.add(thing)

    @rule(parent=NUMBER, kind=st.sampled_from(["child", "pet"]), name=NAME, forward=st.booleans())
    def add_new_to_parent(self, parent: int, kind: str, name: str, forward: bool) -> None:
        self.work += 1
        owner = self.pick_live(parent, "parent")
        if owner is None:
            return
        thing = self.make(kind, name=name)
        key = OWNED_BY[kind]
        if forward:
            # Attaching to an object of the session adds the new one.
            collection = self.read(owner, SIDES[kind][key].reverse)
            (collection.add if kind == "pet" else collection.append)(thing.instance)
        else:
            setattr(thing.instance, key, owner.instance)
            self.session.add(thing.instance)
        self.model.set_owner(thing, owner)
        thing.status = "pending"

    @rule(child=NUMBER, name=NAME)
    def add_new_parent_through_its_child(self, child: int, name: str) -> None:
        self.work += 1
        thing = self.pick_live(child, "child")
        if thing is None:
            return
        self.read(thing, "parent")
        owner = self.make("parent", name=name)
        thing.instance.parent = owner.instance
        self.model.set_owner(thing, owner)
        self.model.add(owner)

    @rule(number=NUMBER)
    def add_again(self, number: int) -> None:
        thing = self.pick(number, None, "transient")
        if thing is None or not self.may_be_added(thing):
            return
        has_given_key = any(one.status == "transient" and "id" in one.memory for one in self.model.cascaded(thing))
        self.session.add(thing.instance)
        self.model.add(thing)
        if has_given_key:
            # The key must be free when the next object is given one.
            self.session.flush()
            self.flushed()

    def may_be_added(self, thing: Thing) -> bool:
        """Tell whether the database takes the thing and what comes with it; the flush fails otherwise, as it should."""
        reached = self.model.cascaded(thing)
        new = [one for one in reached if one.status == "transient"]
        if any(one.status not in ("transient", "pending", "persistent") or one in self.model.marked for one in reached):
            # A pet that was new when its owner was deleted still refers to it: the owner's row could not go.
            return False
        if any(one.kind == "pet" and one.memory.get("owner") is None for one in new):
            return False
        rows = [(one.kind, one.memory["id"]) for one in new if "id" in one.memory]
        kinds = {kind for kind, _ in rows}
        if any(one.kind in kinds and "id" not in one.memory for one in (*new, *self.model.with_status("pending"))):
            # The database may give it the very key that another one brings along.
            return False
        return len(set(rows)) == len(rows) and not self.model.rows.names.keys() & set(rows)

    @rule(number=NUMBER, kind=st.none() | KIND, name=NAME)
    def rename(self, number: int, kind: str | None, name: str) -> None:
        self.work += 1
        thing = self.pick(number, kind, "pending", "persistent", "transient")
        if thing is None:
            return
        thing.instance.name = name
        self.model.rename(thing, name)

    # -- relationships -----------------------------------------------------------------------------------------

    @rule(number=NUMBER, parent=st.none() | NUMBER, kind=st.sampled_from(["child", "pet"]), forward=st.booleans())
    def move(self, number: int, parent: int | None, kind: str, forward: bool) -> None:
        self.work += 1
        thing = self.pick_live(number, kind)
        owner = None if parent is None else self.pick_live(parent, "parent")
        if thing is None:
            return
        key = OWNED_BY[kind]
        reverse = SIDES[kind][key].reverse
        self.read(thing, key)
        former = thing.memory.get(key)
        if forward and owner is not None:
            collection = self.read(owner, reverse)
            if thing.instance in collection:
                return
            (collection.add if kind == "pet" else collection.append)(thing.instance)
        elif forward and former is not None:
            if former in self.model.marked or former.status not in ("pending", "persistent"):
                return
            collection = self.read(former, reverse)
            if thing.instance not in collection:
                return
            collection.remove(thing.instance)
        else:
            setattr(thing.instance, key, None if owner is None else owner.instance)
        self.model.set_owner(thing, owner)

    @rule(parent=NUMBER, numbers=st.lists(NUMBER, max_size=3), kind=st.sampled_from(["child", "pet"]))
    def replace_collection(self, parent: int, numbers: list[int], kind: str) -> None:
        self.work += 1
        owner = self.pick_live(parent, "parent")
        if owner is None:
            return
        key = OWNED_BY[kind]
        reverse = SIDES[kind][key].reverse
        self.read(owner, reverse)
        things = list(dict.fromkeys(thing for number in numbers if (thing := self.pick_live(number, kind)) is not None))
        if self.holds_deleted(owner, reverse):
            return
        for thing in things:
            self.read(thing, key)
        for thing in list(owner.memory.get(reverse, ())):
            self.read(thing, key)
        before = self.model.neighbours(owner, reverse)
        instances = [thing.instance for thing in things]
        setattr(owner.instance, reverse, set(instances) if kind == "pet" else instances)
        self.model.touch(owner)
        for thing in before:
            if thing not in things:
                self.model.set_owner(thing, None)
        for thing in things:
            self.model.set_owner(thing, owner)

    @rule(parent=NUMBER, tag=NUMBER, from_tag=st.booleans())
    def link(self, parent: int, tag: int, from_tag: bool) -> None:
        self.work += 1
        one, other = self.pick_live(parent, "parent"), self.pick_live(tag, "tag")
        if one is None or other is None:
            return
        collection = self.read(other, "parents") if from_tag else self.read(one, "tags")
        if from_tag:
            if one.instance in collection:
                return
            collection.add(one.instance)
        else:
            if other.instance in collection:
                return
            collection.append(other.instance)
        self.model.link(one, other)

    @rule(parent=NUMBER, tag=NUMBER, from_tag=st.booleans())
    def unlink(self, parent: int, tag: int, from_tag: bool) -> None:
        self.work += 1
        one = self.pick_live(parent, "parent")
        if one is None:
            return
        self.read(one, "tags")
        others = [thing for thing in self.model.neighbours(one, "tags") if thing.status in ("pending", "persistent")]
        others = [thing for thing in others if thing not in self.model.marked]
        if not others:
            return
        other = others[tag % len(others)]
        if from_tag:
            self.read(other, "parents").remove(one.instance)
        else:
            one.instance.tags.remove(other.instance)
        self.model.unlink(one, other)

    # -- deleting, letting go, loading anew ------------------------------------------------------------------------

    @rule(number=NUMBER, kind=st.none() | KIND)
    def delete(self, number: int, kind: str | None) -> None:
        self.work += 1
        thing = self.pick(number, kind, "persistent")
        if thing is None or self.awaits_children(thing):
            return
        self.session.delete(thing.instance)
        self.take_over_what_was_loaded()
        self.model.delete(thing)

    def awaits_children(self, thing: Thing) -> bool:
        """Tell whether a child was given to this parent since the flush: deleting it then is the program's mistake."""
        moved = [*self.model.moved, *self.model.with_status("pending")]
        return any(child.kind == "child" and child.memory.get("parent") is thing for child in moved)

    @rule(number=NUMBER)
    def take_back_deletion(self, number: int) -> None:
        # A pet cannot live on without its owner.
        marked = sorted((thing for thing in self.model.marked if thing.kind != "pet"), key=repr)
        if not marked:
            return
        thing = marked[number % len(marked)]
        if any(other.status not in ("pending", "persistent") for other in self.model.reachable(thing)):
            return
        self.session.add(thing.instance)
        self.model.add(thing)

    @rule(number=NUMBER, kind=KIND)
    def expunge(self, number: int, kind: str) -> None:
        thing = self.pick_live(number, kind)
        if thing is None:
            return
        gone = [thing, *(self.model.neighbours(thing, "pets") if kind == "parent" else ())]
        if any(self.model.has_unflushed_links(one) or one in self.model.marked for one in gone):
            return
        if any(self.may_lose_its_row(one) for one in gone):
            return
        if any(one.status not in ("pending", "persistent") for one in gone):
            return
        # Nothing else keeps what is let go of in memory: another object for the row may come.
        for other in self.model.with_status("persistent", "pending"):
            for key in SIDES[other.kind] if other not in gone else ():
                if any(one in gone for one in self.model.neighbours(other, key)):
                    if other.pk is None or self.model.has_unflushed_links(other):
                        # Expired, its collection would be as in the database, the other side as it was changed.
                        return
                    self.session.expire(other.instance, [key])
                    other.memory.pop(key)
        self.session.expunge(thing.instance)
        for one in gone:
            assert one.instance not in self.session
            self.model.renamed.pop(one, None)
            if one.status == "pending":
                one.status = "transient"
                continue
            assert inspect(one.instance).detached
            assert one.instance.__dict__.get("name") == one.memory.get("name")
            if "name" not in one.memory:
                with pytest.raises(DetachedInstanceError):
                    one.instance.name
            del self.model.things[id(one.instance)]

    @rule(number=NUMBER, kind=KIND, again=st.booleans())
    def expire_or_refresh(self, number: int, kind: str, again: bool) -> None:
        thing = self.pick(number, kind, "persistent")
        if thing is None:
            return
        reached = [thing, *(self.model.neighbours(thing, "pets") if kind == "parent" else ())]
        if any(self.model.has_unflushed_links(one) or one in self.model.marked for one in reached):
            return
        if again:
            self.session.refresh(thing.instance)
            assert "name" in thing.instance.__dict__
        else:
            self.session.expire(thing.instance)
            assert "name" not in thing.instance.__dict__
        for one in reached:
            if one.status == "persistent":
                self.model.expire(one)

    @rule(number=NUMBER, kind=KIND, again=st.booleans(), which=NUMBER)
    def expire_or_refresh_one_attribute(self, number: int, kind: str, again: bool, which: int) -> None:
        thing = self.pick(number, kind, "persistent")
        if thing is None or self.model.has_unflushed_links(thing):
            return
        keys = ["name", *SIDES[kind]]
        key = keys[which % len(keys)]
        thing.memory.pop(key, None)
        if key == "name":
            self.model.renamed.pop(thing, None)
        if again:
            self.session.refresh(thing.instance, [key])
            assert key in thing.instance.__dict__
        else:
            self.session.expire(thing.instance, [key])
            assert key not in thing.instance.__dict__

    @rule()
    def expire_all(self) -> None:
        things = self.model.with_status("persistent")
        if any(self.model.has_unflushed_links(thing) for thing in (*things, *self.model.with_status("pending"))):
            return
        self.session.expire_all()
        for thing in things:
            assert "name" not in thing.instance.__dict__
            self.model.expire(thing)

    @rule(number=NUMBER, kind=KIND, which=NUMBER)
    def read_relationship(self, number: int, kind: str, which: int) -> None:
        thing = self.pick_live(number, kind)
        if thing is not None:
            keys = sorted(SIDES[kind])
            self.read(thing, keys[which % len(keys)])

    @rule(kind=KIND, pk=st.integers(1, 6))
    def get(self, kind: str, pk: int) -> None:
        found = self.session.get(CLASSES[kind], pk)
        assert (found is not None) == ((kind, pk) in self.model.rows.names)
        if found is not None:
            thing = self.model.register(found)
            assert thing.row == (kind, pk)
            assert thing.status == "persistent"

    @rule(kind=KIND, eager=st.sampled_from([None, joinedload, selectinload]), which=NUMBER, flush=st.booleans())
    def query(self, kind: str, eager: Any, which: int, flush: bool) -> None:
        class_ = CLASSES[kind]
        statement = select(class_).order_by(class_.id)
        keys = sorted(SIDES[kind])
        if eager is not None:
            statement = statement.options(eager(getattr(class_, keys[which % len(keys)])))
        self.session.autoflush = flush
        found = self.session.scalars(statement).unique().all()
        self.session.autoflush = False
        if flush:
            self.flushed()
        assert [(kind, inspect(instance).identity[0]) for instance in found] == sorted(
            row for row in self.model.rows.names if row[0] == kind
        )
        for instance in found:
            self.model.register(instance)

    @rule(kind=KIND, name=NAME)
    def query_by_name(self, kind: str, name: str) -> None:
        class_ = CLASSES[kind]
        found = self.session.query(class_).filter_by(name=name).order_by(class_.id).all()
        assert [inspect(instance).identity[0] for instance in found] == sorted(
            pk for (other, pk), present in self.model.rows.names.items() if (other, present) == (kind, name)
        )

    @rule(number=NUMBER, kind=KIND)
    def forget(self, number: int, kind: str) -> None:
        """Drop the last reference from outside: changed objects stay, others go."""
        thing = self.pick(number, kind, "persistent")
        if thing is None or any(self.model.neighbours(thing, key) for key in SIDES[kind]):
            return
        if self.may_lose_its_row(thing):
            return
        others = [other for other in self.model.things.values() if other is not thing]
        if any(thing in self.model.neighbours(other, key) for other in others for key in SIDES[other.kind]):
            return
        reference, changed = weakref.ref(thing.instance), thing in self.session_dirty()
        del self.model.things[id(thing.instance)]
        thing.instance = None
        gc.collect()
        if changed or self.strong:
            assert reference() is not None
            thing.instance = self.session.identity_map[CLASSES[kind], (thing.pk,)]
            self.model.things[id(thing.instance)] = thing
        elif reference() is None:
            assert (CLASSES[kind], (thing.pk,)) not in self.session.identity_map
        else:
            # A changed object refers to it, or the transaction keeps it.
            self.model.things[id(reference())] = thing
            thing.instance = reference()

    def may_lose_its_row(self, thing: Thing) -> bool:
        """Tell whether a rollback takes the row away: a second object for it would not learn of that."""
        return thing in self.model.savepoints[0].inserted

    def session_dirty(self) -> set[Thing]:
        return {self.model.things[id(instance)] for instance in self.session.dirty}

    # -- merging ---------------------------------------------------------------------------------------------------

    @rule(kind=KIND, pk=st.integers(1, 6), name=NAME)
    def merge_values(self, kind: str, pk: int, name: str) -> None:
        self.work += 1
        row = (kind, pk)
        if kind == "pet" and row not in self.model.rows.names:
            return
        present = self.model.present(row)
        if present is not None and present in self.model.marked:
            return
        given = CLASSES[kind](id=pk, name=name)
        if row not in self.model.rows.names and self.model.with_status("pending"):
            # A pending object may be given that very key by the database.
            return
        merged = self.session.merge(given)
        assert merged is not given
        assert given not in self.session
        if row in self.model.rows.names:
            thing = self.model.register(merged)
            self.model.rename(thing, name)
        else:
            thing = self.model.things[id(merged)] = Thing(merged, kind, "pending")
            thing.memory.update(id=pk, name=name)
            thing.has_given_key = True
            # The key must be free when the next object is given one.
            self.session.flush()
            self.flushed()

    @rule(number=NUMBER, name=NAME, keep=NUMBER, tags=st.lists(NUMBER, max_size=2))
    def merge_parent_with_collections(self, number: int, name: str, keep: int, tags: list[int]) -> None:
        """Merge a copy of a parent with some of its pets, a new one, and other tags."""
        self.work += 1
        thing = self.pick(number, "parent", "persistent")
        if thing is None:
            return
        pets = [self.model.register(pet) for pet in self.read(thing, "pets")]
        self.read(thing, "tags")
        if self.holds_deleted(thing, "pets") or self.holds_deleted(thing, "tags"):
            return
        for pet in pets:
            self.read(pet, "owner")
        kept = [pet for position, pet in enumerate(pets) if pet.pk is not None and keep & (1 << position)]
        linked = list(dict.fromkeys(t for tag in tags if (t := self.pick(tag, "tag", "persistent")) is not None))
        given = Parent(
            id=thing.pk,
            name=name,
            pets={Pet(id=pet.pk, name=name) for pet in kept} | {Pet(name="new")},
            tags=[Tag(id=tag.pk, name=name) for tag in linked],
        )
        assert self.session.merge(given) is thing.instance
        [new] = [pet for pet in thing.instance.pets if id(pet) not in self.model.things]
        newcomer = self.model.things[id(new)] = Thing(new, "pet", "pending")
        newcomer.memory["name"] = "new"
        for one in (thing, *kept, *linked):
            self.model.rename(one, name)
        for pet in pets:
            if pet not in kept:
                self.model.set_owner(pet, None)
        self.model.set_owner(newcomer, thing)
        for tag in list(self.model.neighbours(thing, "tags")):
            if tag not in linked:
                self.model.unlink(thing, tag)
        for tag in linked:
            if tag not in self.model.neighbours(thing, "tags"):
                self.model.link(thing, tag)

    # -- transactions ----------------------------------------------------------------------------------------------

    def flushed(self) -> None:
        self.model.flush()
        self.rows_changed = True
        assert not self.session.new
        assert not self.session.dirty
        assert not self.session.deleted
        assert not self.session.plan()

    @rule()
    def flush(self) -> None:
        self.work += 1
        self.session.flush()
        self.flushed()

    @precondition(lambda machine: len(machine.nested) < 3)
    @rule()
    def begin_nested(self) -> None:
        self.nested.append(self.session.begin_nested())
        self.model.begin_nested()
        self.rows_changed = True

    @in_a_savepoint
    @rule()
    def release(self) -> None:
        self.nested.pop().commit()
        self.model.release()
        self.rows_changed = True

    @in_a_savepoint
    @rule(number=NUMBER)
    def rollback_to_savepoint(self, number: int) -> None:
        level = 1 + number % len(self.nested)
        self.nested[level - 1].rollback()
        self.rolled_back(level)

    @after_some_work
    @rule()
    def rollback(self) -> None:
        self.work = 0
        begun = self.session.in_transaction() or bool(self.session.dirty)
        self.session.rollback()
        if not begun:
            # Nothing was read or written since the transaction before.
            return
        self.rolled_back(0)
        for thing in self.model.with_status("persistent"):
            loaded = thing.instance.__dict__.keys() & {"id", "name", *SIDES[thing.kind]}
            assert not loaded, f"{thing} is not expired: {loaded}"

    def rolled_back(self, level: int) -> None:
        del self.nested[max(level - 1, 0) :]
        for thing in self.model.rollback(level):
            assert inspect(thing.instance).transient
            assert "name" not in thing.memory or thing.instance.__dict__["name"] == thing.memory["name"]
            assert thing.has_given_key or "id" not in thing.instance.__dict__
        for thing in self.model.with_status("transient"):
            # Those that refer to objects with rows have no defined place any more, nor have those that were expired.
            reached = self.model.reachable(thing)
            if any(other.status != "transient" or "name" not in other.memory for other in reached):
                del self.model.things[id(thing.instance)]
        self.rows_changed = True

    @after_some_work
    @rule()
    def commit(self) -> None:
        self.work = 0
        self.session.commit()
        self.nested.clear()
        self.model.commit(expires=self.expire_on_commit)
        self.rows_changed = True

    @after_some_work
    @rule(in_flush=st.booleans())
    def fail(self, in_flush: bool) -> None:
        self.work = 0
        self.session.add(Child())
        with pytest.raises(IntegrityError):
            self.session.flush() if in_flush or self.nested else self.session.commit()
        with pytest.raises(PendingRollbackError):
            self.session.scalars(select(Parent)).all()
        level = len(self.nested)
        self.nested[-1].rollback() if level else self.session.rollback()
        self.rolled_back(level)

    @after_some_work
    @rule()
    def close(self) -> None:
        self.work = 0
        self.session.close()
        for thing in self.model.with_status("persistent"):
            inserted = thing in self.model.savepoints[0].inserted
            assert inspect(thing.instance).transient if inserted else inspect(thing.instance).detached
            assert thing.instance.__dict__.get("name") == thing.memory.get("name")
        self.model.rollback(0)
        self.model.things.clear()
        self.nested.clear()
        self.rows_changed = True

    @after_some_work
    @rule(number=NUMBER, kind=st.none() | KIND)
    def move_to_another_session(self, number: int, kind: str | None) -> None:
        self.work = 0
        self.commit()
        self.session.close()
        for thing in self.model.with_status("persistent"):
            thing.status = "detached"
        thing = self.pick(number, kind, "detached")
        self.session = self.new_session()
        reached = [] if thing is None else self.model.reachable(thing)
        if any(other.pk is None or other.row not in self.model.rows.names for other in reached):
            reached = []
        if reached:
            self.session.add(reached[0].instance)
            self.model.add(reached[0])
        self.model.things = {id(one.instance): one for one in reached}

    # -- what must be true -----------------------------------------------------------------------------------------

    def take_over_what_was_loaded(self) -> None:
        before = -1
        while before != len(self.model.things):
            before = len(self.model.things)
            for instance in self.session:
                if id(instance) not in self.model.things:
                    self.model.register(instance)
            for thing in self.model.with_status("pending", "persistent"):
                columns = () if thing.pk is None else ("id", "name", OWNED_BY.get(thing.kind, "") + "_id")
                for key in (*columns, *SIDES[thing.kind]):
                    if key in thing.instance.__dict__ and key not in thing.memory:
                        self.model.take_over(thing, key)

    @invariant()
    def memory_is_as_predicted(self) -> None:
        self.take_over_what_was_loaded()
        for thing in self.model.with_status("pending", "persistent"):
            for key, expected in thing.memory.items():
                assert key in thing.instance.__dict__, f"{thing}.{key} is not loaded"
                value = thing.instance.__dict__[key]
                if key not in SIDES[thing.kind]:
                    assert value == expected, f"{thing}.{key}"
                elif SIDES[thing.kind][key].many:
                    same = sorted(map(id, value)) == sorted(id(one.instance) for one in expected)
                    assert same, f"{thing}.{key} has {[vars(one) for one in value]}, not {expected}"
                else:
                    assert value is (None if expected is None else expected.instance), f"{thing}.{key}"

    @invariant()
    def states_are_right(self) -> None:
        for thing in self.model.things.values():
            inspected = inspect(thing.instance)
            assert [state for state in STATES if getattr(inspected, state)] == [thing.status]
            if thing.status in ("persistent", "deleted"):
                assert inspected.identity == (thing.pk,)
            assert (thing.instance in self.session) == (thing.status in ("pending", "persistent"))

    @invariant()
    def the_session_knows_what_is_to_be_done(self) -> None:
        model = self.model
        assert {id(one) for one in self.session.new} == {id(thing.instance) for thing in model.with_status("pending")}
        assert {id(one) for one in self.session.deleted} == {id(thing.instance) for thing in model.marked}
        changed = {thing for thing, name in model.renamed.items() if name != thing.memory["name"]}
        for thing in model.moved:
            owner = thing.memory[OWNED_BY[thing.kind]]
            if (owner and (owner.pk or "pending")) != model.rows.owners[thing.row]:
                changed.add(thing)
        dirty = self.session_dirty()
        assert changed - model.marked <= dirty
        assert dirty <= model.touched_since_flush
        for thing in changed - model.marked:
            assert self.session.is_modified(thing.instance)
        keys = {(CLASSES[thing.kind], (thing.pk,), None) for thing in model.with_status("persistent")}
        assert set(self.session.identity_map.keys()) == keys

    @invariant()
    def rows_are_right(self) -> None:
        if not self.rows_changed:
            return
        self.rows_changed = False
        if self.session.in_transaction():
            self.compare_rows(self.session.connection())
        else:
            with self.engine.connect() as connection:
                self.compare_rows(connection)

    def compare_rows(self, connection: azoth.Connection) -> None:
        rows = self.model.rows
        names, owners = {}, {}
        for kind in CLASSES:
            for row in connection.exec_driver_sql(f"SELECT * FROM {kind}").mappings():
                names[kind, row["id"]] = row["name"]
                if kind in OWNED_BY:
                    owners[kind, row["id"]] = row[f"{OWNED_BY[kind]}_id"]
        assert names == rows.names, (
            f"database {names.items() - rows.names.items()}, model {rows.names.items() - names.items()}"
        )
        assert owners == rows.owners, f"{sorted(owners.items() ^ rows.owners.items(), key=repr)}"
        assert {tuple(row) for row in connection.exec_driver_sql("SELECT * FROM parent_tag")} == rows.links


def run(examples: int, steps: int) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        SessionMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=checks,
            derandomize=True,
            database=None,
            # Shrinking replays long runs for minutes; the first failure is printed as it was found.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            report_multiple_bugs=False,
        ),
    )


def test_a_session_does_what_the_model_says() -> None:
    run(examples=150, steps=50)


@pytest.mark.slow
def test_a_session_does_what_the_model_says_for_long() -> None:
    run(examples=200, steps=80)
