"""Mapper: one class and its table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.exc import UnmappedColumnError
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.configuring.configuration import configure_registry, enlist, forget, wire_all
from azoth.orm.mapping.configuring.construction_events import give_back_constructor
from azoth.orm.mapping.configuring.first_use import configure_on_first_construction
from azoth.orm.mapping.configuring.mapper_events import MapperEvents
from azoth.orm.mapping.hierarchy.inheritance import Inheritance, inheritance_of
from azoth.orm.mapping.lookup import MAPPER, forget_table, note_table, required_mapper
from azoth.orm.mapping.mapper.attribute_names import check_attribute_names
from azoth.orm.mapping.mapper.class_descriptors import ClassDescriptors
from azoth.orm.mapping.mapper.mapped_columns import as_property, column_properties, is_of_column, key_column
from azoth.orm.mapping.mapper.mapped_tables import columns_by_table, in_insertable_order, tables_behind
from azoth.orm.mapping.mapper.mapper_hierarchy import MapperHierarchy
from azoth.orm.mapping.mapper.mapper_identity import MapperIdentity
from azoth.orm.mapping.mapper.mapper_options import MapperOptions
from azoth.orm.mapping.mapper.mapper_signature import MapperSignature
from azoth.orm.mapping.mapper.property_view import PropertyView, PropertyViews
from azoth.orm.mapping.properties.column_property import ColumnProperty
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.orm.mapping.properties.relationship import RelationshipProperty
from azoth.orm.mapping.properties.validates import check_validated, class_validators, methods_of, reconstructors_of
from azoth.orm.runtime.inspected.inspection_attr import InspectionAttr
from azoth.orm.runtime.instrumentation.attribute import Attribute
from azoth.orm.runtime.instrumentation.class_manager import ClassManager, manager_for
from azoth.orm.runtime.related.attribute_events import follow_new_attribute
from azoth.sql.cache_key import next_identity
from azoth.sql.selectable import TableClause
from azoth.util.computed_once import computed_once
from azoth.util.near_names import did_you_mean

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.extension import Extended
    from azoth.orm.mapping.properties.composite import CompositeProperty
    from azoth.sql.elements import ColumnElement


class Mapper(MapperSignature, MapperIdentity, MapperHierarchy, ClassDescriptors, PropertyViews, InspectionAttr):
    """How the instances of one class and the rows of one table, or of a join of several, correspond.

    Args:
        class_: the class.
        local_table: the table, or another selectable with a primary key: a join, an alias, a subquery.
        registry: the registry of classes that may name each other.
        properties: attributes by key: properties, columns, or lists of equal columns.
        others: see ``MapperOptions``.

    Attributes:
        class_, manager: the class and its instrumentation.
        local_table, persist_selectable, selectable: what the rows are selected from.
        primary_key, primary_key_keys: the columns that identify a row, and their attribute keys.
        columns (c): the columns by attribute key.
        column_keys: the attributes that are loaded and persisted, in table order.
        configured: whether relationships know their other sides.

    Raises:
        ArgumentError: the class is mapped already, the table has no primary key, or an option is wrong.
    """

    is_mapper = True
    columns: PropertyView[Any]

    configured: bool

    def _map(
        self, class_: type[Any], local_table: Any, registry: Any, properties: Mapping[str, Any], options: MapperOptions
    ) -> None:
        self.class_ = class_
        self.options = options
        inheritance = inheritance_of(class_, local_table, self.options)
        self._check_class(class_, local_table, inheritance)
        self._take_place(inheritance, local_table)
        if not self.single:
            note_table(self, local_table)
        self.registry = registry
        self.configured = False
        self._views = {}
        self.manager = manager_for(class_, None if inheritance is None else inheritance.root)
        self.manager.mapper = self
        self._shape: Any = ("mapper", next_identity())
        self.derived: dict[Any, Any] = {}
        """What other layers have worked out about this mapping as it is now; see ``mapping.derived``."""
        self._binds: tuple[Any, ...] = ()
        self._azoth_entity = self
        self.dispatch = MapperEvents._of_class(class_)
        methods = methods_of(class_)
        self.validators = class_validators(methods)
        self.reconstructors = reconstructors_of(methods)
        self._take_options()
        self._find_properties(dict(properties))
        check_attribute_names(class_, self._properties)
        self._declared_beside = frozenset([key for key, prop in self._properties.items() if not is_of_column(prop)])
        self._index_columns()
        self._find_composites()
        self._find_primary_key()
        self._find_version()
        self._find_discriminator()
        self._join_hierarchy()
        self._extended = self._extension()
        for listener in self.dispatch.instrument_class:
            listener(self, class_)
        self._install()
        registry.add_mapper(self)
        enlist(self)
        for listener in self.dispatch.after_mapper_constructed:
            listener(self, class_)

    # -- what the mapping says ------------------------------------------------

    @property
    def mapper(self) -> Mapper:
        """This mapper, as aliases have one too."""
        return self

    @property
    def entity(self) -> type[Any]:
        """The class."""
        return self.class_

    @property
    def entity_namespace(self) -> Any:
        """The object whose attributes ``filter_by()`` means."""
        return self.entity

    @property
    def class_manager(self) -> ClassManager:
        """The instrumentation of the class."""
        return self.manager

    @computed_once
    def tables(self) -> list[Any]:
        """The tables behind the mapping, in an order in which the rows of one object can be inserted."""
        tables = tables_behind(self.persist_selectable)
        if len(tables) < 2:
            return tables
        return in_insertable_order(tables, columns_by_table(self.persist_selectable, self.columns_by_key(), tables))

    @property
    def mapped_table(self) -> Any:
        """The table; older name of ``persist_selectable``."""
        return self.persist_selectable

    @property
    def c(self) -> PropertyView[Any]:
        """The columns by attribute key."""
        return self.columns

    def columns_by_key(self) -> dict[str, tuple[Any, ...]]:
        """Give all columns that each loaded attribute stands for; the one that is loaded comes first."""
        found = {}
        equal = frozenset() if self.inheritance is None else frozenset([own for _, own in self.inheritance.all_pairs])
        for key, column in self.columns.items():
            prop = self._properties[key]
            assert isinstance(prop, ColumnProperty)
            columns = (column, *[other for other in prop.columns if other is not column])
            found[key] = tuple([one for one in columns if one not in equal or self.column_to_key[one] == key])
        return found

    def has_property(self, key: str) -> bool:
        """Tell whether there is an attribute of a name."""
        return key in self._properties

    def get_property(self, key: str, _configure_mappers: bool = False) -> Any:
        """Find the property of an attribute.

        Raises:
            InvalidRequestError: there is none; the message names similar ones.
        """
        if _configure_mappers:
            self._check_configure()
        prop = self._properties.get(key)
        if prop is None:
            raise InvalidRequestError(
                f"Mapper {self} has no property {key!r}",
                why="no column or relationship is mapped under this name",
                fix=did_you_mean(key, self._properties),
                code="AZ-M10",
            )
        return prop

    def get_property_by_column(self, column: Any) -> ColumnProperty:
        """Find the property of a column.

        Raises:
            UnmappedColumnError: the column belongs to no attribute.
        """
        prop = self._properties[self.key_of(column)]
        assert isinstance(prop, ColumnProperty)
        return prop

    def key_of(self, column: Any) -> str:
        """Find the attribute key of a column.

        Raises:
            UnmappedColumnError: the column belongs to no attribute.
        """
        key = self.column_to_key.get(element_of(column))
        if key is None:
            raise UnmappedColumnError(
                f"No column {column} is configured on mapper {self}",
                why="the column is of another table, or was left out of the mapping",
                fix="map it under some attribute",
                code="AZ-M11",
            )
        return key

    # -- as part of statements ------------------------------------------------

    def __clause_element__(self) -> Any:
        """Give what queries for the class select from."""
        return self.selectable

    # -- changing and configuring ---------------------------------------------

    def add_property(self, key: str, prop: object) -> None:
        """Add an attribute to the mapping.

        Args:
            key: its name.
            prop: a property or a column.
        """
        check_attribute_names(self.class_, (key,))
        self._take_property(key, as_property(self.class_, key, prop))

    def _take_property(self, key: str, prop: MapperProperty) -> None:
        if isinstance(prop, ColumnProperty):
            prop.is_expression = not any(column in self._table_columns for column in prop.columns)
        self._properties[key] = prop
        self._forget_views()
        # Statements that were compiled for the mapping as it was are not looked up again.
        self._shape = ("mapper", next_identity())
        self._forget_derived()
        prop.attach(self, key)
        self._pass_on(key, prop)
        if self.configured:
            self._finish_property(prop)

    def append_column(self, column: ColumnElement[Any]) -> None:
        """Add a column to the class's own table.

        State: what was made of the table for this class and its relatives gets the column, too.
        """
        self.local_table.append_column(column)
        for mapper in self.base_mapper.self_and_descendants:
            for selectable in (mapper.persist_selectable, mapper.selectable):
                for part in selectable._parts:
                    if not isinstance(part, TableClause):
                        part.forget_columns()

    def add_properties(self, dict_of_properties: dict[str, Any]) -> None:
        """Add several attributes.

        Args:
            dict_of_properties: name -> property or column.
        """
        for key, prop in dict_of_properties.items():
            self.add_property(key, prop)

    def instrument(self, attribute: Attribute, *, plain: bool) -> None:
        """Put the attribute of a property on the class; called by properties."""
        validators = self.validators.get(attribute.key)
        if validators:
            attribute.validators.extend(validators)
        self.manager.add(attribute, plain=plain and not validators)

    def place(self, key: str, descriptor: Any) -> None:
        """Put a descriptor of a property that has no value of its own on the class; called by properties."""
        self.manager._set(key, descriptor)
        self.manager.expirable.update((key, *getattr(descriptor, "stores", ())))

    def check_validated(self) -> None:
        """Refuse validators of the class that are about no attribute of it."""
        check_validated(self.class_, self._properties)

    @property
    def compares(self) -> bool:
        """Whether instances compare as their class says (a dataclass, for one) rather than by identity."""
        class_: Any = self.class_
        return bool(class_.__eq__ is not object.__eq__ or class_.__hash__ is not object.__hash__)

    def configured_relationships(self) -> list[RelationshipProperty]:
        """List the relationships with their backrefs, configuring the mappers where that has not happened yet."""
        self._check_configure()
        return [cast("RelationshipProperty", prop) for prop in self._properties.values() if prop.is_relationship]

    def mark_configured(self) -> None:
        """Let the class be used from now on without a look at its configuration."""
        self.configured = True
        self.first_use.remove()

    def finish_inherited(self) -> None:
        """Put the attributes of relationships into place whose base class was configured before."""
        for prop in self._properties.values():
            if isinstance(prop, RelationshipProperty) and not prop.belongs_to(self) and prop.parent.configured:
                prop.finish_on(self)
                prop.link_attributes()

    def dispose(self) -> None:
        """Take the mapping off its class."""
        forget((self,))
        self._leave_hierarchy()
        forget_table(self, self.local_table)
        give_back_constructor(self.class_)
        self.first_use.remove()
        self.first_use.take_back()
        if self._extended is not None:
            self._extended.remove()
        self.manager.uninstall()
        self.configured = True
        self.registry.remove_class(self.class_)
        self.registry.remove_mapper(self)

    def _check_configure(self) -> None:
        if not self.configured:
            configure_registry(self.registry.unfinished)

    def _finish_property(self, prop: MapperProperty) -> None:
        prop.configure()
        if isinstance(prop, RelationshipProperty):
            prop.add_backref()
            prop.link()
            prop.finish()
            prop.link_sides()
            wire_all(mapper for mapper in self.self_and_descendants if mapper.configured)

    # -- the steps of the constructor -----------------------------------------

    @staticmethod
    def _check_class(class_: type[Any], local_table: Any, inheritance: Inheritance | None) -> None:
        if MAPPER in class_.__dict__:
            raise ArgumentError(
                f"class {class_.__name__} is mapped already",
                why="a class has one mapping",
                fix="call clear_mappers() first, or map another class",
                code="AZ-M12",
            )
        if inheritance is not None and local_table is None:
            return
        if not hasattr(local_table, "c") or hasattr(local_table, "_raw_columns"):
            raise ArgumentError(
                f"class {class_.__name__} is mapped to an object of {type(local_table).__name__}, which is no table",
                why="rows of the class come from a table",
                fix="pass a Table, a join, an alias, or a statement's subquery()",
                code="AZ-M13",
            )

    def _find_properties(self, given: dict[str, Any]) -> None:
        inheritance, options = self.inheritance, self.options
        own = column_properties(
            self.class_, () if self.single else self.local_table.c, self.persist_selectable, given, options
        )
        if options.polymorphic_on is not None and not isinstance(options.polymorphic_on, str):
            own = self._unmapped_discriminator(own)
        self._properties = own
        self._inherited = frozenset[str]()
        if inheritance is not None:
            # With the first class that is derived from another one.
            from azoth.orm.mapping.hierarchy.inherited_properties import with_inherited  # noqa: PLC0415

            self._properties = with_inherited(self.class_, inheritance, own, options)
            inherited = inheritance.base._properties
            self._inherited = frozenset([key for key, prop in self._properties.items() if prop is inherited.get(key)])

    def _extension(self) -> Extended | None:
        extension = self.options.extension
        if extension is None:
            return None
        from azoth.orm.mapping.mapper.extension import Extended  # noqa: PLC0415  # for classic programs

        return Extended(self, extension)

    def _take_options(self) -> None:
        options = self.options
        self._given_version = options.version_id_col
        self.version_id_generator = options.version_id_generator
        self.eager_defaults = options.eager_defaults
        self.confirm_deleted_rows = options.confirm_deleted_rows
        self.batch = options.batch
        self.allow_partial_pks = options.allow_partial_pks
        self.legacy_is_orphan = options.legacy_is_orphan
        self.passive_updates = options.passive_updates
        self.passive_deletes = options.passive_deletes
        order_by = options.order_by
        listed = order_by if isinstance(order_by, list | tuple) else () if order_by in (None, False) else (order_by,)
        self.order_by = tuple([element_of(part) for part in listed]) or False

    def _index_columns(self) -> None:
        """Note which columns, expressions and deferred attributes there are."""
        self.key_to_column = columns = dict[str, Any]()
        self.column_to_key: dict[Any, str] = {}
        self.expression_keys: dict[str, Any] = {}
        self.keys_left_to_queries: set[str] = set()
        deferred: set[str] = set()
        of_table = self._table_columns
        for key, prop in self._properties.items():
            if not isinstance(prop, ColumnProperty):
                continue
            if prop.deferred:
                deferred.add(key)
            if prop.is_expression:
                self.expression_keys[key] = prop.columns[0]
                if prop.is_left_to_queries:
                    self.keys_left_to_queries.add(key)
                continue
            columns[key] = next(column for column in prop.columns if column in of_table)
            for column in prop.columns:
                self.column_to_key[column] = key
        for column, own in () if self.inheritance is None else self.inheritance.all_pairs:
            # What is kept equal to a column of the base stands under the attribute of that one.
            shared = self._properties[self.column_to_key[column]] if column in self.column_to_key else None
            if isinstance(shared, ColumnProperty) and any(one is own for one in shared.columns):
                self.column_to_key[own] = self.column_to_key[column]
        self.columns = PropertyView(columns)
        order = {column: position for position, column in enumerate(self.persist_selectable.c)}
        self.column_keys = tuple(sorted(columns, key=lambda key: order[columns[key]]))
        self.deferred_keys = frozenset(deferred)

    def _find_composites(self) -> None:
        """Find the columns of the composites; what these ask of them acts when their attributes are made."""
        self.composites_by_key: dict[str, CompositeProperty] = {}
        for key, prop in self._properties.items():
            if prop.is_composite:
                composite = cast("CompositeProperty", prop)
                if key not in self._inherited:
                    composite.find_columns(self, key)
                self.composites_by_key[key] = composite

    def _find_primary_key(self) -> None:
        given = self.options.primary_key
        if given is not None:
            columns = self._given_key(given)
        elif self.inherits is not None and not self.concrete:
            columns = list(self.inherits.primary_key)
        else:
            columns = list(self.local_table.primary_key)
        if not columns:
            raise ArgumentError(
                f"Mapper {self} could not assemble any primary key columns for mapped table "
                f"{self.local_table.description!r}",
                why="an instance is found again by its primary key, and the table has none",
                fix="set primary_key=True on a column, or name columns in the mapper option primary_key",
                code="AZ-M14",
            )
        missing = [column for column in columns if column not in self.column_to_key]
        if missing:
            raise ArgumentError(
                f"Mapper {self} leaves out the primary key column {missing[0]}",
                why="include_properties, exclude_properties or a property of the class keep it from being mapped",
                fix="map it under some attribute",
                code="AZ-M15",
            )
        self.primary_key = tuple(columns)
        self.primary_key_keys = tuple([self.column_to_key[column] for column in columns])
        self.composite_key = len(columns) > 1

    def _given_key(self, given: Any) -> list[Any]:
        listed = given if isinstance(given, list | tuple) else [given]
        columns = self.key_to_column
        return [key_column(self, columns, part) if isinstance(part, str) else self.own_column(part) for part in listed]

    @property
    def version_id_col(self) -> Any:
        """The column that counts the changes of a row, or None; one that is set counts from then on."""
        return self._version_column

    @version_id_col.setter
    def version_id_col(self, column: ColumnElement[Any] | str | None) -> None:
        self._given_version = column
        for mapper in self.self_and_descendants:
            if mapper is self or mapper._given_version is None:
                mapper._find_version()
        self._forget_derived()

    def _find_version(self) -> None:
        column = self._given_version
        self._version_column: ColumnElement[Any] | None = None
        self.version_id_key: str | None = None
        base = self.inherits
        if column is None:
            if base is not None and base.version_id_col is not None and not self.concrete:
                self._version_column, self.version_id_key = base.version_id_col, base.version_id_key
                if self.version_id_generator is None:
                    self.version_id_generator = base.version_id_generator
            return
        found = self.local_table.c[column] if isinstance(column, str) else element_of(column)
        # The class may be mapped to an alias of the column's table, or to a subquery.
        is_elsewhere = found not in self.column_to_key and hasattr(found, "table")
        own = self.persist_selectable.corresponding_column(found) if is_elsewhere else None
        self._version_column = found if own is None else own
        self.version_id_key = self.key_of(self._version_column)
        if self.version_id_generator is None:
            self.version_id_generator = _next_number

    def _inherit(self, key: str, prop: MapperProperty) -> None:
        """Take over an attribute that the base class got later."""
        if key in self._properties:
            return
        if self.concrete:
            self._leave_to_base()
            return
        self._properties[key] = prop
        self._inherited |= {key}
        self._forget_views()
        self._shape = ("mapper", next_identity())
        self._renew()
        prop.attach_attribute(self, key)
        self._pass_on(key, prop)

    def _pass_on(self, key: str, prop: MapperProperty) -> None:
        """Know of an attribute that came later, here and in derived classes."""
        if prop.is_composite:
            self.composites_by_key[key] = cast("CompositeProperty", prop)
        self._index_columns()
        for mapper in self._derived_mappers:
            mapper._inherit(key, prop)

    def _install(self) -> None:
        self.manager._set(MAPPER, self)
        for key, prop in self._properties.items():
            if key in self._inherited:
                prop.attach_attribute(self, key)
            else:
                prop.attach(self, key)
        self._leave_to_base()
        if self.expression_keys or self.composites_by_key:
            # Attaching gave expressions the labels under which they are loaded; composites may defer their columns.
            self._index_columns()
        self.manager.install()
        for key in (*self.manager.attributes, *self.manager.composites):
            self._follow_listeners(key)
        self.first_use = configure_on_first_construction(self.class_, self._check_configure)

    def _follow_listeners(self, key: str) -> None:
        extension = self._properties[key].extension
        if extension is not None:
            from azoth.orm.runtime.related.attribute_extension import extend_attribute  # noqa: PLC0415

            extend_attribute(self.class_, key, extension)
        else:
            follow_new_attribute(self.class_, key)

    @property
    def _table_columns(self) -> frozenset[Any]:
        return frozenset(self.persist_selectable.c)

    @computed_once
    def _name(self) -> str:
        table = getattr(self.local_table, "description", None) or type(self.local_table).__name__
        return f"{self.class_.__name__}({table})"

    def __reduce__(self) -> tuple[object, ...]:
        return required_mapper, (self.class_,)

    def __str__(self) -> str:
        return f"Mapper[{self._name}]"

    def __repr__(self) -> str:
        return f"<Mapper at {id(self):#x}; {self.class_.__name__}>"


def _next_number(version: Any) -> Any:
    return (version or 0) + 1
