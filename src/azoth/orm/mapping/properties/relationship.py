"""RelationshipProperty: an attribute that holds other mapped objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.mapping.attributes.column_adapter import Adapt, ColumnAdapter, in_turn
from azoth.orm.mapping.attributes.mapped import Mapped
from azoth.orm.mapping.attributes.relationship_attribute import (
    CollectionRelationshipAttribute,
    ObjectRelationshipAttribute,
    PendingRelationshipAttribute,
)
from azoth.orm.mapping.attributes.relationship_comparator import RelationshipComparator
from azoth.orm.mapping.configuring.configuration import configure_registry
from azoth.orm.mapping.direction import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
from azoth.orm.mapping.lookup import entity_of, unmapped_class
from azoth.orm.mapping.properties.cascade_options import CascadeOptions, Cascades, cascade_of
from azoth.orm.mapping.properties.join_condition import JoinArguments, JoinCondition
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.orm.runtime.related.orphans import guard, release_guard
from azoth.orm.runtime.related.related_attribute import RelatedAttribute
from azoth.orm.runtime.related.related_objects import related_objects
from azoth.orm.runtime.state import InstanceState, state_of
from azoth.sql.selectable import FromClause
from azoth.util.arguments import check_function
from azoth.util.computed_once import computed_once
from azoth.util.near_names import did_you_mean

ValueT = TypeVar("ValueT")

LAZY_NAMES: dict[Any, str] = {True: "select", False: "joined", None: "noload"}
LAZY = frozenset([
    "select", "joined", "selectin", "subquery", "immediate", "raise", "raise_on_sql", "noload", "dynamic", "write_only",
])  # fmt: skip
NEVER_LOADED = frozenset(["dynamic", "write_only"])


FOUND_OUT: Final = frozenset({
    "direction", "entity", "local_columns", "local_remote_pairs", "mapper", "order_by", "primaryjoin", "remote_side",
    "secondary", "secondary_synchronize_pairs", "secondaryjoin", "synchronize_pairs", "target", "uselist",
})  # fmt: skip
"""What is known of a relationship once it is configured."""


class RelationshipProperty(MapperProperty):
    """An attribute that holds one object or a collection of objects of another mapped class.

    The arguments are those of ``relationship()``. What depends on other classes is there once mappers are configured.

    Attributes:
        mapper: the mapper of the related class.
        entity: the same, or the inspected alias that the relationship goes to.
        target: the related table.
        direction: ONETOMANY, MANYTOONE or MANYTOMANY.
        join: the join condition with the roles of its columns.
        use_get: whether the related object is found by its primary key alone.
    """

    is_relationship = True
    strategy_wildcard_key = "relationship"

    mapper: Any
    entity: Any
    target: Any
    join: JoinCondition
    direction: RelationshipDirection
    use_get: bool

    Comparator = RelationshipComparator

    def __init__(
        self,
        argument: Any = None,
        secondary: Any = None,
        *,
        uselist: bool | None = None,
        collection_class: Any = None,
        primaryjoin: Any = None,
        secondaryjoin: Any = None,
        back_populates: str | None = None,
        order_by: Any = False,
        backref: Any = None,
        overlaps: str | None = None,
        post_update: bool = False,
        cascade: Cascades | None = False,
        viewonly: bool = False,
        lazy: Any = "select",
        passive_deletes: bool | str = False,
        passive_updates: bool = True,
        active_history: bool = False,
        enable_typechecks: bool = True,
        foreign_keys: Any = None,
        remote_side: Any = None,
        join_depth: int | None = None,
        comparator_factory: Any = None,
        single_parent: bool = False,
        innerjoin: bool | str = False,
        distinct_target_key: bool | None = None,
        load_on_pending: bool = False,
        load_on_peers: bool = True,
        query_class: Any = None,
        info: dict[Any, Any] | None = None,
        omit_join: bool | None = None,
        sync_backref: bool | None = None,
        doc: str | None = None,
        bake_queries: bool = True,
        cascade_backrefs: bool = False,
    ) -> None:
        super().__init__(info=info, doc=doc)
        self.argument = argument
        self._secondary_argument = secondary
        self._uselist_argument = uselist
        self.collection_class = collection_class
        self._primaryjoin_argument = primaryjoin
        self._secondaryjoin_argument = secondaryjoin
        self.back_populates = back_populates
        self._order_by_argument = order_by
        self.backref = backref
        self.overlaps = frozenset(name.strip() for name in overlaps.split(",")) if overlaps else frozenset()
        self.post_update = post_update
        self.viewonly = viewonly
        self.lazy = _lazy(lazy)
        self.passive_deletes = passive_deletes
        self.passive_updates = passive_updates
        self.active_history = active_history
        self.enable_typechecks = enable_typechecks
        self._foreign_keys_argument = foreign_keys
        self._remote_side_argument = remote_side
        self.join_depth = join_depth
        self.single_parent = single_parent
        self.innerjoin = innerjoin
        self.distinct_target_key = distinct_target_key
        self.load_on_pending = load_on_pending
        self.load_on_peers = load_on_peers
        self.query_class = query_class
        self.omit_join = omit_join
        self.sync_backref = sync_backref
        self._cascade = cascade_of(cascade, viewonly=viewonly)
        self._reverse_property: set[RelationshipProperty] = set()
        self._is_linked = False
        if viewonly and sync_backref:
            raise ArgumentError(
                "sync_backref and viewonly cannot both be True",
                why="changes of a viewonly relationship are none, so there is nothing to mirror on the other side",
                fix="leave sync_backref out, or viewonly",
                code="AZ-M83",
            )
        self.derived: dict[Any, Any] = {}
        """What other layers have worked out about it; see ``mapping.derived``."""
        if comparator_factory is not None:
            check_function("relationship(): comparator_factory", comparator_factory)
        self.comparator_factory = comparator_factory
        if cascade_backrefs:
            raise ArgumentError(
                "a relationship has cascade_backrefs, which can be False only",
                why="an object joins a session with what it is assigned to, and not by being assigned to",
                fix="leave it out, and add() the object where it is made",
                code="AZ-M361",
            )
        if backref is not None and back_populates is not None:
            raise ArgumentError(
                "a relationship has both backref and back_populates",
                why="backref makes the other side by itself, back_populates names one that exists",
                fix="use one of them",
                code="AZ-M36",
            )

    def __hash__(self) -> int:
        return id(self)

    def __getattr__(self, name: str) -> Any:
        # Only what is not there yet comes here: looking at what configuration finds out configures.
        if name in FOUND_OUT and "parent" in self.__dict__ and not self.configured:
            configure_registry(self.parent.registry.unfinished)
            if name in self.__dict__:
                return self.__dict__[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def cascade(self) -> CascadeOptions:
        """Which operations travel along the relationship; a text, or the names one by one, may be set."""
        return self._cascade

    @cascade.setter
    def cascade(self, cascade: Cascades | None) -> None:
        self._cascade = cascade_of(cascade, viewonly=self.viewonly)
        if self.configured:
            self._check_cascade()
            for mapper in (self.parent, *self.inheriting()):
                self._tell_cascade(mapper.manager.attributes[self.key])
            self._tell_members()
            for mapper in self.parent.self_and_descendants:
                mapper.derived.clear()

    def attach(self, mapper: Any, key: str) -> None:
        """Join a mapping: put a stand-in on the class that configures when it is used."""
        self.belong(mapper, key)
        self.attach_attribute(mapper, key)

    def attach_attribute(self, mapper: Any, key: str) -> None:
        """Put a stand-in on a class, the one of the mapping or one that is derived from it."""
        mapper.instrument(PendingRelationshipAttribute(mapper.class_, key, mapper, self), plain=False)

    def cascade_iterator(
        self,
        type_: str,
        state: InstanceState,
        dict_: dict[str, Any],
        visited_states: set[InstanceState],
        halt_on: Callable[[InstanceState], bool] | None = None,
    ) -> Iterator[tuple[object, Any, InstanceState, dict[str, Any]]]:
        """Follow a cascade from an instance to the objects that this relationship leads to.

        Emits: for "delete" and without ``passive_deletes``, the load of the attribute where it is not loaded.
        """
        loads = type_ == "delete" and not self.passive_deletes
        instance = state()
        for item in () if instance is None else related_objects(state, instance, self, load=loads):
            if item is None:
                continue
            its_state = state_of(item)
            if its_state not in visited_states and not (halt_on is not None and halt_on(its_state)):
                visited_states.add(its_state)
                yield item, its_state.manager.mapper, its_state, item.__dict__

    # -- configuring ----------------------------------------------------------

    def configure(self) -> None:
        """Find the related class and how the tables join."""
        if self.configured:
            return
        self._find_entity()
        self._find_join()
        self._find_rest()
        self.configured = True

    def link(self) -> None:
        """Join with the relationship on the other side that ``back_populates`` names."""
        if self._is_linked or self.back_populates is None:
            return
        self._join_reverse(self.back_populates)
        self._is_linked = True

    def finish(self) -> None:
        """Put the final attributes into place: those of the class, and of those that are derived from it."""
        self.attribute = self.finish_on(self.parent)
        for mapper in self.inheriting():
            self.finish_on(mapper)

    def inheriting(self) -> list[Any]:
        """List the mappers of derived classes that have this relationship from their base."""
        below = self.parent.self_and_descendants
        return [one for one in below if one is not self.parent and one._properties.get(self.key) is self]

    def finish_on(self, mapper: Any) -> Any:
        """Put the final attribute of one class into place.

        Args:
            mapper: the mapper of the class.

        Returns:
            the attribute.
        """
        class_: Any = mapper.class_
        attribute: Any
        if self.never_loads:
            # With the first relationship of this kind; few programs have one.
            from azoth.orm.mapping.attributes.queried_relationship_attribute import (  # noqa: PLC0415
                QueriedRelationshipAttribute,
            )

            attribute = QueriedRelationshipAttribute(class_, self.key, mapper, self)
        elif self.uselist:
            attribute = CollectionRelationshipAttribute(class_, self.key, mapper, self, self.collection_class)
        else:
            attribute = ObjectRelationshipAttribute(class_, self.key, mapper, self)
        attribute.__doc__ = self.doc
        attribute.item_type = self.mapper.class_ if self.enable_typechecks else None
        attribute.viewonly = self.viewonly
        attribute.single_parent = self.single_parent
        self._tell_cascade(attribute)
        attribute.parent_token = self
        # Whoever listened to the stand-in listens on.
        attribute.listeners = mapper.manager.attributes[self.key].listeners
        mapper.instrument(attribute, plain=False)
        return attribute

    def link_sides(self) -> None:
        """Let the attributes of both sides know each other, once all of them are in place."""
        self.link_attributes()
        for other in self._reverse_property:
            # A side whose class was configured before only knew the stand-in of this one.
            if other.parent.configured:
                other.link_attributes()

    def link_attributes(self) -> None:
        """Let the attribute know those of the other side."""
        attribute: Any = self.parent.manager.attributes[self.key]
        attribute.reverse = tuple(
            [
                other.parent.manager.attributes[other.key]
                for other in self._reverse_property
                if self._keeps_in_step(other)
            ]
        )
        self._follow_key_changes()
        for mapper in self.inheriting():
            inherited: Any = mapper.manager.attributes[self.key]
            inherited.reverse = attribute.reverse
            inherited.declared = attribute
        self._tell_members()

    def _follow_key_changes(self) -> None:
        if self.viewonly or (self.passive_updates and self.secondary is not None):
            return
        manager = (self.mapper if self.direction is MANYTOONE else self.parent).manager
        known = manager.key_referrers if self.passive_updates else manager.key_followers
        if self not in known:
            known.append(self)

    def _keeps_in_step(self, other: RelationshipProperty) -> bool:
        return self.sync_backref is not False and not other.viewonly and not self.viewonly

    def _find_entity(self) -> None:
        argument = self.argument
        if isinstance(argument, str):
            argument = self._names().target(argument)
        elif callable(argument) and not isinstance(argument, type) and entity_of(argument) is None:
            argument = argument()
            if isinstance(argument, str):
                argument = self._names().target(argument)
        if argument is None:
            raise ArgumentError(
                f"relationship {self} names no related class",
                why="neither the argument nor a Mapped[...] annotation says what it goes to",
                fix=f'write {self.key}: Mapped["OtherClass"] = relationship(), or relationship("OtherClass")',
                code="AZ-M37",
            )
        entity = entity_of(argument)
        if entity is None:
            raise ArgumentError(
                f"relationship {self} expects a class or a mapper argument, got {_described(argument)}",
                why=unmapped_class(argument).summary,
                fix="map the related class, or name the right one",
                code="AZ-M38",
            )
        self.entity = entity
        self.mapper = entity.mapper
        self.target = entity.selectable

    def _find_join(self) -> None:
        names = self._names()
        secondary = names.table(self._secondary_argument)
        if secondary is not None and not isinstance(secondary, FromClause):
            raise ArgumentError(
                f"secondary of relationship {self} is {_described(secondary)}, which is no table",
                why="the rows between two objects of a many-to-many relationship come from a table",
                fix="pass the Table, or its name",
                code="AZ-M309",
            )
        # The classic relation(Item, items_table) names the related class's own table there.
        self.secondary = None if secondary is self.target else secondary
        self.join = JoinCondition(
            JoinArguments(
                name=self,
                parent=self.parent.persist_selectable,
                # The tables themselves: queries for the class may select from something that stands for them.
                target=self.mapper.persist_selectable if self.entity is self.mapper else self.target,
                secondary=self.secondary,
                primaryjoin=names.expression(self._primaryjoin_argument),
                secondaryjoin=names.expression(self._secondaryjoin_argument),
                foreign_keys=frozenset(names.columns(self._foreign_keys_argument)),
                remote_side=frozenset(names.columns(self._remote_side_argument)),
                viewonly=self.viewonly,
                parent_table=self.parent.local_table,
                target_table=self.mapper.local_table,
            )
        )
        join = self.join
        self.primaryjoin = join.primaryjoin
        self.secondaryjoin = join.secondaryjoin
        self.direction = join.direction
        self.synchronize_pairs = join.synchronize_pairs
        self.secondary_synchronize_pairs = join.secondary_synchronize_pairs
        self.local_remote_pairs = join.local_remote_pairs
        self.remote_side = join.remote_columns
        self.local_columns = join.local_columns

    @property
    def argument_of_secondary(self) -> Any:
        """What the mapping says of the table between the two classes: a table, its name, or None."""
        return self._secondary_argument

    @property
    def never_loads(self) -> bool:
        """Whether the collection is queried instead of loaded."""
        return self.lazy in NEVER_LOADED

    def _find_rest(self) -> None:
        if self._uselist_argument is None:
            self.uselist = self.direction is not MANYTOONE
        else:
            self.uselist = self._uselist_argument
        if self.uselist and "default" in self._dataclass_options:
            raise ArgumentError(
                f"relationship {self} is a collection, and has a default for the constructor of a dataclass",
                why="a collection that is left out is empty, and not None",
                fix="write default_factory=list, or of another collection that it is",
                code="AZ-M394",
            )
        if self.never_loads and not (self.uselist and self.direction is not MANYTOONE):
            raise InvalidRequestError(
                f"relationship {self} is no collection, so lazy={self.lazy!r} does not fit",
                why="dynamic and write-only relationships are queried for their many members",
                fix="leave lazy out, or put it on the other side (backref(..., lazy=...))",
                code="AZ-M48",
            )
        self.use_get = (
            not self.uselist
            and self.entity.is_mapper
            and self.join.is_get(self.mapper.primary_key_keys, self.mapper.column_to_key)
        )
        self.order_by: Any = self._names().columns(self._order_by_argument) or False
        self._check_cascade()

    def _check_cascade(self) -> None:
        cascade = self.cascade
        if self.passive_deletes == "all" and (cascade.delete or cascade.delete_orphan):
            raise ArgumentError(
                f"On {self}, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-orphan' cascade",
                why="'all' leaves the related rows alone, and the cascade deletes them",
                fix="use passive_deletes=True, or drop the cascade",
                code="AZ-M49",
            )
        if cascade.delete_orphan and not self.single_parent and self.direction is not ONETOMANY:
            kind = "many-to-one" if self.direction is MANYTOONE else "many-to-many"
            raise ArgumentError(
                f"For {kind} relationship {self}, delete-orphan cascade is normally configured only on the "
                '"one" side of a one-to-many relationship',
                why="an object with several owners is no orphan when one of them lets go of it",
                fix="set single_parent=True if there can be only one owner, or drop delete-orphan",
                code="AZ-M39",
            )

    def _tell_cascade(self, attribute: RelatedAttribute) -> None:
        """Let an attribute of the relationship act as its cascades say."""
        cascade = self.cascade
        attribute.save_update = cascade.save_update
        attribute.delete_orphan = cascade.delete_orphan
        attribute.track_parent = cascade.delete_orphan or self.single_parent
        # A flush must know what a replaced value was where that one loses its key, or is deleted as an orphan.
        lets_go = self.direction is not MANYTOONE or cascade.delete_orphan
        attribute.loads_replaced = self.active_history or (not self.uselist and lets_go)

    def _tell_members(self) -> None:
        """Let the related classes know whether the relationship keeps their objects alive."""
        attribute = self.parent.manager.attributes[self.key]
        follow = guard if self.cascade.delete_orphan else release_guard
        for mapper in self.mapper.self_and_descendants:
            follow(attribute, mapper.manager)

    def adapt_to(self, entity: Any) -> Adapt:
        """Give what moves expressions of the related class, and the join condition, to what stands for the class.

        Args:
            entity: the related mapper, or the inspected alias that a statement has.
        """
        adapt: Adapt = entity.adapt
        if self.entity.is_mapper or entity is self.entity:
            return adapt
        return in_turn(ColumnAdapter(entity.selectable, self.target), adapt)

    @computed_once
    def exists_alias(self) -> Any:
        """The alias of the related table inside of an EXISTS over the same table."""
        return self.target.alias(flat=True)

    def _names(self) -> Any:
        return self.parent.registry.names_for(self.parent.class_, self.key)

    # -- the other side -------------------------------------------------------

    def check_backref(self) -> None:
        """Make sure that the other side can be added."""
        if self._has_backref_to_add() and self.mapper.has_property(self._backref_arguments()[0]):
            name, mapper = self._backref_arguments()[0], self.mapper
            raise ArgumentError(
                f"Error creating backref {name!r} on relationship {self}: property of that name exists on mapper "
                f"{mapper.class_.__name__}",
                why="one attribute cannot be two things",
                fix="choose another name, or use back_populates on both sides",
                code="AZ-M40",
            )

    def add_backref(self) -> None:
        """Add the relationship that ``backref`` asks for to the other class."""
        if not self._has_backref_to_add():
            return
        self.check_backref()
        name, given = self._backref_arguments()
        options = {**given, "back_populates": self.key}
        options.setdefault("viewonly", self.viewonly)
        options.setdefault("post_update", self.post_update)
        options.setdefault("passive_updates", self.passive_updates)
        options.setdefault("sync_backref", self.sync_backref)
        self._add_join_options(options)
        other = Relationship[Any](self.parent.class_, **options)
        self.mapper.add_property(name, other)
        self.back_populates = name

    def _has_backref_to_add(self) -> bool:
        return self.backref is not None and self.back_populates is None

    def _backref_arguments(self) -> tuple[str, dict[str, Any]]:
        return (self.backref, {}) if isinstance(self.backref, str) else self.backref

    def class_with_backref(self) -> type[Any] | None:
        """Tell to which class this is going to add a relationship, as far as that can be known beforehand."""
        if self.backref is None:
            return None
        named = getattr(self.argument, "likely", self.argument)
        if isinstance(named, type):
            return named
        entity = entity_of(named)
        return None if entity is None else entity.mapper.class_

    def _add_join_options(self, options: dict[str, Any]) -> None:
        join = self.join
        if self.secondary is not None:
            options["secondary"] = self.secondary
            options.setdefault("primaryjoin", join.marked_secondary)
            options.setdefault("secondaryjoin", join.marked_primary)
            return
        if "primaryjoin" not in options:
            options["primaryjoin"] = join.reversed_primary() if "remote_side" not in options else self.primaryjoin
            options.setdefault("foreign_keys", list(join.foreign_columns))

    def _join_reverse(self, key: str) -> None:
        mapper = self.mapper
        if not mapper.has_property(key):
            raise ArgumentError(
                f"relationship {self} refers back to {mapper.class_.__name__}.{key}, which does not exist",
                why=f"back_populates={key!r} must name a relationship of {mapper.class_.__name__}",
                fix=did_you_mean(key, mapper.relationships.keys()),
                code="AZ-M41",
            )
        other = mapper.get_property(key)
        if not other.is_relationship:
            raise ArgumentError(
                f"back_populates of relationship {self} refers to {other}, which is not a relationship",
                why="two sides can be kept in step where both hold objects",
                fix="name the relationship that leads back",
                code="AZ-M42",
            )
        other.configure()
        if not self.parent.common_parent(other.mapper):
            raise ArgumentError(
                f"reverse property {other} of relationship {self} leads to {other.mapper.class_.__name__}, "
                f"not to {self.parent.class_.__name__}",
                why="the two sides of a relationship lead to each other",
                fix="let both relationships name each other's class",
                code="AZ-M43",
            )
        if self.direction is other.direction and self.direction is not MANYTOMANY:
            raise ArgumentError(
                f"{self} and back-reference {other} are both of the same direction {self.direction!r}",
                why="both were read as having the foreign key on the same side",
                fix="set remote_side on the many-to-one side",
                code="AZ-M44",
            )
        self._reverse_property.add(other)
        other._reverse_property.add(self)


class Relationship(RelationshipProperty, Mapped[ValueT]):
    """A relationship as it stands in the body of a declared class."""


def _lazy(given: Any) -> str:
    name = LAZY_NAMES.get(given, given) if isinstance(given, bool | str | None) else given
    if name not in LAZY:
        raise ArgumentError(
            f"unknown loading strategy lazy={given!r}",
            why=f"strategies are {', '.join(sorted(LAZY))}",
            fix=did_you_mean(str(given), LAZY),
            code="AZ-M45",
        )
    return str(name)


def _described(subject: Any) -> str:
    return f"class {subject.__qualname__}" if isinstance(subject, type) else f"an object of {type(subject).__name__}"
