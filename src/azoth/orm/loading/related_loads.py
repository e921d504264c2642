"""What a load still has to bring once its rows are in: relationships, worked off one after the other.

A list of what waits, rather than calls within calls: data that is 10,000 levels deep needs no deeper stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from azoth.orm.loading.eager_targets import LATER_FOR_PRESENT
from azoth.orm.loading.ports import related_loading
from azoth.orm.loading.result_nodes import AfterLoad, strategy_of
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.loading.loader_options import LoaderTree, RelationshipLoad
    from azoth.orm.loading.result_nodes import LoadPath
    from azoth.orm.loading.terms import Terms
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.ports import Unit


class Waiting(NamedTuple):
    """One relationship to load.

    Attributes:
        after: the relationship, and what the options say.
        states: whose.
        levels: how many levels of a recursive option may follow this one; negative for all.
    """

    after: AfterLoad
    states: list[Any]
    levels: int


class RelatedLoads:
    """The relationships that one load has not brought yet.

    Args:
        unit: the unit of work.
        terms: what acts on all of them.
    """

    __slots__ = ("_added", "_current", "_reached", "_unit", "terms")

    def __init__(self, unit: Unit, terms: Terms | None = None) -> None:
        self._unit = unit
        self.terms = terms
        # By what is loaded, so that objects which came in by several statements are served together.
        self._added: dict[Any, Waiting] = {}
        self._current: Waiting | None = None
        # Data may lead back to where a recursive option has been.
        self._reached: dict[RelationshipLoad, set[Any]] = {}

    @property
    def current_strategy(self) -> str | None:
        """The strategy by which the present relationship is loaded, as its option or its mapping says."""
        if self._current is None:
            return None
        after = self._current.after
        asked = None if after.option is None else after.option.action
        own: str = after.relationship.lazy
        return own if asked in (None, "default") else asked

    def add(self, after: AfterLoad, states: Sequence[Any]) -> None:
        """Note a relationship of objects that have just come in."""
        option = after.option
        levels = 0
        if option is not None and option.depth:
            current = self._current
            if current is None or current.after.option is not option:
                levels = option.depth
            else:
                levels = current.levels - 1 if current.levels > 0 else current.levels
            reached = self._reached.setdefault(option, set())
            states = [state for state in states if state not in reached]
            reached.update(states)
        if states:
            key = (after.relationship, after.path, option, after.from_memory)
            known = self._added.setdefault(key, Waiting(after, [], levels))
            known.states.extend(states)

    def add_behind(self, mapper: Mapper, instances: Iterable[Any], tree: LoaderTree, path: LoadPath) -> None:
        """Note what options ask for behind objects that were there before, which no statement brings in."""
        states: list[Any] | None = None
        for key, option in tree.relationships.items():
            relationship = mapper.relationships.get(key) or option.of
            if not relationship.never_loads and strategy_of(relationship, tree)[0] in LATER_FOR_PRESENT:
                if states is None:
                    states = list(dict.fromkeys(instance._sa_instance_state for instance in instances))
                after = AfterLoad(relationship, path.beyond(relationship, option, tree), option)
                if mapper.isa(relationship.parent):
                    self.add(after, states)
                else:
                    # Only objects of a derived class have it.
                    self.add(after, [one for one in states if one.manager.mapper.isa(relationship.parent)])

    def work_off(self) -> None:
        """Load all that waits, and what waits behind it, each branch to its end before the next.

        Emits: one SELECT for each 500 parents of each relationship and level.
        """
        waiting: list[Waiting] = []
        while True:
            waiting.extend(reversed(self._added.values()))
            self._added = {}
            if not waiting:
                return
            self._current = current = waiting.pop()
            after = current.after
            if after.from_memory:
                related_loading.load_from_memory(self._unit, after.relationship, current.states)
                continue
            tree = after.tree_at(current.levels)
            related_loading.load(
                self._unit,
                after.relationship,
                current.states,
                tree,
                after.criteria,
                path=after.path,
                loads=self,
                entity=after.entity,
                chunksize=None if after.option is None else after.option.chunksize,
            )
