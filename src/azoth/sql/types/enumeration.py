"""Enum: one of a fixed set of words, as strings or as members of a Python enum."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc
from azoth.sql.cache_key import Shape, next_identity
from azoth.sql.operators import add, concat_op
from azoth.sql.types.base import Processor, TypeEngine
from azoth.sql.types.schema_type import SchemaType
from azoth.sql.types.string import String, text_literal
from azoth.sql.types.unfit_value import unreadable_value
from azoth.util.arguments import as_list, checked
from azoth.util.computed_once import computed_once
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.sql.types.dialect import HasDialect, TypeDialect

_NOT_GIVEN: Any = object()


class Enum(SchemaType, String):
    """One of a fixed set of words.

    Args:
        enums: the words, or one Python enum class, whose member names are stored; any class whose
            ``__members__`` has the members by name will do.
        create_constraint: add a CHECK constraint where the database has no type of its own for this.
        native_enum: use the database's ENUM type where it has one.
        validate_strings: refuse strings outside the set in comparisons too, where they find nothing. What is stored
            is always one of the words.
        values_callable: makes the stored words from the enum class, say ``lambda e: [m.value for m in e]``: one for
            each member, in their order.
        length: the length of the VARCHAR; at least that of the longest word.
        name: the name of the database type and of the constraint; made from the class's name by default.
        schema, metadata, inherit_schema: where a database type of its own lives.
        sort_key_function: turns a member into something that sorts.
        omit_aliases: leave aliases of a Python enum out of the stored words.

    Raises:
        ArgumentError: the length is too small, or the words are not strings.
    """

    __visit_name__ = "enum"
    length: int | None
    _affinity: ClassVar[str] = "string"

    @checked
    def __init__(
        self,
        *enums: Any,
        create_constraint: bool = False,
        native_enum: bool = True,
        validate_strings: bool = False,
        values_callable: Callable[[Any], Sequence[str]] | None = None,
        length: int | None = _NOT_GIVEN,
        name: str | None = None,
        schema: str | None = None,
        metadata: Any = None,
        inherit_schema: bool = False,
        quote: bool | None = None,
        sort_key_function: Callable[[Any], Any] | None = _NOT_GIVEN,
        omit_aliases: bool = True,
    ) -> None:
        if len(enums) == 1 and not isinstance(enums[0], str | type):
            enums = tuple(as_list("Enum()", enums[0], "words, or a class of enum.Enum", 'write Enum("a", "b")'))
        self.enum_class: type[Any] | None = _enum_class(enums)
        self.native_enum = native_enum
        self.create_constraint = create_constraint
        self.validate_strings = validate_strings
        self.values_callable = values_callable
        self.omit_aliases = omit_aliases
        self.enums, self._members = self._words_and_members(enums)
        self.name = name or (self.enum_class.__name__.lower() if self.enum_class is not None else None)
        self.schema = schema
        self.metadata = metadata
        if metadata is not None:
            metadata._types.append(self)
        self.inherit_schema = inherit_schema
        self.quote = quote
        self._sorts_by_word = sort_key_function is _NOT_GIVEN
        self._sort_key = None if self._sorts_by_word else sort_key_function
        self._word_of, self._member_of = self._lookups()
        String.__init__(self, self._checked_length(length))

    @property
    def _may_be_native(self) -> bool:
        """Whether a database's own type may take the place of this one."""
        return self.native_enum

    @property
    def python_type(self) -> type[Any]:
        """The enum class, or ``str``."""
        return self.enum_class or str

    @property
    def native(self) -> bool:
        """Whether the database's own type is wanted."""
        return self.native_enum

    @property
    def constraint_values(self) -> tuple[str, ...]:
        """What a CHECK constraint allows."""
        return tuple(self.enums)

    def constraint_is_needed(self, compiler: HasDialect) -> bool:
        """Tell whether a database needs the CHECK constraint that the user asked for."""
        return not (self.native_enum and compiler.dialect.supports_native_enum)

    def takes_beside(self, value: object) -> bool:
        """Tell whether a value is one of the set."""
        try:
            return value in self._word_of
        except TypeError:
            return False

    def adapt_operator(self, op: Any, other_type: TypeEngine[Any]) -> tuple[Any, TypeEngine[Any]]:
        """Let texts be what comes of joining them: they are no longer of the set."""
        if op is add or op is concat_op:
            return concat_op, String()
        return super().adapt_operator(op, other_type)

    def coerce_compared_value(self, op: object, value: object) -> TypeEngine[Any]:
        """Let strings outside the set pass in comparisons, as in LIKE, unless ``validate_strings`` refuses them."""
        if isinstance(value, self.enum_class or str):
            # Also where they are numbers, as those of an IntEnum.
            return self if self.enum_class is not None else self._for_comparison
        return self._for_comparison if isinstance(value, str) else super().coerce_compared_value(op, value)

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Turn members into the stored words."""
        lookup = self._word_of
        refuse = self._refuse

        def process(value: Any) -> str | None:
            if value is None:
                return None
            try:
                return lookup[value]
            except (KeyError, TypeError):
                return refuse(value)

        return process

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Turn stored words into members."""
        lookup = self._member_of
        unknown = self._unknown

        def process(value: Any) -> Any:
            if value is None:
                return None
            try:
                return lookup[value]
            except (KeyError, TypeError):
                raise unknown(value) from None

        return process

    def literal_processor(self, dialect: TypeDialect) -> Callable[[Any], str] | None:
        """Write the stored word between quotes."""
        to_word = self.bind_processor(dialect)
        assert to_word is not None

        def process(value: Any) -> str:
            return text_literal(to_word(value))

        return process

    def sort_key_function(self, value: Any) -> Any:
        """Turn a member into something that sorts: what the user asked for, else the stored word."""
        if self._sorts_by_word:
            return self._word_of.get(value, value)
        return self._sort_key(value) if self._sort_key is not None else value

    def adapt(self, cls: type[TypeEngine[Any]], **parameters: Any) -> TypeEngine[Any]:
        """Make the dialect's version of this type; a class that is no Enum gets the length only."""
        if not issubclass(cls, Enum):
            return cls(**{"length": self.length, **parameters})
        adapted = cls.__new__(cls)
        adapted.__dict__.update(self.__getstate__())
        adapted.__dict__.update(parameters)
        return adapted

    _is_comparison = False

    @computed_once
    def _for_comparison(self) -> Enum:
        """This type for values that are compared and not stored."""
        return self if self.validate_strings else self.copy(_is_comparison=True)

    @computed_once
    def _shape(self) -> Shape:
        if self.values_callable is not None and self.enum_class is None:
            return (type(self), next_identity())
        return (
            type(self),
            tuple(self.enums),
            self.enum_class,
            self.length,
            self.collation,
            self.name,
            self.schema,
            self.native_enum,
            self.validate_strings,
            self.should_evaluate_none,
            self._is_comparison,
            tuple((name, variant._shape) for name, variant in self._variants.items()),
        )

    def _words_and_members(self, enums: tuple[Any, ...]) -> tuple[list[str], list[Any]]:
        if self.enum_class is None:
            words: list[str] = list(enums)
            members: list[Any] = list(enums)
        else:
            named = self.enum_class.__members__
            pairs = [(n, m) for n, m in named.items() if not (self.omit_aliases and m.name != n)]
            members = [member for _, member in pairs]
            words = [name for name, _ in pairs]
            if self.values_callable is not None:
                words = list(self.values_callable(self.enum_class))
                members = members if len(words) == len(members) else list(named.values())
                self._warn_of_another_order(words, members)
        if not all(isinstance(word, str) for word in words):
            raise exc.ArgumentError(
                f"the stored words of {self._title(enums)} must be strings",
                why="the database stores an enum as text",
                fix="let values_callable return strings",
                code="AZ-C44",
            )
        return words, members

    def _warn_of_another_order(self, words: list[Any], members: list[Any]) -> None:
        """Warn where the words are those of the members in another order, so that each member has another's word."""
        for own in ([member.value for member in members], [member.name for member in members]):
            # Values need not be text, and the words that stand for them are.
            if list(map(str, words)) != (texts := list(map(str, own))) and set(map(str, words)) == set(texts):
                warn(
                    f"values_callable of {self._title()} gives the members' words in another order than the members",
                    why="each word is stored for the member at its place, so that members have the words of others",
                    fix="keep the order of the enum, as in lambda e: [member.value for member in e]",
                    code="AZ-C330",
                )
                return

    def _lookups(self) -> tuple[dict[Any, str], dict[str, Any]]:
        # Of the words of a member with aliases the first one is stored.
        pairs = list(zip(self._members, self.enums, strict=False))[::-1]
        word_of: dict[Any, str] = dict(pairs)
        member_of = {word: member for member, word in pairs}
        if self.enum_class is not None:
            for name, member in self.enum_class.__members__.items():
                if self.values_callable is None:
                    word_of.setdefault(name, word_of.get(member, name))
                    member_of.setdefault(name, member)
            for word in self.enums:
                word_of.setdefault(word, word)
        return word_of, member_of

    def _checked_length(self, length: int | None) -> int | None:
        longest = self._longest()
        if length is _NOT_GIVEN:
            return longest
        if length is not None and not self.native_enum and length < longest:
            raise exc.ArgumentError(
                f"the length of {self._title()} is {length}, and its longest word has {longest} characters",
                why="longer words would not fit",
                fix=f"pass length={longest} or more, or none at all",
                code="AZ-C44",
            )
        return length

    def _longest(self) -> int:
        return max((len(word) for word in self.enums), default=0)

    def _refuse(self, value: Any) -> str:
        if self._is_comparison and isinstance(value, str) and not isinstance(value, enum.Enum):
            return value
        raise exc.StatementError(
            f"a value of class {type(value).__name__} is not among the words of {self._title()}",
            orig=LookupError(f"not among the defined enum values. Enum name: {self.name}"),
            why=f"possible values: {self._possible()}",
            fix="pass one of them, or add the value to the enum",
            code="AZ-C45",
        )

    def _unknown(self, value: object) -> exc.UnreadableValueError:
        return unreadable_value(
            self._title(),
            value,
            why=f"it is not among the defined enum values. Enum name: {self.name}. Possible values: {self._possible()}",
            fix="correct the row, or add the value to the enum",
        )

    def _possible(self) -> str:
        shown = list(self.enums[:8])
        return ", ".join(shown) + (", ..." if len(self.enums) > len(shown) else "")

    def _title(self, enums: tuple[Any, ...] = ()) -> str:
        name = self.__dict__.get("name") or (self.enum_class.__name__ if self.enum_class is not None else "")
        return f"Enum {name}" if name else "Enum"

    def _repr_parameters(self) -> Iterator[str]:
        # The words that are stored, also where a class has them: a migration is not to change when the class does.
        yield from map(repr, self.enums)
        for name in ("name", "schema"):
            value = getattr(self, name)
            if value is not None:
                yield f"{name}={value!r}"
        if not self.native_enum:
            yield "native_enum=False"
        if self.create_constraint:
            yield "create_constraint=True"
        if self.length != self._longest():
            yield f"length={self.length!r}"


def _enum_class(enums: tuple[Any, ...]) -> type[Any] | None:
    """Find the class of the members: one of the standard library's, or any that lists its members by name as those."""
    if len(enums) == 1 and isinstance(enums[0], type) and isinstance(getattr(enums[0], "__members__", None), Mapping):
        return enums[0]
    return None
