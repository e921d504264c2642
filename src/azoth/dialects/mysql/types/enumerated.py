"""ENUM and SET: one, or several, of a fixed set of words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc, types
from azoth.dialects.mysql.types.text import CharacterAttributes, Characters
from azoth.sql.elements import BinaryExpression, literal_column
from azoth.sql.operators import add
from azoth.sql.types.native import NativeForEmulated
from azoth.sql.types.string import text_literal
from azoth.sql.types.unfit_value import unfit_value

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = ["ENUM", "SET"]


class ENUM(NativeForEmulated, Characters, types.Enum):
    """MySQL's own type for one of a fixed set of words.

    Args:
        enums: the words, or one Python enum class.
        charset: the character set.
        collation: the collation.
        ascii, unicode, binary, national: older ways to name these.
        strict: refuse strings outside the set in comparisons too.
        kw: as for ``Enum``.
    """

    __visit_name__ = "ENUM"
    _emulated: ClassVar[type[types.TypeEngine[Any]]] = types.Enum

    def __init__(
        self,
        *enums: Any,
        charset: str | None = None,
        collation: str | None = None,
        ascii: bool = False,
        unicode: bool = False,
        binary: bool = False,
        national: bool = False,
        strict: bool = False,
        **kw: Any,
    ) -> None:
        kw.setdefault("validate_strings", strict)
        super().__init__(*enums, **kw)
        self._take_characters(charset, collation, ascii, unicode, binary, national)

    def _repr_parameters(self) -> Iterator[str]:
        yield from super()._repr_parameters()
        yield from self._character_parameters()


class SET(CharacterAttributes):
    """Several of a fixed set of words; a ``set`` in Python.

    Args:
        values: the words.
        convert_unicode: whether the driver gives bytes that are to be read as text.
        retrieve_as_bitwise: fetch and send the set as a number, a bit for each word, which keeps the empty word apart
            from the empty set.
        charset, collation, ascii, unicode, binary, national: as for texts.

    Raises:
        ArgumentError: a word is empty and ``retrieve_as_bitwise`` is not set.
    """

    __visit_name__ = "SET"
    _affinity: ClassVar[str] = "set"

    def __init__(
        self,
        *values: str,
        retrieve_as_bitwise: bool = False,
        charset: str | None = None,
        collation: str | None = None,
        ascii: bool = False,
        unicode: bool = False,
        binary: bool = False,
        national: bool = False,
    ) -> None:
        if "" in values and not retrieve_as_bitwise:
            raise exc.ArgumentError(
                "SET has an empty word",
                why="the text of the empty set and that of a set with the empty word are the same",
                fix="pass retrieve_as_bitwise=True",
                code="AZ-D73",
            )
        super().__init__(
            max([len(word) for word in values], default=0),
            charset=charset,
            collation=collation,
            ascii=ascii,
            unicode=unicode,
            binary=binary,
            national=national,
        )
        self.values = values
        self.retrieve_as_bitwise = retrieve_as_bitwise

    def adapt(self, cls: type[types.TypeEngine[Any]], **parameters: object) -> types.TypeEngine[Any]:
        """Make the dialect's version of this type; a class that is no SET gets the length only."""
        if not issubclass(cls, SET):
            return super().adapt(cls, **parameters)
        adapted = cls.__new__(cls)
        adapted.__dict__.update({**self.__getstate__(), **parameters})
        return adapted

    def _repr_parameters(self) -> Iterator[str]:
        yield from map(repr, self.values)
        yield from self._character_parameters()
        if self.retrieve_as_bitwise:
            yield "retrieve_as_bitwise=True"

    @property
    def hashable(self) -> bool:
        """Whether values hash."""
        return False

    @property
    def _shape(self) -> Any:
        return (SET, self.values, self.retrieve_as_bitwise, self.charset, self.collation)

    def column_expression(self, colexpr: Any) -> Any | None:
        """Fetch a number where that was asked for."""
        return BinaryExpression(colexpr, literal_column("0"), add, self) if self.retrieve_as_bitwise else None

    def bind_processor(self, dialect: TypeDialect) -> Callable[[Any], Any] | None:
        """Write the words, or the number that stands for them."""
        return self._number_of if self.retrieve_as_bitwise else self._text_of

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Callable[[Any], Any] | None:
        """Read the words, or the number that stands for them."""
        return self._words_of

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the words between quotes, or the number that stands for them."""
        if self.retrieve_as_bitwise:
            return lambda value: str(self._number_of(value))
        return lambda value: text_literal(self._text_of(value))

    def coerce_compared_value(self, op: object, value: object) -> types.TypeEngine[Any]:
        """Take sets as this type takes them."""
        return self if isinstance(value, set | frozenset) else super().coerce_compared_value(op, value)

    def _text_of(self, value: object) -> Any:
        if value is None or isinstance(value, int | str):
            return value
        return ",".join([word for word in self.values if word in self._checked(value)])

    def _number_of(self, value: object) -> Any:
        if value is None or isinstance(value, int | str):
            return value
        chosen = self._checked(value)
        return sum([1 << place for place, word in enumerate(self.values) if word in chosen])

    def _checked(self, value: object) -> Collection[str]:
        if not isinstance(value, Collection) or not set(value) <= set(self.values):
            raise unfit_value("SET", f"a set of some of {', '.join(self.values)}", value)
        return value

    def _words_of(self, value: object) -> Any:
        if value is None:
            return None
        if isinstance(value, bytes):
            value = value.decode()
        if isinstance(value, str) and not (self.retrieve_as_bitwise and value.isdigit()):
            return {word for word in value.split(",") if word}
        number = int(value) if isinstance(value, str | int | float) else 0
        return {word for place, word in enumerate(self.values) if number >> place & 1}
