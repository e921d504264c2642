"""TextualSelect: SQL written by hand of which the columns are declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from azoth.sql.elements import BindParameter, TextClause, install_textual_select
from azoth.sql.selectable.column_names import NamedColumn
from azoth.sql.selectable.select_base import SelectBase

__all__ = ["TextAsFrom", "TextualSelect"]


class TextualSelect(SelectBase):
    """A SELECT as text, with its columns and their types.

    Args:
        text: the text.
        columns: the columns.
        positional: whether the columns stand in the order of the text; otherwise they are found by name.
    """

    __visit_name__: ClassVar[str] = "textual_select"
    _fields: ClassVar[tuple[str, ...]] = ("element", "column_args", "positional", "_independent_ctes", "_with_options")

    is_text: ClassVar[bool] = True

    def __init__(self, text: TextClause, columns: Sequence[Any], positional: bool = False) -> None:
        self.element = text
        self.column_args = tuple(columns)
        self.positional = positional

    def _result_expressions(self) -> list[tuple[Any, str | None]]:
        return [(column, None) for column in self.column_args]

    def _named_columns(self) -> list[NamedColumn]:
        # The names are what the text says, not what a SELECT would make of them.
        return [NamedColumn(column, column.name, column.key, True) for column in self.column_args]

    def bindparams(self, /, *binds: BindParameter[Any], **names_to_values: Any) -> TextualSelect:
        """Copy this with values or types for the text's parameters.

        Args:
            binds: parameters that replace those of the same name.
            names_to_values: values by name.
        """
        return self._copy_with(element=self.element.bindparams(*binds, **names_to_values))


install_textual_select(TextualSelect)


TextAsFrom = TextualSelect
"""The name of SQLAlchemy 1.x."""
