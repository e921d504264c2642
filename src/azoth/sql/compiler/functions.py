"""The compiler of functions and of the windows behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from azoth import exc
from azoth.sql.compiler.base import CompilerBase
from azoth.sql.elements import ClauseElement

if TYPE_CHECKING:
    from azoth.sql.elements import AggregateOrderBy, FrameClauseType, FunctionFilter, Over, WithinGroup
    from azoth.sql.functions import FunctionElement

__all__ = ["FunctionCompiler"]

EXCLUDED: Final = ("CURRENT ROW", "GROUP", "TIES", "NO OTHERS")


class FunctionCompiler(CompilerBase):
    """Write functions.

    A function is written by ``visit_<name>_func()`` where the compiler, or a dialect's compiler derived from it,
    has such a method.
    """

    _aggregate_orders: dict[int, str] = {}
    """ORDER BY inside the parentheses of functions that are yet to be written."""

    def visit_aggregate_order_by(self, ordered: AggregateOrderBy[Any], **options: object) -> str:
        """Write ``function(arguments ORDER BY ...)``."""
        element = ordered.element
        style = getattr(self.dialect, "aggregate_order_by_style", None)
        if style is not None and style.name == "NONE":
            raise exc.CompileError(
                f"{self.dialect.name} has no ORDER BY for aggregates",
                why="its dialect says so (aggregate_order_by_style)",
                fix="order the rows in a subquery that the aggregate reads, or leave the order out",
                code="AZ-C746",
            )
        if style is not None and style.name == "WITHIN_GROUP" and not self._orders_by_itself(element):
            order = self.process(ordered.order_by, **options)
            return f"{self.process(element, **options)} WITHIN GROUP (ORDER BY {order})"
        function = getattr(element, "func") if element.__visit_name__ == "funcfilter" else element  # noqa: B009
        if not self._aggregate_orders:
            self._aggregate_orders = {}
        self._aggregate_orders[id(function)] = f" ORDER BY {self.process(ordered.order_by, **options)}"
        text = self.process(element, **options)
        if self._aggregate_orders.pop(id(function), None) is not None:
            raise exc.CompileError(
                f"{type(function).__name__} cannot have an ORDER BY among its arguments",
                why=f"dialect {self.dialect.name!r} writes it in a way of its own",
                fix="order by within_group(), or by an argument of the function",
                code="AZ-C665",
            )
        return text

    def _orders_by_itself(self, element: object) -> bool:
        """Tell whether a function of its own method writes its ORDER BY."""
        name = getattr(element, "name", "").lower()
        return hasattr(self, f"visit_{name}_func")

    def visit_function_as_binary(self, comparison: Any, **options: object) -> str:
        """Write the function that makes a comparison."""
        return self.process(comparison.sql_function, **options)

    def visit_function(self, function: Any, **options: Any) -> str:
        """Write a function; ``visit_<name>_func()`` does it where there is such a method."""
        if not function.packagenames:
            visit = getattr(self, f"visit_{function.name.lower()}_func", None)
            if visit is not None:
                return visit(function, **options)  # type: ignore[no-any-return]
        return self.function_name(function) + self.function_argspec(function, **options)

    def visit_arguments(self, arguments: Sequence[ClauseElement], **options: Any) -> str:
        """Write the arguments of a function with commas between them."""
        return self.process_all(arguments, **options)

    def function_name(self, function: Any) -> str:
        """Write the name of a function, with its packages."""
        names = (*function.packagenames, function.name)
        if function._is_generic:
            return str(function.name)
        return ".".join([self.function_name_part(name) for name in names])

    def function_name_part(self, name: str) -> str:
        """Quote a part of a function's name where it needs quotes; reserved words are names of functions."""
        if getattr(name, "quote", None) is not None:
            return self.quote(name)
        if name.lower() in self.preparer.reserved_words or not self.preparer.requires_quotes(name.lower()):
            return str(name)
        return self.quote(name)

    def function_argspec(self, function: Any, **options: Any) -> str:
        """Write the arguments of a function in parentheses."""
        return f"({self.process_all(function.clauses, **options)}{self._aggregate_order(function)})"

    def strings_within_group(self, name: str, function: FunctionElement[Any], **options: object) -> str:
        """Write an aggregate of texts whose separator is a word of the statement and whose order stands behind it."""
        text, separator = function.clauses
        order = self._aggregate_order(function)
        written = f"{name}({self.process(text, **options)}, {self.process(separator, literal_binds=True)})"
        return f"{written} WITHIN GROUP ({order.strip()})" if order else written

    def _aggregate_order(self, function: FunctionElement[Any]) -> str:
        return self._aggregate_orders.pop(id(function), "") if self._aggregate_orders else ""

    def visit_ansi_function(self, function: Any, **options: Any) -> str:
        """Write a function that has no parentheses where it has no arguments, such as CURRENT_TIMESTAMP."""
        visit = getattr(self, f"visit_{function.name.lower()}_func", None)
        if visit is not None:
            return visit(function, **options)  # type: ignore[no-any-return]
        name: str = function.name.upper()
        return name + self.function_argspec(function, **options) if function.clauses else name

    def visit_concat_func(self, function: Any, **options: Any) -> str:
        """Write a concatenation."""
        return f"concat{self.function_argspec(function, **options)}"

    def visit_scalar_function_column(self, column: Any, **options: Any) -> str:
        """Write one field of a function's composite result."""
        return f"({self.process(column.fn, **options)}).{self.quote(column.name)}"

    def visit_next_value_func(self, function: Any, **_options: object) -> str:
        """Write the next value of a sequence."""
        return self.visit_sequence(function.sequence)

    def visit_next_sequence_value(self, value: Any, **_options: object) -> str:
        """Write the next value of a sequence, which a default makes."""
        return self.visit_sequence(value.sequence)

    def visit_sequence(self, sequence: Any, **_options: object) -> str:
        """Write the next value of a sequence."""
        raise exc.UnsupportedCompilationError(
            f"dialect {self.dialect.name!r} has no sequences",
            fix="use an autoincrementing primary key or Identity()",
            code="AZ-C10",
        )

    def visit_over(self, over: Over[Any], **options: Any) -> str:
        """Write ``function OVER (window)``."""
        parts = []
        if over.partition_by is not None:
            parts.append(f"PARTITION BY {self.process(over.partition_by, **options)}")
        if over.order_by is not None:
            parts.append(f"ORDER BY {self.process(over.order_by, **options)}")
        for word, frame in (("RANGE", over.range_), ("ROWS", over.rows), ("GROUPS", over.groups)):
            if frame is not None:
                parts.append(f"{word} BETWEEN {self._frame(frame, **options)}")
        if over.exclude is not None:
            if over.exclude.upper() not in EXCLUDED:
                raise exc.CompileError(
                    f"a window cannot exclude {over.exclude!r}",
                    why="SQL has words for a few rows around the current one",
                    fix=f"exclude one of {', '.join(EXCLUDED)}",
                    code="AZ-C262",
                )
            parts.append(f"EXCLUDE {over.exclude}")
        return f"{self.process(over.element, **options)} OVER ({' '.join(parts)})"

    def _frame(self, frame: Any, **options: Any) -> str:
        if isinstance(frame, tuple):
            low, high = frame
            return f"{_bound(low, 'PRECEDING')} AND {_bound(high, 'FOLLOWING')}"
        bounds = ((frame.start, frame.start_frame_type, "PRECEDING"), (frame.end, frame.end_frame_type, "FOLLOWING"))
        return " AND ".join([self._frame_bound(*bound, **options) for bound in bounds])

    def _frame_bound(self, value: Any, kind: FrameClauseType, unbounded: str, **options: Any) -> str:
        if kind.name == "UNBOUNDED":
            return f"UNBOUNDED {unbounded}"
        if kind.name == "CURRENT":
            return "CURRENT ROW"
        return f"{self.process(value, **options)} {kind.name}"

    def visit_funcfilter(self, filtered: FunctionFilter[Any], **options: Any) -> str:
        """Write ``function FILTER (WHERE condition)``."""
        return f"{self.process(filtered.func, **options)} FILTER (WHERE {self.process(filtered.criterion, **options)})"

    def visit_withingroup(self, ordered: WithinGroup[Any], **options: Any) -> str:
        """Write ``function WITHIN GROUP (ORDER BY ...)``."""
        order_by = self.process(ordered.order_by, **options) if ordered.order_by is not None else ""
        return f"{self.process(ordered.element, **options)} WITHIN GROUP (ORDER BY {order_by})"


def _bound(rows: int | None, unbounded: str) -> str:
    if rows is None:
        return f"UNBOUNDED {unbounded}"
    if rows == 0:
        return "CURRENT ROW"
    return f"{abs(rows)} {'PRECEDING' if rows < 0 else 'FOLLOWING'}"
