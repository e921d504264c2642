"""TString: SQL written as a template string of Python, whose values are bound (PEP 750, Python 3.14 and later)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Protocol, Self

from azoth import exc
from azoth.sql.elements.bind_parameter import BindParameter, literal
from azoth.sql.elements.clause import ClauseElement
from azoth.sql.elements.operand import clause_of
from azoth.sql.elements.text import TextClause
from azoth.sql.operators import comma_op
from azoth.sql.visitors import Visitable, replace
from azoth.util.arguments import wrong_value

__all__ = ["TString", "Template", "tstring"]


class Interpolation(Protocol):
    """One value of a template."""

    @property
    def value(self) -> object:
        """The value."""

    @property
    def expression(self) -> str:
        """The Python that has made it."""

    @property
    def conversion(self) -> str | None:
        """What stands behind an exclamation mark."""

    @property
    def format_spec(self) -> str:
        """What stands behind a colon."""


class Template(Protocol):
    """A template string: what ``string.templatelib.Template`` is."""

    @property
    def strings(self) -> tuple[str, ...]:
        """The texts between the values."""

    @property
    def interpolations(self) -> tuple[Any, ...]:
        """The values."""

    def __iter__(self) -> Iterator[Any]:
        """Give texts and values in their order."""


class TString(TextClause):
    """SQL written as a template string: its texts are taken as they are, its values are bound or are expressions.

    Args:
        template: the template string.

    Raises:
        ArgumentError: it is no template string, or a value is to be formatted.
    """

    _visit_method: ClassVar[str] = "visit_tstring"
    _fields: ClassVar[tuple[str, ...]] = ("parts",)

    def __init__(self, template: Template) -> None:
        if not (hasattr(template, "strings") and hasattr(template, "interpolations")):
            raise wrong_value("tstring()", "a template string", template, 'write tstring(t"SELECT {value}")')
        self.parts: tuple[str | ClauseElement, ...] = tuple(
            [part if isinstance(part, str) else _element_of(part) for part in template]
        )

    @property
    def text(self) -> str:  # type: ignore[override]  # of a text, an attribute
        """The texts between the values, with a question mark for each of these."""
        return "".join([part if isinstance(part, str) else "?" for part in self.parts])

    @property
    def bind_names(self) -> dict[str, BindParameter[Any]]:
        """The parameters that have names."""
        return {bind.key: bind for bind in self._binds if bind.key is not None}

    def bindparams(self, /, *binds: BindParameter[Any], **names_to_values: Any) -> Self:
        """Copy this with values or types for the parameters that have names.

        Args:
            binds: parameters that replace those of the same name.
            names_to_values: values by name.

        Raises:
            ArgumentError: there is no such parameter.
        """
        known = self.bind_names
        given = {str(bind.key or bind.hint): bind for bind in binds}
        for name in (*given, *names_to_values):
            self._check_name(name, known)

        def exchanged(node: Visitable) -> Visitable | None:
            if not isinstance(node, BindParameter) or node.key is None:
                return None
            bind = given.get(node.key, node)
            return bind._with_value(names_to_values[node.key]) if node.key in names_to_values else bind

        return replace(self, exchanged)


def _element_of(part: Interpolation) -> ClauseElement:
    if part.conversion is not None or part.format_spec:
        raise exc.ArgumentError(
            f"the value {part.expression!r} of a template for SQL is to be formatted",
            why="values are bound, so the database gets them as they are",
            fix="leave the conversion and the format out, or format the value before",
            code="AZ-C712",
        )
    element = clause_of(part.value)
    return literal(part.value) if element is None else element.self_group(against=comma_op)


def tstring(template: Template) -> TString:
    """Make SQL of a template string (``t"..."``, Python 3.14 and later).

    Args:
        template: the template; its texts are SQL, its values are bound, expressions among them are written as SQL.
    """
    return TString(template)
