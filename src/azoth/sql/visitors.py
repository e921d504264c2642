"""Statements as trees of values: the fields of a node, walking them, replacing parts of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from operator import is_
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeVar, cast

from azoth.util.arguments import no_argument

if TYPE_CHECKING:
    from azoth.sql.internal_traversal import InternalTraversal as InternalTraversal
else:

    def __getattr__(name: str) -> object:
        """Give the enumeration that elements of a program's own name their parts by; few programs have such."""
        if name != "InternalTraversal":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        from azoth.sql.internal_traversal import InternalTraversal  # noqa: PLC0415

        return InternalTraversal


Node = TypeVar("Node", bound="Visitable")

DERIVED_FROM_FIELDS = ("_shape", "_binds")
"""Cached values that a copy with other fields must compute anew."""

LEFT_BEHIND = frozenset((*DERIVED_FROM_FIELDS, "_memo", "_column_for"))
"""What is not pickled: shapes hold numbers that have a meaning in their process only, and mappers stay there."""


class Written:
    """What a compiler writes: by its method ``visit_<name>()``, where ``__visit_name__`` is the name.

    ``_visit_method`` is what compilers look at, for each element that they write. It is another than the visit name's
    for classes that have handlers of their own (``azoth.ext.compiler``), so that all others pay nothing for these.
    """

    __visit_name__: ClassVar[str]
    _visit_method: ClassVar[str]

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        name = cls.__dict__.get("__visit_name__")
        if name is not None:
            cls._visit_method = f"visit_{name}"


class Visitable(Written):
    """A node of a statement tree.

    ``_fields`` names the attributes that make up the node, in a fixed order. A field holds a node, a
    (possibly nested) tuple of nodes, or plain hashable data. Everything generic (walking, replacing,
    structural keys) works from ``_fields`` alone, so a new kind of node declares its fields and is done.
    Nodes are never changed after they were built; a change is a copy.
    """

    _fields: ClassVar[tuple[str, ...]] = ()

    def _copy_with(self, **fields: object) -> Self:
        """Copy this node with some of its fields exchanged."""
        copy = object.__new__(type(self))
        state = copy.__dict__
        state.update(self.__dict__)
        for derived in DERIVED_FROM_FIELDS:
            state.pop(derived, None)
        state.update(fields)
        return copy

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in LEFT_BEHIND}


def children(node: Visitable, omitted: Collection[str] = ()) -> Iterator[Visitable]:
    """Yield the direct children of a node, in field order.

    Args:
        node: the node.
        omitted: names of fields that are left out.
    """
    for field in node._fields:
        if field not in omitted:
            yield from _nodes_in(getattr(node, field))


class HasChildren:
    """What is no node of a statement and has some below it: options, bundles."""

    __slots__ = ()

    def _nodes(self) -> Mapping[str, Iterable[Visitable]]:
        """Give the nodes by the attribute that holds them."""
        return {}

    def get_children(self, *, omit_attrs: Collection[str] = (), **kw: object) -> Iterator[Visitable]:
        """Yield the elements directly below.

        Args:
            omit_attrs: names of attributes whose elements are left out.
            kw: none; programs pass on what walks their trees.
        """
        for name in kw:
            raise no_argument("get_children()", name, {"omit_attrs"})
        return iter([node for name, nodes in self._nodes().items() if name not in omit_attrs for node in nodes])


def walk(node: Visitable) -> Iterator[Visitable]:
    """Yield a node and everything below it, parents before their children."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(list(children(current))))


def replace(node: Node, replacement: Callable[[Visitable], Visitable | None]) -> Node:
    """Copy a tree with parts of it exchanged; a tree in which nothing changes is returned as it is.

    Args:
        node: the root of the tree.
        replacement: called for each node from the root down; what it returns stands in for the node
            (and is not searched further), None keeps the node and goes on with its children.

    Returns:
        the new root.
    """
    branches = [_Branch(None, (node,))]
    while True:
        branch = branches[-1]
        place = len(branch.new)
        if place == len(branch.old):
            branches.pop()
            if not branches:
                return cast(Node, branch.new[0])
            branches[-1].new.append(branch.finished())
            continue
        part = branch.old[place]
        if isinstance(part, Visitable):
            stand_in = replacement(part)
            if stand_in is not None:
                branch.new.append(stand_in)
                continue
            old = tuple([getattr(part, field) for field in part._fields])
            for below in old:
                if isinstance(below, BRANCHING):
                    branches.append(_Branch(part, old))
                    break
            else:
                branch.new.append(part)
        elif isinstance(part, tuple):
            branches.append(_Branch(None, part))
        else:
            branch.new.append(part)


# -- what programs use ------------------------------------------------------------------------------------------------


def iterate(obj: Visitable | None, opts: Mapping[str, Any] | None = None) -> Iterator[Visitable]:
    """Yield an element and everything below it, level by level; of a SELECT also the tables that it selects from.

    Args:
        obj: the element; nothing is below None.
        opts: passed to ``get_children()`` of each element.
    """
    if obj is None:
        return
    level: list[Any] = [obj]
    while level:
        yield from level
        level = [child for node in level for child in node.get_children(**(opts or {}))]


def traverse_using(
    iterator: Iterable[Visitable], obj: Visitable | None, visitors: Mapping[str, Callable[[Any], object]]
) -> Visitable | None:
    """Call functions for elements, each for those of its ``__visit_name__``.

    Args:
        iterator: the elements.
        obj: what they are parts of.
        visitors: the functions by visit names.

    Returns:
        the second argument.
    """
    for node in iterator:
        visit = visitors.get(node.__visit_name__)
        if visit is not None:
            visit(node)
    return obj


def traverse(
    obj: Visitable | None, opts: Mapping[str, Any], visitors: Mapping[str, Callable[[Any], object]]
) -> Visitable | None:
    """Call functions for an element and all below it, each for elements of its ``__visit_name__``.

    Args:
        obj: the element.
        opts: as for ``iterate()``.
        visitors: the functions by visit names, such as ``{"bindparam": note}``.

    Returns:
        the element.
    """
    return traverse_using(iterate(obj, opts), obj, visitors)


def cloned_traverse(
    obj: Node | None, opts: Mapping[str, Any], visitors: Mapping[str, Callable[[Any], object]]
) -> Node | None:
    """Copy an element with all below it, and let functions change the copies; parts before what they are parts of.

    Tables and columns stay what they are and are not visited.

    Args:
        obj: the element.
        opts: ``stop_on`` lists elements that are neither copied nor visited.
        visitors: the functions by visit names; what they set on a copy is part of the result.

    Returns:
        the copy.
    """
    if obj is None:
        return None
    kept = {id(node) for node in opts.get("stop_on", ())}
    copies: dict[int, Any] = {}
    pending: list[tuple[Any, bool]] = [(obj, False)]
    while pending:
        node, is_ready = pending.pop()
        if id(node) in copies:
            continue
        if id(node) in kept or node.__visit_name__ in NEVER_COPIED:
            copies[id(node)] = node
        elif not is_ready:
            pending.append((node, True))
            pending.extend((child, False) for child in children(node))
        else:
            copy = node._copy_with(**{name: _with_copies(getattr(node, name), copies) for name in node._fields})
            copies[id(node)] = copy
            visit = visitors.get(copy.__visit_name__)
            if visit is not None:
                visit(copy)
    return cast(Node, copies[id(obj)])


def replacement_traverse(
    obj: Node | None, opts: Mapping[str, Any], replace: Callable[[Any], Visitable | None]
) -> Node | None:
    """Copy an element with parts of it exchanged, as ``replace()`` does.

    Args:
        obj: the element.
        opts: ``stop_on`` lists elements that stay as they are.
        replace: called for each element from the root down; what it returns stands in for the element, None keeps it.

    Returns:
        the copy.
    """
    if obj is None:
        return None
    kept = {id(node) for node in opts.get("stop_on", ())}

    def stand_in(node: Visitable) -> Visitable | None:
        return node if id(node) in kept else replace(node)

    return _replace(obj, stand_in)


class ExternalTraversal:
    """Visit elements by methods: ``visit_bindparam()``, ``visit_column()`` and so on, named after visit names."""

    __traverse_options__: ClassVar[Mapping[str, Any]] = {}
    _next: ExternalTraversal | None = None

    @property
    def visitor_iterator(self) -> Iterator[ExternalTraversal]:
        """This visitor and those chained to it."""
        visitor: ExternalTraversal | None = self
        while visitor is not None:
            yield visitor
            visitor = visitor._next

    def chain(self, visitor: ExternalTraversal) -> Self:
        """Let another visitor see elements too, after this one and those chained to it before.

        Args:
            visitor: the other visitor.
        """
        list(self.visitor_iterator)[-1]._next = visitor
        return self

    def traverse_single(self, obj: Visitable, **kw: object) -> Any:
        """Visit one element: by the first visitor that has a method for it.

        Args:
            obj: the element.
            kw: passed to the method.
        """
        for visitor in self.visitor_iterator:
            visit = getattr(visitor, f"visit_{obj.__visit_name__}", None)
            if visit is not None:
                return visit(obj, **kw)
        return None

    def iterate(self, obj: Visitable | None) -> Iterator[Visitable]:
        """Yield an element and everything below it."""
        return iterate(obj, self.__traverse_options__)

    def traverse(self, obj: Visitable | None) -> Visitable | None:
        """Visit an element and everything below it."""
        return traverse(obj, self.__traverse_options__, self._methods())

    def _methods(self) -> dict[str, Callable[[Any], object]]:
        names = [name for name in dir(self) if name.startswith("visit_")]
        return {name.removeprefix("visit_"): getattr(self, name) for name in names}


class CloningExternalTraversal(ExternalTraversal):
    """Visit copies of elements by methods that may change them; see ``cloned_traverse()``."""

    def copy_and_process(self, list_: Iterable[Visitable]) -> list[Visitable | None]:
        """Copy several elements and visit the copies."""
        return [self.traverse(node) for node in list_]

    def traverse(self, obj: Visitable | None) -> Visitable | None:
        """Copy an element with everything below it and visit the copies."""
        return cloned_traverse(obj, self.__traverse_options__, self._methods())


class ReplacingExternalTraversal(CloningExternalTraversal):
    """Exchange elements by a method ``replace()``; see ``replacement_traverse()``."""

    def replace(self, elem: Visitable) -> Visitable | None:
        """Give what stands in for an element; None keeps it."""
        return None

    def traverse(self, obj: Visitable | None) -> Visitable | None:
        """Copy an element with parts of it exchanged."""

        def replacement(node: Visitable) -> Visitable | None:
            for visitor in self.visitor_iterator:
                found = visitor.replace(node) if isinstance(visitor, ReplacingExternalTraversal) else None
                if found is not None:
                    return found
            return None

        return replacement_traverse(obj, self.__traverse_options__, replacement)


ClauseVisitor = ExternalTraversal
CloningVisitor = CloningExternalTraversal
ReplacingCloningVisitor = ReplacingExternalTraversal

NEVER_COPIED: Final = frozenset({"column", "table"})


def _with_copies(value: object, copies: Mapping[int, Any]) -> object:
    if isinstance(value, Visitable):
        return copies[id(value)]
    return tuple([_with_copies(part, copies) for part in value]) if isinstance(value, tuple) else value


BRANCHING: Final = (Visitable, tuple)
"""What has parts of its own."""


class _Branch:
    """A node (or a tuple within one) while its parts are replaced: a list of these instead of calls within calls.

    Args:
        node: the node, None for a tuple.
        old: its parts.
    """

    __slots__ = ("new", "node", "old")

    def __init__(self, node: Visitable | None, old: tuple[object, ...]) -> None:
        self.node = node
        self.old = old
        self.new: list[object] = []

    def finished(self) -> object:
        """Give what stands for the node now: itself, where no part of it changed."""
        if all(map(is_, self.new, self.old)):
            return self.old if self.node is None else self.node
        if self.node is None:
            return tuple(self.new)
        parts = zip(self.node._fields, self.old, self.new, strict=True)
        return self.node._copy_with(**{field: new for field, old, new in parts if new is not old})


_replace = replace


def _nodes_in(value: object) -> Iterator[Visitable]:
    if isinstance(value, Visitable):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes_in(part)
