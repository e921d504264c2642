"""Order among new objects of one hierarchy that refer to each other through tables of derived classes."""

from __future__ import annotations

from azoth.orm.persistence.changes.relationship_changes import RelationshipChanges
from azoth.orm.persistence.changes.row_group import RowGroup
from azoth.orm.runtime.state import InstanceState


def parents_first(group: RowGroup, relationships: RelationshipChanges) -> RowGroup:
    """Let the first rows of objects follow those of the objects that they refer to; otherwise they stay in order.

    A foreign key between tables of derived classes asks nothing of the rows of the base class, but whoever reads the
    keys expects a manager to have come before the engineers, as in one table that refers to itself.

    Args:
        group: rows that are inserted.
        relationships: what the flush copies.
    """
    if len(group.mapped.mappers) == 1 or not group.mapped.is_first:
        return group
    parents = _parents(group, relationships)
    if not parents:
        return group
    depths: dict[InstanceState, int] = {}
    for state in parents:
        _find_depth(state, parents, depths)
    places = sorted(range(len(group.states)), key=lambda place: depths.get(group.states[place], 0))
    states = [group.states[place] for place in places]
    return RowGroup(group.mapped, group.keys, states, [group.instances[place] for place in places])


def _parents(group: RowGroup, relationships: RelationshipChanges) -> dict[InstanceState, list[InstanceState]]:
    found: dict[InstanceState, list[InstanceState]] = {}
    root = group.mapped.mapper.manager.root
    for by_state in relationships.copies.values():
        for state, copy in by_state.items():
            parent = copy.parent
            if state.manager.root is not root:
                break
            if parent is not None and parent.pk is None and parent.manager.root is root and parent is not state:
                found.setdefault(state, []).append(parent)
    return found


def _find_depth(
    state: InstanceState, parents: dict[InstanceState, list[InstanceState]], depths: dict[InstanceState, int]
) -> None:
    """Note how long the longest way up from an object is; a circle is left where it closes."""
    pending = [state]
    begun = set()
    while pending:
        one = pending[-1]
        open_parents = [parent for parent in parents.get(one, ()) if parent not in depths and parent not in begun]
        begun.add(one)
        if open_parents:
            pending.extend(open_parents)
            continue
        pending.pop()
        depths[one] = 1 + max([depths.get(parent, 0) for parent in parents.get(one, ())], default=-1)
