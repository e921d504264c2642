"""Assertions about values, errors and the SQL of statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from importlib import import_module
from typing import Protocol, TypeVar, cast

from azoth.engine.default import DefaultDialect
from azoth.engine.interfaces import Compiled, Dialect

__all__ = [
    "AssertsCompiledSQL",
    "assert_raises",
    "assert_raises_message",
    "eq_",
    "eq_ignore_whitespace",
    "in_",
    "is_",
    "is_false",
    "is_not",
    "is_true",
    "ne_",
    "not_in",
    "variation",
]


Error = TypeVar("Error", bound=BaseException)
Test = TypeVar("Test")


class Compilable(Protocol):
    """A statement, or a query, which has one."""

    def compile(self, *, dialect: Dialect, **options: object) -> Compiled:
        """Write it as SQL."""


def eq_(a: object, b: object, msg: str | None = None) -> None:
    """Assert that two values are equal."""
    assert a == b, msg or f"{a!r} is not equal to {b!r}"


def ne_(a: object, b: object, msg: str | None = None) -> None:
    """Assert that two values are not equal."""
    assert a != b, msg or f"{a!r} is equal to {b!r}"


def is_(a: object, b: object, msg: str | None = None) -> None:
    """Assert that two names are of one object."""
    assert a is b, msg or f"{a!r} is not {b!r}"


def is_not(a: object, b: object, msg: str | None = None) -> None:
    """Assert that two names are of two objects."""
    assert a is not b, msg or f"{a!r} is {b!r}"


def is_true(a: object, msg: str | None = None) -> None:
    """Assert that a value counts as true."""
    assert a, msg or f"{a!r} is not true"


def is_false(a: object, msg: str | None = None) -> None:
    """Assert that a value counts as false."""
    assert not a, msg or f"{a!r} is true"


def in_(a: object, b: Container[object], msg: str | None = None) -> None:
    """Assert that a container has a value."""
    assert a in b, msg or f"{a!r} is not in {b!r}"


def not_in(a: object, b: Container[object], msg: str | None = None) -> None:
    """Assert that a container does not have a value."""
    assert a not in b, msg or f"{a!r} is in {b!r}"


def eq_ignore_whitespace(a: str, b: str, msg: str | None = None) -> None:
    """Assert that two texts are equal, however their words are spaced."""
    eq_(" ".join(a.split()), " ".join(b.split()), msg)


def assert_raises(except_cls: type[Error], callable_: Callable[..., object], *args: object, **kw: object) -> Error:
    """Assert that a function raises an error, and give it."""
    return assert_raises_message(except_cls, "", callable_, *args, **kw)


def assert_raises_message(
    except_cls: type[Error], msg: str, callable_: Callable[..., object], *args: object, **kwargs: object
) -> Error:
    """Assert that a function raises an error whose message matches a regular expression, and give it."""
    try:
        callable_(*args, **kwargs)
    except except_cls as error:
        raised = error
    else:
        raise AssertionError(f"no {except_cls.__name__} was raised")
    assert re.search(msg, str(raised)), f"{msg!r} is not found in {str(raised)!r}"
    return raised


def variation(argname_or_fn: str, cases: object = None) -> Callable[[Test], Test]:
    """Give tests back as they are: only the plug-in for pytest runs them once for each case."""
    return lambda function: function


class AssertsCompiledSQL:
    """Compares the SQL of statements with a text.

    ``__dialect__`` is a dialect, or the name of one of azoth's; "default" is that of texts that are sent nowhere.
    """

    __dialect__: Dialect | str = "default"

    def assert_compile(
        self,
        clause: Compilable,
        result: str,
        *,
        checkparams: Mapping[str, object] | None = None,
        dialect: Dialect | str | None = None,
        literal_binds: bool = False,
    ) -> None:
        """Assert what a statement is compiled to, line breaks left out.

        Args:
            clause: the statement, or a query.
            result: the SQL.
            checkparams: the values of its parameters; None to leave them alone.
            dialect: the dialect, or its name; that of the class without.
            literal_binds: whether values stand in the text.
        """
        statement: Compilable = getattr(clause, "statement", clause)
        options = {"compile_kwargs": {"literal_binds": True}} if literal_binds else {}
        compiled = statement.compile(dialect=_dialect(dialect or self.__dialect__), **options)
        eq_(re.sub(r"[\n\t]", "", str(compiled)), re.sub(r"[\n\t]", "", result))
        if checkparams is not None:
            eq_(dict(compiled.params), dict(checkparams))


def _dialect(given: Dialect | str) -> Dialect:
    if not isinstance(given, str):
        return given
    return DefaultDialect() if given == "default" else cast(Dialect, import_module(f"azoth.dialects.{given}").dialect())
