"""mapped_column(): a column declared in the body of a class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeVar

from azoth.orm.mapping.attributes.mapped import Mapped
from azoth.orm.mapping.properties.dataclass_options import FIELD_OPTIONS, UNSET, given_options
from azoth.sql.elements import SQLColumnExpression
from azoth.sql.operators import Operator
from azoth.sql.schema import Column, SchemaConst, SchemaItem, insert_sentinel
from azoth.sql.types import TypeEngine
from azoth.util.arguments import checked, no_argument
from azoth.util.signature import signature_of
from azoth.util.warning import warn

ValueT = TypeVar("ValueT")

PROPERTY_OPTIONS: Final = frozenset(
    ["deferred", "deferred_group", "deferred_raiseload", "active_history", "use_existing_column"]
)
OWN_FIELD_OPTIONS: Final = frozenset(FIELD_OPTIONS) - {"default"}
"""What the field of a dataclass is given, and the column is not."""


class MappedColumn(Mapped[ValueT], SQLColumnExpression[Any]):
    """A column as it stands in the body of a class; the annotation completes it.

    Args:
        arguments: the positional arguments of Column.
        options: the keyword arguments of ``mapped_column()`` that were given.

    Attributes:
        column: the column; the annotation adds type, name and nullability to it.
    """

    def __init__(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        self.arguments = arguments
        self.column_options: dict[str, Any] = {}
        self.property_options: dict[str, Any] = {}
        self._dataclass_options: dict[str, Any] = {}
        self.served_default: Any = UNSET
        self.sort_order: int = options.pop("sort_order", 0)
        for name, value in options.items():
            if name in PROPERTY_OPTIONS:
                self.property_options[name] = value
            elif name in OWN_FIELD_OPTIONS:
                self._dataclass_options[name] = value
            else:
                self.column_options[name] = value
        if "default" in options:
            self._dataclass_options["default"] = options["default"]
        self.column: Column[Any] = Column(*arguments, **self.column_options)

    @property
    def has_given_type(self) -> bool:
        """Whether the type was given, rather than left to the annotation."""
        return not _is_null(self.column.type)

    @property
    def has_given_nullable(self) -> bool:
        """Whether ``nullable`` was given, rather than left to the annotation."""
        return "nullable" in self.column_options

    def merge(self, template: MappedColumn[Any]) -> None:
        """Take over what an ``Annotated`` type declares, where nothing was said here.

        Args:
            template: the ``mapped_column()`` in the annotation's type.
        """
        copied = template.column._copy()
        inherited = [fk._copy() for fk in template.column.foreign_keys] if not self.column.foreign_keys else []
        options = {**template.column_options, **self.column_options}
        if "default" in self.column_options and "insert_default" not in self.column_options:
            # Both say what is inserted; what stands with the attribute counts.
            options.pop("insert_default", None)
        given = self.column.type if self.has_given_type else copied.type
        positional = [part for part in self.arguments if part is not None and not isinstance(part, str)]
        own_items = [part for part in positional if not _is_type(part)]
        constraints = [constraint._copy() for constraint in template.column.constraints]
        name = self.column.name or template.column.name
        options = {key: value for key, value in options.items() if key not in ("name", "type_")}
        # The column object stays the same, since indexes in the class body may refer to it already.
        Column.__init__(
            self.column,
            *own_items,
            *inherited,
            *constraints,
            name=name,
            type_=None if _is_null(given) else given,
            **options,
        )
        self.column_options = options
        self.property_options = {**template.property_options, **self.property_options}
        for option in template._dataclass_options.keys() & OWN_FIELD_OPTIONS:
            warn(
                f"mapped_column({option}=...) within Annotated has no effect",
                why="a class is made a dataclass before the columns are completed from types that they share",
                fix="write it in the class, with the attribute",
                code="AZ-M363",
            )
        self.sort_order = self.sort_order or template.sort_order

    def copy(self) -> MappedColumn[ValueT]:
        """Copy it for another class (mixins declare columns for several)."""
        copied: MappedColumn[ValueT] = object.__new__(MappedColumn)
        copied.__dict__.update(self.__dict__)
        copied.column = self.column._copy()
        return copied

    def __clause_element__(self) -> Column[Any]:
        """Give the column."""
        return self.column

    @property
    def foreign_keys(self) -> Any:
        """The foreign keys of the column."""
        return self.column.foreign_keys

    @property
    def name(self) -> str:
        """The name of the column."""
        return self.column.name

    def operate(self, op: Operator, *other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with the column on its left side."""
        return op(self.column, *other, **kwargs)

    def reverse_operate(self, op: Operator, other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator with the column on its right side."""
        return self.column.reverse_operate(op, other, **kwargs)

    def label(self, name: str | None) -> Any:
        """Give the column a name in a result."""
        return self.column.label(name)

    def __hash__(self) -> int:
        return id(self)


def orm_insert_sentinel(
    name: str | None = None,
    type_: TypeEngine[Any] | type[TypeEngine[Any]] | None = None,
    *,
    default: object = None,
    omit_from_statements: bool = True,
) -> MappedColumn[Any]:
    """Declare a column by which the rows of one INSERT of many can be told apart, where a database needs one for that.

    Nothing is written to it on databases that give such rows back in order, as SQLite does. The column is in the table
    alone: objects have no such attribute, unless ``omit_from_statements=False`` says so.

    Args:
        name: its name in the table.
        type_: its type; Integer by default.
        default: as for every column.
        omit_from_statements: whether a SELECT of the whole table, and an INSERT without values, leave it out.
    """
    column = insert_sentinel(name, type_, default=default, omit_from_statements=omit_from_statements)
    options: dict[str, Any] = {"insert_sentinel": True, "_omit_from_statements": omit_from_statements, "nullable": True}
    if default is not None:
        options["default"] = default
    return MappedColumn((name, column.type), options)


@checked
def mapped_column(
    *args: str | TypeEngine[Any] | type[TypeEngine[Any]] | SchemaItem | None,
    init: bool = UNSET,
    repr: bool = UNSET,
    default: Any = UNSET,
    default_factory: Callable[[], Any] = UNSET,
    compare: bool = UNSET,
    kw_only: bool = UNSET,
    hash: bool | None = UNSET,
    nullable: bool | SchemaConst | None = UNSET,
    primary_key: bool | None = UNSET,
    deferred: bool = UNSET,
    deferred_group: str | None = UNSET,
    deferred_raiseload: bool | None = UNSET,
    use_existing_column: bool = UNSET,
    name: str | None = UNSET,
    type_: TypeEngine[Any] | type[TypeEngine[Any]] | None = UNSET,
    autoincrement: bool | Literal["auto", "ignore_fk"] = UNSET,
    doc: str | None = UNSET,
    key: str | None = UNSET,
    index: bool | None = UNSET,
    unique: bool | None = UNSET,
    info: dict[Any, Any] | None = UNSET,
    onupdate: Any = UNSET,
    insert_default: Any = UNSET,
    server_default: Any = UNSET,
    server_onupdate: Any = UNSET,
    active_history: bool = UNSET,
    quote: bool | None = UNSET,
    system: bool = UNSET,
    comment: str | None = UNSET,
    sort_order: int = UNSET,
    dataclass_metadata: Mapping[Any, Any] | None = UNSET,
    insert_sentinel: bool = UNSET,
    **kw: Any,
) -> MappedColumn[Any]:
    """Declare a column of a mapped class.

    What is left out is as the annotation says, then as the ``mapped_column()`` of its ``Annotated`` type, then as for
    Column.

    Args:
        args: as for Column: name, type, ForeignKey and others; all may be left out where ``Mapped[...]`` tells.
        nullable, primary_key, name, type_, autoincrement, doc, key, index, unique, info: as for Column.
        onupdate, server_default, server_onupdate, quote, system, comment, insert_sentinel: as for Column.
        default: as for Column; in classes that are mapped as dataclasses, also the default in the constructor.
        insert_default: the ``default`` of the column, where that of the constructor is another one.
        deferred: whether the value is loaded only when it is read.
        deferred_group: the name of deferred attributes that are loaded together; the attribute is deferred then.
        deferred_raiseload: whether reading the value raises instead of loading it; the attribute is deferred then.
        active_history: whether the old value is loaded before it is replaced.
        use_existing_column: whether the column that the table has already is meant, where there is one.
        sort_order: the place in the table: columns with lower numbers come first; 0 where it is left out.
        init, repr, default_factory, compare, kw_only, hash: as for ``dataclasses.field()``, in classes that are mapped
            as dataclasses.
        dataclass_metadata: the ``metadata`` of the field.
        kw: options of a database, as for Column: ``sqlite_on_conflict_unique="IGNORE"``.

    Returns:
        the declaration; on the mapped class the attribute stands in its place.

    Raises:
        TypeError: an argument is unknown.
    """
    options = given_options(locals(), OPTIONS)
    for option in kw:
        if "_" not in option:
            raise no_argument("mapped_column()", option, OPTIONS)
    return MappedColumn(args, options | kw)


OPTIONS: Final = signature_of(mapped_column).defaults
"""The arguments of ``mapped_column()`` that have a name."""


def _is_null(type_: Any) -> bool:
    return getattr(type_, "__visit_name__", None) == "null"


def _is_type(argument: Any) -> bool:
    return hasattr(argument, "bind_processor")
