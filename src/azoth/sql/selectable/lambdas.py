"""Statements and conditions given as functions: ``lambda_stmt(lambda: select(...))``.

Statements are found in the cache by their shape, so nothing is gained by them; programs that have them work. A function
is called when it is given, so that the values of its closure are those of that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Self

from azoth.sql.elements import ClauseElement, Executable
from azoth.sql.operators import Operator
from azoth.sql.ports import CompilerDialect
from azoth.sql.visitors import Visitable
from azoth.util.arguments import TakesTypeArguments, wrong_value

__all__ = ["LambdaElement", "StatementLambdaElement", "lambda_stmt"]


class LambdaElement(TakesTypeArguments):
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

    def compile(self, bind: object = None, dialect: CompilerDialect | None = None, **kw: object) -> Any:
        """Compile what the function has made; see ``ClauseElement.compile()``."""
        return self._resolved.compile(bind, dialect, **kw)

    def compare(self, other: object) -> bool:
        """Tell whether what the function has made is built as something else is, with the same values."""
        made = other._resolved if isinstance(other, LambdaElement) else other
        return bool(self._resolved.compare(made))

    def params(self, *values: object, **named: object) -> ClauseElement:
        """Copy what the function has made, with other values of its parameters."""
        made: ClauseElement = self._resolved.params(*values, **named)
        return made

    def unique_params(self, *values: object, **named: object) -> ClauseElement:
        """Do as ``params()`` does, and give the parameters names of their own."""
        made: ClauseElement = self._resolved.unique_params(*values, **named)
        return made

    def get_children(self, *, omit_attrs: tuple[str, ...] = (), **kw: object) -> Iterator[Visitable]:
        """Give the parts of what the function has made."""
        parts: Iterator[Visitable] = self._resolved.get_children(omit_attrs=omit_attrs, **kw)
        return parts

    def self_group(self, against: Operator | None = None) -> ClauseElement:
        """Put what the function has made into parentheses, where it needs them."""
        made: ClauseElement = self._resolved.self_group(against)
        return made


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

    def execution_options(self, **options: object) -> Executable:
        """Copy the statement that the function has made, with options of its execution."""
        made: Executable = self._resolved.execution_options(**options)
        return made

    def get_execution_options(self) -> Mapping[str, Any]:
        """List the options of its execution."""
        found: Mapping[str, Any] = self._resolved.get_execution_options()
        return found

    def options(self, *options: object) -> Executable:
        """Copy the statement that the function has made, with options of loaders."""
        made: Executable = self._resolved.options(*options)
        return made

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
