"""Components and topological order of plain graphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from azoth.util.ordering import strong_components, topological_order

edges = st.dictionaries(st.integers(0, 8), st.sets(st.integers(0, 8), max_size=4))


def reachable(start, successors):
    found, pending = set(), [start]
    while pending:
        for other in successors.get(pending.pop(), ()):
            if other not in found:
                found.add(other)
                pending.append(other)
    return found


@given(edges)
def test_components_hold_what_reaches_each_other(successors):
    nodes = range(9)
    components = strong_components(nodes, successors)
    assert sorted(node for component in components for node in component) == list(nodes)
    place = {node: number for number, component in enumerate(components) for node in component}
    for node in nodes:
        for other in reachable(node, successors):
            assert (place[node] == place[other]) == (node == other or node in reachable(other, successors))
            assert place[other] <= place[node]


@given(edges)
def test_order_respects_every_edge(successors):
    acyclic = {node: {other for other in others if other > node} for node, others in successors.items()}
    order = topological_order(range(9), acyclic, lambda node: -node)
    assert sorted(order) == list(range(9))
    for node, others in acyclic.items():
        assert all(order.index(node) < order.index(other) for other in others)


def test_the_smallest_preference_goes_first_among_those_that_may():
    assert topological_order("abc", {"a": ["c"]}, {"a": 2, "b": 3, "c": 1}.__getitem__) == ["a", "c", "b"]


def test_a_long_chain_needs_no_recursion():
    successors = {number: [number + 1] for number in range(5000)}
    assert len(strong_components(range(5001), successors)) == 5001


def test_rounds_go_by_the_longest_way_to_a_node_and_then_by_preference():
    successors = {"a": ["d"], "b": ["c"], "c": ["e"], "d": ["e", "f"]}
    nodes = ["f", "e", "d", "c", "b", "a"]
    order = topological_order(nodes, successors, nodes.index, in_rounds=True)
    assert order == ["b", "a", "d", "c", "f", "e"]
    assert topological_order(nodes, successors, nodes.index) == ["b", "c", "a", "d", "f", "e"]


@given(edges)
def test_a_node_waits_for_the_round_after_the_last_that_it_needs(successors):
    acyclic = {node: {other for other in others if other > node} for node, others in successors.items()}
    rounds = {}
    for node in range(9):
        rounds[node] = max((rounds[other] + 1 for other in range(node) if node in acyclic.get(other, ())), default=0)
    order = topological_order(range(9), acyclic, lambda node: -node, in_rounds=True)
    assert order == sorted(range(9), key=lambda node: (rounds[node], -node))


def test_what_is_part_of_a_cycle_or_comes_after_one_is_left_out():
    assert topological_order("abcd", {"a": ["b"], "b": ["c"], "c": ["b", "d"]}, "abcd".index) == ["a"]
