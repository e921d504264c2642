"""Random changes: collections behave as plain ones do, and both sides of the relationship always agree."""

from __future__ import annotations

from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from azoth.orm.collections import attribute_keyed_dict
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.state import state_of
from tests.unit.orm.runtime.mapped_classes import Family, Unit, many_to_many, mapped_class

PARENTS = 3
CHILDREN = 6

parents = st.integers(0, PARENTS - 1)
children = st.integers(0, CHILDREN - 1)
several = st.lists(children, max_size=4)
unique = st.lists(children, max_size=4, unique=True)
positions = st.integers(-8, 8)
slices = st.builds(slice, st.none() | positions, st.none() | positions)


class FamilyMachine(RuleBasedStateMachine):
    """Parents with a collection and children with a parent; some have rows, some not."""

    collection_class: ClassVar[Any] = list

    @initialize(saved=st.booleans())
    def start(self, saved: bool) -> None:
        self.family = Family(collection_class=type(self).collection_class)
        self.unit = Unit()
        self.parents = [self.family.Parent() for _ in range(PARENTS)]
        self.children = [self.family.Child(name=str(number)) for number in range(CHILDREN)]
        self.saved = saved
        if saved:
            for number, parent in enumerate(self.parents):
                self.unit.add(parent, pk=number)
                self.family.children.load(state_of(parent), parent, [])
            for number, child in enumerate(self.children):
                self.unit.add(child, pk=number)
                self.family.parent.load(state_of(child), child, None)

    def members(self, parent: Any) -> list[Any]:
        collection = parent.children
        return list(collection.values() if isinstance(collection, dict) else collection)

    def items(self, numbers: list[int]) -> list[Any]:
        return [self.children[number] for number in numbers]

    @rule(child=children, parent=st.none() | parents)
    def point_to_a_parent(self, child: int, parent: int | None) -> None:
        self.children[child].parent = None if parent is None else self.parents[parent]

    @rule(parent=parents)
    def delete_the_collection(self, parent: int) -> None:
        del self.parents[parent].children
        assert self.members(self.parents[parent]) == []

    @rule(parent=parents)
    def clear(self, parent: int) -> None:
        self.parents[parent].children.clear()
        assert self.members(self.parents[parent]) == []

    @invariant()
    def both_sides_agree(self) -> None:
        for parent in self.parents:
            members = self.members(parent)
            for child in self.children:
                assert (child.__dict__.get("parent") is parent) == any(member is child for member in members)

    @invariant()
    def history_is_the_difference_to_the_beginning(self) -> None:
        for parent in self.parents:
            history = get_history(state_of(parent), "children")
            assert {id(item) for item in history.added} == {id(item) for item in self.members(parent)}
            assert not history.deleted


class ListMachine(FamilyMachine):
    def same(self, parent: int, change: Any) -> None:
        """Apply a change to the collection and to a plain list."""
        collection = self.parents[parent].children
        plain = list(collection)
        outcomes = []
        for subject in (plain, collection):
            try:
                outcomes.append((change(subject), None))
            except (IndexError, ValueError) as error:
                outcomes.append((None, type(error)))
        assert outcomes[0] == outcomes[1]
        # Taking over children takes them from other parents, never from this list: the two must be equal.
        assert list(self.parents[parent].children) == plain

    @rule(parent=parents, child=children)
    def append(self, parent: int, child: int) -> None:
        self.same(parent, lambda subject: subject.append(self.children[child]))

    @rule(parent=parents, child=children, position=positions)
    def insert(self, parent: int, child: int, position: int) -> None:
        self.same(parent, lambda subject: subject.insert(position, self.children[child]))

    @rule(parent=parents, numbers=several)
    def extend(self, parent: int, numbers: list[int]) -> None:
        self.same(parent, lambda subject: subject.extend(self.items(numbers)))

    @rule(parent=parents, child=children)
    def remove(self, parent: int, child: int) -> None:
        self.same(parent, lambda subject: subject.remove(self.children[child]))

    @rule(parent=parents, position=positions)
    def pop(self, parent: int, position: int) -> None:
        self.same(parent, lambda subject: subject.pop(position))

    @rule(parent=parents, child=children, position=positions)
    def set_item(self, parent: int, child: int, position: int) -> None:
        self.same(parent, lambda subject: subject.__setitem__(position, self.children[child]))

    @rule(parent=parents, numbers=several, where=slices)
    def set_slice(self, parent: int, numbers: list[int], where: slice) -> None:
        self.same(parent, lambda subject: subject.__setitem__(where, self.items(numbers)))

    @rule(parent=parents, where=positions | slices)
    def delete_item_or_slice(self, parent: int, where: Any) -> None:
        self.same(parent, lambda subject: subject.__delitem__(where))

    @rule(parent=parents)
    def reverse(self, parent: int) -> None:
        self.same(parent, lambda subject: subject.reverse())

    @rule(parent=parents, times=st.integers(-1, 2))
    def multiply(self, parent: int, times: int) -> None:
        if len(self.parents[parent].children) < 30:
            self.same(parent, lambda subject: list(subject.__imul__(times)))

    @rule(parent=parents, numbers=several)
    def replace(self, parent: int, numbers: list[int]) -> None:
        self.parents[parent].children = self.items(numbers)
        assert self.parents[parent].children == self.items(numbers)

    @rule(taker=parents, giver=parents)
    def take_over(self, taker: int, giver: int) -> None:
        items = list(self.parents[giver].children)
        self.parents[taker].children = self.parents[giver].children
        assert list(self.parents[taker].children) == items


SET_METHODS = ["update", "difference_update", "intersection_update", "symmetric_difference_update"]
SET_METHODS += ["__ior__", "__isub__", "__iand__", "__ixor__"]


class SetMachine(FamilyMachine):
    collection_class = set

    def same(self, parent: int, change: Any) -> None:
        collection = self.parents[parent].children
        plain = set(collection)
        outcomes = []
        for subject in (plain, collection):
            try:
                outcomes.append((change(subject), None))
            except KeyError:
                outcomes.append((None, KeyError))
        assert outcomes[0] == outcomes[1]
        assert collection == plain

    @rule(parent=parents, child=children, method=st.sampled_from(["add", "discard", "remove"]))
    def one(self, parent: int, child: int, method: str) -> None:
        self.same(parent, lambda subject: getattr(subject, method)(self.children[child]))

    @rule(
        parent=parents,
        numbers=unique,
        method=st.sampled_from(SET_METHODS),
    )
    def several(self, parent: int, numbers: list[int], method: str) -> None:
        def change(subject: Any) -> Any:
            answer = getattr(subject, method)(set(self.items(numbers)))
            return None if answer is None else set(answer)

        self.same(parent, change)

    @rule(parent=parents)
    def pop(self, parent: int) -> None:
        collection = self.parents[parent].children
        if collection:
            assert collection.pop() not in collection

    @rule(parent=parents, numbers=unique)
    def replace(self, parent: int, numbers: list[int]) -> None:
        self.parents[parent].children = set(self.items(numbers))
        assert self.parents[parent].children == set(self.items(numbers))


class DictMachine(FamilyMachine):
    collection_class = attribute_keyed_dict("name")

    def same(self, parent: int, change: Any) -> None:
        collection = self.parents[parent].children
        plain = dict(collection)
        outcomes = []
        for subject in (plain, collection):
            try:
                outcomes.append((change(subject), None))
            except KeyError:
                outcomes.append((None, KeyError))
        assert outcomes[0] == outcomes[1]
        assert collection == plain

    @rule(parent=parents, child=children, key=children)
    def set_item(self, parent: int, child: int, key: int) -> None:
        self.same(parent, lambda subject: subject.__setitem__(str(key), self.children[child]))

    @rule(parent=parents, child=children, method=st.sampled_from(["__delitem__", "pop"]))
    def remove(self, parent: int, child: int, method: str) -> None:
        self.same(parent, lambda subject: getattr(subject, method)(str(child)))

    @rule(parent=parents)
    def pop_item(self, parent: int) -> None:
        self.same(parent, lambda subject: subject.popitem())

    @rule(parent=parents, child=children)
    def set_default(self, parent: int, child: int) -> None:
        self.same(parent, lambda subject: subject.setdefault(str(child), self.children[child]))

    @rule(parent=parents, numbers=unique)
    def update(self, parent: int, numbers: list[int]) -> None:
        self.same(parent, lambda subject: subject.update({str(number): self.children[number] for number in numbers}))

    @rule(parent=parents, numbers=unique)
    def replace(self, parent: int, numbers: list[int]) -> None:
        self.parents[parent].children = {str(number): self.children[number] for number in numbers}
        assert self.members(self.parents[parent]) == self.items(numbers)


class ManyToManyMachine(RuleBasedStateMachine):
    """Two collections that mirror each other."""

    @initialize(saved=st.booleans(), collection_class=st.sampled_from([list, set]))
    def start(self, saved: bool, collection_class: Any) -> None:
        left_class, right_class = mapped_class("Left"), mapped_class("Right")
        rights, lefts = many_to_many(left_class, right_class, collection_class)
        self.kind = collection_class
        self.unit = Unit()
        self.lefts = [left_class() for _ in range(PARENTS)]
        self.rights = [right_class() for _ in range(PARENTS)]
        for attribute, owners in ((rights, self.lefts), (lefts, self.rights)):
            for number, owner in enumerate(owners):
                if saved:
                    self.unit.add(owner, pk=number)
                    attribute.load(state_of(owner), owner, [])

    @rule(left=parents, right=parents, backwards=st.booleans())
    def link(self, left: int, right: int, backwards: bool) -> None:
        method = "append" if self.kind is list else "add"
        one, other = self.lefts[left], self.rights[right]
        if other in one.rights:
            return
        if backwards:
            getattr(other.lefts, method)(one)
        else:
            getattr(one.rights, method)(other)

    @rule(left=parents, right=parents, backwards=st.booleans())
    def unlink(self, left: int, right: int, backwards: bool) -> None:
        one, other = self.lefts[left], self.rights[right]
        if other in one.rights:
            if backwards:
                other.lefts.remove(one)
            else:
                one.rights.remove(other)

    @rule(left=parents, rights=st.lists(parents, unique=True))
    def replace(self, left: int, rights: list[int]) -> None:
        self.lefts[left].rights = self.kind(self.rights[number] for number in rights)

    @invariant()
    def both_sides_agree(self) -> None:
        for left in self.lefts:
            for right in self.rights:
                assert list(left.rights).count(right) == list(right.lefts).count(left) <= 1


# No deadline and few steps: quick and the same in every run.
QUICK = settings(
    max_examples=100,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

TestLists = ListMachine.TestCase
TestSets = SetMachine.TestCase
TestDicts = DictMachine.TestCase
TestManyToMany = ManyToManyMachine.TestCase
TestLists.settings = TestSets.settings = TestDicts.settings = TestManyToMany.settings = QUICK
