"""JSON: documents, and access to parts of them."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum as PythonEnum
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth.sql.operators import OperatorClass
from azoth.sql.types.base import Indexable, OperatorsToCome, Processor, TypeEngine
from azoth.sql.types.string import text_literal
from azoth.sql.types.unfit_value import unfit_value, unreadable_value
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect


class JSONNull(PythonEnum):
    """The JSON value ``null``, as opposed to SQL NULL."""

    JSON_NULL = "JSON_NULL"


class JSONElementType(TypeEngine[Any]):
    """The family of what stands between the brackets of ``column[...]``."""


class JSONIndexType(JSONElementType):
    """One step into a document: a key or a position."""

    __visit_name__ = "json_index"

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Write the step as a JSON path."""
        write_key = _key_writer(dialect)
        return lambda step: "$" + _step(step, write_key)

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the step as a JSON path, between quotes."""
        write_key = _key_writer(dialect)
        return lambda step: text_literal("$" + _step(step, write_key))


class JSONIntIndexType(JSONIndexType):
    """A position in a list."""


class JSONStrIndexType(JSONIndexType):
    """A key of an object."""


class JSONPathType(JSONElementType):
    """Several steps into a document."""

    __visit_name__ = "json_path"

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Write the steps as a JSON path."""
        write_key = _key_writer(dialect)
        return lambda steps: "$" + "".join([_step(step, write_key) for step in steps])

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the steps as a JSON path, between quotes."""
        write_key = _key_writer(dialect)
        return lambda steps: text_literal("$" + "".join([_step(step, write_key) for step in steps]))


class JSON(Indexable, TypeEngine[Any]):
    """A JSON document; dicts, lists, strings, numbers, truth values and None in Python.

    ``column["key"]`` and ``column[0]`` are parts of the document, ``column["a", "b"]`` is a part further down, and
    ``.as_string()``, ``.as_integer()``, ``.as_float()``, ``.as_numeric()``, ``.as_boolean()`` and ``.as_json()`` say
    what the part is to be compared as.

    Args:
        none_as_null: store None as SQL NULL instead of the JSON value ``null``.
    """

    __visit_name__ = "JSON"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.JSON
    comparator_factory: ClassVar[Any] = OperatorsToCome()
    _affinity: ClassVar[str] = "json"
    NULL: Final = JSONNull.JSON_NULL
    JSONIndexType: ClassVar[type[JSONElementType]] = JSONIndexType
    JSONIntIndexType: ClassVar[type[JSONElementType]] = JSONIntIndexType
    JSONStrIndexType: ClassVar[type[JSONElementType]] = JSONStrIndexType
    JSONPathType: ClassVar[type[JSONElementType]] = JSONPathType

    @checked
    def __init__(self, none_as_null: bool = False) -> None:
        self.none_as_null = none_as_null

    @property
    def hashable(self) -> bool:
        """Whether values hash: dicts and lists do not."""
        return False

    @property
    def should_evaluate_none(self) -> bool:
        """Whether None is stored as JSON ``null``."""
        return not self.none_as_null

    @should_evaluate_none.setter
    def should_evaluate_none(self, value: bool) -> None:
        self.none_as_null = not value

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Choose the type of a Python value beside a document; ``JSON.NULL`` is a document."""
        return self if value is JSONNull.JSON_NULL else super().coerce_compared_value(op, value)

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Write values as JSON text, unless the driver does."""
        if dialect.supports_native_json_serialization and dialect.json_serializer is None:
            return _document_for_driver
        dumps = dialect.json_serializer or _standard_dumps()
        none_as_null = self.none_as_null

        def process(value: Any) -> str | None:
            if value is JSONNull.JSON_NULL:
                value = None
            elif value is None and none_as_null:
                return None
            try:
                return dumps(value)
            except (TypeError, ValueError) as error:
                raise unfit_value(
                    "JSON",
                    "a value that the JSON serializer can write, without NaN and Infinity",
                    value,
                    fix="convert it first, or give create_engine() a json_serializer that knows it",
                ) from error

        return process

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Read values from JSON text, unless the driver does."""
        by_driver = dialect.supports_native_json_deserialization
        if by_driver and (dialect.json_deserializer is None or dialect.dialect_injects_custom_json_deserializer):
            return None
        loads: Callable[[Any], Any] = dialect.json_deserializer or _standard_json().loads

        def process(value: Any) -> Any:
            if not isinstance(value, str | bytes):
                return value
            try:
                return loads(value)
            except (ValueError, RecursionError):
                # The original error holds the whole text.
                raise unreadable_value("JSON", value) from None

        return process

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the JSON text between quotes."""
        dumps = self.bind_processor(dialect)
        assert dumps is not None

        def process(value: Any) -> str:
            text = dumps(value)
            return "NULL" if text is None else text_literal(text)

        return process


@cache
def _standard_dumps() -> Callable[[Any], str]:
    # NaN and Infinity have no JSON text; what json.dumps() writes for them no other program can read.
    return _standard_json().JSONEncoder(allow_nan=False).encode  # type: ignore[no-any-return]


def _standard_json() -> Any:
    import json  # noqa: PLC0415  # slow to import, and few tables have documents

    return json


def _key_writer(dialect: TypeDialect) -> Callable[[Any], str]:
    """Give what writes the keys of documents: databases compare them as they are written there, escapes included."""
    return dialect.json_serializer or _standard_dumps()


def _step(step: int | str, write_key: Callable[[Any], str]) -> str:
    """Write one step of a JSON path: ``[2]`` or ``."key"``."""
    if isinstance(step, int):
        return f"[{step}]" if step >= 0 else f"[#{step}]"
    plain = f'"{step}"'
    if step.isascii() and step.isprintable() and "\\" not in step:
        return "." + plain
    written = write_key(step)
    return "." + (written if written[:1] == written[-1:] == '"' else plain)


def _document_for_driver(value: object) -> object:
    return None if value is JSONNull.JSON_NULL else value
