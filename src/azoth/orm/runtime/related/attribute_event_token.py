"""What tells the listeners of an attribute what a change began with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azoth.orm.runtime.symbols import NO_KEY, AttributeOp

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.attribute import Attribute
    from azoth.orm.runtime.state import InstanceState


class AttributeEventToken:
    """What started a change: the ``initiator`` that listeners of attributes get.

    Where a change follows from one on the other side of a relationship, it is the token of that side.

    Attributes:
        impl: the attribute that the change began at.
        op: the kind of change: ``OP_APPEND``, ``OP_REMOVE``, ``OP_REPLACE``, ``OP_BULK_REPLACE`` or ``OP_MODIFIED``.
        parent_token: what stands for the attribute's relationship; the attribute itself for a column.
        operation_key: the key or index that the program named in the change, or ``NO_KEY``.
    """

    __slots__ = ("impl", "op", "operation_key", "parent_token")

    def __init__(self, attribute_impl: Attribute, op: AttributeOp, operation_key: object = NO_KEY) -> None:
        self.impl = attribute_impl
        self.op = op
        self.parent_token: object = getattr(attribute_impl, "parent_token", attribute_impl)
        self.operation_key = operation_key

    @property
    def key(self) -> str:
        """The name of the attribute that the change began at."""
        return self.impl.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AttributeEventToken) and other.impl is self.impl and other.op is self.op

    def __hash__(self) -> int:
        return hash((id(self.impl), self.op))

    def __repr__(self) -> str:
        return f"<AttributeEventToken {self.impl.class_.__name__}.{self.impl.key} {self.op!r}>"

    def hasparent(self, state: InstanceState) -> bool:
        """Tell whether the attribute has a parent that the object of a state was attached to."""
        parents: dict[Any, Any] | None = None if state.extra is None else state.extra.parents
        return bool(parents and parents.get(self.parent_token))


AttributeEvent = AttributeEventToken
"""Its earlier name."""
