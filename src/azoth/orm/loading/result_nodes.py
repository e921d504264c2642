"""What the entities, attributes and columns of a statement become in its results, from the mapping and the options.

An entity is a node with its columns, what is joined to it, and what is loaded once all rows are in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from azoth.exc import InvalidRequestError
from azoth.orm.loading.eager_targets import (
    AFTER_STRATEGIES,
    EAGER_STRATEGIES,
    FROM_WHERE_IT_CAME,
    loads_eagerly,
    target_of,
)
from azoth.orm.loading.loader_options import (
    NO_OPTIONS,
    LoaderTree,
    RelationshipLoad,
    TreeOption,
)
from azoth.orm.loading.option_attributes import WILDCARD
from azoth.orm.loading.option_check import check_options
from azoth.orm.loading.option_roots import tree_for
from azoth.orm.loading.value_nodes import BundleNode, ValueNode, bundle_node, gathers_columns, value_key
from azoth.orm.mapping.attributes.column_adapter import Adapt, ColumnAdapter, in_turn, made_from, unchanged
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.attributes.join_marks import is_table_column
from azoth.sql.elements import ClauseList
from azoth.sql.selectable import FromClause
from azoth.sql.selectable.select_froms import single_columns
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.loading.variants import Variant
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.relationship import RelationshipProperty


class LoadPath(NamedTuple):
    """The entities that a load went through, and how many relationships it followed.

    Where the path closes, eager loading by the mapping stops.

    Attributes:
        mappers: the entities, the one where the load began among them.
        depth: the number of relationships.
    """

    mappers: frozenset[Any]
    depth: int

    def through(self, relationship: RelationshipProperty) -> LoadPath:
        """Follow one more relationship."""
        return LoadPath(self.mappers | {relationship.mapper}, self.depth + 1)

    def beyond(self, relationship: RelationshipProperty, option: RelationshipLoad | None, tree: LoaderTree) -> LoadPath:
        """Follow a relationship as an option says; ``tree`` is what the options say where it begins.

        A recursive option that comes round to itself stands where it stood, so that all levels share one plan.
        """
        return self if option is not None and option.tree is tree else self.through(relationship)

    def closes_at(self, relationship: RelationshipProperty) -> bool:
        """Tell whether a relationship that the mapping loads eagerly is not followed here.

        It is not where its entity, or a class derived from it, is on the path already, or beyond its ``join_depth``
        where it has one.
        """
        if relationship.join_depth:
            return bool(self.depth >= relationship.join_depth)
        return any(one.isa(relationship.mapper) for one in self.mappers)


def beginning_at(mapper: object) -> LoadPath:
    """Give the path of a load that begins at an entity."""
    return LoadPath(frozenset((mapper,)), 0)


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
        discriminator: the expression that tells the class of a row; None where there is one class only.
        variants: the classes that rows become, where the discriminator tells between them.
        later_classes: the mappers of those whose own columns are loaded once all rows are in.
        path: the way that led here.
        index: position among the statement's nodes, which numbers the variables of the generated loader.
    """

    __slots__ = (
        "adapt",
        "after",
        "columns",
        "discriminator",
        "emptied",
        "entity",
        "index",
        "joined",
        "later_classes",
        "mapper",
        "path",
        "selectable",
        "tree",
        "variants",
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
        self.discriminator: Any = None
        self.variants: list[Variant] = []
        self.later_classes: list[Mapper] = []
        self.index = index

    def mappers(self) -> list[Mapper]:
        """List the mappers whose objects the rows may become."""
        return [self.mapper, *[one.mapper for one in self.variants if one.mapper is not self.mapper]]

    def all_columns(self) -> Iterator[tuple[str, Any]]:
        """Yield what is selected for the node, with the attribute that it is for ("" for what tells the class)."""
        yield from self.columns.items()
        if self.discriminator is not None:
            yield "", self.discriminator
        for variant in self.variants:
            yield from variant.columns.items()

    def exchange(self, exchanged: Adapt, selectable: Any) -> None:
        """Take the columns from another selectable.

        Args:
            exchanged: from expressions in the statement to what stands for them.
            selectable: what has those.
        """
        self.columns = {key: exchanged(expression) for key, expression in self.columns.items()}
        if self.discriminator is not None:
            self.discriminator = exchanged(self.discriminator)
        for variant in self.variants:
            variant.columns = {key: exchanged(expression) for key, expression in variant.columns.items()}
        self.adapt = in_turn(self.adapt, exchanged)
        self.selectable = selectable

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
        innerjoin: whether an INNER JOIN was asked for; "unnested" if not behind an outer one.
        criteria: further ON criteria.
    """

    __slots__ = ("criteria", "innerjoin", "is_given", "node", "relationship", "secondary")

    def __init__(
        self,
        relationship: RelationshipProperty,
        node: EntityNode,
        is_given: bool = False,
        secondary: Any = None,
        innerjoin: bool | str = False,
        criteria: tuple[Any, ...] = (),
    ) -> None:
        self.relationship = relationship
        self.node = node
        self.is_given = is_given
        self.secondary = secondary
        self.innerjoin = innerjoin
        self.criteria = criteria

    def repeats_rows(self) -> bool:
        """Tell whether the parent's rows come several times, because of a collection here or further on."""
        return self.relationship.uselist or any(below.repeats_rows() for below in self.node.joined)


class AfterLoad:
    """A relationship to load for all parents of a result together.

    Attributes:
        relationship: what to load.
        path: the way to the related entity.
        option: what the options say about it, if anything.
        of_class: the mapper of the class that has it; None where all objects of the result have it.
        from_memory: whether only objects that are in memory are attached.
    """

    __slots__ = ("from_memory", "of_class", "option", "path", "relationship")

    def __init__(
        self,
        relationship: RelationshipProperty,
        path: LoadPath,
        option: RelationshipLoad | None,
        of_class: Mapper | None = None,
        from_memory: bool = False,
    ) -> None:
        self.from_memory = from_memory
        self.of_class = of_class
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
        return target_of(self.relationship, self.option)

    def tree_at(self, levels: int) -> LoaderTree:
        """Give the options for the related entity, where so many levels of a recursive option may follow."""
        option = self.option
        if option is None:
            return NO_OPTIONS
        return option.last_tree if option.depth and not levels else option.tree


ResultNode = EntityNode | ValueNode | BundleNode


def strategy_of(relationship: RelationshipProperty, tree: LoaderTree) -> tuple[str, RelationshipLoad | None]:
    """Find the strategy for a relationship: the option's, else the wildcard's, else the mapping's."""
    option = None if tree is NO_OPTIONS else tree.option_for(relationship)
    if option is not None and option.action != "default":
        return option.action, option
    own: str = relationship.lazy
    if tree.wildcard is not None and own not in {"dynamic", "write_only"}:
        return tree.wildcard, option
    return own, option


def is_deferred(mapper: Mapper, key: str, tree: LoaderTree) -> bool | str:
    """Tell whether a column is left out of the SELECT: False, True, or "raise" where reading it is refused."""
    if key in mapper.primary_key_keys or key in {mapper.version_id_key, mapper.polymorphic_key}:
        return False
    if key in mapper.keys_left_to_queries:
        return key not in tree.expressions
    names = (key, *[name for name, composite in mapper.composites_by_key.items() if key in composite.keys])
    for name in () if tree is NO_OPTIONS else names:
        explicit = tree.deferral_of(name, mapper)
        if explicit is not None:
            return explicit
    if tree.only is not None:
        return not any(tree.is_among_only(name, mapper) for name in names) and (not tree.only_raises or "raise")
    every = tree.deferred.get(WILDCARD)
    if every is not None:
        return every
    if key not in mapper.deferred_keys:
        return False
    prop = mapper.column_attrs[key]
    if tree.groups and prop.group in tree.groups:
        return False
    return "raise" if prop.raiseload else True


def build_node(
    mapper: Mapper,
    entity: Any,
    selectable: Any,
    adapt: Adapt,
    tree: LoaderTree,
    counter: list[int],
    path: LoadPath | None = None,
    *,
    of_one_class: bool = False,
    told_by: Any = None,
) -> EntityNode:
    """Make the node of an entity and of everything that is joined to it.

    Args:
        mapper: what is loaded.
        entity: the mapper or alias in the statement, or None for one that azoth joins.
        selectable: where its columns come from.
        adapt: from mapped columns to those of the selectable.
        tree: what the options say.
        counter: the number of nodes so far, in a list of one.
        path: the way that led here; None where the load begins.
        of_one_class: whether all rows are known to be of the class itself.
        told_by: the mapper or alias that says which derived classes have their columns in the statement, where it is
            not ``entity``.
    """
    node = EntityNode(mapper, entity, selectable, adapt, tree, path or beginning_at(mapper), index=counter[0])
    counter[0] += 1
    columns = loaded_columns(mapper, tree)
    node.columns = columns if adapt is unchanged else _adapted(node, columns)
    for relationship in mapper.configured_relationships():
        _plan_relationship(node, relationship, counter)
    telling = told_by or entity or mapper
    if telling.polymorphic_on is not None and not of_one_class:
        _tell_classes(node, telling, counter)
    return node


def _tell_classes(node: EntityNode, entity: Any, counter: list[int]) -> None:
    """Let the rows become objects of the class and of those derived from it."""
    # With the first hierarchy.
    from azoth.orm.loading.variants import (  # noqa: PLC0415
        Variant,
        classes_below,
        columns_of_concrete,
        columns_of_variant,
    )

    mapper = node.mapper
    included = entity.with_polymorphic_mappers
    own = node.columns.get(mapper.polymorphic_key or "")
    told_by_own = own is not None and entity.polymorphic_on is mapper.polymorphic_on
    node.discriminator = own if told_by_own else node.adapt(entity.polymorphic_on)
    for identity, one in classes_below(mapper):
        mapped = loaded_columns(one, node.tree)
        if one.manager.root is not mapper.manager.root:
            columns = columns_of_concrete(mapped, made_from(node.selectable))
            node.variants.append(Variant(one, identity, columns, is_separate=True))
            _plan_own_relationships(node, node.variants[-1], counter)
            continue
        columns = columns_of_variant(one, mapper, node.columns, mapped, included)
        further = {key: expression for key, expression in columns.items() if key not in node.columns}
        adapted = further if node.adapt is unchanged else _adapted(node, further)
        columns.update(adapted)
        variant = Variant(
            one, identity, {key: part for key, part in columns.items() if key not in further or key in adapted}
        )
        node.variants.append(variant)
        later = one.polymorphic_load == "selectin" and one is not mapper and one not in included
        if later or one in node.tree.classes:
            node.later_classes.append(one)
        _plan_own_relationships(node, variant, counter)


def _plan_own_relationships(node: EntityNode, variant: Variant, counter: list[int]) -> None:
    """Plan the relationships that only the objects of one of the classes have."""
    mapper = variant.mapper
    for relationship in mapper.configured_relationships():
        if node.mapper._properties.get(relationship.key) is not relationship and relationship.belongs_to(mapper):
            _plan_relationship(node, relationship, counter, variant)


def _adapted(node: EntityNode, columns: dict[str, Any]) -> dict[str, Any]:
    mapper, selectable = node.mapper, node.selectable
    found: dict[str, Any] = {}
    for key, expression in columns.items():
        column = node.adapt(expression)
        # A subquery that an alias stands for may lack a column; it is loaded when it is read.
        if column is not expression or not is_table_column(expression) or _holds(selectable, expression.table):
            found[key] = column
        elif key in mapper.primary_key_keys:
            raise _no_key(mapper, key, selectable)
    return found


def _holds(selectable: FromClause, table: FromClause) -> bool:
    return any(part is table for part in selectable._parts)


def _no_key(mapper: Mapper, key: str, selectable: FromClause) -> InvalidRequestError:
    name = mapper.class_.__name__
    return InvalidRequestError(
        f"an alias of {name} stands for something without a column for {name}.{key}",
        why=f"it is a part of the primary key; the columns are {', '.join(selectable.c.keys())}",
        fix="select the whole primary key in the subquery, or use adapt_on_names=True where only the name is right",
        code="AZ-L312",
    )


def loaded_columns(mapper: Mapper, tree: LoaderTree) -> dict[str, Any]:
    """Name the columns and SQL expressions to select for an entity, by attribute key."""
    columns = {key: mapper.key_to_column[key] for key in mapper.column_keys if not is_deferred(mapper, key, tree)}
    asked = tree.expressions
    for key, expression in mapper.expression_keys.items():
        if key in asked:
            columns[key] = asked[key]
        elif not is_deferred(mapper, key, tree):
            columns[key] = expression
    return columns


def plan_path(mapper: Mapper, tree: LoaderTree, path: LoadPath | None) -> LoadPath | None:
    """Give the path if the plan for an entity depends on it, else None, so that plans are shared."""
    if path is None or tree.relationships or tree.wildcard is not None:
        return path
    return path if loads_eagerly(mapper) else None


def _plan_relationship(
    node: EntityNode, relationship: RelationshipProperty, counter: list[int], variant: Variant | None = None
) -> None:
    """Decide how a relationship is loaded: one of the entity, or one that only a class derived from it has."""
    action, option = strategy_of(relationship, node.tree)
    if relationship.never_loads:
        if action in EAGER_STRATEGIES:
            relationship.attribute.refuse_loading()
        return
    if action == "contains":
        if option is not None:
            node.joined.append(_given_in_statement(node, relationship, option, counter))
    elif action == "noload":
        (node if variant is None else variant).emptied.append(relationship.key)
    elif action in EAGER_STRATEGIES:
        is_explicit = option is not None and option.action != "default"
        of_class = variant.mapper if variant is not None else node.mapper if node.mapper.has_concrete else None
        if not is_explicit and node.path.closes_at(relationship):
            # What the same row, or the one that led here, has brought is there.
            brought = AFTER_STRATEGIES if node.entity is None else FROM_WHERE_IT_CAME if node.path.depth else ()
            if relationship.use_get and action in brought:
                node.after.append(AfterLoad(relationship, node.path, option, of_class, from_memory=True))
            return
        # What a class brings whose own columns come afterwards comes with them.
        is_later = variant is not None and (variant.is_separate or variant.mapper in node.later_classes)
        # Nobody asked for a join that repeats the rows of all classes.
        is_later |= variant is not None and relationship.uselist and not is_explicit
        if action == "joined" and not is_later:
            if variant is not None and not _brings(node, relationship, variant):
                return
            joined = _joined_through_aliases(node, relationship, option, counter)
            if variant is None or is_explicit or not joined.repeats_rows():
                node.joined.append(joined)
                return
        path = node.path.beyond(relationship, option, node.tree)
        node.after.append(AfterLoad(relationship, path, option, of_class))


def _brings(node: EntityNode, relationship: RelationshipProperty, variant: Variant) -> bool:
    """Tell whether the statement has the columns by which a relationship of a derived class would be joined."""
    return all(_holds(node.selectable, node.adapt(column).table) for column in relationship.local_columns)


def _joined_through_aliases(
    parent: EntityNode, relationship: RelationshipProperty, option: RelationshipLoad | None, counter: list[int]
) -> JoinedNode:
    named = target_of(relationship, option) or relationship.entity
    selectable, adapt = named.selectable, relationship.adapt_to(named)
    if named is relationship.entity or named.is_mapper:
        selectable = relationship.target.alias(flat=True)
        adapt = in_turn(adapt, ColumnAdapter(selectable, relationship.target))
    tree = NO_OPTIONS if option is None else option.tree
    path = parent.path.through(relationship)
    node = build_node(relationship.mapper, None, selectable, adapt, tree, counter, path, told_by=named)
    asked = None if option is None or not option.arguments else option.arguments[0]
    return JoinedNode(
        relationship,
        node,
        secondary=None if relationship.secondary is None else relationship.secondary.alias(),
        innerjoin=relationship.innerjoin if asked is None else asked,
        criteria=() if option is None else option.criteria,
    )


def _given_in_statement(
    parent: EntityNode, relationship: RelationshipProperty, option: RelationshipLoad, counter: list[int]
) -> JoinedNode:
    target = relationship.entity if option.target is None else option.target
    path = parent.path.through(relationship)
    if hasattr(target, "is_mapper"):
        selectable, adapt = target.selectable, relationship.adapt_to(target)
    else:
        # A Core alias of the table, or a subquery.
        selectable, adapt = target, in_turn(relationship.entity.adapt, ColumnAdapter(target, relationship.target))
    told_by = target if hasattr(target, "is_mapper") else None
    mapper = relationship.mapper
    if told_by is not None and told_by.mapper.isa(mapper) and not told_by.with_polymorphic_mappers:
        # The statement joins to a derived class alone.
        mapper = told_by.mapper
    node = build_node(mapper, target, selectable, adapt, option.tree, counter, path, told_by=told_by)
    return JoinedNode(relationship, node, is_given=True)


def names_entities(columns: Sequence[Any]) -> bool:
    """Tell whether there are mapped entities among what a statement selects, so that its rows become instances."""
    # A loop, because a generator costs more than the answer on the path of every statement.
    for raw in columns:  # noqa: SIM110
        if hasattr(raw, "_azoth_entity") or getattr(raw.__class__, "_gathers_columns", False):
            return True
    return False


def result_nodes(columns: Sequence[Any], options: Sequence[Any]) -> list[ResultNode]:
    """Decide what each thing that a statement selects becomes.

    Args:
        columns: what was passed to ``select()`` or ``returning()``.
        options: the loader options.
    """
    if options:
        check_options(columns, options)
    counter = [0]
    results: list[ResultNode] = []
    for raw in columns:
        results.extend(_nodes_of(raw, options, counter, is_first=not results))
    entities = [result.entity for result in results if isinstance(result, EntityNode)]
    for entity in entities:
        if getattr(entity, "part_of", None) is not None and entity.part_of in entities:
            raise _beside_its_whole(entity)
    return results


def _beside_its_whole(entity: Any) -> InvalidRequestError:
    whole, part = entity.part_of.class_.__name__, entity.class_.__name__
    return InvalidRequestError(
        f"select() of {whole} and of its part {part}, which are one alias",
        why=f"each row is one object, of {part} or of another class; the part means the rows of {part} alone",
        fix=f"select the {whole} alone, whose objects of {part} come with all of their columns",
        code="AZ-L324",
    )


def value_nodes(result: ResultNode) -> Sequence[ValueNode]:
    """List the plain columns that a result consists of; none for an entity."""
    if isinstance(result, ValueNode):
        return (result,)
    return result.values if isinstance(result, BundleNode) else ()


def values_of(result: ResultNode) -> list[Any]:
    """List what is selected for the plain columns of a result."""
    return [value.expression for value in value_nodes(result)]


def expressions_of(results: Sequence[ResultNode]) -> list[Any]:
    """List what a statement selects for its results, each expression once.

    What the user asked for comes first, in the user's order, so that ORDER BY can name a column by its position.
    """
    found: dict[int, Any] = {}
    for result in results:
        for expression in result.columns.values() if isinstance(result, EntityNode) else values_of(result):
            found.setdefault(id(expression), expression)
    for result in results:
        for node in result.walk() if isinstance(result, EntityNode) else ():
            for _, expression in node.all_columns():
                found.setdefault(id(expression), expression)
    return list(found.values())


def _nodes_of(raw: Any, options: Sequence[Any], counter: list[int], *, is_first: bool) -> list[ResultNode]:
    entity = getattr(raw, "_azoth_entity", None)
    if entity is not None:
        tree = tree_for(entity, options, is_first=is_first) if options else NO_OPTIONS
        adapt = entity.adapt
        path = next((one.path for one in options if one.__class__ is TreeOption and one.mapper is entity), None)
        return [build_node(entity.mapper, entity, entity.selectable, adapt, tree, counter, path)]
    if gathers_columns(raw):
        return [bundle_node(raw)]
    element = element_of(raw)
    if isinstance(element, FromClause):
        return [ValueNode(column, column.key) for column in element.c]
    if isinstance(element, ClauseList) and not element.group:
        return [ValueNode(column, value_key(column, column)) for column in single_columns(element)]
    return [ValueNode(element, value_key(raw, element))]
