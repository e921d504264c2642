"""HSTORE, a map from texts to texts, and the functions of its extension."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from azoth import types
from azoth.dialects.postgresql.operators import CONTAINED_BY, CONTAINS, HAS_ALL, HAS_ANY, HAS_KEY, OwnOperators
from azoth.dialects.postgresql.types.array import ARRAY
from azoth.dialects.postgresql.types.json import keys_operand
from azoth.sql.elements import BinaryExpression, ColumnElement, bind_value, clause_of
from azoth.sql.functions import GenericFunction
from azoth.sql.operators import add, concat_op, getitem
from azoth.sql.types.string import text_literal
from azoth.sql.types.unfit_value import unfit_value, unreadable_value
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = ["HSTORE", "hstore"]

_TEXT = types.Text()
_TEXTS = ARRAY(types.Text)


class HSTORE(types.TypeEngine[dict[str, str | None]]):
    """A map from texts to texts; a ``dict`` in Python.

    ``column["key"]`` is one value. What one does with maps are methods of the column: ``keys()``, ``has_key()`` ...

    Args:
        text_type: the type of a value.
    """

    __visit_name__ = "HSTORE"
    _affinity: ClassVar[str] = "hstore"

    class Comparator(OwnOperators):
        """The operators of maps."""

        def __getitem__(self, index: object) -> BinaryExpression[Any]:
            key = clause_of(index)
            right = bind_value(index, types.STRINGTYPE, self.expr._value_hint) if key is None else key._as_operand()
            return BinaryExpression(self.expr, right, getitem, self.type.text_type)

        def has_key(self, other: object) -> ColumnElement[Any]:
            """Have a key: ``a ? key``."""
            return self._apply(HAS_KEY, other)

        def has_all(self, other: object) -> ColumnElement[Any]:
            """Have all keys of a list: ``a ?& keys``."""
            return self._apply(HAS_ALL, keys_operand(other, self.expr._value_hint))

        def has_any(self, other: object) -> ColumnElement[Any]:
            """Have a key of a list: ``a ?| keys``."""
            return self._apply(HAS_ANY, keys_operand(other, self.expr._value_hint))

        def contains(self, other: object, **kwargs: object) -> ColumnElement[Any]:  # type: ignore[override]
            """Have all keys and values of another map: ``a @> b``."""
            return self._apply(CONTAINS, other)

        def contained_by(self, other: object) -> ColumnElement[Any]:
            """Have nothing but keys and values of another map: ``a <@ b``."""
            return self._apply(CONTAINED_BY, other)

        def defined(self, key: object) -> hstore_function:
            """Have a key whose value is not NULL."""
            return _Defined(self.expr, key)

        def delete(self, key: object) -> hstore_function:
            """Leave out a key, a list of keys, or what another map has."""
            if isinstance(key, Mapping):
                key = bind_value(key, self.type, "delete")
            elif isinstance(key, list | tuple):
                key = keys_operand(key, "delete")
            return _Delete(self.expr, key)

        def slice(self, array: Any) -> hstore_function:
            """Keep the keys of a list."""
            return _Slice(self.expr, keys_operand(array, "slice"))

        def keys(self) -> hstore_function:
            """List the keys."""
            return _Keys(self.expr)

        def vals(self) -> hstore_function:
            """List the values."""
            return _Values(self.expr)

        def array(self) -> hstore_function:
            """List keys and values in turn."""
            return _Array(self.expr)

        def matrix(self) -> hstore_function:
            """List pairs of key and value."""
            return _Matrix(self.expr)

    comparator_factory = Comparator

    @checked
    def __init__(self, text_type: Any = None) -> None:
        self.text_type: types.TypeEngine[Any] = _TEXT if text_type is None else types.to_instance(text_type)

    @property
    def hashable(self) -> bool:
        """Whether values hash."""
        return False

    @property
    def _shape(self) -> Any:
        return (HSTORE, self.text_type._shape)

    def adapt_operator(self, op: object, other_type: types.TypeEngine[Any]) -> tuple[Any, types.TypeEngine[Any]]:
        """Let ``+`` put maps together."""
        return (concat_op, self) if op is add else super().adapt_operator(op, other_type)

    def bind_processor(self, dialect: TypeDialect) -> Callable[[Any], Any] | None:
        """Write the map as PostgreSQL's text."""
        return _text_of_map

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Read the map from PostgreSQL's text."""
        return _map_of_text

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the map between quotes."""
        return lambda value: text_literal(_text_of_map(value))


class hstore_function(GenericFunction[Any]):
    """The base of the functions about maps."""

    _register: ClassVar[bool] = False
    inherit_cache: ClassVar[bool] = True


class hstore(GenericFunction[Any]):
    """Make a map: of a key and a value, of two arrays, of one array, or of a record.

    ``func.hstore()`` makes it, too, once this module is imported.

    Args:
        args: the arguments.
        kwargs: ``type_`` for the type of the result.
    """

    type: ClassVar[types.TypeEngine[Any]] = HSTORE()  # type: ignore[misc]
    name: ClassVar[str] = "hstore"  # type: ignore[misc]
    inherit_cache: ClassVar[bool] = True


class _Defined(hstore_function):
    type = types.BOOLEANTYPE
    name = "defined"
    _register = False


class _Delete(hstore_function):
    type = HSTORE()
    name = "delete"
    _register = False


class _Slice(hstore_function):
    type = HSTORE()
    name = "slice"
    _register = False


class _Keys(hstore_function):
    type = _TEXTS
    name = "akeys"
    _register = False


class _Values(hstore_function):
    type = _TEXTS
    name = "avals"
    _register = False


class _Array(hstore_function):
    type = _TEXTS
    name = "hstore_to_array"
    _register = False


class _Matrix(hstore_function):
    type = ARRAY(types.Text, dimensions=2)
    name = "hstore_to_matrix"
    _register = False


_PAIR: Final = re.compile(
    r"""\s*("(?P<key>(?:[^"\\]|\\.)*)"|(?P<bare_key>[^"\s,=>]+))\s*=>\s*
        ((?P<null>NULL)(?=\s*(?:,|\Z))|"(?P<value>(?:[^"\\]|\\.)*)"|(?P<bare>[^"\s,=>]+))\s*(?:,|\Z)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


def _text_of_map(value: object) -> Any:
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        raise unfit_value("HSTORE", "a dict of texts", value)
    return ", ".join([f"{_quoted(key)}=>{'NULL' if part is None else _quoted(part)}" for key, part in value.items()])


def _quoted(part: object) -> str:
    if not isinstance(part, str):
        raise unfit_value("HSTORE", "a dict of texts", part)
    escaped = part.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _map_of_text(value: object) -> Any:
    if value is None or not isinstance(value, str):
        return value
    found: dict[str, str | None] = {}
    place = 0
    while place < len(value):
        pair = _PAIR.match(value, place)
        if pair is None:
            raise unreadable_value("HSTORE", value)
        place = pair.end()
        key, text = pair["key"] or pair["bare_key"] or "", pair["value"]
        if text is None:
            text = pair["bare"] if pair["null"] is None else None
        found[_ESCAPED.sub(r"\1", key)] = None if text is None else _ESCAPED.sub(r"\1", text)
    return found
