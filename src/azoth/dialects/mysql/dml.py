"""INSERT of MySQL and MariaDB, with ON DUPLICATE KEY UPDATE; LIMIT of UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from azoth import exc
from azoth.sql.dml import Insert as GenericInsert
from azoth.sql.elements import BindParameter, ClauseElement, plain_operand
from azoth.sql.selectable import Alias, ColumnCollection
from azoth.sql.selectable.executable import TakesExtensions
from azoth.sql.selectable.syntax_extension import SyntaxExtension

__all__ = ["DMLLimitClause", "Insert", "OnDuplicateKeyUpdate", "insert", "limit"]


class OnDuplicateKeyUpdate(ClauseElement):
    """What to do with a row whose key is there already.

    Args:
        inserted: the new row as a table.
        pairs: keys of columns and their new values.
        keeps_order: whether they are set in this order instead of that of the table.
    """

    __visit_name__: ClassVar[str] = "on_duplicate_key_update"
    _fields: ClassVar[tuple[str, ...]] = ("inserted", "pairs", "keeps_order")

    def __init__(self, inserted: Alias, pairs: tuple[tuple[str, ClauseElement], ...], keeps_order: bool) -> None:
        self.inserted = inserted
        self.pairs = pairs
        self.keeps_order = keeps_order


class Insert(GenericInsert):
    """An INSERT of MySQL: ``on_duplicate_key_update()``, and ``inserted`` for the row that was to be added."""

    @property
    def inserted(self) -> ColumnCollection:
        """The columns of the row that was to be added, for the values of ``on_duplicate_key_update()``."""
        columns: ColumnCollection = self.inserted_alias.c
        return columns

    @property
    def inserted_alias(self) -> Alias:
        """The row that was to be added, as a table."""
        memo = self.__dict__.get("_inserted")
        if memo is None:
            memo = self.__dict__.setdefault("_inserted", Alias(self._target, "inserted"))
        found: Alias = memo
        return found

    def on_duplicate_key_update(self, *args: Any, **kw: object) -> Self:
        """Update the row whose key is there already.

        Args:
            args: one mapping from column (or key) to value, or one list of pairs, which are set in their order.
            kw: values by key.

        Raises:
            ArgumentError: both forms are given, or more than one argument.
            ValueError: there is nothing to set.
        """
        if (args and kw) or len(args) > 1:
            raise exc.ArgumentError(
                "on_duplicate_key_update() takes one dictionary or list of pairs, or keyword arguments",
                why="each form stands for all values",
                fix="use only one of these forms",
                code="AZ-D74",
            )
        given: Any = args[0] if args else kw
        if not given:
            raise ValueError("on_duplicate_key_update() needs the values to set")
        if self._post_values_clause is not None:
            raise exc.InvalidRequestError(
                "this INSERT has an ON DUPLICATE KEY UPDATE clause already",
                why="an INSERT has one",
                fix="begin with a new insert()",
                code="AZ-D75",
            )
        pairs = given.items() if isinstance(given, Mapping | ColumnCollection) else given
        copy = self._copy()
        copy.__dict__["_inserted"] = self.inserted_alias
        to_set = tuple([self._pair_to_update(key, its_value) for key, its_value in pairs])
        copy._post_values_clause = OnDuplicateKeyUpdate(self.inserted_alias, to_set, isinstance(given, list | tuple))
        return copy


def insert(table: Any) -> Insert:
    """Make an INSERT for MySQL or MariaDB.

    Args:
        table: a table or a mapped class.

    Emits: one INSERT when executed.
    """
    return Insert(table)


class DMLLimitClause(SyntaxExtension, ClauseElement):
    """The limit of an UPDATE or DELETE.

    Args:
        rows: how many rows to change at most.
    """

    __visit_name__: ClassVar[str] = "mysql_dml_limit"
    _fields: ClassVar[tuple[str, ...]] = ("rows",)

    def __init__(self, rows: object) -> None:
        found = plain_operand(rows)
        # The number is part of the statement, as it is with ``mysql_limit``.
        self.rows: ClauseElement = found.render_literal_execute() if isinstance(found, BindParameter) else found

    def apply_to_update(self, update_stmt: TakesExtensions) -> None:
        """Stand behind the condition of an UPDATE."""
        update_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_criteria")

    def apply_to_delete(self, delete_stmt: TakesExtensions) -> None:
        """Stand behind the condition of a DELETE."""
        delete_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_criteria")


def limit(limit: object) -> DMLLimitClause:
    """Limit the rows that an UPDATE or DELETE changes: ``update(table).ext(limit(5))``.

    Args:
        limit: how many rows, as a number or an expression.
    """
    return DMLLimitClause(limit)
