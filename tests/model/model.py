"""A plain model of a database and of a session on it: what rows and objects must look like after each operation.

The model knows nothing of statements. It has the rows as the present transaction sees them, a copy of them for each
open savepoint, and for each object what must stand in memory. Attributes that the session loads on its own account
(the peers of a touched object, say) are not predicted to be loaded; but if they are, they must have the rows' values.
"""

from __future__ import annotations

import copy
import itertools
from typing import Any

from azoth import inspect
from tests.model.family import KINDS, OWNED_BY, SIDES

_numbers = itertools.count()

STATES = ("transient", "pending", "persistent", "deleted", "detached")


class Thing:
    """What must be true of one object.

    Attributes:
        instance: the object.
        kind: of what class it is.
        status: its state.
        pk: its key, None where it has no row.
        memory: attribute -> value that stands in memory: a name, a thing, None or a list of things.
        queued: collection that is not loaded -> things that joined (True) or left (False) it meanwhile.
        lost_owner: whether its owner let go of it and no other has taken it up.
        has_given_key: whether its key was set by hand.
    """

    def __init__(self, instance: Any, kind: str, status: str) -> None:
        self.instance = instance
        self.kind = kind
        self.status = status
        self.pk: int | None = None
        self.memory: dict[str, Any] = {}
        self.queued: dict[str, dict[Thing, bool]] = {}
        self.lost_owner = False
        self.number = next(_numbers)
        self.has_given_key = False

    def __repr__(self) -> str:
        return f"<{self.kind} {self.pk} {self.status} {self.number if self.pk is None else ''}>"

    @property
    def row(self) -> tuple[str, int]:
        assert self.pk is not None
        return self.kind, self.pk


class Rows:
    """The rows of the database.

    Attributes:
        names: (kind, key) -> name.
        owners: (kind, key) -> key of the parent that the row refers to, or None.
        links: the pairs (parent key, tag key).
    """

    def __init__(self) -> None:
        self.names: dict[tuple[str, int], str] = {}
        self.owners: dict[tuple[str, int], int | None] = {}
        self.links: set[tuple[int, int]] = set()

    def remove(self, row: tuple[str, int]) -> None:
        """Delete a row; rows that refer to it let go, pairs go."""
        kind, pk = row
        del self.names[row]
        self.owners.pop(row, None)
        if kind == "parent":
            for other, owner in self.owners.items():
                if owner == pk:
                    assert other[0] == "child"
                    self.owners[other] = None
        if kind in ("parent", "tag"):
            position = 0 if kind == "parent" else 1
            self.links = {pair for pair in self.links if pair[position] != pk}

    def related(self, row: tuple[str, int], key: str) -> list[tuple[str, int]]:
        """List the rows at the other end of a relationship."""
        kind, pk = row
        side = SIDES[kind][key]
        if not side.many:
            owner = self.owners[row]
            return [] if owner is None else [("parent", owner)]
        if kind == "tag":
            return [("parent", parent) for parent, tag in self.links if tag == pk]
        if key == "tags":
            return [("tag", tag) for parent, tag in self.links if parent == pk]
        return [other for other, owner in self.owners.items() if other[0] == side.other and owner == pk]


class Savepoint:
    """How things were when a savepoint (or the transaction) began."""

    def __init__(self, rows: Rows, things: list[Thing]) -> None:
        self.rows = copy.deepcopy(rows)
        self.deleted = {thing for thing in things if thing.status == "deleted"}
        self.inserted: set[Thing] = set()
        self.touched: set[Thing] = set()


class Model:
    """The database and the session.

    Attributes:
        rows: the rows as the transaction sees them.
        things: the objects that the session holds or that were made for it.
        marked: those to be deleted by the next flush.
        savepoints: the transaction, then the open savepoints.
        renamed: persistent things whose name was set -> the name of their row.
        moved: persistent things whose owner was set.
        joined: (parent, tag) -> whether the next flush adds or removes the pair.
    """

    def __init__(self) -> None:
        self.rows = Rows()
        self.things: dict[int, Thing] = {}
        self.marked: set[Thing] = set()
        self.renamed: dict[Thing, str] = {}
        self.moved: set[Thing] = set()
        self.joined: dict[tuple[Thing, Thing], bool] = {}
        self.savepoints = [Savepoint(self.rows, [])]
        self.touched_since_flush: set[Thing] = set()

    # -- looking --------------------------------------------------------------------------------------

    def with_status(self, *statuses: str) -> list[Thing]:
        return [thing for thing in self.things.values() if thing.status in statuses]

    def present(self, row: tuple[str, int]) -> Thing | None:
        """Give the thing that the session holds for a row, deleted ones left out."""
        for thing in self.things.values():
            if thing.status == "persistent" and thing.row == row:
                return thing
        return None

    def register(self, instance: Any) -> Thing:
        """Give the thing of an object; one that was not known must be the session's only one for an existing row."""
        thing = self.things.get(id(instance))
        if thing is None:
            thing = Thing(instance, KINDS[type(instance)], "persistent")
            [thing.pk] = inspect(instance).identity
            assert thing.row in self.rows.names, f"{thing} has no row"
            assert self.present(thing.row) is None, f"second object for {thing.row}"
            self.things[id(instance)] = thing
        return thing

    def reachable(self, thing: Thing) -> list[Thing]:
        """List the thing and everything that can be reached from it through memory."""
        found = [thing]
        for one in found:
            for key in SIDES[one.kind]:
                for other in self.neighbours(one, key):
                    if other not in found:
                        found.append(other)
        return found

    @staticmethod
    def neighbours(thing: Thing, key: str) -> list[Thing]:
        value = thing.memory.get(key)
        joined = [other for other, added in thing.queued.get(key, {}).items() if added]
        return joined + (value if isinstance(value, list) else [] if value is None else [value])

    def has_unflushed_links(self, thing: Thing) -> bool:
        if thing.status == "pending":
            return any(self.neighbours(thing, key) for key in SIDES[thing.kind])
        if thing in self.moved or thing.queued or any(thing in pair for pair in self.joined):
            return True
        for key in SIDES[thing.kind]:
            for other in self.neighbours(thing, key):
                if other.status == "pending" or other in self.moved:
                    return True
        return any(
            moved.status == "persistent" and self.rows.owners[moved.row] == thing.pk
            for moved in self.moved
            if thing.kind == "parent"
        )

    # -- loading --------------------------------------------------------------------------------------

    def predicted(self, thing: Thing, key: str) -> list[Any]:
        """List what loading a relationship of a persistent thing gives: rows, and things that have none yet."""
        found: list[Any] = [] if thing.pk is None else list(self.rows.related(thing.row, key))
        for other, added in thing.queued.get(key, {}).items():
            item: Any = other if other.pk is None else other.row
            if item in found:
                found.remove(item)
            if added:
                found.append(item)
        return found

    def take_over(self, thing: Thing, key: str) -> None:
        """Take an attribute that the session has loaded into the model, after comparing it with the rows."""
        value = thing.instance.__dict__[key]
        if key == "id":
            assert value == thing.pk
        elif key == "name":
            assert value == self.rows.names[thing.row], f"{thing}.name"
        elif key not in SIDES[thing.kind]:
            assert value == self.rows.owners[thing.row], f"{thing}.{key}"
        else:
            items = [] if value is None else list(value) if SIDES[thing.kind][key].many else [value]
            others = [self.register(item) for item in items]
            rows = [other if other.pk is None else other.row for other in others]
            expected = self.predicted(thing, key)
            assert sorted(map(repr, rows)) == sorted(map(repr, expected)), f"{thing}.{key}"
            thing.queued.pop(key, None)
            thing.memory[key] = others if SIDES[thing.kind][key].many else others[0] if others else None
            return
        thing.memory[key] = value

    # -- changing -------------------------------------------------------------------------------------

    def touch(self, *things: Thing) -> None:
        for savepoint in self.savepoints:
            savepoint.touched.update(things)
        self.touched_since_flush.update(things)

    def rename(self, thing: Thing, name: str) -> None:
        if thing.status == "persistent":
            self.renamed[thing] = self.rows.names[thing.row]
        thing.memory["name"] = name
        self.touch(thing)

    def set_owner(self, thing: Thing, owner: Thing | None) -> None:
        """Change the one that a child or pet belongs to; its present one must be in memory."""
        key = OWNED_BY[thing.kind]
        reverse = SIDES[thing.kind][key].reverse
        former = thing.memory.get(key)
        self.touch(thing)
        if former is owner:
            return
        thing.memory[key] = owner
        if thing.status == "persistent":
            self.moved.add(thing)
        if former is not None:
            self._leave(former, reverse, thing)
        if owner is not None:
            self._join(owner, reverse, thing)
        thing.lost_owner = thing.kind == "pet" and owner is None
        if thing.lost_owner and thing.status == "pending":
            # It leaves the session at once.
            thing.status = "transient"
            del self.things[id(thing.instance)]

    def link(self, parent: Thing, tag: Thing) -> None:
        self._pair(parent, tag, linked=True)
        self._join(parent, "tags", tag)
        self._join(tag, "parents", parent)

    def unlink(self, parent: Thing, tag: Thing) -> None:
        self._pair(parent, tag, linked=False)
        self._leave(parent, "tags", tag)
        self._leave(tag, "parents", parent)

    def _pair(self, parent: Thing, tag: Thing, *, linked: bool) -> None:
        self.joined[parent, tag] = linked

    def _join(self, thing: Thing, key: str, item: Thing) -> None:
        self.touch(thing, item)
        if key in thing.memory:
            if item not in thing.memory[key]:
                thing.memory[key].append(item)
        else:
            thing.queued.setdefault(key, {})[item] = True

    def _leave(self, thing: Thing, key: str, item: Thing) -> None:
        self.touch(thing, item)
        if key in thing.memory:
            if item in thing.memory[key]:
                thing.memory[key].remove(item)
        else:
            thing.queued.setdefault(key, {})[item] = False

    def cascaded(self, thing: Thing) -> list[Thing]:
        """List the thing and what adding it reaches, which is nothing beyond what the session has already."""
        reached = [thing]
        for one in reached:
            if one is not thing and one.status not in ("transient", "detached"):
                continue
            reached.extend(
                other for key in SIDES[one.kind] for other in self.neighbours(one, key) if other not in reached
            )
        return reached

    def add(self, thing: Thing) -> None:
        """Add a thing with what can be reached from it."""
        self.marked.discard(thing)
        for one in self.cascaded(thing):
            if one.status in ("transient", "detached"):
                one.status = "pending" if one.status == "transient" else "persistent"

    def delete(self, thing: Thing) -> None:
        self.marked.add(thing)
        for pet in self.neighbours(thing, "pets") if thing.kind == "parent" else ():
            if pet.status == "persistent":
                self.marked.add(pet)
            elif pet.status == "pending":
                pet.status = "transient"

    def expire(self, thing: Thing) -> None:
        thing.memory.clear()
        thing.queued.clear()
        self.renamed.pop(thing, None)

    # -- transactions -------------------------------------------------------------------------------------

    def flush(self) -> None:
        self.marked.update(pet for pet in self.with_status("persistent") if pet.lost_owner)
        inserted = self.with_status("pending")
        for thing in inserted:
            # Also those that were linked before a rollback took their rows away.
            for tag in self.neighbours(thing, "tags"):
                self.joined.setdefault((thing, tag), True)
            for parent in self.neighbours(thing, "parents"):
                self.joined.setdefault((parent, thing), True)
        for thing in inserted:
            thing.status = "persistent"
            [thing.pk] = inspect(thing.instance).identity
            assert thing.row not in self.rows.names, f"{thing} has a key that is taken"
            self.rows.names[thing.row] = thing.memory["name"]
            self.touch(thing)
        for savepoint in self.savepoints:
            savepoint.inserted.update(inserted)
        for thing in (*inserted, *self.moved):
            if thing.kind in OWNED_BY and thing not in self.marked:
                owner = thing.memory.get(OWNED_BY[thing.kind])
                self.rows.owners[thing.row] = None if owner is None else owner.pk
        for thing in self.renamed:
            if thing not in self.marked:
                self.rows.names[thing.row] = thing.memory["name"]
        for (parent, tag), linked in self.joined.items():
            if parent.pk is not None and tag.pk is not None:
                (self.rows.links.add if linked else self.rows.links.discard)((parent.pk, tag.pk))
        # Pets before their owners, as in the database.
        for thing in sorted(self.marked, key=lambda thing: thing.kind == "parent"):
            if thing.kind == "parent":
                # Their foreign keys are set to NULL, which counts as a change of the children.
                self.touch(
                    *(
                        child
                        for child in self.with_status("persistent")
                        if child.kind == "child" and self.rows.owners.get(child.row) == thing.pk
                    )
                )
            self.rows.remove(thing.row)
            thing.status = "deleted"
            self.touch(thing)
        self._settle()

    def _settle(self) -> None:
        """Forget what was to be flushed; foreign keys in memory are compared with the rows anew."""
        for thing in self.things.values():
            if thing.status != "transient":
                thing.queued.clear()
            thing.lost_owner = thing.lost_owner and thing.status == "transient"
            thing.memory.pop("parent_id", None)
            thing.memory.pop("owner_id", None)
        self.marked.clear()
        self.renamed.clear()
        self.moved.clear()
        self.joined.clear()
        self.touched_since_flush.clear()

    def begin_nested(self) -> None:
        self.flush()
        self.savepoints.append(Savepoint(self.rows, list(self.things.values())))

    def release(self) -> None:
        self.flush()
        self.savepoints.pop()

    def commit(self, *, expires: bool) -> None:
        self.flush()
        for thing in self.with_status("deleted"):
            thing.status = "detached"
            del self.things[id(thing.instance)]
        if expires:
            for thing in self.with_status("persistent"):
                thing.memory.clear()
        self.savepoints = [Savepoint(self.rows, [])]

    def rollback(self, level: int) -> list[Thing]:
        """Go back to the beginning of the transaction (level 0) or to an open savepoint (from 1).

        Returns:
            the things that are transient now.
        """
        while len(self.savepoints) > level + 1:
            # The inner ones are rolled back first: what changed in them is expired even where it becomes transient
            # next.
            inner = self.savepoints.pop()
            for thing in inner.touched:
                if thing.pk is not None and thing not in inner.inserted:
                    thing.memory.clear()
        savepoint = self.savepoints[level]
        self.rows = copy.deepcopy(savepoint.rows)
        transient = []
        for thing in self.with_status("pending", "persistent", "deleted"):
            # By thing: the key of a deleted row may be given to a new one.
            if thing in savepoint.deleted:
                continue
            if thing.pk is not None and thing not in savepoint.inserted and thing.row in self.rows.names:
                thing.status = "persistent"
                if level == 0 or thing in savepoint.touched:
                    thing.memory.clear()
            else:
                thing.status, thing.pk = "transient", None
                transient.append(thing)
                if not thing.has_given_key:
                    thing.memory.pop("id", None)
        self._settle()
        if level == 0:
            self.savepoints = [Savepoint(self.rows, [])]
        else:
            self.savepoints.pop()
        return transient
