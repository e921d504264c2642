"""FromStatement: entities whose rows another statement gives."""

from __future__ import annotations

from typing import Any, ClassVar

from azoth import exc
from azoth.sql.elements import ClauseElement
from azoth.sql.selectable.column_names import LABEL_STYLE_DEFAULT, SelectLabelStyle
from azoth.sql.selectable.executable import RowTypes, TypedReturnsRows

__all__ = ["FromStatement"]


class FromStatement(TypedReturnsRows[*RowTypes]):
    """What ``select(User).from_statement(...)`` makes: the rows of a statement, seen as entities.

    Args:
        raw_columns: the entities, attributes and columns that the rows are made into.
        element: the statement: text, a SELECT, a set operation, or a change with RETURNING.

    Raises:
        ArgumentError: the element is no statement.
    """

    __visit_name__: ClassVar[str] = "from_statement"
    _fields: ClassVar[tuple[str, ...]] = ("_raw_columns", "element", "_with_options")
    _limit_clause: ClassVar[None] = None
    _offset_clause: ClassVar[None] = None
    _label_style: SelectLabelStyle = LABEL_STYLE_DEFAULT
    is_from_statement: ClassVar[bool] = True

    def __init__(self, raw_columns: tuple[Any, ...], element: Any) -> None:
        if not isinstance(element, ClauseElement) and hasattr(element, "__clause_element__"):
            element = element.__clause_element__()
        if not getattr(type(element), "supports_execution", False):
            raise exc.ArgumentError(
                f"from_statement() needs a statement, got an object of class {type(element).__name__}",
                why="the statement gives the rows that become entities",
                fix="pass text(...), a select(), a union(), or an insert/update/delete with returning()",
                code="AZ-C97",
            )
        self._raw_columns = raw_columns
        self.element = element
