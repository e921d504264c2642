"""The INSERT of objects that give the same attributes: what it sends, and what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from azoth.orm.persistence.profile.mapped_table import MappedTable
    from azoth.orm.persistence.statements.row_statement import RowStatement

    class StatementsOfTable(Protocol):
        """The statements of a table, as its INSERTs see them.

        Attributes:
            mapped: the table.
            counted_key: the attribute of the key that the database numbers, if there is one.
            takes_many_rows: whether an INSERT may have several rows.
        """

        mapped: MappedTable
        counted_key: str | None
        takes_many_rows: bool

        @property
        def dialect(self) -> Any:
            """The dialect."""

        def compile_insert(self, keys: Sequence[str], returning: Sequence[str], count: int) -> RowStatement:
            """Compile an INSERT of one row or several."""


__all__ = ["InsertForm"]


class InsertForm:
    """An INSERT for objects that give the same optional attributes.

    Attributes:
        keys: the attributes that are sent.
        returning: the attributes that the statement gives back.
        matched_by: the attributes by whose values rows that come back are told apart, as no database promises an order:
            the key that is sent, or the number that the database gives to each row in the order of the rows; empty
            where there is neither, so that each row is sent by itself.
        numbered: whether they are told apart by that number.
        lastrowid_key: the attribute of the key that the driver reports as ``lastrowid``, or None.
        made_keys: the attributes whose values the database makes, for keys and computed columns: they are no use to an
            object whose row is taken back.
        expired: attributes whose value the database makes and nobody fetches now.
        nulls: attributes that were not given and are NULL now.
    """

    __slots__ = (
        "_compiled", "_of_many", "expired", "keys", "lastrowid_key", "made_keys", "matched_by", "nulls", "numbered",
        "returning", "statements",
    )  # fmt: skip

    def __init__(
        self,
        statements: StatementsOfTable,
        keys: tuple[str, ...],
        lastrowid_key: str | None,
        returning: tuple[str, ...],
        expired: tuple[str, ...],
        nulls: tuple[str, ...],
    ) -> None:
        self.statements = statements
        self.keys = keys
        self.lastrowid_key = lastrowid_key
        self.returning = returning
        made = [key for key in statements.mapped.key_keys if key in returning]
        self.numbered = (
            len(made) == 1 and made[0] == statements.counted_key and statements.dialect.numbers_rows_in_order
        )
        self.matched_by: tuple[str, ...] = ()
        if self.numbered:
            self.matched_by = (made[0],)
        elif not made:
            self.matched_by = statements.mapped.key_keys
        columns, fetched = statements.mapped.columns, statements.mapped.fetched_keys
        self.made_keys: tuple[str, ...] = (
            *([lastrowid_key] if lastrowid_key is not None else [key for key in returning if key in fetched]),
            *[key for key, column in columns.items() if column.computed is not None],
        )
        self.expired = expired
        self.nulls = nulls
        self._compiled: dict[int, RowStatement] = {}
        self._of_many: RowStatement | None = None

    def for_many(self) -> RowStatement | None:
        """Give the statement of one row that tells rows apart and has a form for many; None where there is none.

        There is none either where the dialect wants each row by itself (``use_insertmanyvalues=False``).
        """
        if not self.statements.dialect.use_insertmanyvalues or (self.returning and not self.matched_by):
            return None
        if self._of_many is None:
            returning = tuple(dict.fromkeys([*self.matched_by, *self.returning])) if self.returning else ()
            self._of_many = self.statements.compile_insert(self.keys, returning, 1)
        return self._of_many if self._of_many.for_many is not None else None

    def for_rows(self, count: int = 1) -> RowStatement:
        """Give the statement that inserts a number of rows at once."""
        compiled = self._compiled.get(count)
        if compiled is None:
            returning = self.returning
            if count > 1 and returning:
                returning = tuple(dict.fromkeys([*self.matched_by, *returning]))
            compiled = self._compiled[count] = self.statements.compile_insert(self.keys, returning, count)
        return compiled
