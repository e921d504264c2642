"""What all compilers share: visiting, placeholders of bound values, anonymous names, and the compiled form."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, Self

from azoth import exc
from azoth.sql.cache_key import CacheKey, nested_too_deeply
from azoth.sql.compiler.handlers import written_by_handler
from azoth.sql.elements import NO_VALUE, BindParameter
from azoth.sql.ports import CompilerDialect, compile_element
from azoth.sql.types import TypeEngine
from azoth.sql.visitors import Written
from azoth.util.named_tuple import NamedTuple

__all__ = ["Compiled", "CompilerBase", "DefaultParameter", "ItemParameter", "PackedParameter", "ResultColumn"]

_MARK: Final = f"\x01{os.urandom(8).hex()}:"
"""The beginning of a mark; no name and no literal value can know it, so that none is taken for a mark."""

_PLACEHOLDER: Final = re.compile(f"{_MARK}(\\d+)\x02|(%)")
_WORD: Final = re.compile(r"\w+\Z")
_NOT_WORD: Final = re.compile(r"\W+")


_NUMBER_LENGTH: Final = 6
"""What a name that was shortened leaves free for its number."""


class ResultColumn(NamedTuple):
    """A column of the result.

    Args:
        name: its name in the SQL.
        key: its key in rows.
        type: its type.
        objects: what finds it in a row: the column, its label, names.
    """

    name: str
    key: str
    type: TypeEngine[Any]
    objects: tuple[Any, ...]

    @property
    def is_text(self) -> bool:
        """Whether only the database knows its name, and whether it is one column or several."""
        selected = self.objects[0]
        kind = selected.__visit_name__
        return bool(kind == "textclause" or (kind == "column" and selected.is_literal and selected.name.endswith("*")))


class DefaultParameter(BindParameter[Any]):
    """The placeholder of a column whose value a function in Python makes for each row.

    Args:
        column: the column.
        function: makes the value.
        needs_context: whether the function takes the context of the execution.
        key: the name of the parameter; that of the column where none is given.

    Attributes:
        row: where one statement inserts several rows, the parameters of its row by the keys of the columns.
    """

    row: Mapping[str, BindParameter[Any]] | None = None

    def __init__(self, column: Any, function: Callable[..., Any], needs_context: bool, key: str | None = None) -> None:
        super().__init__(key or column.key, type_=column.type, required=False)
        self.column = column
        self.function = function
        self.needs_context = needs_context


class PackedParameter(BindParameter[Any]):
    """The single placeholder of a list that is too long to be bound value by value.

    Args:
        source: the parameter that holds the list.
    """

    def __init__(self, source: BindParameter[Any]) -> None:
        super().__init__(None, source.value)
        self.hint = source.hint
        self.source = source


class ItemParameter(BindParameter[Any]):
    """The placeholder of one value of a list, where the list's type puts each value into an expression.

    Args:
        source: the parameter that holds the list.
        place: the position in the list; and for lists of tuples that in the tuple.
        value: the value.
        type_: the type of the value.
    """

    def __init__(
        self, source: BindParameter[Any], place: tuple[int, ...], value: object, type_: TypeEngine[Any]
    ) -> None:
        super().__init__(None, value, type_, literal_execute=source.literal_execute)
        self.source = source
        self.place = place


class Compiled:
    """A statement as SQL text for one dialect.

    Args:
        dialect: for which dialect.
        statement: what is compiled.
        schema_translate_map: other names for schemas.
        render_schema_translate: whether the text has these names; otherwise the connection writes them.
        compile_kwargs: options of the compiler, such as ``{"literal_binds": True}``.

    Attributes:
        string: the SQL.
        positional: the parameter of each placeholder, in the order of the placeholders.
        bind_names: the name of each parameter.

    Raises:
        CompileError: it cannot be written in this dialect.
    """

    statement: Any
    string: str

    def __init__(
        self,
        dialect: CompilerDialect,
        statement: Any,
        schema_translate_map: Mapping[str | None, str | None] | None = None,
        render_schema_translate: bool = False,
        compile_kwargs: Mapping[str, object] | None = None,
    ) -> None:
        if schema_translate_map and render_schema_translate:
            from azoth.sql.compiler.schema_translation import translating_dialect  # noqa: PLC0415  # for few programs

            dialect = translating_dialect(dialect, schema_translate_map)
        made: Compiled = compile_element(statement, dialect, compile_kwargs=compile_kwargs)
        self.__dict__.update(made.__dict__)

    @classmethod
    def of(
        cls,
        statement: Any,
        dialect: CompilerDialect,
        string: str,
        positional: tuple[BindParameter[Any], ...],
        bind_names: dict[BindParameter[Any], str],
        compiler: CompilerBase,
    ) -> Self:
        """Make the compiled form of what a compiler has written.

        Args:
            statement: what was compiled.
            dialect: for which dialect.
            string: the SQL.
            positional: the parameter of each placeholder, in the order of the placeholders.
            bind_names: the name of each parameter.
            compiler: what compiled it, for what only some statements have.
        """
        made = cls.__new__(cls)
        made._take(statement, dialect, string, positional, bind_names, compiler)
        return made

    def _take(
        self,
        statement: Any,
        dialect: CompilerDialect,
        string: str,
        positional: tuple[BindParameter[Any], ...],
        bind_names: dict[BindParameter[Any], str],
        compiler: CompilerBase,
    ) -> None:
        self.statement = statement
        self.dialect = dialect
        self.string = string
        self.positional = positional
        self.bind_names = bind_names
        self.result_columns: tuple[ResultColumn, ...] = tuple(compiler.result_columns)
        self.kind: str = compiler.kind
        self.returns_rows: bool = compiler.returns_rows
        self.gives_defaults: bool = compiler.gives_defaults
        self.table: Any = compiler.table
        self.default_columns: tuple[Any, ...] = tuple(compiler.default_columns)
        self.prefetched_columns: tuple[Any, ...] = tuple(compiler.prefetched_columns)
        self.server_columns: tuple[Any, ...] = tuple(compiler.server_columns)
        self.side_by_side = compiler.side_by_side

    def __str__(self) -> str:
        return self.string

    @property
    def params(self) -> dict[str, Any]:
        """The values by the names of their parameters; None where there is no value yet."""
        return self.construct_params()

    @property
    def execution_options(self) -> Mapping[str, Any]:
        """The options of the statement's execution."""
        options: Mapping[str, Any] = getattr(self.statement, "_execution_options", {})
        return options

    @property
    def cache_key(self) -> CacheKey | None:
        """By what caches find the statement; None where it is compiled each time, and of DDL."""
        make = getattr(self.statement, "_generate_cache_key", None)
        key: CacheKey | None = None if make is None else make()
        return key

    def construct_params(
        self,
        params: Mapping[str, Any] | None = None,
        extracted_parameters: Sequence[BindParameter[Any]] | None = None,
        escape_names: bool = False,
    ) -> dict[str, Any]:
        """Collect the values by the names of their parameters.

        Args:
            params: values for named parameters.
            extracted_parameters: the parameters of a statement that is built the same way (``CacheKey.bindparams``);
                their values take the place of those of this one.
            escape_names: whether names are written as the placeholders have them.
        """
        given = dict(params or {})
        if extracted_parameters is not None:
            for own, other in zip(self.statement._binds, extracted_parameters, strict=True):
                if own in self.bind_names:
                    given.setdefault(self.bind_names[own], other.effective_value)
        named = self._named_values(given)
        if not escape_names:
            return named
        safe = placeholder_names(self.bind_names.values())
        return {safe.get(name, name): value for name, value in named.items()}

    def _named_values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for bind, name in self.bind_names.items():
            if isinstance(bind, ItemParameter):
                continue
            value = given.get(name, NO_VALUE)
            if value is NO_VALUE:
                value = bind.effective_value
            values[name] = None if value is NO_VALUE else value
        return values

    @property
    def sql_compiler(self) -> Compiled:
        """This compiled form."""
        return self


class CompilerBase:
    """Turn elements into SQL text: ``process()`` calls the ``visit_`` method that the element names.

    Bound values stand in the text as marks until the whole statement is written, so that parts of it may be written
    in another order than they are compiled; ``assemble()`` exchanges them for placeholders.

    Args:
        dialect: for which dialect.
        parameter_keys: the names of the values that come with the execution.
        many: whether the statement runs for many sets of values.
        literal_binds: whether values are written into the text.
        options: what ``process()`` passes on to everything, such as ``include_table=False``.
    """

    result_columns: list[ResultColumn]
    kind: str = "expression"
    returns_rows: bool = False
    gives_defaults: bool = False
    """Whether its rows are the values that the server has made (``return_defaults()``)."""
    table: Any = None
    default_columns: tuple[Any, ...] = ()
    prefetched_columns: tuple[Any, ...] = ()
    server_columns: tuple[Any, ...] = ()
    side_by_side: tuple[tuple[Any, Any], ...] = ()
    """SELECTs with several elements in FROM, and these."""
    placeholder_formats: ClassVar[Mapping[str, str]] = {
        "qmark": "?",
        "named": ":{}",
        "format": "%s",
        "pyformat": "%({})s",
        "numeric": ":{}",
        "numeric_dollar": "${}",
    }

    def __init__(
        self,
        dialect: CompilerDialect,
        parameter_keys: tuple[str, ...] | None = None,
        many: bool = False,
        literal_binds: bool = False,
        **options: object,
    ) -> None:
        self._options = options
        self.dialect = dialect
        self.preparer = dialect.identifier_preparer
        self.quote: Callable[[str], str] = self.preparer.quote
        self.parameter_keys = parameter_keys
        self.many = many
        self.literal_binds = literal_binds
        self.statement: Any = None
        self._whole: object = None
        self._is_handled = False
        """Whether a handler is writing the statement."""
        self.result_columns = []
        self.bind_names: dict[BindParameter[Any], str] = {}
        self._marked: list[BindParameter[Any]] = []
        self._named: dict[str, BindParameter[Any]] = {}
        self._reserved_names: frozenset[str] = frozenset()
        self._anonymous: dict[Any, str] = {}
        self._counters: dict[str, int] = {}
        self._written: dict[int, str] = {}
        """The text of operands that are written before the expression that they belong to."""

    def compile(self, element: Any) -> Compiled:
        """Compile a whole statement or an expression.

        Args:
            element: what to compile.

        Raises:
            CompileError: it cannot be written in this dialect.
        """
        self.statement = self._whole = element
        self._reserved_names = frozenset(bind.key for bind in element._binds if bind.key is not None)
        try:
            string, positional = self.assemble(self.process(element, **self._options))
        except RecursionError:
            raise nested_too_deeply() from None
        return Compiled.of(element, self.dialect, string, positional, self.bind_names, self)

    def render(self, element: Any, **options: Any) -> str:
        """Write an element as finished text, as a part of another compiler's work."""
        return self.assemble(self.process(element, **options))[0]

    def process(self, element: Any, **options: Any) -> str:
        """Write an element.

        Args:
            element: what to write.
            options: passed on to everything below, such as ``include_table=False``.

        Raises:
            UnsupportedCompilationError: this compiler has no way to write it.
        """
        if self._written:
            text = self._written.pop(id(element), None)
            if text is not None:
                return text
        try:
            method = element._visit_method
        except AttributeError:
            # A mapped attribute, which an element of a program's own may hold.
            if not hasattr(element, "__clause_element__"):
                raise
            return self.process(element.__clause_element__(), **options)
        visit = getattr(self, method, None)
        if visit is None:
            raise self._unsupported(element)
        return visit(element, **options)  # type: ignore[no-any-return]

    def _unsupported(self, element: Written) -> exc.UnsupportedCompilationError:
        return exc.UnsupportedCompilationError(
            f"dialect {self.dialect.name!r} cannot compile {type(element).__name__}",
            why=f"{type(self).__name__} has no method visit_{element.__visit_name__}()",
            fix="use an element that this database supports, or say how it is written: @compiles from "
            "azoth.ext.compiler",
            code="AZ-C10",
        )

    def visit_by_handler(self, element: Written, **options: object) -> str:
        """Write an element by the function that ``@compiles`` has given its class."""
        if element is not self.statement:
            return written_by_handler(self, element, options)
        self._whole, self._is_handled = None, True
        text = written_by_handler(self, element, options)
        self._is_handled = False
        return text

    def is_whole(self, element: object) -> bool:
        """Tell whether an element is the statement that is compiled, or what a handler writes in its place."""
        if self._is_handled and element.__class__ is self.statement.__class__ and self._is_outermost():
            self._whole = element
        return element is self._whole

    def _is_outermost(self) -> bool:
        return True

    def process_all(self, elements: Any, separator: str = ", ", **options: Any) -> str:
        """Write several elements; those that are empty leave no separator."""
        return separator.join([text for element in elements if (text := self.process(element, **options))])

    def anonymous_name(self, subject: Any, hint: str) -> str:
        """Make up a name for an object, the same one for the same object: ``hint_1``.

        Args:
            subject: a hashable object that needs a name.
            hint: from what the name is made.
        """
        name = self._anonymous.get(subject)
        if name is None:
            hint = self._short_enough(hint)
            while True:
                number = self._counters[hint] = self._counters.get(hint, 0) + 1
                name = f"{hint}_{number}"
                if name not in self._reserved_names:
                    break
            self._anonymous[subject] = name
        return name

    def _short_enough(self, hint: str) -> str:
        """Shorten what a name is made of, so that its number fits behind it."""
        longest = self.dialect.label_length or self.dialect.max_identifier_length
        return hint if len(hint) + _NUMBER_LENGTH <= longest else hint[: max(0, longest - _NUMBER_LENGTH)]

    # --- bound values ---

    def mark(self, bind: BindParameter[Any]) -> str:
        """Write the mark of a bound value, and give it its name."""
        if bind not in self.bind_names:
            self._name(bind)
        self._marked.append(bind)
        return f"{_MARK}{len(self._marked) - 1}\x02"

    def _name(self, bind: BindParameter[Any]) -> None:
        name = bind.key
        if isinstance(bind, ItemParameter):
            if bind.source not in self.bind_names:
                self._name(bind.source)
            places = "_".join([str(place + 1) for place in bind.place])
            name = f"{self.bind_names[bind.source]}_{places}"
        elif name is None:
            name = self.anonymous_name(bind, _NOT_WORD.sub("_", bind.hint))
        else:
            known = self._named.setdefault(name, bind)
            if known is not bind and not _same_parameter(known, bind):
                raise exc.CompileError(
                    f"bind parameter {name!r} stands for two different values in one statement",
                    why="both have this name, and each has a value of its own",
                    fix="give them different names, or make one of them unique=True",
                    code="AZ-C11",
                )
        self.bind_names[bind] = name

    def assemble(self, text: str) -> tuple[str, tuple[BindParameter[Any], ...]]:
        """Exchange the marks of bound values for placeholders.

        Args:
            text: SQL with marks.

        Returns:
            the SQL, and the parameter of each placeholder.
        """
        if not self._marked and "%" not in text:
            return text, ()
        style = self.dialect.paramstyle
        placeholder = self.placeholder_formats[style]
        percent = "%%" if style in ("format", "pyformat") else "%"
        is_numeric = style.startswith("numeric")
        safe_names = {} if is_numeric else self._placeholder_names()
        positional: list[BindParameter[Any]] = []
        expanded: dict[BindParameter[Any], int] = {}

        def exchanged(match: re.Match[str]) -> str:
            if match[2]:
                return percent
            bind = self._marked[int(match[1])]
            positional.append(bind)
            name = str(len(positional)) if is_numeric else self.bind_names[bind]
            name = safe_names.get(name, name)
            if bind.expanding and not is_numeric:
                expanded[bind] = number = expanded.get(bind, 0) + 1
                name = f"{name}_{number}"
            return placeholder.format(name if is_numeric else self.placeholder_name(name))

        return _PLACEHOLDER.sub(exchanged, text), tuple(positional)

    def placeholder_name(self, name: str) -> str:
        """Write the name of a parameter as it stands in its placeholder."""
        return name

    def _placeholder_names(self) -> dict[str, str]:
        return placeholder_names(self.bind_names.values())

    def render_literal_value(self, value: Any, type_: TypeEngine[Any]) -> str:
        """Write a value as SQL.

        Args:
            value: the value.
            type_: its type.

        Raises:
            CompileError: values of the type have no SQL text.
        """
        if value is None and not type_.should_evaluate_none:
            return "NULL"
        impl: TypeEngine[Any] = type_.dialect_impl(self.dialect)  # type: ignore[arg-type]
        processor = impl.literal_processor(self.dialect)  # type: ignore[arg-type]
        if processor is None:
            raise exc.CompileError(
                f"No literal value renderer is available for values of type {type_!r}",
                why="only types with a literal_processor() can be written into SQL text",
                fix="let the value be bound, or give the expression a type such as Integer or String",
                code="AZ-C12",
            )
        written: str = processor(value)
        return self.render_bind_cast(type_, impl, written) if impl.render_literal_cast else written

    def render_bind_cast(self, type_: TypeEngine[Any], dbapi_type: TypeEngine[Any], sqltext: str) -> str:
        """Write a placeholder or a literal with its type, for types that ask for that.

        Args:
            type_: the type, as the program has given it.
            dbapi_type: the dialect's own version of it.
            sqltext: the placeholder or the literal.
        """
        return f"CAST({sqltext} AS {self.dialect.type_compiler_instance.process(dbapi_type)})"


def _same_parameter(one: BindParameter[Any], other: BindParameter[Any]) -> bool:
    return one.value is other.value or bool(one.effective_value == other.effective_value)


def placeholder_names(names: Iterable[str]) -> dict[str, str]:
    """Find names for placeholders where a parameter's own name is no word, which drivers would misread.

    Args:
        names: the names of all parameters.
    """
    taken = set(names)
    safe: dict[str, str] = {}
    for name in dict.fromkeys(name for name in names if not _WORD.match(name)):
        stem = candidate = f"p_{_NOT_WORD.sub('_', name)}"
        number = 0
        while candidate in taken:
            number += 1
            candidate = f"{stem}_{number}"
        taken.add(candidate)
        safe[name] = candidate
    return safe
