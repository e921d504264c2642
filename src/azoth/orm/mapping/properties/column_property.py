"""ColumnProperty: an attribute that holds a column, several equal columns, or a SQL expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, Final, TypeVar

from azoth.exc import ArgumentError, AzothDeprecationWarning
from azoth.orm.mapping.attributes.column_attribute import ColumnAttribute
from azoth.orm.mapping.attributes.comparator import PropComparator
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.attributes.join_marks import in_terms_of_tables
from azoth.orm.mapping.attributes.mapped import Mapped
from azoth.orm.mapping.properties.dataclass_options import FIELD_OPTIONS, UNSET, given_options
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.sql.elements import ColumnElement, SQLColumnExpression, null
from azoth.sql.schema import Column
from azoth.sql.selectable import SelectBase
from azoth.util.arguments import checked
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.attribute import Attribute
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager

ValueT = TypeVar("ValueT")

READ_ONLY: Final = frozenset({"init", "default", "default_factory", "kw_only"})
"""Options of fields that say how a constructor writes them."""


class ColumnProperty(MapperProperty):
    """An attribute whose value comes from a column.

    Args:
        column: the column, or a SQL expression.
        additional_columns: further columns that hold the same value, of joined tables.
        deferred: whether the value is loaded only when it is read.
        group: the name of deferred attributes that are loaded together.
        raiseload: whether reading a deferred value raises instead of loading it.
        comparator_factory: a class with the attribute's operators.
        active_history: whether the old value is loaded before it is replaced.
        expire_on_flush: whether an expression is computed anew after a flush.
        info: the user's own dictionary.
        doc: the documentation of the attribute.

    Attributes:
        is_expression: whether the value is computed by the database rather than stored in a column.
        is_left_to_queries: whether it has a value only where a query gives an expression for it.
    """

    is_column = True
    is_left_to_queries = False
    served_default: Any = UNSET
    """The default of the field in a dataclass, where its constructor leaves it to the attribute."""

    Comparator = PropComparator

    def __init__(
        self,
        column: Any,
        *additional_columns: Any,
        group: str | None = None,
        deferred: bool = False,
        raiseload: bool = False,
        comparator_factory: Any = None,
        active_history: bool = False,
        expire_on_flush: bool = True,
        info: dict[Any, Any] | None = None,
        doc: str | None = None,
    ) -> None:
        super().__init__(info=info, doc=doc)
        self.columns: list[Any] = [_column_expression(one) for one in (column, *additional_columns)]
        self.deferred = deferred
        self.group = group
        self.raiseload = raiseload
        self.comparator_factory = comparator_factory
        self._active_history = active_history
        self.expire_on_flush = expire_on_flush
        self.is_expression = False

    @property
    def active_history(self) -> bool:
        """Whether the old value is loaded before it is replaced; set later, it holds from then on."""
        return self._active_history

    @active_history.setter
    def active_history(self, active_history: bool) -> None:
        self._active_history = active_history
        parent: Any = getattr(self, "parent", None)
        for mapper in () if parent is None else parent.self_and_descendants:
            attribute = mapper.manager.attributes.get(self.key)
            if attribute is not None and attribute.property is self:
                _keep_history(mapper.manager, attribute, active_history)

    @property
    def expression(self) -> Any:
        """The first column, or the SQL expression."""
        return self.columns[0]

    def attach(self, mapper: Any, key: str) -> None:
        """Join a mapping: make and install the attribute of the class."""
        self.belong(mapper, key)
        if self.doc is None:
            self.doc = getattr(self.columns[0], "doc", None)
        if self.is_expression and self.columns[0].key != key:
            self.columns[0] = self.columns[0].label(key)
        self.attach_attribute(mapper, key)

    def attach_attribute(self, mapper: Any, key: str) -> None:
        """Make and install the attribute of a class, the one of the mapping or one that is derived from it."""
        attribute: ColumnAttribute[Any] = ColumnAttribute(mapper.class_, key, mapper, self, self.columns[0])
        attribute.__doc__ = self.doc
        attribute.loads_replaced = self.active_history
        if self.served_default is not UNSET:
            attribute.serves_default, attribute.served_default = True, self.served_default
        mapper.instrument(attribute, plain=not self.active_history)

    def configure(self) -> None:
        """Be configured: a column needs no other class."""
        self.configured = True

    def with_columns(self, *columns: Any) -> ColumnProperty:
        """Copy the property for a derived class, in which it stands for these columns."""
        other = copy(self)
        other.columns = list({id(column): column for column in columns}.values())
        return other


def _keep_history(manager: ClassManager, attribute: Attribute, active_history: bool) -> None:
    attribute.active_history = active_history
    key = attribute.key
    if active_history and key in manager.plain:
        manager.watch(key)
    elif not active_history and key in manager.watched and attribute.listeners is None and not attribute.validators:
        manager.unwatch(key)


class MappedSQLExpression(ColumnProperty, Mapped[ValueT]):
    """A column property as it stands in the body of a declared class."""

    def __clause_element__(self) -> ColumnElement[ValueT]:
        """Give the column or expression, so that constraints and expressions in the same body can name it."""
        element: ColumnElement[ValueT] = self.columns[0]
        return element


@checked
def column_property(
    column: SQLColumnExpression[ValueT] | Mapped[ValueT] | SelectBase,
    *additional_columns: Any,
    group: str | None = None,
    deferred: bool = False,
    raiseload: bool = False,
    comparator_factory: Any = None,
    init: bool = UNSET,
    repr: bool = UNSET,
    default: Any = UNSET,
    default_factory: Callable[[], Any] = UNSET,
    compare: bool = UNSET,
    kw_only: bool = UNSET,
    hash: bool | None = UNSET,
    active_history: bool = False,
    expire_on_flush: bool = True,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
    dataclass_metadata: Mapping[Any, Any] | None = UNSET,
    extension: Any = None,
) -> MappedSQLExpression[ValueT]:
    """Map a column or a SQL expression as an attribute.

    Args:
        column: the column, an expression, or a scalar subquery.
        additional_columns: further columns that hold the same value.
        group, deferred, raiseload, comparator_factory: as for ColumnProperty.
        active_history, expire_on_flush, info, doc: likewise.
        repr, compare, hash: as for ``dataclasses.field()``, in classes that are mapped as dataclasses.
        dataclass_metadata: the ``metadata`` of the field.
        init, default, default_factory, kw_only: deprecated and without effect: the constructor of a dataclass has no
            argument for the attribute, which is there to be read.
        extension: an AttributeExtension, or a list of them (classic).
    """
    field = given_options(locals(), FIELD_OPTIONS)
    for option in READ_ONLY & field.keys():
        warn(
            f"column_property(): {option} has no effect",
            why="the attribute is there to be read, so that the constructor of a dataclass has no argument for it",
            fix="leave it out; what is written by the constructor can be a mapped_column(), or deferred()",
            code="AZ-M360",
            category=AzothDeprecationWarning,
        )
        del field[option]
    if raiseload and not deferred:
        raise ArgumentError(
            "column_property(): raiseload would have no effect",
            why="a column that is loaded with its object is not loaded when it is read",
            fix="add deferred=True",
            code="AZ-M303",
        )
    prop: MappedSQLExpression[ValueT] = MappedSQLExpression(
        column,
        *additional_columns,
        group=group,
        deferred=deferred,
        raiseload=raiseload,
        comparator_factory=comparator_factory,
        active_history=active_history,
        expire_on_flush=expire_on_flush,
        info=info,
        doc=doc,
    )
    prop._dataclass_options = field
    prop.in_constructor = False
    prop.extension = extension
    return prop


@checked
def deferred(
    column: SQLColumnExpression[ValueT] | Mapped[ValueT] | SelectBase,
    *additional_columns: Any,
    group: str | None = None,
    raiseload: bool = False,
    comparator_factory: Any = None,
    init: bool = UNSET,
    repr: bool = UNSET,
    default: Any = UNSET,
    default_factory: Callable[[], Any] = UNSET,
    compare: bool = UNSET,
    kw_only: bool = UNSET,
    hash: bool | None = UNSET,
    active_history: bool = False,
    expire_on_flush: bool = True,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
    dataclass_metadata: Mapping[Any, Any] | None = UNSET,
) -> MappedSQLExpression[ValueT]:
    """Map a column or a SQL expression that is loaded only when it is read.

    Args:
        column, additional_columns: as for ``column_property()``.
        group: the name of deferred attributes that are loaded together.
        raiseload: whether reading the value raises instead of loading it.
        comparator_factory, active_history, expire_on_flush, info, doc: as for ColumnProperty.
        init, repr, default, default_factory, compare, kw_only, hash: as for ``dataclasses.field()``, in classes that
            are mapped as dataclasses.
        dataclass_metadata: the ``metadata`` of the field.

    Emits: one SELECT on first access, for all attributes of the same group.
    """
    prop: MappedSQLExpression[ValueT] = MappedSQLExpression(
        column,
        *additional_columns,
        group=group,
        deferred=True,
        raiseload=raiseload,
        comparator_factory=comparator_factory,
        active_history=active_history,
        expire_on_flush=expire_on_flush,
        info=info,
        doc=doc,
    )
    prop._dataclass_options = given_options(locals(), FIELD_OPTIONS)
    return prop


@checked
def query_expression(
    default_expr: Any = None,
    *,
    repr: bool = UNSET,
    compare: bool = UNSET,
    expire_on_flush: bool = True,
    info: dict[Any, Any] | None = None,
    doc: str | None = None,
) -> MappedSQLExpression[Any]:
    """Map an attribute whose expression a query supplies.

    Args:
        default_expr: the expression where a query supplies none; NULL by default.
        repr, compare: as for ``dataclasses.field()``, in classes that are mapped as dataclasses, whose constructor has
            no argument for the attribute.
        expire_on_flush, info, doc: as for ColumnProperty.
    """
    expression = null() if default_expr is None else default_expr
    prop: MappedSQLExpression[Any] = MappedSQLExpression(
        expression, expire_on_flush=expire_on_flush, info=info, doc=doc
    )
    prop.strategy_wildcard_key = "query_expression"
    prop.is_left_to_queries = default_expr is None
    prop._dataclass_options = given_options(locals(), ("repr", "compare"))
    prop.in_constructor = False
    return prop


def _column_expression(subject: Any) -> ColumnElement[Any]:
    if isinstance(subject, Column):
        return subject
    element = element_of(subject)
    if getattr(element, "is_select", False):
        element = element.scalar_subquery()
    if not isinstance(element, ColumnElement):
        raise ArgumentError(
            f"column_property() got {type(subject).__name__}, which is neither a column nor a SQL expression",
            why="the attribute's value comes from the database",
            fix="pass a column, an expression of columns, or select(...).scalar_subquery()",
            code="AZ-M03",
        )
    # A class may be selected from more than the tables of its columns; the mapping is about these.
    expression: ColumnElement[Any] = in_terms_of_tables(element)
    return expression
