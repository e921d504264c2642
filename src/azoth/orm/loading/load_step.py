"""Steps of loader options: an attribute, and what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from azoth.sql.elements import BindParameter

RECURSIVE: Final = frozenset({"selectin", "immediate"})
"""Strategies that go on along the same relationship (``recursion_depth``)."""


class LoadStep:
    """One step of an option's path.

    Attributes:
        parent: the mapper or alias that the attribute was taken from; None for a wildcard or a group.
        key: the attribute's key, or ``*``.
        action: a relationship strategy, or ``defer``, ``undefer``, ``undefer_group``, ``load_only``, ``raise_column``.
        target: the alias that stands for the related entity (``of_type``, ``contains_eager(alias=...)``), or None.
        criteria: further ON criteria (``relationship.and_``).
        arguments: what else the action takes, as plain data.
        expression: what a ``with_expression`` selects for the attribute, or None.
    """

    __slots__ = ("action", "arguments", "criteria", "expression", "key", "parent", "target")

    def __init__(
        self,
        parent: Any,
        key: str,
        action: str,
        target: Any = None,
        criteria: tuple[Any, ...] = (),
        arguments: tuple[Any, ...] = (),
        expression: Any = None,
    ) -> None:
        self.parent = parent
        self.key = key
        self.action = action
        self.target = target
        self.criteria = criteria
        self.arguments = arguments
        self.expression = expression

    def starting_at(self, parent: Any) -> LoadStep:
        """Give the same step from another mapper or alias."""
        return LoadStep(parent, self.key, self.action, self.target, self.criteria, self.arguments, self.expression)

    @property
    def recursion_depth(self) -> int | None:
        """How many more levels of the same relationship are loaded, -1 for all; None where that was not asked for."""
        return self.arguments[0] if self.arguments and self.action in RECURSIVE else None

    @property
    def shape(self) -> tuple[Any, ...]:
        """The structural key of the step."""
        return (
            getattr(self.parent, "_shape", None),
            self.key,
            self.action,
            getattr(self.target, "_shape", None),
            # The values are part of it, because a plan keeps the options for the loads that come later.
            tuple((criterion._shape, tuple(map(value_key, criterion._binds))) for criterion in self.criteria),
            self.arguments,
            None if self.expression is None else self.expression._shape,
        )


def value_key(bind: BindParameter[Any]) -> tuple[type[Any], object]:
    """Give what tells the value of a bind parameter from others, also where it cannot be hashed."""
    value = bind.value
    try:
        hash(value)
    except TypeError:
        return type(value), repr(value)
    return type(value), value


Path = tuple[LoadStep, ...]
