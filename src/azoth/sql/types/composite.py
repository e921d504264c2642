"""Types made of other types: ARRAY and TupleType."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc
from azoth.sql.operators import OperatorClass
from azoth.sql.types.base import Concatenable, Indexable, OperatorsToCome, Processor, TypeEngine, to_instance
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect


class ARRAY(Indexable, Concatenable, TypeEngine[Any]):
    """A list of values of one type, for databases that have such columns.

    Args:
        item_type: the type of the values.
        as_tuple: give tuples instead of lists.
        dimensions: how deep the lists nest; None: as they come.
        zero_indexes: count positions in expressions from 0, as Python does.

    Raises:
        ArgumentError: the items are arrays themselves.
    """

    __visit_name__ = "ARRAY"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.ARRAY
    comparator_factory: ClassVar[Any] = OperatorsToCome()
    _affinity: ClassVar[str] = "array"

    @checked
    def __init__(
        self, item_type: Any, as_tuple: bool = False, dimensions: int | None = None, zero_indexes: bool = False
    ) -> None:
        self.item_type = to_instance(item_type)
        if isinstance(self.item_type, ARRAY):
            raise exc.ArgumentError(
                "the items of an ARRAY cannot be arrays",
                why="dimensions are part of the type of the whole array",
                fix="use ARRAY(type, dimensions=2)",
                code="AZ-C47",
            )
        self.as_tuple = as_tuple
        self.dimensions = dimensions
        self.zero_indexes = zero_indexes

    @property
    def _made_of(self) -> TypeEngine[Any]:
        return self.item_type

    @property
    def hashable(self) -> bool:
        """Whether values hash."""
        return self.as_tuple

    @property
    def python_type(self) -> type[Any]:
        """``list``."""
        return list

    def compare_values(self, x: Any, y: Any) -> bool:
        """Tell whether two lists are the same."""
        return bool(x == y)

    def bind_processor(self, dialect: TypeDialect) -> Processor | None:
        """Process the items."""
        return _each(self.item_type.dialect_impl(dialect).bind_processor(dialect), list, self.dimensions)

    def result_processor(self, dialect: TypeDialect, coltype: object = None) -> Processor | None:
        """Process the items."""
        process = self.item_type.dialect_impl(dialect).result_processor(dialect, coltype)
        if process is None and not self.as_tuple:
            return None
        return _each(process, tuple if self.as_tuple else list, self.dimensions)


class TupleType(TypeEngine[Any]):
    """The type of a row value such as ``(a, b)``.

    Args:
        types: the types of its parts.
    """

    __visit_name__ = "tuple"
    operator_classes: ClassVar[OperatorClass] = OperatorClass.TUPLE
    _affinity: ClassVar[str] = "tuple"

    def __init__(self, *types: Any) -> None:
        self.types = [to_instance(type_) for type_ in types]

    def _repr_parameters(self) -> Iterator[str]:
        return map(repr, self.types)

    @property
    def _shape(self) -> Any:
        return (TupleType, tuple([type_._shape for type_ in self.types]))

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Take tuples as this type takes them."""
        return self


def _each(process: Processor | None, container: type[Any], dimensions: int | None) -> Processor | None:
    if process is None and container is list:
        return None

    def convert(value: Any, depth: int) -> Any:
        if value is None:
            return None
        nested = depth > 1 if dimensions is not None else isinstance(value, list | tuple)
        if nested or (dimensions is not None and depth == 1):
            return container([convert(part, depth - 1) for part in value])
        return process(value) if process is not None else value

    return lambda value: convert(value, dimensions or 1)
