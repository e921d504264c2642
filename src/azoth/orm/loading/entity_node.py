"""What one statement loads of one entity: its columns, what it joins to, and what is loaded after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from azoth.orm.loading.loader_options import NO_OPTIONS, LoaderTree, RelationshipLoad

if TYPE_CHECKING:
    from azoth.orm.loading.load_path import LoadPath
    from azoth.orm.mapping.attributes.column_adapter import Adapt
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.relationship import RelationshipProperty


class EntityNode:
    """One entity in a statement.

    Attributes:
        mapper: what is loaded.
        entity: the mapper or alias that the user named; None where azoth joined by itself.
        selectable: the table, alias or subquery that its columns come from.
        adapt: from mapped columns to the columns in this statement.
        tree: what the options say.
        columns: attribute key -> expression in this statement, primary key included.
        joined: relationships that come with the same rows.
        after: relationships that are loaded once all rows are in.
        emptied: relationship keys that ``noload`` leaves empty.
        path: the way that led here.
        index: position among the statement's nodes, which numbers the variables of the generated loader.
    """

    __slots__ = (
        "adapt",
        "after",
        "columns",
        "emptied",
        "entity",
        "index",
        "joined",
        "mapper",
        "path",
        "selectable",
        "tree",
    )  # fmt: skip

    def __init__(
        self,
        mapper: Mapper,
        entity: Any,
        selectable: Any,
        adapt: Adapt,
        tree: LoaderTree,
        path: LoadPath,
        index: int = 0,
    ) -> None:
        self.mapper = mapper
        self.entity = entity
        self.selectable = selectable
        self.adapt = adapt
        self.tree = tree
        self.path = path
        self.columns: dict[str, Any] = {}
        self.joined: list[JoinedNode] = []
        self.after: list[AfterLoad] = []
        self.emptied: list[str] = []
        self.index = index

    def walk(self) -> Iterator[EntityNode]:
        """Yield this node and those joined below it, parents first."""
        yield self
        for joined in self.joined:
            yield from joined.node.walk()


class JoinedNode:
    """A relationship whose related entity comes with the parent's rows.

    Attributes:
        relationship: the relationship.
        node: the related entity.
        is_given: whether the statement joins to it already (``contains_eager``).
        secondary: the alias of the association table that azoth joins through, or None.
        innerjoin: whether an INNER JOIN was asked for.
        criteria: further ON criteria.
    """

    __slots__ = ("criteria", "innerjoin", "is_given", "node", "relationship", "secondary")

    def __init__(
        self,
        relationship: RelationshipProperty,
        node: EntityNode,
        is_given: bool = False,
        secondary: Any = None,
        innerjoin: bool = False,
        criteria: tuple[Any, ...] = (),
    ) -> None:
        self.relationship = relationship
        self.node = node
        self.is_given = is_given
        self.secondary = secondary
        self.innerjoin = innerjoin
        self.criteria = criteria


class AfterLoad:
    """A relationship to load for all parents of a result together.

    Attributes:
        relationship: what to load.
        path: the way to the related entity.
        option: what the options say about it, if anything.
    """

    __slots__ = ("option", "path", "relationship")

    def __init__(self, relationship: RelationshipProperty, path: LoadPath, option: RelationshipLoad | None) -> None:
        self.relationship = relationship
        self.path = path
        self.option = option

    @property
    def criteria(self) -> tuple[Any, ...]:
        """Further criteria on the related rows."""
        return () if self.option is None else self.option.criteria

    @property
    def entity(self) -> Any:
        """The alias that stands for the related entity, or None."""
        return None if self.option is None else self.option.target

    def tree_at(self, levels: int) -> LoaderTree:
        """Give the options for the related entity, where so many levels of a recursive option may follow."""
        option = self.option
        if option is None:
            return NO_OPTIONS
        return option.last_tree if option.depth and not levels else option.tree


class ValueNode:
    """A plain column in the result of a statement.

    Attributes:
        expression: what is selected.
        key: its name in the result's rows.
    """

    __slots__ = ("expression", "key")

    def __init__(self, expression: Any, key: str) -> None:
        self.expression = expression
        self.key = key


class BundleNode:
    """Several columns that form one value of the result.

    Attributes:
        make_value: from the tuple of the columns' values to the bundle's value.
        values: the columns, those of bundles within it included.
        key: its name in the result's rows.
        stands_alone: whether a result that consists of the bundle alone is its value rather than a row of one.
    """

    __slots__ = ("key", "make_value", "stands_alone", "values")

    def __init__(
        self, make_value: Callable[[Any], Any], values: list[ValueNode], key: str, stands_alone: bool = False
    ) -> None:
        self.make_value = make_value
        self.values = values
        self.key = key
        self.stands_alone = stands_alone


ResultNode = EntityNode | ValueNode | BundleNode
