"""ClauseElement, the root of everything that becomes SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar, Self

from azoth import exc
from azoth.inspection import register
from azoth.sql import ports
from azoth.sql.cache_key import UNCACHEABLE, Shape, Shaped
from azoth.sql.operators import Operator
from azoth.sql.visitors import Visitable, children, replace, walk
from azoth.util.arguments import no_argument, wrong_value

__all__ = ["ClauseElement"]


COMPILE_OPTIONS = frozenset(
    {
        "compile_kwargs",
        "column_keys",
        "linting",
        "literal_binds",
        "many",
        "parameter_keys",
        "render_schema_translate",
        "schema_translate_map",
    }
)
"""What ``compile()`` takes beside bind and dialect."""


class ClauseElement(Shaped):
    """A part of a SQL statement, or a whole one; never changed after it was built."""

    __visit_name__: ClassVar[str] = "clause"

    supports_execution: ClassVar[bool] = False
    is_selectable: ClassVar[bool] = False
    is_clause_element: ClassVar[bool] = True
    is_select: ClassVar[bool] = False
    is_dml: ClassVar[bool] = False

    def self_group(self, against: Operator | None = None) -> ClauseElement:
        """Put parentheses around this element where it needs them as an operand.

        Args:
            against: the operator whose operand it is; None for one that is not known, which every operation needs
                parentheses for.
        """
        return self

    def _as_operand(self) -> ClauseElement:
        """Find what stands for this element in a column expression; a select becomes a scalar subquery."""
        return self

    def _as_in_operand(self) -> ClauseElement:
        """Find what stands for this element on the right of IN; a select stands there in parentheses."""
        raise exc.ArgumentError(
            f"IN expression list, SELECT construct, or bound parameter object expected, got {type(self).__name__}",
            why="in_() compares with each element of a list, or with each row of a SELECT",
            fix="write in_([...]) around the expression, or use == any_(array)",
            code="AZ-C02",
        )

    def compile(self, bind: Any = None, dialect: Any = None, **options: Any) -> Any:
        """Compile to SQL.

        Args:
            bind: an engine or connection whose dialect to use.
            dialect: the dialect; the generic one where neither is given.
            options: ``compile_kwargs={"literal_binds": True}`` writes values into the text; ``linting=FROM_LINTING``
                warns of tables that no condition brings together; ``schema_translate_map`` writes other names of
                schemas, with or without ``render_schema_translate``.

        Returns:
            the compiled form: ``str()`` is its SQL, ``params`` its values.
        """
        if dialect is None and bind is not None:
            if not hasattr(bind, "dialect"):
                raise wrong_value("compile(): bind", "an engine or a connection", bind, "name a dialect= for a dialect")
            dialect = bind.dialect
        if dialect is not None and not hasattr(dialect, "type_compiler"):
            raise wrong_value("compile(): dialect", "a dialect", dialect, "pass engine.dialect, or sqlite.dialect()")
        for name in options:
            if name not in COMPILE_OPTIONS:
                raise no_argument("compile()", name, {"bind", "dialect", *COMPILE_OPTIONS})
        return ports.compile_element(ports.sent_form(self), dialect, **options)

    def __str__(self) -> str:
        return str(ports.compile_element(ports.sent_form(self)))

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} object at {id(self):#x}>"

    def __bool__(self) -> bool:
        raise TypeError(
            f"Boolean value of this clause is not defined: {type(self).__name__}\n"
            "  why: its truth is known in the database only\n"
            "  fix: compare with 'is None'; combine expressions with and_(), or_(), not_() instead of and, or, not"
        )

    def get_children(self, *, omit_attrs: Collection[str] = (), **kw: object) -> Iterator[Visitable]:
        """Yield the elements directly below this one.

        Args:
            omit_attrs: names of fields that are left out.
            kw: none; programs pass on what walks their trees.
        """
        for name in kw:
            raise no_argument("get_children()", name, {"omit_attrs"})
        return children(self, omit_attrs) if omit_attrs else children(self)

    def compare(self, other: ClauseElement) -> bool:
        """Tell whether another element is built the same way with the same values.

        The operands of ``==``, ``!=``, ``+``, ``*``, AND and OR may stand in another order.
        """
        if self is other:
            return True
        if type(self) is not type(other) or UNCACHEABLE in (self._shape, other._shape):
            return False
        if self._equals(other):
            return True
        # Few programs compare expressions; the others need not wait for the import.
        from azoth.sql.elements.comparable_form import comparable_form  # noqa: PLC0415

        return comparable_form(self)._equals(comparable_form(other))

    def _equals(self, other: ClauseElement) -> bool:
        if self._structure() != other._structure():
            return False
        values = [bind.effective_value for bind in self._binds]
        return bool(values == [bind.effective_value for bind in other._binds])

    def _structure(self) -> Shape:
        """Give the shape by which two elements are compared."""
        return self._shape

    def params(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> Self:
        """Copy this element with values for its named bind parameters.

        Args:
            values: from name to value.
            named: the same as keyword arguments.
        """
        return self._with_values({**(values or {}), **named}, unique=False)

    def unique_params(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> Self:
        """Copy this element with values for its named bind parameters, and make them unnamed.

        The copies can so be combined in one statement without sharing values.
        """
        return self._with_values({**(values or {}), **named}, unique=True)

    def _with_values(self, values: Mapping[str, Any], unique: bool) -> Self:
        def exchanged(node: Visitable) -> Visitable | None:
            if node.__visit_name__ != "bindparam":
                return None
            bind: Any = node
            if bind.key in values:
                bind = bind._with_value(values[bind.key])
            return bind._made_unique() if unique else bind  # type: ignore[no-any-return]

        return replace(self, exchanged)

    @property
    def description(self) -> str | None:
        """A short name for messages."""
        return getattr(self, "name", None)

    def _walk(self) -> Iterator[Visitable]:
        return walk(self)


register(ClauseElement, lambda element: element)
