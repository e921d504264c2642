"""PreparedStatement: a compiled statement with everything that running it again and again needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, TypeAlias

from azoth.sql.compiler import Compiled, DefaultParameter, ResultColumn
from azoth.sql.ports import CompilerDialect
from azoth.sql.statement_cache.binder import make_binder

__all__ = ["PreparedStatement"]

Processor: TypeAlias = Callable[[Any], Any]


class PreparedStatement:
    """A compiled statement, and how its parameters and its rows are processed.

    Attributes:
        sql: the text.
        bind: ``bind(statement, parameters, connection) -> tuple``, which takes the values bound in that statement, lets
            ``parameters`` override named ones, processes them and adds the defaults that Python makes; a generated
            function, whose text is in ``bind.__source__``.
        columns: the columns of the result.
        result_processors: a function or None for each column; None where no column has one.
        kind: "select", "insert", "update", "delete", "text", "ddl" or "expression".
        gives_defaults: whether its rows are the values that the server has made (``return_defaults()``).
        returns_rows: whether it gives rows; for text, the cursor knows.
        table: the table that an INSERT, UPDATE or DELETE changes.
        default_columns: its columns whose values Python's defaults make.
        server_columns: its columns whose values come from the server.
        needs_values: whether the SQL depends on values that come with the execution (a list for IN, a literal): then
            ``statement.params(parameters)`` has to be prepared instead.
        compiled: the compiled form.
        is_shared: whether statements with other aliases, subqueries or values in the same places use it too; the
            column objects in ``columns`` are then those of the first one.
        is_textual: whether it is a text with declared columns, or has texts among its columns: only the cursor knows
            which columns there are, and where in the rows.
    """

    __slots__ = (
        "__weakref__",
        "_dialect",
        "_places",
        "bind",
        "columns",
        "compiled",
        "default_columns",
        "gives_defaults",
        "is_shared",
        "is_textual",
        "kind",
        "needs_values",
        "result_processors",
        "returns_rows",
        "server_columns",
        "sql",
        "table",
    )

    def __init__(self, compiled: Compiled, parameter_keys: tuple[str, ...]) -> None:
        self.compiled = compiled
        self._dialect = compiled.dialect
        self.sql = compiled.string
        self.columns: tuple[ResultColumn, ...] = compiled.result_columns
        self.result_processors = _result_processors(compiled.result_columns, compiled.dialect)
        self.kind = compiled.kind
        self.returns_rows = compiled.returns_rows
        self.gives_defaults = compiled.gives_defaults
        self.table = compiled.table
        self.default_columns = compiled.default_columns
        self.is_shared = False
        self.is_textual = compiled.statement.__visit_name__ == "textual_select" or any(
            column.is_text for column in compiled.result_columns
        )
        self.server_columns = compiled.server_columns
        self.needs_values = any(_depends_on_value(bind, parameter_keys) for bind in compiled.statement._binds)
        self.bind: Callable[..., tuple[Any, ...]] = make_binder(compiled, parameter_keys)
        self._places: dict[str, int] | None = None

    @property
    def has_values_in_columns(self) -> bool:
        """Whether the result has expressions with values: those of two statements are alike and not the same."""
        return any(column.objects[0]._binds for column in self.columns)

    @property
    def places(self) -> dict[str, int]:
        """The position of each named or generated value in the tuple that ``bind()`` makes, by its name."""
        places = self._places
        if places is None:
            names = self.compiled.bind_names
            places = {}
            for place, bind in enumerate(self.compiled.positional):
                places.setdefault(names[bind], place)
            # Kept when it is complete, because other threads use this statement too.
            self._places = places
        return places

    @property
    def returned_columns(self) -> frozenset[Any]:
        """The columns of the table whose values come back by ``return_defaults()``."""
        return frozenset([column.objects[0] for column in self.columns]) if self.gives_defaults else frozenset()

    @property
    def postfetch_columns(self) -> list[Any]:
        """The columns beside the key whose values the server makes and does not give back."""
        returned = self.returned_columns
        return [column for column in self.server_columns if not column.primary_key and column not in returned]

    def made_by_functions(self, values: Sequence[Any]) -> dict[Any, Any]:
        """Find the values that the functions of columns' defaults made for one execution, as they are read again.

        Args:
            values: what ``bind()`` gave.

        Returns:
            column -> value; a column is left out where its type puts values into expressions, because only the
            database knows what these give.
        """
        dialect: Any = self._dialect
        reading = dialect
        if dialect.supports_native_json_deserialization:
            # What was bound has never been with the driver that reads JSON.
            reading = copy(dialect)
            reading.supports_native_json_deserialization = False
        found: dict[Any, Any] = {}
        for place, bind in enumerate(self.compiled.positional):
            if isinstance(bind, DefaultParameter):
                type_ = bind.type.dialect_impl(dialect)
                if type_.bind_expression(bind) is None and type_.column_expression(bind.column) is None:
                    process = type_.result_processor(reading, None)
                    found[bind.column] = values[place] if process is None else process(values[place])
        return found

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.kind}: {self.sql!r}>"


def _result_processors(
    columns: tuple[ResultColumn, ...], dialect: CompilerDialect
) -> tuple[Processor | None, ...] | None:
    found = tuple([_result_processor(column, dialect) for column in columns])
    return found if any(processor is not None for processor in found) else None


def _depends_on_value(bind: Any, parameter_keys: tuple[str, ...]) -> bool:
    if not (bind.expanding or bind.literal_execute):
        return False
    return bind.key in parameter_keys or bind.effective_value is None


def _result_processor(column: ResultColumn, dialect: Any) -> Processor | None:
    return column.type.dialect_impl(dialect).result_processor(dialect, None)
