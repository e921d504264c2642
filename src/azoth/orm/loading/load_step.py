"""Steps of loader options: an attribute, and what to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azoth.exc import ArgumentError

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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LoadStep) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((self.key, self.action))

    def _values(self) -> tuple[object, ...]:
        """Give what makes up the step; expressions by their structure and values."""
        expression = self.expression
        values = () if expression is None else tuple(map(value_key, expression._binds))
        return (self.parent, self.target, self.shape, values)

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


def refuse_step_from_elsewhere(last: LoadStep, step: LoadStep) -> None:
    """Refuse a step whose attribute is not of what the step before it leads to, as far as that is known by now.

    Raises:
        ArgumentError: it is of another class.
    """
    target = _target_known(last)
    if target is None or step.parent is None:
        return
    mapper = step.parent.mapper
    if not (mapper.isa(target) or target.isa(mapper)):
        key = step.arguments[0] if step.key == "*" and step.arguments else step.key
        raise ArgumentError(
            f"loader option for {mapper.class_.__name__}.{key} does not begin at {target.class_.__name__}, where "
            f"{last.parent.mapper.class_.__name__}.{last.key} leads to",
            why=f"that relationship leads to {target.class_.__name__}",
            fix=f"name an attribute of {target.class_.__name__}, or give the option by itself",
            code="AZ-L06",
        )


def _target_known(step: LoadStep) -> Any:
    """Find the mapper that a step leads to; None where only the configuration of the mappers will tell."""
    if step.target is not None:
        return getattr(step.target, "mapper", None)
    if step.parent is None:
        return None
    relationship = step.parent.mapper._properties.get(step.key)
    if getattr(relationship, "configured", False):
        return getattr(relationship, "mapper", None)
    argument = getattr(relationship, "argument", None)
    return getattr(argument, "__mapper__", None) if isinstance(argument, type) else None
