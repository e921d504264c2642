"""One compiled INSERT, UPDATE or DELETE and the generated function that takes its parameters from instances."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from azoth.orm.persistence.profile.values import committed_value
from azoth.orm.persistence.statements.announced import Announced
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.sql.compiler import DefaultParameter, compile_statement
from azoth.sql.statement_cache import raise_not_processed
from azoth.sql.types.base import LEFT_ALONE
from azoth.util.generated_code import define, literal

if TYPE_CHECKING:
    from azoth.orm.runtime.state import InstanceState
    from azoth.sql.elements import ClauseElement
    from azoth.sql.ports import CompilerDialect

Parameters = list[tuple[Any, ...]]
Processor = Callable[[Any], Any]
Learnt = dict[tuple[str, ...], list["InstanceState"]]
"""Attributes that were not given, and the states of the objects that know since then that they are NULL."""
Extract = Callable[[Sequence["InstanceState"], Sequence[Any], Learnt], Parameters]

ForMany = Callable[[Any, Sequence[Any], "CompilerDialect"], str | None]
"""Compiles a statement for many rows, of the one for a single row and its parameters."""

Made = tuple[tuple[int, DefaultParameter], ...]
"""The places in a row whose values functions make, each with what tells the function."""

EXTRACT_SOURCE = """\
def extract(states, instances, learnt):
    rows = []
    append = rows.append
    for state, instance in zip(states, instances):
        d = instance.__dict__
        try:
            append(({items}))
        except KeyError:
            missing = tuple([key for key in value_keys if key not in d])
            for key in missing:
                d[key] = None
            learnt.setdefault(missing, []).append(state)
            append(({items}))
    return rows
"""

PROCESS_SOURCE = """\
def process(rows):
    try:
        return [({values}) for ({names}) in rows]
    except Exception as error:
        raise_not_processed(error, sql)
"""

# Where all conversions leave usual values alone, rows are looked at first, and made anew only where one needs it.
PROCESS_SOME_SOURCE = """\
def process(rows):
    for row in rows:
        {taken}
        if not ({all_plain}):
            try:
                return [({values}) for ({names}) in rows]
            except Exception as error:
                raise_not_processed(error, sql)
    return rows
"""


class RowStatement:
    """SQL for rows of one table.

    Attributes:
        sql: the text.
        extract: ``extract(states, instances)`` gives one tuple of raw values for each row, in placeholder order.
        process: applies the types' bind processors to such tuples; None where no column needs one.
        returning: attribute key -> result processor (or None) of the columns that the statement gives back.
        made: the values of columns without an attribute that functions make, when the row is sent.
        announced: what listeners of the engine are told.
        compile_for_many: compiles the statement that does the same for many rows at once, where the database has one.
    """

    __slots__ = ("_for_many", "announced", "compile_for_many", "extract", "made", "process", "returning", "sql")

    def __init__(
        self,
        sql: str,
        sources: Sequence[Source],
        announced: Announced,
        returning: Mapping[str, Processor | None] | None = None,
        title: str = "rows",
        made: Made = (),
        compile_for_many: Callable[[], str | None] | None = None,
    ) -> None:
        self.sql = sql
        self.made = made
        self.compile_for_many = compile_for_many
        self._for_many: str | bool | None = False
        self.announced = announced
        self.returning: Mapping[str, Processor | None] = returning or {}
        self.extract: Extract = _define_extract(sources, title)
        self.process: Callable[[Parameters], Parameters] | None = _define_process(sources, title, sql)

    @property
    def for_many(self) -> str | None:
        """The SQL for many rows at once, whose parameters the dialect's ``rows_as_table`` makes; None for none."""
        found = self._for_many
        if isinstance(found, bool):
            found = self._for_many = self.compile_for_many() if self.compile_for_many is not None else None
        return found


class Source:
    """Where the value of one placeholder comes from.

    Attributes:
        kind: "value" (an attribute), "committed" (an attribute as it is in the database), "pk" (the mapper's key in the
            database), "made" (a function makes it when the row is sent) or "constant".
        name: the attribute key; for "pk" the position in a composite key, or None.
        constant: the value of a constant.
        processor: the type's bind processor, or None.
        parameter: what listeners of the engine know the value by; None for constants.
    """

    __slots__ = ("constant", "kind", "name", "parameter", "processor")

    def __init__(
        self, kind: str, name: Any, processor: Processor | None, parameter: str | None, constant: Any = None
    ) -> None:
        self.parameter = parameter
        self.kind = kind
        self.name = name
        self.processor = processor
        self.constant = constant


def compiled_rows(
    statement: Any,
    dialect: CompilerDialect,
    sources: Mapping[Any, tuple[str, Any, str]],
    announce: Callable[[], Any],
    returning: Mapping[str, Any] | None = None,
    title: str = "rows",
    count: int = 1,
    for_many: ForMany | None = None,
) -> RowStatement:
    """Compile a statement whose parameters come from instances.

    Args:
        statement: the INSERT, UPDATE or DELETE.
        dialect: for which dialect.
        sources: parameter -> (kind, name) of its source, and what listeners know it by; other parameters keep their
            own values. They are told apart as objects, because the names of attributes and of parameters in a user's
            own expressions can be anything.
        announce: makes the statement of which listeners of the engine hear.
        returning: attribute key -> column of what RETURNING gives back.
        title: what the generated functions are for.
        count: how many rows one execution is for.
        for_many: compiles the statement for many rows, of this one and its parameters; None where it must not be.

    Returns:
        the statement, ready for rows.
    """
    # No values but those that the statement names: an INSERT without any becomes DEFAULT VALUES.
    compiled = compile_statement(statement, dialect, parameter_keys=())
    placeholders: list[Source] = []
    made: list[tuple[int, DefaultParameter]] = []
    for bind in compiled.positional:
        processor = bind.type.dialect_impl(dialect).bind_processor(dialect)
        known = sources.get(bind)
        if isinstance(bind, DefaultParameter):
            made.append((len(placeholders), bind))
            placeholders.append(Source("made", None, processor, bind.column.key))
        elif known is None:
            placeholders.append(Source("constant", None, processor, None, bind.effective_value))
        else:
            placeholders.append(Source(known[0], known[1], processor, known[2]))
    processors = {
        key: column.type.dialect_impl(dialect).result_processor(dialect, None)
        for key, column in (returning or {}).items()
    }
    announced = Announced(announce, statement, tuple([source.parameter for source in placeholders]), count)
    compile_for_many = None
    if for_many is not None:
        compile_for_many = partial(_compile_for_many, for_many, statement, compiled.positional, weakref.ref(dialect))
    return RowStatement(
        compiled.string, placeholders, announced, processors, title, tuple(made), compile_for_many=compile_for_many
    )


def _compile_for_many(
    for_many: ForMany, statement: ClauseElement, binds: Sequence[Any], dialect: weakref.ref[CompilerDialect]
) -> str | None:
    # Weak, because the mapper keeps the statement for as long as the dialect lives.
    living = dialect()
    return None if living is None else for_many(statement, binds, living)


def _define_extract(sources: Sequence[Source], title: str) -> Extract:
    # What was never set is NULL in the new row, and the object knows it without asking.
    names: dict[str, Any] = {"value_keys": tuple([source.name for source in sources if source.kind == "value"])}
    items = []
    for position, source in enumerate(sources):
        if source.kind == "value":
            items.append(f"d[{literal(source.name)}]")
            continue
        if source.kind == "committed":
            # Rows of a second table whose key is no part of the object's own; the plan made sure that it is known.
            items.append(f"known_value(state, instance, {literal(source.name)})")
            names["known_value"] = _known_value
            continue
        if source.kind == "made":
            text = "None"
        elif source.kind == "constant":
            text = f"constant_{position}"
            names[text] = source.constant
        else:
            text = "state.pk" if source.name is None else f"state.pk[{source.name}]"
        items.append(text)
    text = EXTRACT_SOURCE.format(items=_tuple_items(items))
    function: Extract = define(text, "extract", f"parameters of {title}", names)
    return function


def _define_process(sources: Sequence[Source], title: str, sql: str) -> Callable[[Parameters], Parameters] | None:
    if not any(source.processor is not None for source in sources):
        return None
    names: dict[str, Any] = {f"p{position}": source.processor for position, source in enumerate(sources)}
    names |= {"raise_not_processed": raise_not_processed, "sql": sql}
    variables = [f"v{position}" for position in range(len(sources))]
    values = [
        variable if source.processor is None else _processed(source.processor, f"p{position}", variable)
        for position, (source, variable) in enumerate(zip(sources, variables, strict=True))
    ]
    made = {"values": _tuple_items(values), "names": _tuple_items(variables)}
    tests = [None if source.processor is None else LEFT_ALONE.get(source.processor, "") for source in sources]
    if "" in tests:
        text = PROCESS_SOURCE.format(**made)
    else:
        places = [place for place, test in enumerate(tests) if test is not None]
        all_plain = " and ".join(test.format(f"v{place}") for place, test in enumerate(tests) if test is not None)
        taken = "; ".join(f"v{place} = row[{place}]" for place in places)
        text = PROCESS_SOME_SOURCE.format(**made, taken=taken, all_plain=all_plain)
    function: Callable[[Parameters], Parameters] = define(text, "process", f"bind processing of {title}", names)
    return function


def _processed(processor: Processor, name: str, variable: str) -> str:
    test = LEFT_ALONE.get(processor)
    call = f"{name}({variable})"
    return call if test is None else f"({variable} if {test.format(variable)} else {call})"


def _known_value(state: InstanceState, instance: object, key: str) -> Any:
    """Give an attribute's value in the database; None where the row could not be found any more, which meets none."""
    value = committed_value(state, instance, key)
    return None if value is NO_VALUE else value


def _tuple_items(items: Sequence[str]) -> str:
    return "".join(f"{item}, " for item in items).rstrip() if items else ""
