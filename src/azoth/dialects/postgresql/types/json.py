"""JSON, JSONB and JSONPATH with PostgreSQL's operators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc, types
from azoth.dialects.postgresql.operators import (
    ASTEXT,
    CONTAINED_BY,
    CONTAINS,
    DELETE_PATH,
    HAS_ALL,
    HAS_ANY,
    HAS_KEY,
    PATH_ASTEXT,
    PATH_EXISTS,
    PATH_MATCH,
    OwnOperators,
)
from azoth.dialects.postgresql.types.array import ARRAY, array
from azoth.sql.elements import (
    BinaryExpression,
    ClauseElement,
    ColumnElement,
    JSONComparator,
    bind_value,
    cast,
    clause_of,
)
from azoth.sql.operators import add, concat_op, custom_op, json_getitem_op, json_path_getitem_op
from azoth.sql.types import json
from azoth.sql.types.string import text_literal
from azoth.util.arguments import as_list, checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = ["JSON", "JSONB", "JSONPATH", "JSONPathType"]

_TEXT = types.Text()


class JSONPathType(json.JSONPathType):
    """Several steps into a document, as an array of texts: ``{a,b,1}``."""

    def bind_processor(self, dialect: TypeDialect) -> Callable[[Any], Any] | None:
        """Write the steps as an array."""
        return _steps

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the steps as an array, between quotes."""
        return lambda steps: text_literal(_steps(steps))


class IntIndexType(json.JSONIntIndexType):
    """A position in a list."""

    __visit_name__ = "json_int_index"

    def bind_processor(self, dialect: TypeDialect) -> Callable[[Any], Any] | None:
        """Leave the number alone."""
        return None

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the number."""
        return lambda step: str(int(step))


class StrIndexType(json.JSONStrIndexType):
    """A key of an object."""

    __visit_name__ = "json_str_index"

    def bind_processor(self, dialect: TypeDialect) -> Callable[[Any], Any] | None:
        """Leave the key alone."""
        return None

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the key between quotes."""
        return text_literal


class JSONPATH(types.TypeEngine[str]):
    """An expression of the SQL/JSON path language."""

    __visit_name__ = "JSONPATH"
    _affinity: ClassVar[str] = "jsonpath"

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the text between quotes."""
        return text_literal

    def coerce_compared_value(self, op: object, value: object) -> types.TypeEngine[Any]:
        """Take text as this type takes it."""
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)


class JSON(types.JSON):
    """A JSON document, kept as the text that it came as.

    ``column["key"]`` is a part of it, ``column["key"].astext`` that part as text.

    Args:
        none_as_null: store None as SQL NULL instead of the JSON value ``null``.
        astext_type: the type of ``astext``.
    """

    JSONPathType: ClassVar[type[json.JSONElementType]] = JSONPathType

    class Comparator(OwnOperators, JSONComparator):
        """The operators of documents."""

        @property
        def astext(self) -> BinaryExpression[Any]:
            """A part of the document as text, instead of as a document.

            Raises:
                InvalidRequestError: the expression is no part of a document.
            """
            part = self.expr
            text_type = self.type.astext_type
            if isinstance(part, BinaryExpression):
                if part.operator is json_path_getitem_op:
                    return BinaryExpression(part.left, part.right, PATH_ASTEXT, text_type)
                if part.operator is json_getitem_op:
                    return BinaryExpression(part.left, part.right, ASTEXT, text_type)
            raise exc.InvalidRequestError(
                "astext applies to a part of a JSON document",
                why=f"{type(part).__name__} is no part of one",
                fix='write column["key"].astext',
                code="AZ-D61",
            )

    comparator_factory = Comparator

    @checked
    def __init__(self, none_as_null: bool = False, astext_type: Any = None) -> None:
        super().__init__(none_as_null=none_as_null)
        self.astext_type = _TEXT if astext_type is None else types.to_instance(astext_type)


class JSONB(JSON):
    """A JSON document, kept taken apart, so that it can be searched and indexed.

    Args:
        none_as_null: store None as SQL NULL instead of the JSON value ``null``.
        astext_type: the type of ``astext``.
    """

    __visit_name__ = "JSONB"

    class Comparator(JSON.Comparator):
        """The operators of documents that can be searched."""

        def has_key(self, other: object) -> ColumnElement[Any]:
            """Have a key: ``a ? key``."""
            return self._apply(HAS_KEY, other)

        def has_all(self, other: object) -> ColumnElement[Any]:
            """Have all keys of a list: ``a ?& keys``."""
            return self._with_keys(HAS_ALL, other)

        def has_any(self, other: object) -> ColumnElement[Any]:
            """Have a key of a list: ``a ?| keys``."""
            return self._with_keys(HAS_ANY, other)

        def _with_keys(self, op: custom_op, keys: object) -> ColumnElement[Any]:
            return self._apply(op, keys_operand(keys, self.expr._value_hint))

        def contains(self, other: object, **kwargs: object) -> Any:  # type: ignore[override]
            """Have all that another document has: ``a @> b``."""
            return self._apply(CONTAINS, other)

        def contained_by(self, other: object) -> ColumnElement[Any]:
            """Have nothing but what another document has: ``a <@ b``."""
            return self._apply(CONTAINED_BY, other)

        def delete_path(self, array_: object) -> BinaryExpression[Any]:
            """Leave out what is at the end of a path: ``a #- path``.

            Args:
                array_: the steps, as a list or as ``postgresql.array()``.
            """
            path = clause_of(array_)
            steps = array(as_list("delete_path(): array_", array_)) if path is None else path
            return BinaryExpression(self.expr, cast(steps, ARRAY(types.TEXT)), DELETE_PATH, self.type)

        def path_exists(self, other: object) -> ColumnElement[Any]:
            """Have something that a path finds: ``a @? path``."""
            return self._apply(PATH_EXISTS, self._path(other))

        def path_match(self, other: object) -> ColumnElement[Any]:
            """Fulfil the condition of a path: ``a @@ path``."""
            return self._apply(PATH_MATCH, self._path(other))

        def _path(self, other: object) -> ClauseElement:
            found = clause_of(other)
            return bind_value(other, JSONPATH(), self.expr._value_hint) if found is None else found

    comparator_factory = Comparator

    def adapt_operator(self, op: object, other_type: types.TypeEngine[Any]) -> tuple[Any, types.TypeEngine[Any]]:
        """Let ``+`` put documents together."""
        return (concat_op, self) if op is add else super().adapt_operator(op, other_type)

    def coerce_compared_value(self, op: object, value: object) -> types.TypeEngine[Any]:
        """Choose the type of a Python value beside a document; a path is none."""
        if op in {PATH_EXISTS, PATH_MATCH} and isinstance(value, str):
            return JSONPATH()
        return super().coerce_compared_value(op, value)


def keys_operand(keys: object, hint: str) -> ClauseElement:
    """Turn a list of keys into an array of texts, which is what PostgreSQL wants on the right side.

    Args:
        keys: a list, or an expression.
        hint: from what the name of the parameter is made.
    """
    found = clause_of(keys)
    return bind_value(as_list("keys", keys), ARRAY(types.TEXT), hint) if found is None else found


def _steps(steps: Sequence[str | int] | str | None) -> str | None:
    if steps is None or isinstance(steps, str):
        return steps
    return "{" + ", ".join([_step(str(step)) for step in steps]) + "}"


def _step(step: str) -> str:
    """Write a step; in quotes where the text of an array would be misread."""
    if step and step.replace("_", "a").isalnum() and step.upper() != "NULL":
        return step
    escaped = step.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
