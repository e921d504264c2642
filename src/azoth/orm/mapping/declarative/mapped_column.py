"""mapped_column(): a column declared in the body of a class."""

from __future__ import annotations

from typing import Any, TypeVar

from azoth.orm.mapping.attributes.mapped import Mapped
from azoth.sql.elements import SQLColumnExpression
from azoth.sql.operators import Operator
from azoth.sql.schema import Column
from azoth.util.arguments import check_flag, check_function, no_argument, wrong_value
from azoth.util.signature import signature_of

ValueT = TypeVar("ValueT")

PROPERTY_OPTIONS = frozenset(
    ["deferred", "deferred_group", "deferred_raiseload", "active_history", "use_existing_column"]
)
DATACLASS_OPTIONS = frozenset(["init", "repr", "default_factory", "compare", "kw_only", "hash", "dataclass_metadata"])
COLUMN_OPTIONS = frozenset(signature_of(Column.__init__).defaults) - {"self"}


class MappedColumn(Mapped[ValueT], SQLColumnExpression[Any]):
    """A column as it stands in the body of a class; the annotation completes it.

    Args:
        arguments: the positional arguments of Column.
        options: the keyword arguments of Column, of the attribute and of the dataclass field.

    Attributes:
        column: the column; the annotation adds type, name and nullability to it.
    """

    def __init__(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        self.arguments = arguments
        self.column_options: dict[str, Any] = {}
        self.property_options: dict[str, Any] = {}
        self.dataclass_options: dict[str, Any] = {}
        self.sort_order: int = options.pop("sort_order", 0)
        if not isinstance(self.sort_order, int):
            raise wrong_value("mapped_column(): sort_order", "a whole number", self.sort_order)
        for name, value in options.items():
            if name in PROPERTY_OPTIONS:
                self.property_options[name] = value
            elif name in DATACLASS_OPTIONS:
                self.dataclass_options[name] = value
            else:
                if name not in COLUMN_OPTIONS and "_" not in name:
                    raise no_argument("mapped_column()", name, COLUMN_OPTIONS | PROPERTY_OPTIONS | DATACLASS_OPTIONS)
                self.column_options[name] = value
        _check(options)
        if "default" in options:
            self.dataclass_options["default"] = options["default"]
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
        self.dataclass_options = {**template.dataclass_options, **self.dataclass_options}
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


def mapped_column(*arguments: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a column of a mapped class.

    Args:
        arguments: as for Column: name, type, ForeignKey and others; all may be left out where ``Mapped[...]`` tells.
        options: as for Column; for the attribute ``deferred``, ``deferred_group``, ``deferred_raiseload``,
            ``active_history``; ``sort_order`` for the order in the table; for dataclasses ``init``, ``repr``,
            ``default_factory``, ``compare``, ``kw_only``, ``hash``.

    Returns:
        the declaration; on the mapped class the attribute stands in its place.
    """
    return MappedColumn(arguments, options)


def _check(options: dict[str, object]) -> None:
    for name in ("deferred", "deferred_raiseload", "active_history", "use_existing_column"):
        check_flag(f"mapped_column(): {name}", options.get(name))
    if not isinstance(options.get("deferred_group"), str | None):
        raise wrong_value("mapped_column(): deferred_group", "a text", options["deferred_group"])
    if options.get("default_factory") is not None:
        check_function("mapped_column(): default_factory", options["default_factory"])


def _is_null(type_: Any) -> bool:
    return getattr(type_, "__visit_name__", None) == "null"


def _is_type(argument: Any) -> bool:
    return hasattr(argument, "bind_processor")
