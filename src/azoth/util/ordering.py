"""Order in a graph: strongly connected components, and a topological order that follows preferences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Any, TypeVar

Node = TypeVar("Node", bound=Hashable)


def strong_components(nodes: Iterable[Node], successors: Mapping[Node, Collection[Node]]) -> list[list[Node]]:
    """Find the strongly connected components of a graph (Tarjan's algorithm, without recursion).

    Args:
        nodes: all nodes.
        successors: node -> the nodes that come after it.

    Returns:
        the components; a component comes after all components that it has edges to.
    """
    search = _ComponentSearch(successors)
    for node in nodes:
        if node not in search.number:
            search.run(node)
    return search.components


class _ComponentSearch:
    """One walk over a graph for its components."""

    def __init__(self, successors: Mapping[Any, Collection[Any]]) -> None:
        self.successors = successors
        self.number: dict[Any, int] = {}
        self.low: dict[Any, int] = {}
        self.stack: list[Any] = []
        self.on_stack: set[Any] = set()
        self.components: list[list[Any]] = []

    def run(self, root: Any) -> None:
        path = [(root, self._enter(root))]
        while path:
            node, following = path[-1]
            for other in following:
                if other not in self.number:
                    path.append((other, self._enter(other)))
                    break
                if other in self.on_stack:
                    self.low[node] = min(self.low[node], self.number[other])
            else:
                path.pop()
                self._leave(node)
                if path:
                    parent = path[-1][0]
                    self.low[parent] = min(self.low[parent], self.low[node])

    def _enter(self, node: Any) -> Any:
        self.number[node] = self.low[node] = len(self.number)
        self.stack.append(node)
        self.on_stack.add(node)
        return iter(self.successors.get(node, ()))

    def _leave(self, node: Any) -> None:
        if self.low[node] != self.number[node]:
            return
        component = []
        while True:
            member = self.stack.pop()
            self.on_stack.discard(member)
            component.append(member)
            if member == node:
                break
        self.components.append(component)


def topological_order(
    nodes: Iterable[Node],
    successors: Mapping[Node, Collection[Node]],
    preference: Callable[[Node], Any],
    *,
    in_rounds: bool = False,
) -> list[Node]:
    """Sort the nodes of an acyclic graph; among those that may come next, the smallest preference goes first.

    Args:
        nodes: all nodes.
        successors: node -> the nodes that come after it, each once.
        preference: node -> its rank; ranks must be distinct and comparable.
        in_rounds: whether a node that has to wait for another one goes after all that had to wait for fewer in a row.

    Returns:
        the nodes in order; without those that are part of a cycle or come after one.
    """
    waiting = dict.fromkeys(nodes, 0)
    for node in waiting:
        for other in successors.get(node, ()):
            waiting[other] += 1
    ready = [(0, preference(node), node) for node, count in waiting.items() if not count]
    # With the first flush or schema that has an order.
    from heapq import heapify, heappop, heappush  # noqa: PLC0415

    heapify(ready)
    order = []
    while ready:
        number, _, node = heappop(ready)
        order.append(node)
        following = number + 1 if in_rounds else 0
        for other in successors.get(node, ()):
            waiting[other] -= 1
            if not waiting[other]:
                heappush(ready, (following, preference(other), other))
    return order
