"""From a class body to a mapped class: table, properties, mapper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from azoth.exc import ArgumentError, DuplicateColumnError, InvalidRequestError
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.declarative.annotated_properties import complete_composite, complete_relationship
from azoth.orm.mapping.declarative.annotations.bare_annotations import refuse_bare_annotations
from azoth.orm.mapping.declarative.annotations.mapped_annotation import enclosing_variables
from azoth.orm.mapping.declarative.columns import complete_column, name_column
from azoth.orm.mapping.declarative.constructor import DEFAULT_CONSTRUCTOR, fast_constructor
from azoth.orm.mapping.declarative.declared_attr import evaluating, is_declared
from azoth.orm.mapping.declarative.from_base import metadata_of
from azoth.orm.mapping.declarative.mapped_column import MappedColumn
from azoth.orm.mapping.declarative.mapped_dataclass import (
    DATACLASS,
    become_dataclass,
    refuse_field_options,
    refuse_plain_mixins,
)
from azoth.orm.mapping.declarative.member_warnings import (
    shared_declarations,
    warn_of_cascading,
    warn_of_expression,
    warn_of_reserved_names,
)
from azoth.orm.mapping.declarative.members import ABSENT, Member, collect_members, directive, mapped_base
from azoth.orm.mapping.lookup import DECLARATION, DEFERS, MAPPER
from azoth.orm.mapping.mapper.mapper import Mapper
from azoth.orm.mapping.mapper.mapper_options import refuse_unknown_options
from azoth.orm.mapping.properties.column_property import ColumnProperty
from azoth.orm.mapping.properties.dataclass_options import UNSET
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.orm.mapping.properties.relationship import RelationshipProperty
from azoth.sql.schema import Column, Table
from azoth.sql.selectable import FromClause
from azoth.util.arguments import as_mapping, wrong_value
from azoth.util.computed_once import computed_once

if TYPE_CHECKING:
    from azoth.orm.mapping.properties.composite import CompositeProperty
    from azoth.sql.elements import ColumnElement


def map_declared_class(registry: Any, class_: type[Any]) -> Mapper | None:
    """Map a class as its body declares.

    Args:
        registry: the registry that the class belongs to.
        class_: the class.

    Returns:
        its mapper; None for an abstract class, and for one that waits. A class waits whose class method
        ``__defers_mapping__(declaration)`` says so: until somebody calls the declaration's ``mapped()``, where that
        method has called its ``declare()``, else ``registry.map_declaratively()``.

    Raises:
        InvalidRequestError: the class has no table.
        ArgumentError: the declaration is wrong.
    """
    if class_.__dict__.get("__abstract__", False):
        return None
    waiting: Declaration | None = class_.__dict__.get(DECLARATION)
    if waiting is not None:
        return waiting.mapped()
    declaration = Declaration(registry, class_, enclosing_variables())
    if (defers := getattr(class_, DEFERS, None)) is not None and defers(declaration):
        return None
    return declaration.mapped()


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
        self.columns: list[tuple[int, Any]] = []
        self.properties: dict[str, Any] = {}
        self.copies: dict[Any, Any] = {}
        self.evaluated: dict[Any, Any] = {}
        self._enclosing: Mapping[str, Any] | None = enclosing

    @computed_once
    def base(self) -> type[Any] | None:
        """The class from which the class is derived, mapped or waiting for that."""
        return mapped_base(self.class_)

    @computed_once
    def members(self) -> dict[str, Member]:
        """What the class and its mixins declare."""
        enclosing, self._enclosing = self._enclosing, None
        assert enclosing is not None
        return collect_members(self.class_, enclosing, self.base)

    @computed_once
    def table(self) -> FromClause | None:
        """The table of the class; None where it shares that of its base.

        State: ``properties`` is filled, and the class has its ``__table__``.
        """
        warn_of_reserved_names(self.class_, self.members)
        warn_of_cascading(self.class_, self.members)
        for member in self.members.values():
            self._prepare(member)
        for member in self.members.values():
            self._evaluate(member)
        options = getattr(self.class_, DATACLASS, None)
        if options is not None:
            self._refuse_given_table()
            refuse_plain_mixins(self.class_, self.members)
            become_dataclass(self.class_, self.members, options)
        else:
            refuse_field_options(self.class_, self.members)
            refuse_bare_annotations(self.class_, self.members)
        left_out = shared_declarations(self.class_, self.members)
        for key, member in self.members.items():
            if key not in left_out:
                self._take(member)
        table = self._table()
        if table is not None:
            type.__setattr__(self.class_, "__table__", table)
        return table

    def declare(self) -> FromClause | None:
        """Make the table of a class that is mapped later, by ``mapped()``; others can name the class from now on.

        Returns:
            the table; None where the class shares that of its base.
        """
        with evaluating(self.class_, self.evaluated):
            table = self.table
        type.__setattr__(self.class_, DECLARATION, self)
        self.registry.add_class(self.class_)
        return table

    def mapped(self) -> Mapper:
        """Make the table, where that has not happened yet, and the mapper."""
        with evaluating(self.class_, self.evaluated):
            table = self.table
            # The options may name columns that the table has got since it was declared.
            options = self._mapper_arguments()
            self.properties.update(options.pop("properties", {}))
            refuse_unknown_options(self.class_, options)
            if self.base is not None:
                options.setdefault("inherits", self.base)
            self.registry.add_class(self.class_)
            try:
                make = getattr(self.class_, "__mapper_cls__", Mapper)
                mapper: Mapper = make(self.class_, table, registry=self.registry, properties=self.properties, **options)
            except Exception:
                self.registry.remove_class(self.class_)
                raise
            self._install_constructor(mapper)
        if DECLARATION in self.class_.__dict__:
            type.__delattr__(self.class_, DECLARATION)
        return mapper

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
            if hasattr(member.value, "extension_type") and not isinstance(member.value, MapperProperty):
                # A descriptor of an extension stands on the class as it does in a class body.
                type.__setattr__(self.class_, member.key, member.value)
                named = getattr(member.value, "__set_name__", None)
                if named is not None:
                    named(self.class_, member.key)
                return
            warn_of_expression(self.class_, member.key, member.value)
            if not member.from_mixin and _says_enough(member.value):
                # As in SQLAlchemy, whose schemas are to be the same; in mixins the annotation always counts.
                member.annotation = None
            self._complete_column(member)

    def _take(self, member: Member) -> None:
        """Take a member into the columns and properties of the mapping."""
        key, value = member.key, member.value
        if isinstance(value, MappedColumn):
            may_be_there = bool(value.property_options.get("use_existing_column"))
            column = self._existing(value.column, member, may_be_there=may_be_there)
            self._add_column(column, value.sort_order)
            if not column._omit_from_statements:
                self.properties[key] = _property_of(value, column)
        elif isinstance(value, Column):
            column = self._existing(value, member)
            self._add_column(column)
            self.properties[key] = ColumnProperty(column)
        elif isinstance(value, MapperProperty):
            self._take_property(member, value)

    def _existing(self, column: Column[Any], member: Member, *, may_be_there: bool = False) -> Column[Any]:
        """Find the column that a table has already, where that is the one that a declaration means.

        Args:
            column: the column as it is declared.
            member: the declaration.
            may_be_there: whether the declaration says so itself (``use_existing_column``).
        """
        is_late = hasattr(self.class_, DEFERS)
        if not (member.from_mixin or may_be_there or is_late):
            return column
        existing, table = None, self.given_table
        if table is not None:
            existing = table.c.get(column.name) if isinstance(table, FromClause) else None
        elif (may_be_there or is_late) and self.base is not None and directive(self.class_, "__tablename__") is None:
            # The table of the base; where that was read from the database, it has what derived classes declare, too.
            existing = _table_of(self.base).c.get(column.name)
        return column if existing is None else existing

    def _take_property(self, member: Member, prop: MapperProperty) -> None:
        self.properties[member.key] = prop
        if isinstance(prop, RelationshipProperty) and member.annotation is not None:
            complete_relationship(prop, member.annotation, self.registry)
        elif prop.is_composite:
            declared = complete_composite(
                cast("CompositeProperty", prop),
                member.annotation,
                self.registry.types_for(self.class_, member.key),
                self.class_,
                member.key,
            )
            for column, sort_order in declared:
                self._add_column(column, sort_order)
        elif isinstance(prop, ColumnProperty):
            for column in prop.columns:
                if isinstance(column, Column) and column.table is None:
                    name_column(column, member.key)
                    self._add_column(column)

    def _add_column(self, column: ColumnElement[Any], sort_order: int = 0) -> None:
        if not any(known is column for _, known in self.columns):
            self.columns.append((sort_order, column))

    # -- table and mapper -----------------------------------------------------

    @computed_once
    def given_table(self) -> object:
        """What the class has for ``__table__``; None where it has nothing."""
        return directive(self.class_, "__table__")

    def _refuse_given_table(self) -> None:
        """Refuse a dataclass that has its table already: nothing tells which of the columns are fields of it."""
        if self.given_table is not None:
            raise InvalidRequestError(
                f"class {self.class_.__name__} has a __table__, and cannot become a dataclass",
                why="its fields are its annotated attributes, of which the columns are made",
                fix="declare the columns in the class, or leave the options of dataclasses and MappedAsDataclass out",
                code="AZ-M412",
            )

    def _table(self) -> FromClause | None:
        table = self.given_table
        if table is not None:
            if not isinstance(table, FromClause):
                raise wrong_value(f"__table__ of {self.class_.__name__}", "a Table", table)
            self._check_columns_of(table)
            return table
        name = directive(self.class_, "__tablename__")
        if name is not None and (made := self._make_table(name)) is not None:
            return made
        if self.base is None or self._mapper_arguments().get("concrete"):
            raise InvalidRequestError(
                f"Class {self.class_.__module__}.{self.class_.__qualname__} does not have a __table__ or "
                "__tablename__ specified and does not inherit from an existing table-mapped class",
                why="it is declared under a declarative base, so it needs a table",
                fix="set __tablename__, or __abstract__ = True if it only serves as a base",
                code="AZ-M67",
            )
        self._share_table(self.base)
        return None

    def _make_table(self, name: str) -> FromClause | None:
        """Make the table of the class; None where its ``__table_cls__`` makes none."""
        arguments, options = self._table_arguments()
        metadata = metadata_of(self.class_) or self.registry.metadata
        make = getattr(self.class_, "__table_cls__", Table)
        columns = [column for _, column in sorted(self.columns, key=lambda pair: pair[0])]
        self._refuse_duplicates(columns)
        made: FromClause | None = make(name, metadata, *columns, *arguments, **options)
        return made

    def _share_table(self, base: type[Any]) -> None:
        """Add the columns of a class to the table of its base.

        Raises:
            ArgumentError: the table has such a column already, or the class has arguments for a table of its own.
        """
        if "__table_args__" in self.class_.__dict__ and self._table_arguments() != ([], {}):
            raise ArgumentError(
                f"Can't place __table_args__ on class {self.class_.__name__}, which has no table",
                why=f"it shares the table of {base.__name__}",
                fix=f"put them on {base.__name__}, or give the class a __tablename__",
                code="AZ-M329",
            )
        mapper = base.__dict__.get(MAPPER)
        table = _table_of(base)
        added = [column for _, column in sorted(self.columns, key=lambda pair: pair[0])]
        self._check_added(base, table, [column for column in added if column.table is None])
        for column in added:
            if column.table is None and column.name in table.c:
                raise ArgumentError(
                    f"Column {column.name!r} on class {self.class_.__name__} conflicts with existing column "
                    f"'{table.name}.{column.name}'",
                    why=f"the class shares the table of {base.__name__}, where another class has such a column",
                    fix="write mapped_column(use_existing_column=True) where both mean the same, or name one of them "
                    "otherwise",
                    code="AZ-M330",
                )
            if column.table is None:
                (table if mapper is None else mapper).append_column(column)
                self._map_added(column)

    def _map_added(self, column: Column[Any]) -> None:
        """Map a column of the base's table that only a composite declares; others have attributes of their own."""
        mapped = [one for prop in self.properties.values() if isinstance(prop, ColumnProperty) for one in prop.columns]
        if not any(one is column for one in mapped) and not column._omit_from_statements:
            self.properties[column.key] = ColumnProperty(column)

    def _check_added(self, base: type[Any], table: FromClause, columns: list[Any]) -> None:
        """Refuse columns that a class cannot add to the table of its base."""
        if columns and not isinstance(table, Table):
            raise ArgumentError(
                f"Can't declare columns on single-table-inherited subclass {self.class_.__name__}; superclass "
                f"{base.__name__} is not mapped to a Table",
                why=f"the class shares what {base.__name__} is mapped to, and columns are added to tables only",
                fix="give the class a __tablename__, or map the column with the base",
                code="AZ-M347",
            )
        for column in columns:
            if column.primary_key:
                raise ArgumentError(
                    f"Can't place primary key column {column.name!r} on class {self.class_.__name__}, which has no "
                    "table",
                    why=f"it shares the table of {base.__name__}, whose rows have their key already",
                    fix="give the class a __tablename__, or leave primary_key out",
                    code="AZ-M348",
                )

    def _check_columns_of(self, table: FromClause) -> None:
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
                raise DuplicateColumnError(
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

    def _own(self, value: object) -> Any:
        """Exchange columns of mixins for this class's copies of them."""
        if isinstance(value, list | tuple):
            return [self._own(part) for part in value]
        if isinstance(value, MappedColumn | Column):
            column = element_of(value)
            return self.copies.get(column, column)
        return value

    def _install_constructor(self, mapper: Mapper) -> None:
        first_use = mapper.first_use
        constructor = first_use.constructor
        while not hasattr(constructor, DEFAULT_CONSTRUCTOR) and hasattr(constructor, "__wrapped__"):
            # That of the base class, whose own mapping stands before it until it is configured.
            constructor = constructor.__wrapped__
        if first_use.own is not None:
            return
        has_none = constructor is object.__init__
        if has_none:
            constructor = self.registry.constructor
        fast = None
        if getattr(constructor, DEFAULT_CONSTRUCTOR, False):
            fast = fast_constructor(self.class_, mapper.manager)
        if fast is not None:
            first_use.lend(fast)
        elif has_none and constructor is not None:
            first_use.lend(constructor)


def _table_of(base: type[Any]) -> Any:
    """Find the table of a class that is mapped or waits for that: its own, or the one that it shares."""
    mapper: Mapper | None = base.__dict__.get(MAPPER)
    return getattr(base, "__table__") if mapper is None else mapper.local_table  # noqa: B009


def _says_enough(value: object) -> bool:
    """Tell whether what a method returned is a column that needs no annotation to have a type."""
    if isinstance(value, MappedColumn):
        return value.has_given_type or bool(value.column.foreign_keys)
    return isinstance(value, Column)


def _property_of(mapped: MappedColumn[Any], column: Column[Any]) -> ColumnProperty:
    options = mapped.property_options
    group = options.get("deferred_group")
    raiseload = options.get("deferred_raiseload", False)
    prop = ColumnProperty(
        column,
        deferred=options.get("deferred", False) or group is not None or bool(raiseload),
        group=group,
        raiseload=raiseload,
        active_history=options.get("active_history", False),
    )
    if mapped.served_default is not UNSET:
        prop.served_default = mapped.served_default
    return prop
