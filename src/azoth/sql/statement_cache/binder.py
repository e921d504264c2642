"""The generated function that takes the values of a statement and makes the driver's parameters of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeAlias

from azoth import exc
from azoth.sql.compiler import Compiled, DefaultParameter, ItemParameter, PackedParameter
from azoth.sql.elements import NO_VALUE, BindParameter
from azoth.sql.statement_cache.unbindable import raise_not_processed
from azoth.util.generated_code import define, literal

__all__ = ["make_binder"]

Binder: TypeAlias = Callable[..., tuple[Any, ...]]
Processor: TypeAlias = Callable[[Any], Any]


def make_binder(compiled: Compiled, parameter_keys: tuple[str, ...]) -> Binder:
    """Generate ``bind(statement, parameters, connection)`` for a compiled statement.

    Which values come from the statement, which from the parameters and which need processing is known here, so the
    function is a single expression without decisions.

    Args:
        compiled: the compiled statement.
        parameter_keys: the names of the values that come with the execution.
    """
    return BinderSource(compiled, frozenset(parameter_keys)).function()


class BinderSource:
    """The source of one binder while it is written.

    Args:
        compiled: the compiled statement.
        given: the names of the values that come with the execution.
    """

    def __init__(self, compiled: Compiled, given: frozenset[str]) -> None:
        self.compiled = compiled
        self.given = given
        self.dialect: Any = compiled.dialect
        self.places = {id(bind): place for place, bind in enumerate(compiled.statement._binds)}
        self.names: dict[str, Any] = {
            "StatementError": exc.StatementError,
            "NO_VALUE": NO_VALUE,
            "missing": _missing,
            "list_of": _list_of,
            "raise_not_bound": _raise_not_bound,
        }
        self.before: list[str] = []
        self.values: list[str] = []
        self.defaults: dict[int, str] = {}
        self.added: dict[int, str] = {}
        self.known: dict[str, str] = {}
        """Parameter name -> what its default gives, of the defaults that are made by now."""
        self.lists: dict[int, str] = {}
        self.has_context = False
        self.uses_parameters = False

    def function(self) -> Binder:
        """Write the source and compile it."""
        positional = self.compiled.positional
        place = 0
        while place < len(positional):
            bind = positional[place]
            place += self._write(bind)
        lines = ["def bind(statement, parameters, connection=None):"]
        if any("binds[" in line or "binds," in line for line in (*self.before, *self.values)):
            lines.append("    binds = statement._binds")
        lines += [f"    {line}" for line in self.before]
        result = f"({', '.join(self.values)}{',' if len(self.values) == 1 else ''})"
        if self.uses_parameters or any(name.startswith("process_") for name in self.names):
            self.names["sql"] = self.compiled.string
            lines += [
                "    try:",
                f"        return {result}",
                "    except Exception as error:",
                "        raise_not_bound(error, parameters, sql)",
            ]
        else:
            lines.append(f"    return {result}")
        source = "\n".join(lines) + "\n"
        return define(source, "bind", f"parameters of {self.compiled.kind}", self.names)  # type: ignore[no-any-return]

    def _write(self, bind: BindParameter[Any]) -> int:
        """Write the values of one parameter; gives the number of its placeholders."""
        if isinstance(bind, DefaultParameter):
            self.values.append(self._default(bind))
            return 1
        if isinstance(bind, ItemParameter):
            self.values.append(self._item(bind))
            return 1
        packed = bind
        if isinstance(bind, PackedParameter):
            bind = bind.source
        value = self._value(bind)
        if id(bind) not in self.places and bind.key not in self.given:
            # Not of the statement itself: the plain default of a column.
            self._note(packed, f"{self._source(bind)}.value")
        if packed is not bind:
            self.names["pack"] = _json_list
            processor = self._processor(bind)
            self.values.append(f"pack({value})" if processor is None else f"pack([{processor}(v) for v in {value}])")
            return 1
        if bind.expanding:
            return self._write_list(bind, value)
        processor = self._processor(bind)
        self.values.append(value if processor is None else f"{processor}({value})")
        return 1

    def _value(self, bind: BindParameter[Any]) -> str:
        key = bind.key
        if key is not None and key in self.given:
            self.uses_parameters = True
            return f"parameters[{literal(key)}]"
        source = self._source(bind)
        if bind.callable is not None:
            return f"{source}.callable()"
        if key is not None:
            # Whether a named parameter has a value is not part of the shape.
            if bind.expanding:
                # It may be what a comprehension goes over, where Python allows no assignment.
                return f"list_of({source})"
            return f"(v if (v := {source}.value) is not NO_VALUE else missing({source}))"
        return f"{source}.value"

    def _source(self, bind: BindParameter[Any]) -> str:
        """Write what gives the parameter itself."""
        place = self.places.get(id(bind))
        if place is not None:
            return f"binds[{place}]"
        name = self.added.get(id(bind))
        if name is None:
            name = self.added[id(bind)] = f"added_{len(self.names)}"
            self.names[name] = bind
        return name

    def _write_list(self, bind: BindParameter[Any], value: str) -> int:
        values = bind.effective_value
        if values is NO_VALUE or values is None:
            self.values.append(value)
            return 1
        if isinstance(values[0], (tuple, list)):
            self.values.append(self._rows(bind, value, len(values[0])))
            return len(values) * len(values[0])
        processor = self._processor(bind)
        self.values.append(f"*{value}" if processor is None else f"*[{processor}(v) for v in {value}]")
        return len(values)

    def _item(self, item: ItemParameter) -> str:
        name = self.lists.get(id(item.source))
        if name is None:
            name = self.lists[id(item.source)] = f"list_{len(self.lists)}"
            self.before.append(f"{name} = {self._value(item.source)}")
        value = name + "".join([f"[{place}]" for place in item.place])
        processor = self._processor(item)
        return value if processor is None else f"{processor}({value})"

    def _rows(self, bind: BindParameter[Any], value: str, width: int) -> str:
        types = getattr(bind.type, "types", ())
        processors = [self._processor_of_type(type_) for type_ in types] if len(types) == width else [None] * width
        if not any(processors):
            return f"*[part for row in {value} for part in row]"
        parts = ", ".join(
            f"row[{place}]" if processor is None else f"{processor}(row[{place}])"
            for place, processor in enumerate(processors)
        )
        return f"*[part for row in {value} for part in ({parts},)]"

    def _processor(self, bind: BindParameter[Any]) -> str | None:
        return self._processor_of_type(bind.type)

    def _processor_of_type(self, type_: Any) -> str | None:
        processor: Processor | None = type_.dialect_impl(self.dialect).bind_processor(self.dialect)
        if processor is None:
            return None
        name = f"process_{len(self.names)}"
        self.names[name] = processor
        return name

    def _default(self, bind: DefaultParameter) -> str:
        known = self.defaults.get(id(bind))
        if known is not None:
            return known
        number = len(self.defaults)
        variable = f"default_{number}"
        self.defaults[id(bind)] = variable
        processor = self._processor(bind)
        self.names[f"make_{number}"] = bind.function
        made = f"make_{number}()"
        if bind.needs_context:
            self._tell_context(bind, number)
            made = f"make_{number}(context)"
        self.before.append(f"{variable} = {made}")
        self._note(bind, variable)
        return variable if processor is None else f"{processor}({variable})"

    def _tell_context(self, bind: DefaultParameter, number: int) -> None:
        """Write what tells the context which value is made next."""
        if not self.has_context:
            self._open_context()
        self.names[f"column_{number}"] = bind.column
        self.before.append(f"context.current_column = column_{number}")
        if bind.row is not None:
            names = self.compiled.bind_names
            self.names[f"row_{number}"] = {key: names[one] for key, one in bind.row.items()}
            self.before.append(f"context.row = row_{number}")

    def _note(self, bind: BindParameter[Any], value: str) -> None:
        """Let the context know what a default gives, from now on."""
        name = self.compiled.bind_names[bind]
        self.known[name] = value
        if self.has_context:
            self.before.append(f"context.current_parameters[{literal(name)}] = {value}")

    def _open_context(self) -> None:
        """Write what makes the context of the row, with the defaults that are known by then."""
        # For defaults that are functions.
        from azoth.sql.statement_cache.default_context import DefaultContext  # noqa: PLC0415

        self.has_context = True
        compiled = self.compiled
        self.names["DefaultContext"] = DefaultContext
        self.names["compiled"] = lambda: compiled
        self.names["given"] = _given
        items = [f"{literal(name)}: {self._raw(name, bind)}" for bind, name in compiled.bind_names.items()]
        row = f"{{{', '.join(items)}}}"
        self.before.append(
            f"context = DefaultContext({literal(compiled.kind)}, compiled, connection, {row}, statement)"
        )

    def _raw(self, name: str, bind: BindParameter[Any]) -> str:
        """Write what gives a parameter's value to the functions of defaults: unprocessed, None where there is none."""
        if isinstance(bind, PackedParameter):
            bind = bind.source
        if bind.key is not None and bind.key in self.given:
            return f"parameters.get({literal(bind.key)})"
        if id(bind) in self.places:
            return f"given({self._source(bind)})"
        return self.known.get(name, "None")


def _given(bind: BindParameter[Any]) -> object:
    """Give the value that a parameter has so far."""
    value = bind.effective_value
    if value is NO_VALUE:
        return None
    return list(value) if bind.expanding and value is not None else value


def _json_list(values: Any) -> str:
    import json  # noqa: PLC0415  # slow to import, and few lists are so long

    try:
        return json.dumps(list(values))
    except TypeError as error:
        raise exc.StatementError(
            "the list for IN is too long to be bound value by value, and its values have no JSON text",
            orig=error,
            why="a list of this length is bound as one JSON text",
            fix="split the list, or put the values into a temporary table",
            code="AZ-C00",
        ) from error


def _list_of(bind: BindParameter[Any]) -> Any:
    return _missing(bind) if bind.value is NO_VALUE else bind.value


def _missing(bind: BindParameter[Any]) -> Any:
    raise exc.StatementError(
        f"A value is required for bind parameter {bind.key!r}",
        why="the parameter has no value of its own, and none came with the execution",
        fix=f"execute the statement with {{{bind.key!r}: value}}",
        code="AZ-C99",
    )


def _raise_not_bound(error: Exception, parameters: Mapping[str, Any] | None, sql: str) -> NoReturn:
    key = error.args[0] if isinstance(error, KeyError) and error.args else None
    if key is None or parameters is None or key in parameters or not _is_own(error):
        # It came from within a type's own processing.
        raise_not_processed(error, sql)
    raise exc.StatementError(
        f"A value is required for bind parameter {key!r}",
        why="other sets of values in the same execution have it, this one does not",
        fix="give all sets of values the same keys",
        code="AZ-C99",
    ) from None


def _is_own(error: Exception) -> bool:
    """Tell whether an error was raised by the binder itself and not by a function that it has called."""
    trace = error.__traceback__
    return trace is not None and trace.tb_next is None
