"""CTE: a statement under a name in front of the one that uses it, ``WITH name AS (...)``."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from azoth.sql.selectable.affixed import HasPrefixes, HasSuffixes
from azoth.sql.selectable.alias import AliasedReturnsRows
from azoth.sql.selectable.from_clause import AnonymousName

__all__ = ["CTE"]


class CTE(HasPrefixes, HasSuffixes, AliasedReturnsRows):
    """A statement under a name, written once in front of the statement that uses it.

    Args:
        element: the SELECT, or the INSERT, UPDATE or DELETE with RETURNING.
        name: the name; the compiler makes one up where none is given.
        recursive: whether it refers to itself.
        nesting: whether it is written inside of the statement that uses it instead of in front of the whole.
    """

    __visit_name__: ClassVar[str] = "cte"
    _fields: ClassVar[tuple[str, ...]] = (
        "element",
        "name",
        "recursive",
        "nesting",
        "_prefixes",
        "_suffixes",
        "_restates",
        "_alias_of",
    )

    _restates: CTE | None = None
    """The CTE before ``union()``, to which the part added by it refers."""
    _alias_of: CTE | None = None
    """The CTE for which this is another name."""

    def __init__(self, element: Any, name: str | None = None, recursive: bool = False, nesting: bool = False) -> None:
        super().__init__(element, name)
        self.recursive = recursive
        self.nesting = nesting

    @property
    def _root(self) -> CTE:
        """The first of the CTEs that became this one by ``union()``; it decides about the identity."""
        return self if self._restates is None else self._restates._root

    def _make_columns(self) -> Any:
        yield from self.element._proxied_columns(self)

    def alias(self, name: str | None = None, flat: bool = False) -> CTE:
        """Use this CTE under another name beside itself."""
        copy: CTE = self._copy_with(
            name=AnonymousName(self.name) if name is None else name,
            _alias_of=self if self._alias_of is None else self._alias_of,
        )
        return copy

    def union(self, *others: Any) -> Self:
        """Add the rows of other SELECTs, which may refer to this CTE.

        Args:
            others: the SELECTs.

        Returns:
            the CTE of the union; it has this one's name.
        """
        return self._restated(self.element.union(*others))

    def union_all(self, *others: Any) -> Self:
        """Add the rows of other SELECTs, which may refer to this CTE, and keep duplicates."""
        return self._restated(self.element.union_all(*others))

    def _restated(self, element: Any) -> Self:
        copy: Self = self._copy_with(element=element, _restates=self)
        return copy
