"""Loader options as values: which strategy a statement wants for which attribute.

An option is a set of paths from an entity over relationships; each step names an attribute and what to do with it.
``LoaderTree`` is the form in which loading reads them: one node per entity on the way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from azoth.exc import ArgumentError
from azoth.orm.loading.load_step import LoadStep, Path, refuse_step_from_elsewhere, value_key
from azoth.orm.loading.option_attributes import WILDCARD, key_of, name_given, parent_of
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.lookup import entity_of, required_mapper, unmapped_class
from azoth.sql.visitors import HasChildren, Visitable
from azoth.util.arguments import wrong_value

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.sql.statement_cache import StatementCache

LOAD_ONLY: Final = frozenset({"load_only", "load_only_raise"})

FUNCTIONS: Final = {
    "select": "lazyload",
    "joined": "joinedload",
    "selectin": "selectinload",
    "subquery": "subqueryload",
    "immediate": "immediateload",
    "raise": "raiseload",
    "raise_on_sql": "raiseload",
    "noload": "noload",
    "contains": "contains_eager",
    "default": "defaultload",
}
"""The strategies of relationships, each with the function that asks for it."""

RELATIONSHIP_STRATEGIES: Final = FUNCTIONS.keys()


EAGER: Final = frozenset({"joined", "selectin", "subquery", "immediate"})
"""Strategies that load a relationship together with its entity."""


class RelationshipLoad:
    """What an option says about one relationship.

    Attributes:
        action: the strategy.
        target: the alias that stands for the related entity, or None.
        criteria: further criteria on the related rows.
        arguments: what else the strategy takes.
        tree: what the options say about the related entity; a recursive option stands in its own tree again.
        depth: how many more levels a recursive option loads, -1 for all; None where the option is not recursive.
        of: the relationship; None where the option does not name its class.
    """

    __slots__ = ("_last_tree", "action", "arguments", "criteria", "depth", "of", "target", "tree")

    def __init__(
        self, action: str, target: Any, criteria: tuple[Any, ...], arguments: tuple[Any, ...], tree: LoaderTree
    ) -> None:
        self.action = action
        self.target = target
        self.criteria = criteria
        self.arguments = arguments
        self.tree = tree
        self.depth: int | None = None
        self.of: Any = None
        self._last_tree: LoaderTree | None = None

    def recurse(self, key: str, depth: int | None) -> None:
        """Let the option hold for the same relationship of what it loads."""
        self.depth = depth
        if depth is not None:
            self.tree.relationships[key] = self
        elif self.tree.relationships.get(key) is self:
            del self.tree.relationships[key]

    def __reduce__(self) -> tuple[object, ...]:
        # With the first pickle.
        from azoth.orm.loading import option_pickling  # noqa: PLC0415

        if self.criteria:
            option_pickling.warn_of_lost_criteria(f"{FUNCTIONS[self.action]}()")
        return option_pickling.reduced(self, criteria=(), _last_tree=None)

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    def with_tree(self, tree: LoaderTree) -> RelationshipLoad:
        """Copy the option with another tree behind it."""
        option = RelationshipLoad(self.action, self.target, self.criteria, self.arguments, tree)
        option.depth = self.depth
        option.of = self.of
        return option

    @property
    def chunksize(self) -> int | None:
        """For how many parents one statement loads; None for as many as it can."""
        return self.arguments[1] if len(self.arguments) > 1 else None

    @property
    def last_tree(self) -> LoaderTree:
        """The options for the last level of a recursive option: all but itself."""
        if self._last_tree is None:
            self._last_tree = self.tree.without(self)
        return self._last_tree


class LoaderTree:
    """What the options of a statement say about one entity, and about the entities behind its relationships.

    Attributes:
        deferred: column key -> True (deferred), False (undeferred) or "raise".
        only: the column keys of ``load_only``, or None.
        only_raises: whether reading the columns that ``load_only`` leaves out is refused.
        groups: undeferred groups.
        classes: the mappers of derived classes whose columns ``selectin_polymorphic`` loads afterwards.
        relationships: relationship key -> what to do; where classes derived from the entity have several relationships
            of that name, the key and the relationship stand for the others.
        said: what was said of each column key in turn, with the mapper of the class that was named: None for none.
        expressions: key -> what ``with_expression`` selects for the attribute.
        wildcard: the strategy for relationships that are not named, or None.
        parts: the trees for loads of some of its columns alone.
        plans: load plans made with this tree, by statement cache; weakly, because a mapper's own trees outlive engines.
    """

    __slots__ = (
        "classes", "deferred", "expressions", "groups", "only", "only_raises", "parts", "plans", "relationships",
        "said", "wildcard",
    )  # fmt: skip

    def __init__(
        self,
        deferred: dict[str, bool | str] | None = None,
        only: frozenset[str] | None = None,
        wildcard: str | None = None,
    ) -> None:
        self.deferred = {} if deferred is None else deferred
        self.only = only
        self.only_raises = False
        self.groups: frozenset[str] = frozenset()
        self.classes: tuple[Any, ...] = ()
        self.relationships: dict[Any, RelationshipLoad] = {}
        self.said: dict[str, list[tuple[Any, bool | str]]] = {}
        self.expressions: dict[str, Any] = {}
        self.wildcard = wildcard
        self.parts: dict[frozenset[str], LoaderTree] | None = None
        self.plans: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()

    @property
    def says_nothing(self) -> bool:
        """Whether there were no options at all."""
        return self is NO_OPTIONS

    def __reduce__(self) -> str | tuple[object, ...]:
        if self is NO_OPTIONS:
            return "NO_OPTIONS"
        # With the first pickle.
        from azoth.orm.loading import option_pickling  # noqa: PLC0415

        # Expressions are of their statement alone, and plans of this process.
        return option_pickling.reduced(self, expressions={}, parts=None, plans=None)

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in {**state, "plans": WeakKeyDictionary()}.items():
            setattr(self, name, value)

    def plans_for(self, statement_cache: StatementCache) -> dict[Any, Any]:
        """Give the load plans made with these options for one statement cache (that is, one engine)."""
        if self is NO_OPTIONS:
            # The tree without options is everybody's: its plans belong to the engine.
            shared: dict[Any, Any] = statement_cache.plans
            return shared
        plans = self.plans.get(statement_cache)
        if plans is None:
            plans = self.plans.setdefault(statement_cache, statement_cache.new_plans())
        return plans

    def add(self, path: Path) -> None:
        """Take in one path, from this entity on."""
        step, rest = path[0], path[1:]
        if step.action in RELATIONSHIP_STRATEGIES:
            self._add_relationship(step, rest)
        else:
            self._add_column(step)

    def _add_relationship(self, step: LoadStep, rest: Path) -> None:
        if step.key == WILDCARD:
            self.wildcard = step.action
            return
        meant = None if step.parent is None else step.parent.mapper.relationships.get(step.key)
        known = self.relationships.get(step.key)
        place: Any = step.key
        if known is not None and meant is not None and known.of is not meant:
            place = (step.key, meant)
            known = self.relationships.get(place)
        if known is None:
            known = RelationshipLoad(step.action, step.target, step.criteria, step.arguments, LoaderTree())
            known.of = meant
            self.relationships[place] = known
        elif step.action != "default":
            known.action, known.target = step.action, step.target
            known.criteria, known.arguments = step.criteria, step.arguments
        if rest:
            known.tree.add(rest)
        if step.action != "default":
            known.recurse(step.key, step.recursion_depth or None)

    def option_for(self, relationship: Any) -> RelationshipLoad | None:
        """Find what was said of a relationship."""
        option = self.relationships.get(relationship.key)
        if option is None or option.of is None or relationship.parent.isa(option.of.parent):
            return option
        return self.relationships.get((relationship.key, relationship))

    def said_of(self, key: str, mapper: Mapper) -> bool | str | None:
        """Find what was said last of a column, of a class or one of its bases or of those derived from it."""
        found = None
        for named, value in self.said.get(key, ()):
            if named is None or mapper.isa(named) or named.isa(mapper):
                found = value
        return found

    def is_among_only(self, key: str, mapper: Mapper) -> bool:
        """Tell whether ``load_only`` names a column of a class."""
        place = f"only {key}"
        named = self.only is not None and key in self.only
        return named and (place not in self.said or self.said_of(place, mapper) is not None)

    def deferral_of(self, key: str, mapper: Mapper) -> bool | str | None:
        """Find whether options defer a column of a class; None where they say nothing of it."""
        deferred = self.deferred.get(key)
        return deferred if deferred is None or key not in self.said else self.said_of(key, mapper)

    def columns_only(self, keys: frozenset[str]) -> LoaderTree:
        """Give the tree for a load of these columns alone, with no relationship beside them."""
        if self.parts is None:
            self.parts = {}
        part = self.parts.get(keys)
        if part is None:
            part = self.parts[keys] = LoaderTree(dict.fromkeys(keys, False), keys, "select")
            part.expressions = self.expressions
        return part

    def asked_columns(self, mapper: Mapper) -> set[str]:
        """Name the columns that options ask for which would be left out without them."""
        keys = {*self.expressions, *[key for key, deferred in self.deferred.items() if deferred is False]}
        if self.groups:
            keys.update([key for key in mapper.deferred_keys if mapper.column_attrs[key].group in self.groups])
        if WILDCARD in keys:
            keys.update(mapper.deferred_keys)
            keys.discard(WILDCARD)
        if self.only is not None:
            keys.update(self.only)
        return {key for key in keys if key in mapper.column_attrs or key in mapper.composites_by_key}

    def with_expressions(self, expressions: dict[str, Any]) -> LoaderTree:
        """Copy the tree with other expressions for its attributes."""
        tree = self._with_relationships(self.relationships)
        tree.expressions = expressions
        return tree

    @property
    def lasting(self) -> LoaderTree:
        """The options for later loads, in whose statements nothing is that ``contains_eager`` could read."""
        if not any(option.action == "contains" for option in self.relationships.values()):
            return self
        relationships = {
            key: RelationshipLoad("default", None, (), (), option.tree) if option.action == "contains" else option
            for key, option in self.relationships.items()
        }
        return self._with_relationships(relationships)

    @property
    def is_eager(self) -> bool:
        """Whether options ask for relationships together with the entity."""
        return any(option.action in EAGER for option in self.relationships.values())

    def without(self, option: RelationshipLoad) -> LoaderTree:
        """Copy the tree with one option left out."""
        return self._with_relationships(
            {key: known for key, known in self.relationships.items() if known is not option}
        )

    def _with_relationships(self, relationships: dict[str, RelationshipLoad]) -> LoaderTree:
        tree = LoaderTree(self.deferred, self.only, self.wildcard)
        tree.groups = self.groups
        tree.classes = self.classes
        tree.only_raises = self.only_raises
        tree.expressions = self.expressions
        tree.said = self.said
        tree.relationships = relationships
        return tree

    def copied(self, known: dict[int, LoaderTree]) -> LoaderTree:
        """Copy the tree with all that lies behind it; recursive options stand in their own trees again.

        Args:
            known: the copies made so far, by the identity of what was copied.
        """
        tree = known[id(self)] = LoaderTree(dict(self.deferred), self.only, self.wildcard)
        tree.groups = self.groups
        tree.classes = self.classes
        tree.only_raises = self.only_raises
        tree.expressions = dict(self.expressions)
        tree.said = {key: list(one) for key, one in self.said.items()}
        for key, option in self.relationships.items():
            inner = known.get(id(option.tree)) or option.tree.copied(known)
            tree.relationships[key] = option.with_tree(inner)
        return tree

    def spread(self, action: str) -> None:
        """Let a strategy for relationships that are not named hold for all entities behind the named ones, too."""
        self.wildcard = self.wildcard or action
        for known in self.relationships.values():
            if known.tree.wildcard is None:
                known.tree.spread(action)

    def _add_column(self, step: LoadStep) -> None:
        if step.action in LOAD_ONLY:
            self.only_raises = self.only_raises or step.action == "load_only_raise"
            self.only = (self.only or frozenset()) | frozenset(step.arguments)
            for key in step.arguments:
                self._note(f"only {key}", step, True)
        elif step.action == "with_expression":
            self.expressions[step.key] = step.expression
        elif step.action == "selectin_polymorphic":
            self.classes = tuple(dict.fromkeys([*self.classes, *step.arguments]))
        elif step.action == "undefer_group":
            self.groups |= {step.key}
        else:
            deferred = step.action != "undefer" and ("raise" if step.action == "raise_column" else True)
            self.deferred[step.key] = deferred
            self._note(step.key, step, deferred)

    def _note(self, key: str, step: LoadStep, value: bool | str) -> None:
        named = None if step.parent is None else step.parent.mapper
        self.said.setdefault(key, []).append((named, value))


NO_OPTIONS: Final = LoaderTree()
"""The tree of a statement without options; never changed."""


class TreeOption:
    """The options that a load hands on, as an option of the statement that stands for it.

    Args:
        mapper: the entity.
        tree: what the options say of it.
        path: the way that led to it (a ``LoadPath``, which knows this module).
    """

    __slots__ = ("_shape", "mapper", "path", "tree")

    _binds: tuple[Any, ...] = ()

    def __init__(self, mapper: Mapper, tree: LoaderTree, path: Any) -> None:
        self.mapper = mapper
        self.tree = tree
        self.path = path
        self._shape = ("tree", mapper._shape, tree, path)


class Load(HasChildren):
    """A loader option: ``joinedload(User.addresses).selectinload(Address.notes)`` and its like.

    Immutable; each method returns a new option. Given to ``Select.options()``, ``Query.options()`` or
    ``Session.get(options=...)``.

    Args:
        entity: the class or alias that the option begins at (``Load(User).joinedload(User.addresses)``), or nothing.
    """

    __slots__ = ("_entity", "_prefix", "paths")

    @property
    def _binds(self) -> tuple[Any, ...]:
        steps = [step for path in self.paths for step in path if step.expression is not None]
        return tuple([bind for step in steps for bind in step.expression._binds])

    def __init__(self, entity: Any = None) -> None:
        self.paths: tuple[Path, ...] = ()
        self._prefix: Path = ()
        self._entity = None if entity is None else entity_of(entity)
        if entity is not None and self._entity is None:
            raise unmapped_class(entity)

    def _nodes(self) -> dict[str, list[Visitable]]:
        steps = [step for path in self.paths for step in path]
        given = [[*step.criteria, *([] if step.expression is None else [step.expression])] for step in steps]
        return {"paths": [node for nodes in given for node in nodes]}

    @property
    def _shape(self) -> tuple[Any, ...]:
        return ("load", tuple(tuple(_shape_at(place, step) for place, step in enumerate(path)) for path in self.paths))

    def joinedload(self, attr: Any, innerjoin: bool | str | None = None) -> Load:
        """Load the related objects in the same statement, through a join.

        Args:
            attr: the relationship.
            innerjoin: whether to join by an INNER JOIN. Behind an outer join it stands within that one's right side;
                with "unnested" it is an outer one there, too.

        Emits: nothing of its own: the statement gets a LEFT OUTER JOIN, or an INNER one.
        """
        return self._descend(attr, "joined", (innerjoin,))

    def selectinload(self, attr: Any, recursion_depth: int | None = None, chunksize: int | None = None) -> Load:
        """Load the related objects of all results together.

        Args:
            attr: the relationship.
            recursion_depth: for a relationship of an entity with itself, how many levels beyond the first are loaded
                as well; -1 for all that there are, each object once.
            chunksize: for how many parents one SELECT loads, at most 500.

        Emits: one SELECT with an IN list for each 500 parents, or each ``chunksize``.
        """
        if chunksize is not None and (not isinstance(chunksize, int) or chunksize < 1):
            raise wrong_value("selectinload(): chunksize", "a number of parents", chunksize)
        return self._descend(attr, "selectin", (recursion_depth, chunksize))

    def subqueryload(self, attr: Any) -> Load:
        """Load the related objects of all results together; azoth does so as ``selectinload`` does."""
        return self._descend(attr, "subquery")

    def lazyload(self, attr: Any) -> Load:
        """Load the related objects when the attribute is first read."""
        return self._descend(attr, "select")

    def immediateload(self, attr: Any, recursion_depth: int | None = None) -> Load:
        """Load the related objects right after the results, as if the attribute had been read.

        Args:
            attr: the relationship.
            recursion_depth: as for ``selectinload()``.
        """
        return self._descend(attr, "immediate", (recursion_depth,))

    def noload(self, attr: Any) -> Load:
        """Leave the attribute empty."""
        return self._descend(attr, "noload")

    def raiseload(self, attr: Any, sql_only: bool = False) -> Load:
        """Refuse to load the attribute implicitly; with ``sql_only`` the identity map may still answer."""
        return self._descend(attr, "raise_on_sql" if sql_only else "raise")

    def contains_eager(self, attr: Any, alias: Any = None) -> Load:
        """Fill the attribute from columns that the statement already joins to."""
        return self._descend(attr, "contains", (), alias)

    def defaultload(self, attr: Any) -> Load:
        """Keep the attribute's own strategy; further steps say what happens behind it."""
        return self._descend(attr, "default")

    def load_only(self, *attributes: Any, raiseload: bool = False) -> Load:
        """Load these columns (and the primary key), defer the others; with ``raiseload`` reading those is refused."""
        if not attributes:
            raise ArgumentError(
                "load_only() needs attributes",
                why="without any there is nothing to load",
                fix="name them, as in load_only(User.name), or use defer('*')",
                code="AZ-L02",
            )
        keys = tuple(self._key(attribute, "load_only", all_of_them=False) for attribute in attributes)
        action = "load_only_raise" if raiseload else "load_only"
        # Attributes of a base class and of classes derived from it may be named together.
        load = self
        parents = [parent_of(attribute) for attribute in attributes]
        for parent in dict.fromkeys(parents):
            own = tuple([key for key, its_parent in zip(keys, parents, strict=True) if its_parent is parent])
            load = load._extended((LoadStep(parent, WILDCARD, action, arguments=own),))
        return load

    def defer(self, key: Any, raiseload: bool = False) -> Load:
        """Leave a column out of the SELECT; it is loaded when read (or refused, with ``raiseload``)."""
        return self._column(key, "raise_column" if raiseload else "defer")

    def undefer(self, key: Any) -> Load:
        """Load a deferred column with the rest."""
        return self._column(key, "undefer")

    def undefer_group(self, name: str) -> Load:
        """Load the deferred columns of a group with the rest."""
        return self._extended((LoadStep(None, name, "undefer_group"),))

    def with_expression(self, key: Any, expression: Any) -> Load:
        """Select an expression for an attribute that was mapped by ``query_expression()``.

        Args:
            key: the attribute.
            expression: a SQL expression.
        """
        element = element_of(expression)
        name = self._key(key, "with_expression", all_of_them=False)
        step = LoadStep(parent_of(key), name, "with_expression", expression=element)
        return self._extended((step,))

    def selectin_polymorphic(self, classes: Iterable[Any]) -> Load:
        """Load the columns that derived classes have beside those of the entity, once its rows are in.

        Args:
            classes: the derived classes.

        Emits: nothing of its own; with the result one SELECT for each 500 objects of each of the classes.
        """
        mappers = tuple([required_mapper(one) for one in classes])
        return self._extended((LoadStep(None, WILDCARD, "selectin_polymorphic", arguments=mappers),))

    def options(self, *options: Load) -> Load:
        """Add several options that begin where this one ends."""
        load = self
        for option in options:
            for path in option.paths:
                load = load._extended(path)
        return load

    def _key(self, attribute: object, function: str, *, all_of_them: bool = True) -> str:
        """Give an attribute's key; names are refused, except "*" where it means all of them."""
        if isinstance(attribute, str) and not (all_of_them and attribute == WILDCARD):
            raise name_given(attribute, function, self._next_mapper())
        return key_of(attribute)

    def _next_mapper(self) -> Mapper | None:
        """Of which class the next step's attributes are, where that is known."""
        if not self._prefix:
            return None if self._entity is None else self._entity.mapper
        last = self._prefix[-1]
        if last.target is not None or last.parent is None:
            return getattr(last.target, "mapper", None)
        relationship = last.parent.mapper.relationships.get(last.key)
        return None if relationship is None else relationship.mapper

    def _column(self, attribute: Any, action: str) -> Load:
        key = self._key(attribute, "undefer" if action == "undefer" else "defer")
        return self._extended((LoadStep(parent_of(attribute), key, action),))

    def _descend(self, attribute: Any, action: str, arguments: tuple[Any, ...] = (), alias: Any = None) -> Load:
        target = getattr(attribute, "_of_type", None) if alias is None else _entity(alias)
        criteria = tuple(getattr(attribute, "_extra_criteria", ()))
        key = self._key(attribute, FUNCTIONS[action], all_of_them=action != "contains")
        step = LoadStep(parent_of(attribute), key, action, target, criteria, arguments)
        load = self._extended((step,))
        if step.key != WILDCARD:
            load._prefix = (*self._prefix, step)
        return load

    def _extended(self, steps: Path) -> Load:
        if self._prefix:
            refuse_step_from_elsewhere(self._prefix[-1], steps[0])
        load = Load.__new__(type(self))
        load._prefix = self._prefix
        load._entity = self._entity
        if self._entity is not None and not self._prefix and steps[0].parent is None:
            steps = (steps[0].starting_at(self._entity), *steps[1:])
        load.paths = (*self.paths, (*self._prefix, *steps))
        return load


def _shape_at(place: int, step: LoadStep) -> tuple[Any, ...]:
    """Give the structural key of a step; beyond the first, plans keep its expression for statements that follow."""
    if place and step.expression is not None:
        return (*step.shape, *map(value_key, step.expression._binds))
    return step.shape


def _entity(alias: Any) -> Any:
    from_alias = getattr(alias, "_azoth_entity", None)
    return alias if from_alias is None else from_alias


def without_eager_loads(options: Iterable[Any]) -> list[Any]:
    """Leave out of options what loads related objects together with a result."""
    kept: list[Any] = []
    for option in options:
        if not isinstance(option, Load):
            kept.append(option)
            continue
        paths = tuple([path for path in option.paths if path[0].action not in EAGER])
        if paths:
            load = Load()
            load.paths = paths
            kept.append(load)
    return kept
