"""Vectors of Oracle: their type, their distances, and how they are indexed."""

from __future__ import annotations

import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc, types
from azoth.sql import operators
from azoth.sql.elements import BinaryExpression, bind_value, clause_of
from azoth.sql.operators import custom_op
from azoth.sql.types import Float
from azoth.util.arguments import checked

if TYPE_CHECKING:
    from azoth.sql.types.dialect import TypeDialect

__all__ = [
    "VECTOR",
    "SparseVector",
    "VectorDistanceType",
    "VectorIndexConfig",
    "VectorIndexType",
    "VectorStorageFormat",
    "VectorStorageType",
]


class VectorIndexType(Enum):
    """How an index finds vectors that are near."""

    HNSW = "HNSW"
    """By a graph of neighbours, which lies in memory."""
    IVF = "IVF"
    """By partitions of neighbours."""


class VectorDistanceType(Enum):
    """How the distance between two vectors is measured."""

    EUCLIDEAN = "EUCLIDEAN"
    """By the length of the straight line between them."""
    DOT = "DOT"
    """By their dot product."""
    COSINE = "COSINE"
    """By the angle between them."""
    MANHATTAN = "MANHATTAN"
    """By the sum of the distances in each dimension."""


class VectorStorageFormat(Enum):
    """As what the numbers of a vector are kept."""

    INT8 = "INT8"
    """Whole numbers of one byte."""
    BINARY = "BINARY"
    """Bits, eight to a byte."""
    FLOAT32 = "FLOAT32"
    """Floating-point numbers of four bytes."""
    FLOAT64 = "FLOAT64"
    """Floating-point numbers of eight bytes."""


class VectorStorageType(Enum):
    """Whether a vector is kept with all of its numbers."""

    SPARSE = "SPARSE"
    """Only numbers other than zero."""
    DENSE = "DENSE"
    """All numbers."""


_OF_HNSW = ("hnsw_neighbors", "hnsw_efconstruction")
_OF_IVF = ("ivf_neighbor_partitions", "ivf_sample_per_partition", "ivf_min_vectors_per_partition")


@dataclass
class VectorIndexConfig:
    """How vectors are indexed, for ``Index(..., oracle_vector=VectorIndexConfig(...))``.

    Args:
        index_type: which kind of index.
        distance: how distances are measured.
        accuracy: how exact a search is to be, in percent.
        hnsw_neighbors: how many neighbours a vector has in the graph, for HNSW.
        hnsw_efconstruction: how many neighbours are looked at while the graph is made, for HNSW.
        ivf_neighbor_partitions: the number of partitions, for IVF.
        ivf_sample_per_partition: how many vectors of each partition are looked at, for IVF.
        ivf_min_vectors_per_partition: how many vectors a partition must have, for IVF.
        parallel: how many processes make the index.

    Raises:
        ArgumentError: an argument is for the other kind of index.
    """

    index_type: VectorIndexType = VectorIndexType.HNSW
    distance: VectorDistanceType | None = None
    accuracy: int | None = None
    hnsw_neighbors: int | None = None
    hnsw_efconstruction: int | None = None
    ivf_neighbor_partitions: int | None = None
    ivf_sample_per_partition: int | None = None
    ivf_min_vectors_per_partition: int | None = None
    parallel: int | None = None

    def __post_init__(self) -> None:
        self.index_type = VectorIndexType(self.index_type)
        for name in _OF_IVF if self.index_type is VectorIndexType.HNSW else _OF_HNSW:
            if getattr(self, name) is not None:
                raise exc.ArgumentError(
                    f"VectorIndexConfig has {name} for an index of the kind {self.index_type.value}",
                    why="the argument belongs to the other kind",
                    fix="leave it out, or choose the other index_type",
                    code="AZ-D99",
                )

    @property
    def parameters(self) -> dict[str, int]:
        """What the index is told by words of its kind, in the order in which they are written."""
        words = {
            "neighbors": self.hnsw_neighbors,
            "efconstruction": self.hnsw_efconstruction,
            "neighbor partitions": self.ivf_neighbor_partitions,
            "sample_per_partition": self.ivf_sample_per_partition,
            "min_vectors_per_partition": self.ivf_min_vectors_per_partition,
        }
        return {word: value for word, value in words.items() if value is not None}


class SparseVector:
    """A vector of which only the numbers other than zero are given.

    Args:
        num_dimensions: the number of dimensions.
        indices: the dimensions in which it has a number.
        values: these numbers.
    """

    def __init__(self, num_dimensions: int, indices: Sequence[int], values: Sequence[float]) -> None:
        if len(indices) != len(values):
            raise TypeError("SparseVector needs as many values as indices, which belong to each other")
        self.num_dimensions = num_dimensions
        self.indices = indices if isinstance(indices, array.array) else array.array("I", indices)
        self.values = values if isinstance(values, array.array) else array.array("d", values)

    def __str__(self) -> str:
        typecode = getattr(self.values, "typecode", "d")
        return f"SparseVector(num_dimensions={self.num_dimensions}, size={len(self.indices)}, typecode={typecode})"


_DISTANCE = Float()
_L2 = custom_op("<->")
_INNER = custom_op("<#>")
_COSINE = custom_op("<=>")


class VECTOR(types.TypeEngine[Any]):
    """Numbers that belong together; a list, an array or a ``SparseVector`` in Python.

    Args:
        dim: how many there are; None for any number.
        storage_format: as what they are kept; None for any format.
        storage_type: whether all of them are kept; None leaves it to the server.

    Raises:
        ArgumentError: an argument is of another kind.
    """

    __visit_name__ = "VECTOR"
    _affinity: ClassVar[str] = "vector"

    class Comparator(operators.Comparator):
        """The distances between vectors."""

        def l2_distance(self, other: object) -> BinaryExpression[Any]:
            """Measure the length of the straight line to another vector: ``a <-> b``."""
            return self._distance(_L2, other)

        def inner_product(self, other: object) -> BinaryExpression[Any]:
            """Measure by the dot product: ``a <#> b``."""
            return self._distance(_INNER, other)

        def cosine_distance(self, other: object) -> BinaryExpression[Any]:
            """Measure by the angle: ``a <=> b``."""
            return self._distance(_COSINE, other)

        def _distance(self, op: custom_op, other: object) -> BinaryExpression[Any]:
            found = clause_of(other)
            right = bind_value(other, self.type, self.expr._value_hint) if found is None else found
            return BinaryExpression(self.expr, right, op, _DISTANCE)

    comparator_factory = Comparator

    @checked
    def __init__(
        self,
        dim: int | None = None,
        storage_format: VectorStorageFormat | None = None,
        storage_type: VectorStorageType | None = None,
    ) -> None:
        self.dim = dim
        self.storage_format = storage_format
        self.storage_type = storage_type

    def bind_processor(self, dialect: TypeDialect) -> Callable[[Any], Any] | None:
        """Make an array of a list."""
        typecode = _TYPECODES.get(self.storage_format, "d")
        return lambda value: array.array(typecode, value) if isinstance(value, list) else value


_TYPECODES: dict[VectorStorageFormat | None, str] = {
    VectorStorageFormat.INT8: "b",
    VectorStorageFormat.BINARY: "B",
    VectorStorageFormat.FLOAT32: "f",
}
