"""From a class body to a mapped class: table, properties, mapper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.declarative.annotated_properties import complete_composite, complete_relationship
from azoth.orm.mapping.declarative.annotations.mapped_annotation import enclosing_variables
from azoth.orm.mapping.declarative.columns import complete_column, name_column
from azoth.orm.mapping.declarative.constructor import DEFAULT_CONSTRUCTOR, fast_constructor
from azoth.orm.mapping.declarative.declared_attr import begin_evaluating, forget_evaluated, is_declared
from azoth.orm.mapping.declarative.mapped_column import MappedColumn
from azoth.orm.mapping.declarative.mapped_dataclass import DATACLASS, become_dataclass
from azoth.orm.mapping.declarative.members import ABSENT, Member, collect_members, directive
from azoth.orm.mapping.lookup import MAPPER
from azoth.orm.mapping.mapper.mapper import Mapper
from azoth.orm.mapping.mapper.mapper_options import inheritance_error
from azoth.orm.mapping.properties.column_property import ColumnProperty
from azoth.orm.mapping.properties.composite import CompositeProperty
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.orm.mapping.properties.relationship import RelationshipProperty
from azoth.sql.schema import Column, Table
from azoth.sql.selectable import FromClause
from azoth.util.arguments import as_mapping, wrong_value


def map_declared_class(registry: Any, class_: type[Any]) -> Mapper | None:
    """Map a class as its body declares.

    Args:
        registry: the registry that the class belongs to.
        class_: the class.

    Returns:
        its mapper; None for an abstract class.

    Raises:
        InvalidRequestError: the class has no table.
        ArgumentError: the declaration is wrong.
    """
    if class_.__dict__.get("__abstract__", False):
        return None
    begin_evaluating(class_)
    try:
        return Declaration(registry, class_, enclosing_variables()).mapped()
    finally:
        forget_evaluated(class_)


class Declaration:
    """A class on its way to being mapped.

    Args:
        registry: the registry that it belongs to.
        class_: the class.
        enclosing: the variables of the function that defines it.
    """

    def __init__(self, registry: Any, class_: type[Any], enclosing: Mapping[str, Any]) -> None:
        self.registry = registry
        self.class_ = class_
        self.members = collect_members(class_, enclosing)
        self.columns: list[tuple[int, Any]] = []
        self.properties: dict[str, Any] = {}
        self.copies: dict[Any, Any] = {}

    def mapped(self) -> Mapper:
        """Make the table and the mapper."""
        self._refuse_hierarchy()
        self._refuse_names_of_bases()
        options = getattr(self.class_, DATACLASS, None)
        if options is not None:
            become_dataclass(self.class_, self.members, options)
        for member in self.members.values():
            self._prepare(member)
        for member in self.members.values():
            self._evaluate(member)
        for member in self.members.values():
            self._take(member)
        table = self._table()
        options = self._mapper_arguments()
        self.properties.update(options.pop("properties", {}))
        type.__setattr__(self.class_, "__table__", table)
        self.registry.add_class(self.class_)
        try:
            mapper = Mapper(self.class_, table, registry=self.registry, properties=self.properties, **options)
        except ArgumentError:
            self.registry.remove_class(self.class_)
            raise
        self._install_constructor(mapper)
        return mapper

    def _refuse_hierarchy(self) -> None:
        for base in self.class_.__mro__[1:]:
            if MAPPER in base.__dict__:
                raise inheritance_error(self.class_, f"it is derived from the mapped class {base.__name__}")

    def _refuse_names_of_bases(self) -> None:
        for key in ("metadata", "registry"):
            if key in self.members:
                raise ArgumentError(
                    f"{self.class_.__name__}: attribute name {key!r} is reserved in declared classes",
                    why=f"{key} of a declared class is that of its base",
                    fix=f"name the attribute otherwise and its column {key!r}: other = mapped_column({key!r})",
                    code="AZ-M262",
                )

    # -- members --------------------------------------------------------------

    def _prepare(self, member: Member) -> None:
        """Give plain columns their final form, so that functions of mixins can refer to them."""
        if member.value is ABSENT:
            member.value = MappedColumn((), {})
        elif member.from_mixin and isinstance(member.value, MappedColumn | Column):
            self._copy_column(member)
        self._complete_column(member)

    def _copy_column(self, member: Member) -> None:
        original = member.value
        copied = original.copy() if isinstance(original, MappedColumn) else original._copy()
        self.copies[element_of(original)] = element_of(copied)
        member.value = copied
        type.__setattr__(self.class_, member.key, copied)

    def _complete_column(self, member: Member) -> None:
        value = member.value
        if isinstance(value, MappedColumn):
            complete_column(value, member.key, member.annotation, self.registry.types_for(self.class_, member.key))
        elif isinstance(value, Column):
            name_column(value, member.key)

    def _evaluate(self, member: Member) -> None:
        if is_declared(member.value):
            member.value = member.value.evaluate(self.class_)
            self._complete_column(member)

    def _take(self, member: Member) -> None:
        """Take a member into the columns and properties of the mapping."""
        key, value = member.key, member.value
        if isinstance(value, MappedColumn):
            self._add_column(value.column, value.sort_order)
            self.properties[key] = _property_of(value)
        elif isinstance(value, Column):
            self._add_column(value)
            self.properties[key] = ColumnProperty(value)
        elif isinstance(value, MapperProperty):
            self._take_property(member, value)

    def _take_property(self, member: Member, prop: MapperProperty) -> None:
        self.properties[member.key] = prop
        if isinstance(prop, RelationshipProperty):
            if member.annotation is not None:
                complete_relationship(prop, member.annotation, self.registry)
        elif isinstance(prop, CompositeProperty):
            declared = complete_composite(
                prop, member.annotation, self.registry.types_for(self.class_, member.key), self.class_, member.key
            )
            for column, sort_order in declared:
                self._add_column(column, sort_order)
        elif isinstance(prop, ColumnProperty):
            for column in prop.columns:
                if isinstance(column, Column) and column.table is None:
                    name_column(column, member.key)
                    self._add_column(column)

    def _add_column(self, column: Any, sort_order: int = 0) -> None:
        if not any(known is column for _, known in self.columns):
            self.columns.append((sort_order, column))

    def _where(self, key: str) -> str:
        return f"{self.class_.__name__}.{key}"

    # -- table and mapper -----------------------------------------------------

    def _table(self) -> Any:
        table = directive(self.class_, "__table__")
        if table is not None:
            if not isinstance(table, FromClause):
                raise wrong_value(f"__table__ of {self.class_.__name__}", "a Table", table)
            self._check_columns_of(table)
            return table
        name = directive(self.class_, "__tablename__")
        if name is None:
            raise InvalidRequestError(
                f"Class {self.class_.__module__}.{self.class_.__qualname__} does not have a __table__ or "
                "__tablename__ specified and does not inherit from an existing table-mapped class",
                why="it is declared under a declarative base, so it needs a table",
                fix="set __tablename__, or __abstract__ = True if it only serves as a base",
                code="AZ-M67",
            )
        arguments, options = self._table_arguments()
        metadata = getattr(self.class_, "metadata", None) or self.registry.metadata
        columns = [column for _, column in sorted(self.columns, key=lambda pair: pair[0])]
        self._refuse_duplicates(columns)
        return Table(name, metadata, *columns, *arguments, **options)

    def _check_columns_of(self, table: Any) -> None:
        for _, column in self.columns:
            if column not in set(table.c):
                raise ArgumentError(
                    f"Can't add additional column {column.name!r} to class {self.class_.__name__} when specifying "
                    "__table__",
                    why="the table is given, so its columns are",
                    fix=f"add the column to the table, or map one of it: {column.name} = __table__.c.{column.name}",
                    code="AZ-M68",
                )

    def _refuse_duplicates(self, columns: list[Any]) -> None:
        names = [column.name for column in columns]
        for name in names:
            if names.count(name) > 1:
                raise ArgumentError(
                    f"class {self.class_.__name__} declares two columns named {name!r}",
                    why="several attributes of it have a column of that name",
                    fix="give one of the columns another name, or use synonym() for a second attribute",
                    code="AZ-M69",
                )

    def _table_arguments(self) -> tuple[list[Any], dict[str, Any]]:
        given = directive(self.class_, "__table_args__")
        if given is None:
            return [], {}
        if isinstance(given, Mapping):
            return [], dict(given)
        if isinstance(given, tuple):
            if given and isinstance(given[-1], Mapping):
                return list(given[:-1]), dict(given[-1])
            return list(given), {}
        raise ArgumentError(
            f"__table_args__ of class {self.class_.__name__} must be a tuple, dict, or None",
            why=f"it is a {type(given).__name__}",
            fix="a tuple with one member needs a comma: (UniqueConstraint(...),)",
            code="AZ-M70",
        )

    def _mapper_arguments(self) -> dict[str, Any]:
        given = as_mapping(
            f"__mapper_args__ of {self.class_.__name__}", directive(self.class_, "__mapper_args__") or {}
        )
        return {name: self._own(value) for name, value in given.items()}

    def _own(self, value: Any) -> Any:
        """Exchange columns of mixins for this class's copies of them."""
        if isinstance(value, list | tuple):
            return [self._own(part) for part in value]
        if isinstance(value, MappedColumn | Column):
            column = element_of(value)
            return self.copies.get(column, column)
        return value

    def _install_constructor(self, mapper: Mapper) -> None:
        first_use = mapper.first_use
        if first_use.own is None and getattr(first_use.constructor, DEFAULT_CONSTRUCTOR, False):
            constructor = fast_constructor(self.class_, mapper.manager)
            if constructor is not None:
                first_use.give(constructor)


def _property_of(mapped: MappedColumn[Any]) -> ColumnProperty:
    options = mapped.property_options
    group = options.get("deferred_group")
    raiseload = options.get("deferred_raiseload", False)
    return ColumnProperty(
        mapped.column,
        deferred=options.get("deferred", False) or group is not None or bool(raiseload),
        group=group,
        raiseload=raiseload,
        active_history=options.get("active_history", False),
    )
