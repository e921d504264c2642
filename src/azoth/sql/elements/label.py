"""Label: a name for an expression in the result."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth import exc
from azoth.sql.cache_key import UNCACHEABLE, Shape
from azoth.sql.elements.column_element import ColumnElement, ValueT
from azoth.sql.elements.grouping import Grouping
from azoth.sql.elements.label_reference import LabelReference
from azoth.sql.operators import Operator, as_
from azoth.sql.types import NULLTYPE, TypeEngine, to_instance
from azoth.util.arguments import check_text

__all__ = ["Label"]


class Label(ColumnElement[ValueT]):
    """An expression with a name: ``element AS name``.

    Args:
        name: the name; None makes one up when the statement is compiled.
        element: the expression.
        type_: its type where it is not the expression's own.
    """

    __visit_name__: ClassVar[str] = "label"
    _fields: ClassVar[tuple[str, ...]] = ("name", "element", "type")

    def __init__(self, name: str | None, element: Any, type_: Any = None) -> None:
        if name is not None:
            check_text("label(): name", name, "give the name, or None for one that is made up")
        while isinstance(element, Label):
            element = element.element
        self.name = name
        self.key = name
        grouped = element.self_group(against=as_)
        self.element: ColumnElement[Any] = grouped
        self.type: TypeEngine[Any] = to_instance(type_) if type_ is not None else getattr(element, "type", NULLTYPE)
        self._anonymous_hint = name or element._anonymous_hint
        self.primary_key = element.primary_key
        self.foreign_keys = element.foreign_keys
        self._proxies = (element,)

    def _compute_shape(self) -> Shape:
        shape = self.element._shape
        if shape == UNCACHEABLE:
            return UNCACHEABLE
        if self.type is self.element.type:
            return ("label", self.name, shape)
        return ("label", self.name, shape, self.type._shape)

    def _compute_binds(self) -> Any:
        return self.element._binds

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        """Stand for the labelled expression inside of other expressions."""
        if against is as_:
            return self
        grouped = self.element.self_group(against=against)
        if grouped is self.element:
            return self
        return grouped if against is not None else self._copy_with(element=grouped)

    def _negate(self) -> ColumnElement[Any]:
        return self.element._negate()

    def as_reference(self) -> LabelReference:
        """Refer to this label by its name, in GROUP BY and ORDER BY of the statement that selects it.

        Raises:
            InvalidRequestError: it has no name.
        """
        if self.name is None:
            raise exc.InvalidRequestError(
                "a label without a name has no as_reference()",
                why="its name is made up when a statement is compiled",
                fix="give it a name: expression.label('name')",
                code="AZ-C662",
            )
        return LabelReference(self.name)

    @property
    def _is_in_parentheses(self) -> bool:
        return isinstance(self.element, Grouping)
