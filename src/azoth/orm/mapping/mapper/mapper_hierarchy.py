"""The place of a mapper in a hierarchy of classes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.mapping.attributes.column_adapter import Adapt, made_from, unchanged
from azoth.orm.mapping.attributes.column_attribute import ColumnAttribute
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.hierarchy.inheritance import SINGLE, Inheritance
from azoth.orm.mapping.hierarchy.polymorphic_selectable import polymorphic_selectable
from azoth.orm.mapping.lookup import MAPPER, mapper_of
from azoth.orm.mapping.mapper.mapped_columns import as_property
from azoth.orm.mapping.mapper.mapper_options import MapperOptions
from azoth.orm.mapping.properties.column_property import ColumnProperty
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.sql.cache_key import forget_all_statements
from azoth.sql.elements import ColumnElement, Label
from azoth.sql.selectable import FromClause, Join, lineage_of
from azoth.util.arguments import wrong_value
from azoth.util.computed_once import computed_once
from azoth.util.near_names import did_you_mean
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.selected_expressions import Named
    from azoth.orm.mapping.ports import HierarchyPort
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager
    from azoth.orm.runtime.state import InstanceState


class MapperHierarchy:
    """The part of a mapper that knows the mappings of base and derived classes.

    Attributes:
        inheritance: how the class is derived from a mapped one, or None.
        inherits: the mapper of that one, or None.
        inherit_condition: what joins the class's table to that of its base, or None.
        single, concrete: whether the class shares the table of its base, or has all its columns in one of its own.
        has_concrete: whether a concrete class is derived from this one.
        base_mapper: the mapper of the topmost class.
        polymorphic_on: the column or expression that tells the class of a row, or None.
        polymorphic_key: the attribute of that column; None where it is an expression.
        polymorphic_identity: its value for this class, or None.
        polymorphic_map: the mappers of the hierarchy by identity.
        selectable: what queries for the class select from.
    """

    class_: type[Any]
    manager: ClassManager
    options: MapperOptions
    local_table: Any
    persist_selectable: FromClause
    selectable: FromClause
    inheritance: Inheritance | None
    inherits: Any
    column_to_key: dict[Any, str]
    expression_keys: dict[str, Any]
    deferred_keys: frozenset[str]
    keys_left_to_queries: set[str]
    derived: dict[Any, Any]
    _properties: dict[str, MapperProperty]

    def _take_place(self, inheritance: Inheritance | None, table: Any) -> None:
        """Note tables and relatives."""
        self.inheritance = inheritance
        self._derived_mappers: list[Any] = []
        self.inherits = None if inheritance is None else inheritance.base
        self.inherit_condition: ColumnElement[Any] | None = None if inheritance is None else inheritance.condition
        self.single = inheritance is not None and inheritance.kind == SINGLE
        self.concrete = self.options.concrete
        self.has_concrete = False
        self.base_mapper: Any = self if self.inherits is None else self.inherits.base_mapper
        self.polymorphic_map: dict[Any, Any] = {} if self.inherits is None else self.inherits.polymorphic_map
        self.polymorphic_on: ColumnElement[Any] | None = None
        self.polymorphic_key: str | None = None
        self.polymorphic_identity = self.options.polymorphic_identity
        self.polymorphic_abstract = self.options.polymorphic_abstract
        self.polymorphic_load = self.options.polymorphic_load or self._load_asked_by_bases()
        self.local_table = table if inheritance is None else inheritance.local_table
        self.persist_selectable = table if inheritance is None else inheritance.persist_selectable
        self.selectable = self.persist_selectable

    def _load_asked_by_bases(self) -> str | None:
        """Say how the class's columns are loaded where a base class says that for all below it (classic)."""
        asked = next((one.options.polymorphic_fetch for one in self.iterate_to_root() if one is not self), None)
        return "selectin" if asked == "select" else None

    def _find_discriminator(self) -> None:
        """Find what tells the class of a row, and enter the class under its identity."""
        given = self.options.polymorphic_on
        base = self.inherits
        if given is not None:
            self._take_discriminator(given)
        elif base is not None and base.polymorphic_on is not None and not self.concrete:
            if not self._is_of_union(base):
                self.polymorphic_on, self.polymorphic_key = base.polymorphic_on, base.polymorphic_key
        elif base is not None and self.concrete:
            self._take_own_discriminator(base)
        if self.polymorphic_abstract and self.polymorphic_on is None:
            raise InvalidRequestError(
                f"mapping of {self.class_.__name__}: polymorphic_abstract=True needs a polymorphic_on",
                why="rows of the class become objects of derived classes, and nothing tells of which",
                fix="give the class, or its base, the mapper option polymorphic_on",
                code="AZ-M346",
            )
        identity = self.polymorphic_identity
        if identity is None:
            self._warn_without_identity()
            return
        if not isinstance(identity, Hashable):
            raise wrong_value(f"mapping of {self.class_.__name__}: polymorphic_identity", "a hashable value", identity)
        known = self.polymorphic_map.get(identity)
        if known is not None and known is not self:
            warn(
                f"{self.class_.__name__} takes over the polymorphic identity {identity!r} of {known.class_.__name__}",
                why="rows with this identity become objects of one class",
                fix="give each class of the hierarchy an identity of its own",
                code="AZ-M326",
            )
        self.polymorphic_map[identity] = self

    def _warn_without_identity(self) -> None:
        if self.inherits is None or self.polymorphic_abstract or self.base_mapper.polymorphic_on is None:
            return
        warn(
            f"{self.class_.__name__} has no polymorphic_identity, though {self.base_mapper.polymorphic_on} tells "
            "classes",
            why="no row says that it is an object of this class, so that queries for its bases do not find it as one",
            fix="give it a polymorphic_identity, or polymorphic_abstract=True where there are no objects of it",
            code="AZ-M351",
        )

    @staticmethod
    def _is_of_union(base: HierarchyPort) -> bool:
        """Tell whether the discriminator of a base is only in what its queries select from: no table has it."""
        whole, column = base.with_polymorphic_selectable, base.polymorphic_on
        return whole is not None and base.polymorphic_key is None and any(column is one for one in whole.c)

    def _take_own_discriminator(self, base: Any) -> None:
        """A concrete class may have a column for it, under the attribute that the base names."""
        prop = self._properties.get(base.polymorphic_key)
        if isinstance(prop, ColumnProperty) and not prop.is_expression:
            self.polymorphic_on, self.polymorphic_key = prop.columns[0], base.polymorphic_key

    def _take_discriminator(self, given: object) -> None:
        if isinstance(given, str):
            prop = self._properties.get(given)
            if not isinstance(prop, ColumnProperty):
                raise ArgumentError(
                    f"polymorphic_on of {self.class_.__name__} names {given!r}, which is no mapped column",
                    why="it tells the class of a row by a column or an expression",
                    fix=did_you_mean(given, self._properties),
                    code="AZ-M327",
                )
            self.polymorphic_on = prop.columns[0]
            self.polymorphic_key = None if prop.is_expression else given
            return
        prop = given if isinstance(given, ColumnProperty) else None
        element = element_of(given) if prop is None else prop.columns[0]
        if not isinstance(element, ColumnElement):
            raise ArgumentError(
                f"polymorphic_on of {self.class_.__name__} is an object of {type(given).__name__}",
                why="it tells the class of a row by a column or an expression",
                fix="pass a column, an expression, or the name of an attribute",
                code="AZ-M327",
            )
        # The column of a selectable that is queried may be one of the table's, under another name.
        own = self.own_column(element)
        if own not in self.column_to_key:
            self._check_discriminator(element)
        self.polymorphic_on = own
        self.polymorphic_key = self.column_to_key.get(own)

    def _check_discriminator(self, element: ColumnElement[Any]) -> None:
        """Refuse a column that rows of the class cannot have."""
        table = getattr(element, "table", None)
        if table is None or isinstance(element, Label):
            return
        whole = self.with_polymorphic_selectable
        for selectable in (self.persist_selectable, *(() if whole is None else (whole,))):
            if selectable.corresponding_column(element, require_embedded=True) is not None:
                return
        raise InvalidRequestError(
            f"Could not map polymorphic_on column {element.name!r} of {self.class_.__name__}",
            why=f"rows of the class have no such column: it belongs to {getattr(table, 'description', table)}",
            fix="name a column of the class's table, or of the selectable in with_polymorphic",
            code="AZ-M352",
        )

    def _unmapped_discriminator(self, properties: dict[str, MapperProperty]) -> dict[str, MapperProperty]:
        """Give the column of ``polymorphic_on`` an attribute, where a mapping leaves it out: rows need its value."""
        column = element_of(self.options.polymorphic_on)
        if not isinstance(column, ColumnElement) or not any(column is one for one in self.local_table.c):
            return properties
        for prop in properties.values():
            if isinstance(prop, ColumnProperty) and any(one is column for one in prop.columns):
                return properties
        key = getattr(column, "key", "polymorphic_on")
        return {**properties, key: as_property(self.class_, key, column)}

    def _join_hierarchy(self) -> None:
        """Become known to the mappers of the base classes, whose queries bring objects of this class from now on."""
        manager = self.manager
        if self.polymorphic_key is not None and self.polymorphic_identity is not None:
            manager.discriminator = (self.polymorphic_key, self.polymorphic_identity)
        if self.inherits is None:
            self.selectable = polymorphic_selectable(self)
            self._stand_for_tables()
            return
        self.inherits._derived_mappers.append(self)
        if self.concrete:
            for mapper in self.inherits.iterate_to_root():
                mapper.has_concrete = True
        manager.delete_orphan_attributes.extend(self.inherits.manager.delete_orphan_attributes)
        self._renew_hierarchy()

    def _renew_hierarchy(self) -> None:
        """Let the classes up to the root, and all statements, follow a change of the hierarchy."""
        for mapper in self.iterate_to_root():
            mapper._renew()
        self._forget_derived()
        forget_all_statements()

    def _forget_derived(self) -> None:
        """Forget what was worked out about the classes of the hierarchy: some of it is about all of them."""
        for mapper in self.base_mapper.self_and_descendants:
            mapper.derived = {}

    def _leave_hierarchy(self) -> None:
        """Become unknown to the mappers of the base classes."""
        for identity in [identity for identity, one in self.polymorphic_map.items() if one is self]:
            del self.polymorphic_map[identity]
        base = self.inherits
        if base is None or self not in base._derived_mappers:
            return
        base._derived_mappers.remove(self)
        base._renew_hierarchy()

    def select_from_union(self, union: FromClause, discriminator: ColumnElement[Any]) -> None:
        """Let queries for the class select from a union of the tables of all its concrete classes.

        Args:
            union: see ``polymorphic_union()``.
            discriminator: its column with the polymorphic identity of each row.
        """
        self.options.with_polymorphic = ("*", union)
        self._take_discriminator(discriminator)
        self._renew()
        forget_all_statements()

    def take_base(self, base: HierarchyPort) -> None:
        """Make the class, which was mapped by itself, a concrete one of a base that is mapped now.

        Args:
            base: the mapper of the base class.
        """
        self.options.inherits = base
        self.inheritance = Inheritance(self.class_, base, self.local_table, self.options)
        self.inherits = base
        base.polymorphic_map.update(self.polymorphic_map)
        for mapper in self.self_and_descendants:
            mapper.base_mapper = base.base_mapper
            mapper.polymorphic_map = base.polymorphic_map
        self._leave_to_base()
        self._join_hierarchy()

    def _leave_to_base(self) -> None:
        """Keep attributes that only the base of a class has from being found on it by Python.

        The base is that of a concrete class, or one that is mapped without having to do with this mapping.
        """
        base = self.inherits
        if base is None and self.options.entity_name is None:
            base = next((one.__dict__[MAPPER] for one in self.class_.__mro__[1:] if MAPPER in one.__dict__), None)
        if base is None or not (self.concrete or self.inherits is None):
            return
        # With the first concrete class.
        from azoth.orm.mapping.hierarchy.inherited_properties import left_to_base  # noqa: PLC0415
        from azoth.orm.mapping.hierarchy.left_to_base import LeftToBase  # noqa: PLC0415

        for key in left_to_base(self.class_, base, self._properties):
            self.manager._set(key, LeftToBase(self.class_, key, base.class_))

    def _renew(self) -> None:
        """Forget what was worked out before the hierarchy got another class."""
        self.derived = {}
        self.__dict__.pop("adapt", None)
        selectable = polymorphic_selectable(self)
        if selectable is self.selectable:
            return
        self.selectable = selectable
        self._stand_for_tables()
        for attribute in self.manager.attributes.values():
            if isinstance(attribute, ColumnAttribute):
                attribute.follow_whole()

    def _stand_for_tables(self) -> None:
        """Let statements that select from a union, or a subquery, in place of tables find the columns of these."""
        whole = self.with_polymorphic_selectable
        if whole is not None and not isinstance(whole, Join):
            whole._column_for = self.adapt

    def _equal_in_hierarchy(self, column: ColumnElement[Any]) -> list[Any]:
        return [one for mapper in self.self_and_descendants for one in mapper._equal_columns(column)]

    @property
    def changed_table(self) -> Any:
        """The table that INSERT, UPDATE and DELETE of the class change: its own."""
        return self.local_table

    @property
    def is_in_hierarchy(self) -> bool:
        """Whether there are mapped base or derived classes."""
        return self.inherits is not None or bool(self._derived_mappers)

    @computed_once
    def adapt(self) -> Adapt:
        """What moves an expression to what queries for the class select from.

        That is nothing, but for a class with a selectable of its own for queries (``with_polymorphic``).
        """
        whole = self.with_polymorphic_selectable
        return unchanged if whole is None else made_from(whole, self._equal_in_hierarchy)

    @property
    def selected_expressions(self) -> list[Named]:
        """What a SELECT of the class consists of where it is a part of another statement."""
        # Mostly it is selected by itself.
        from azoth.orm.mapping.mapper.selected_expressions import of_class  # noqa: PLC0415

        return of_class(self)

    def own_column(self, column: Any) -> Any:
        """Find the mapped column that a column of what queries select from stands for; itself where there is none."""
        element = element_of(column)
        if not isinstance(element, ColumnElement):
            return element
        return next((one for one in lineage_of(element) if one in self.column_to_key), element)

    def _equal_columns(self, column: ColumnElement[Any]) -> list[Any]:
        key = self.column_to_key.get(column)
        prop = None if key is None else self._properties[key]
        return prop.columns if isinstance(prop, ColumnProperty) else []

    # -- questions -------------------------------------------------------------

    def isa(self, other: Any) -> bool:
        """Tell whether this mapper's class is another mapper's class or derived from it."""
        wanted = other.mapper
        mapper: Any = self
        while mapper is not None:
            if mapper is wanted:
                return True
            mapper = mapper.inherits
        return False

    def common_parent(self, other: Any) -> bool:
        """Tell whether both mappers belong to one hierarchy."""
        return bool(self.base_mapper is other.mapper.base_mapper)

    def is_sibling(self, other: MapperHierarchy) -> bool:
        """Tell whether another mapper is of the same hierarchy, and none of the two derived from the other."""
        return self.common_parent(other) and not self.isa(other) and not other.isa(self)

    def primary_mapper(self) -> Self:
        """Give the mapper of the class: this one, as a class has one mapper."""
        return self

    def path_string(self) -> str:
        """Give the name that messages about paths of loader options have for this mapper."""
        return self.class_.__name__

    reached_along: ClassVar[Callable[..., Iterator[Any]]]
    """What follows a cascade; the layer that has the cascades fills it in."""

    def cascade_iterator(
        self, type_: str, state: InstanceState, halt_on: Callable[[InstanceState], bool] | None = None
    ) -> Iterator[tuple[Any, Any, InstanceState, dict[str, Any]]]:
        """Yield what a cascade reaches from an object, each object once.

        Args:
            type_: the name of the cascade, such as ``"save-update"`` or ``"delete"``.
            state: the state of the object to begin with, which is not yielded itself.
            halt_on: tells of which objects, by their states, neither they nor what lies behind them are meant.

        Returns:
            an iterator over (object, mapper, state, values in memory).

        Raises:
            ArgumentError: there is no such cascade.

        Emits: for ``"delete"``, the loads of relationships with that cascade that are not loaded and have no
            ``passive_deletes``; nothing for others.
        """
        return type(self).reached_along(type_, state, halt_on)

    def iterate_to_root(self) -> Iterator[Any]:
        """Yield this mapper and those of its mapped base classes."""
        mapper: Any = self
        while mapper is not None:
            yield mapper
            mapper = mapper.inherits

    @property
    def self_and_descendants(self) -> tuple[Any, ...]:
        """This mapper and those of derived classes, level by level."""
        found: list[Any] = [self]
        # The list grows while it is gone through.
        for mapper in found:
            found.extend(mapper._derived_mappers)
        return tuple(found)

    def polymorphic_iterator(self) -> Iterator[Any]:
        """Yield this mapper and those of derived classes."""
        return iter(self.self_and_descendants)

    @property
    def with_polymorphic_mappers(self) -> list[Any]:
        """The mappers whose columns queries for this class bring; none where they bring its own only."""
        return list(self.named_mappers(self._mapped_so_far(self._with_polymorphic_argument())))

    def check_named_classes(self) -> None:
        """Refuse classes that ``with_polymorphic`` names and that were never mapped.

        Raises:
            InvalidRequestError: there is one.
        """
        self.named_mappers(self._with_polymorphic_argument())

    def _with_polymorphic_argument(self) -> object:
        given = self.options.with_polymorphic
        if (
            isinstance(given, tuple | list)
            and len(given) == 2
            and (given[0] == "*" or isinstance(given[0], list | tuple))
        ):
            return given[0]
        return given

    @property
    def with_polymorphic_selectable(self) -> FromClause | None:
        """The selectable that the option ``with_polymorphic`` names, or None."""
        given = self.options.with_polymorphic
        if given is not None and given != "*" and self._with_polymorphic_argument() is not given:
            named: FromClause | None = given[1]
            return named
        return None

    def named_mappers(self, given: object) -> tuple[Any, ...]:
        """List the mappers of derived classes that ``with_polymorphic`` names, with those that ask for it themselves.

        Args:
            given: "*", a list of classes, or None.

        Raises:
            InvalidRequestError: a class is not derived from this one.
        """
        below = self.self_and_descendants
        inline = {one for one in below if one.polymorphic_load == "inline"}
        if given == "*":
            wanted = set(below)
        else:
            listed = given if isinstance(given, list | tuple | set | frozenset) else () if given is None else (given,)
            wanted = {self._named(one) for one in listed} | inline
            # The columns of what lies between are there, too.
            wanted |= {parent for one in wanted for parent in one.iterate_to_root() if parent.isa(self)}
        found = tuple([one for one in below if one in wanted])
        return found if wanted - {self} or given is not None else ()

    def _mapped_so_far(self, given: object) -> object:
        """Leave out the derived classes that are going to be mapped; they join in then."""
        if not isinstance(given, list | tuple | set | frozenset):
            return given
        return [
            one
            for one in given
            if self._mapper_below(one) is not None or not (isinstance(one, type) and issubclass(one, self.class_))
        ]

    def _mapper_below(self, subject: object) -> Any:
        """Find the mapper of a class, also of one that is just being mapped."""
        known = (one for one in self.self_and_descendants if one.class_ is subject)
        return next(known, None) or mapper_of(subject)

    def _named(self, subject: object) -> Any:
        mapper = self._mapper_below(subject)
        if mapper is None or not mapper.isa(self):
            name = getattr(subject, "__name__", repr(subject))
            raise InvalidRequestError(
                f"with_polymorphic: {name} is no mapped class that is derived from {self.class_.__name__}",
                why="with_polymorphic names derived classes, whose columns are loaded too",
                fix='pass the classes themselves, or "*" for all',
                code="AZ-M328",
            )
        return mapper
