"""A method that sees each new value of an attribute before it is stored (``@validates``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class Validator:
    """One validating function with its options; called like the function of an attribute's ``validators``.

    Args:
        function: ``(instance, key, value) -> value``, with a fourth argument ``is_remove`` if ``include_removes``.
        include_removes: also call it with values that leave a collection or are deleted.
        include_backrefs: also call it for changes that come from the other side of a relationship.
    """

    __slots__ = ("function", "include_backrefs", "include_removes")

    def __init__(
        self, function: Callable[..., Any], *, include_removes: bool = False, include_backrefs: bool = True
    ) -> None:
        self.function = function
        self.include_removes = include_removes
        self.include_backrefs = include_backrefs

    def __call__(self, instance: Any, key: str, value: Any) -> Any:
        """Validate a new value and give the one to store."""
        if self.include_removes:
            return self.function(instance, key, value, False)
        return self.function(instance, key, value)


def validated(validators: Iterable[Any], instance: Any, key: str, value: Any, *, backref: bool) -> Any:
    """Run a new value through the validators, plain functions or Validators, and give the one to store."""
    for validator in validators:
        if not backref or getattr(validator, "include_backrefs", True):
            value = validator(instance, key, value)
    return value


def validate_removal(validators: Iterable[Any], instance: Any, key: str, value: Any, *, backref: bool) -> None:
    """Show a value that leaves to the validators that want to see removals; each may object by raising."""
    for validator in validators:
        if getattr(validator, "include_removes", False) and (not backref or validator.include_backrefs):
            validator.function(instance, key, value, True)
