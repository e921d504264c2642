"""Statements and conditions given as functions: ``lambda_stmt(lambda: select(...))``.

Statements are found in the cache by their shape, so nothing is gained by them; programs that have them work. A function
is called when it is given, so that the values of its closure are those of that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from azoth.sql.elements import Executable
from azoth.sql.ports import CompilerDialect
from azoth.util.arguments import wrong_value

__all__ = ["LambdaElement", "StatementLambdaElement", "lambda_stmt"]


class LambdaElement:
    """What a function gives, in the place of which the function was written.

    Args:
        fn: the function.
    """

    is_made_by_function: ClassVar[bool] = True

    def __init__(self, fn: Callable[[], Any]) -> None:
        if not callable(fn):
            raise wrong_value("lambda_stmt()", "a function that makes a statement", fn, "write lambda: select(...)")
        self.fn = fn
        self._resolved: Any = fn()

    def __clause_element__(self) -> Any:
        return self._resolved

    def __getattr__(self, name: str) -> Any:
        if name == "_resolved":
            raise AttributeError(name)
        return getattr(self._resolved, name)

    def __str__(self) -> str:
        return str(self._resolved)

    def compile(self, bind: Any = None, dialect: CompilerDialect | None = None, **kw: Any) -> Any:
        """Compile what the function has made; see ``ClauseElement.compile()``."""
        return self._resolved.compile(bind, dialect, **kw)

    def compare(self, other: Any) -> bool:
        """Tell whether what the function has made is built as something else is, with the same values."""
        made = other._resolved if isinstance(other, LambdaElement) else other
        return bool(self._resolved.compare(made))

    def params(self, *values: Any, **named: Any) -> Any:
        """Copy what the function has made, with other values of its parameters."""
        return self._resolved.params(*values, **named)

    def unique_params(self, *values: Any, **named: Any) -> Any:
        """Do as ``params()`` does, and give the parameters names of their own."""
        return self._resolved.unique_params(*values, **named)

    def get_children(self, *, omit_attrs: tuple[str, ...] = (), **kw: Any) -> Any:
        """Give the parts of what the function has made."""
        return self._resolved.get_children(omit_attrs=omit_attrs, **kw)

    def self_group(self, against: Any = None) -> Any:
        """Put what the function has made into parentheses, where it needs them."""
        return self._resolved.self_group(against)


class StatementLambdaElement(LambdaElement):
    """A statement made by functions: the first makes it, and each further one changes what those before have made.

    Args:
        fn: makes the statement.
    """

    def __init__(self, fn: Callable[[], Any]) -> None:
        super().__init__(fn)
        self._check()

    def _check(self) -> None:
        if not isinstance(self._resolved, Executable):
            raise wrong_value("lambda_stmt()", "a function that makes a statement", self._resolved)

    def __add__(self, other: Callable[[Any], Any]) -> StatementLambdaElement:
        return self.add_criteria(other)

    def add_criteria(
        self,
        other: Callable[[Any], Any],
        enable_tracking: bool = True,
        track_on: object = None,
        track_closure_variables: bool = True,
        track_bound_values: bool = True,
    ) -> StatementLambdaElement:
        """Make a statement that a further function has changed.

        Args:
            other: called with the statement so far; gives the new one.
            enable_tracking, track_on, track_closure_variables, track_bound_values: without effect: statements are found
                by their shape, whatever the function refers to.
        """
        if not callable(other):
            raise wrong_value("add_criteria()", "a function of the statement", other, "write lambda s: s.where(...)")
        changed = object.__new__(StatementLambdaElement)
        changed.fn = self.fn
        changed._resolved = other(self._resolved)
        changed._check()
        return changed

    def execution_options(self, **options: Any) -> Any:
        """Copy the statement that the function has made, with options of its execution."""
        return self._resolved.execution_options(**options)

    def get_execution_options(self) -> Mapping[str, Any]:
        """List the options of its execution."""
        found: Mapping[str, Any] = self._resolved.get_execution_options()
        return found

    def options(self, *options: Any) -> Any:
        """Copy the statement that the function has made, with options of loaders."""
        return self._resolved.options(*options)

    def spoil(self) -> Self:
        """Give this statement: its functions are never remembered in place of being called."""
        return self


def lambda_stmt(
    lmb: Callable[[], Any],
    enable_tracking: bool = True,
    track_closure_variables: bool = True,
    track_on: object = None,
    global_track_bound_values: bool = True,
    track_bound_values: bool = True,
    lambda_cache: object = None,
) -> StatementLambdaElement:
    """Make a statement by a function, to which ``+= lambda s: s.where(...)`` adds.

    Args:
        lmb: makes the statement.
        enable_tracking, track_closure_variables, track_on, global_track_bound_values, track_bound_values, lambda_cache:
            without effect: statements are found by their shape, whatever the function refers to.

    Raises:
        ArgumentError: it makes no statement.
    """
    return StatementLambdaElement(lmb)
