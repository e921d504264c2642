"""NativeForEmulated: a database's own type that stands for a generic one, which other databases emulate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

if TYPE_CHECKING:
    from azoth.sql.types.base import TypeEngine

__all__ = ["NativeForEmulated"]


class NativeForEmulated:
    """Beside ``TypeEngine`` in the bases of a database's own type: each of the two is made of the other.

    A dialect whose ``colspecs`` name such a type makes it in ``adapt_emulated_to_native()``.
    """

    _emulated: ClassVar[type[TypeEngine[Any]]]
    """The generic type."""

    @classmethod
    def adapt_emulated_to_native(cls, impl: TypeEngine[Any], **kw: object) -> Self:
        """Make this type of the generic one, with all that both can say.

        Args:
            impl: the generic type.
            kw: what differs.
        """
        return cast("Self", impl.adapt(cast("type[TypeEngine[Any]]", cls), **kw))

    @classmethod
    def adapt_native_to_emulated(cls, impl: TypeEngine[Any], **kw: object) -> TypeEngine[Any]:
        """Make a generic type of another type, with all that both can say.

        Args:
            impl: the other type, of this class or a generic one.
            kw: what differs.
        """
        return impl.adapt(cls._emulated if isinstance(impl, cls) else type(impl), **kw)

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """Turn it into the generic type.

        Args:
            allow_nulltype: whether there need not be one; there is.
        """
        return self.adapt_native_to_emulated(cast("TypeEngine[Any]", self))
