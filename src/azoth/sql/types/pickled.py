"""PickleType: any Python object, pickled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final

from azoth.sql.types.base import to_instance
from azoth.sql.types.binary import LargeBinary
from azoth.sql.types.decorator import TypeDecorator
from azoth.sql.types.unfit_value import unfit_value, unreadable_value
from azoth.util.arguments import checked

HIGHEST_PROTOCOL: Final = 5
"""``pickle.HIGHEST_PROTOCOL``; the module is slow to import and only needed where such a value is stored."""


class PickleType(TypeDecorator[Any]):
    """Any Python object that pickles.

    WARNING: reading a pickle can run code that it names. Whoever can write the column can run code in the programs that
    read it; use another type, such as JSON, for what others may write.

    Args:
        protocol: the pickle protocol.
        pickler: an object with ``dumps`` and ``loads``; the standard module by default.
        comparator: tells whether two values are the same; ``==`` by default.
        impl: a type to store the bytes in, instead of LargeBinary.
    """

    impl: Any = LargeBinary
    cache_ok: ClassVar[bool | None] = True

    @checked
    def __init__(
        self,
        protocol: int = HIGHEST_PROTOCOL,
        pickler: Any = None,
        comparator: Callable[[Any, Any], bool] | None = None,
        impl: Any = None,
    ) -> None:
        super().__init__()
        if impl is not None:
            self.impl = to_instance(impl)
        self.protocol = protocol
        self.pickler = pickler
        self.comparator = comparator

    @property
    def python_type(self) -> type[Any]:
        """``object``, of any class."""
        return object

    @property
    def hashable(self) -> bool:
        """Whether values hash, which nobody knows."""
        return False

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        """Pickle a value."""
        if value is None:
            return None
        import pickle  # noqa: PLC0415  # see above

        try:
            return (self.pickler or pickle).dumps(value, self.protocol)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise unfit_value("PickleType", "an object that pickles", value) from error

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        """Make a value from its pickle."""
        import pickle  # noqa: PLC0415  # see above

        if value is None:
            return None
        try:
            return (self.pickler or pickle).loads(value)
        except Exception as error:
            # Any: it runs what the pickle names, such as the constructors of classes that have changed since.
            raise unreadable_value("PickleType", value) from error

    def compare_values(self, x: Any, y: Any) -> bool:
        """Tell whether two values are the same."""
        return bool(self.comparator(x, y)) if self.comparator is not None else bool(x == y)
