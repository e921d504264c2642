"""@validates and @reconstructor: methods of a mapped class that azoth calls."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import Any, TypeVar

from azoth.exc import ArgumentError
from azoth.orm.runtime.related.validator import Validator
from azoth.util.arguments import check_function

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

VALIDATED = "__azoth_validates__"
RECONSTRUCTS = "__azoth_reconstructor__"


def validates(
    *names: str, include_removes: bool = False, include_backrefs: bool = True
) -> Callable[[FunctionT], FunctionT]:
    """Decorate a method that sees each new value of attributes and returns the one to store.

    Args:
        names: the attributes.
        include_removes: call it for removals from collections too, with a third argument ``is_remove``.
        include_backrefs: call it for changes that come from the other side of a relationship too.

    State: what the method raises leaves the attribute as it was.
    """

    def decorate(function: FunctionT) -> FunctionT:
        setattr(function, VALIDATED, (names, include_removes, include_backrefs))
        return function

    return decorate


def reconstructor(fn: FunctionT) -> FunctionT:
    """Decorate a method that runs when an instance is loaded, where ``__init__`` does not run.

    Args:
        fn: the method.
    """
    check_function("reconstructor(): fn", fn)
    setattr(fn, RECONSTRUCTS, True)
    return fn


def class_validators(methods: Iterable[Any]) -> dict[str, list[Validator]]:
    """Find the validating methods of a class by attribute."""
    found: dict[str, list[Validator]] = {}
    for function in methods:
        options = getattr(function, VALIDATED, None)
        if options is not None:
            names, include_removes, include_backrefs = options
            validator = Validator(function, include_removes=include_removes, include_backrefs=include_backrefs)
            for name in names:
                found.setdefault(name, []).append(validator)
    return found


def check_validated(class_: type[Any], keys: Container[str]) -> None:
    """Refuse a validator of attributes that a class has not got.

    Those of mixins and bases are passed over: they may be meant for other classes.

    Args:
        class_: the mapped class.
        keys: its attributes.

    Raises:
        ArgumentError: the class itself defines such a method.
    """
    for method, function in vars(class_).items():
        for name in getattr(function, VALIDATED, ((),))[0] if callable(function) else ():
            if name not in keys:
                raise ArgumentError(
                    f"@validates({name!r}) of {class_.__name__}.{method}: no mapped attribute {name!r}",
                    why="the method would never be called",
                    fix="name an attribute that is mapped, a column's or a relationship's",
                    code="AZ-M100",
                )


def reconstructors_of(methods: Iterable[Any]) -> tuple[Callable[[Any], None], ...]:
    """Find the methods of a class that run when an instance is loaded."""
    return tuple([function for function in methods if getattr(function, RECONSTRUCTS, False)])


def methods_of(class_: type[Any]) -> list[Any]:
    """List the methods of a class that may be decorated."""
    names: dict[str, Any] = {}
    for base in class_.__mro__[-2::-1]:
        names.update(base.__dict__)
    return [member for member in names.values() if callable(member) and hasattr(member, "__dict__")]
