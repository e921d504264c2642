"""INSERT, UPDATE and DELETE as MySQL spells them: several tables, LIMIT, ON DUPLICATE KEY UPDATE."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azoth.dialects.mysql.dml import DMLLimitClause, OnDuplicateKeyUpdate
from azoth.sql.compiler import StatementCompiler
from azoth.sql.dml import Delete, Update
from azoth.sql.elements import ClauseElement, ColumnClause
from azoth.sql.selectable import Alias, FromClause, Join

__all__ = ["MySQLChangeCompiler"]


class MySQLChangeCompiler(StatementCompiler):
    """Write changes as MySQL spells them."""

    _changed: Any = None
    _beside: list[FromClause] = []  # never changed in place
    _inserted: Alias | None = None
    _other_values: tuple[tuple[Any, ClauseElement], ...] = ()

    # --- ON DUPLICATE KEY UPDATE ---

    def visit_on_duplicate_key_update(self, clause: OnDuplicateKeyUpdate, **_options: object) -> str:
        """Write ON DUPLICATE KEY UPDATE; the new row has a name, or stands in VALUES()."""
        self._inserted = clause.inserted
        pairs = dict(clause.pairs)
        columns = self._target_of_conflict.c
        keys = list(pairs) if clause.keeps_order else [column.key for column in columns if column.key in pairs]
        texts = [f"{self.quote(columns[key].name)} = {self._value_text(pairs[key])}" for key in keys]
        self._inserted = None
        alias = "AS new " if self._names_new_row else ""
        return f"{alias}ON DUPLICATE KEY UPDATE {', '.join(texts)}"

    @property
    def _names_new_row(self) -> bool:
        return bool(getattr(self.dialect, "names_the_new_row", False)) and self._changed is None

    def visit_column(self, column: ColumnClause[Any], include_table: bool = True, **options: object) -> str:
        """Write ``table.column``; a column of the new row as such."""
        if self._inserted is not None and column.table is self._inserted:
            name = self.quote(column.name)
            return f"new.{name}" if self._names_new_row else f"VALUES({name})"
        return super().visit_column(column, include_table, **options)

    # --- UPDATE and DELETE ---

    def visit_update(self, update: Update, **options: object) -> str:
        """Write an UPDATE."""
        outer, self._changed = self._changed, update
        text = super().visit_update(update, **options)
        self._changed = outer
        return text

    def visit_delete(self, delete: Delete, **options: object) -> str:
        """Write a DELETE."""
        outer, self._changed = self._changed, delete
        text = super().visit_delete(delete, **options)
        self._changed = outer
        return text

    def changed_table(self, table: FromClause) -> str:
        """Write the changed table with its hints, and behind it the other tables of an UPDATE."""
        text = super().changed_table(table)
        change = self._changed
        if change is None:
            return text
        for hinted, hint, dialect in change._hints:
            if hinted is table and dialect in ("*", self.dialect.name):
                text += f" {hint}"
        if isinstance(change, Update):
            self._beside = self._tables_of(change)
            text = ", ".join([text, *[self.process(one, asfrom=True) for one in self._beside]])
        return text

    def _tables_of(self, update: Update) -> list[FromClause]:
        own = update._target._parts
        named = [key.table for key, _ in update._values if isinstance(key, ColumnClause) and key.table is not None]
        found = list(self._tables_beside(update, [value for _, value in update._values]))
        for table in named:
            if not any(table is known for known in (*own, *found)):
                found.append(table)
        return found

    def update_from(self, update: Update, froms: list[FromClause]) -> str:
        """Write nothing: the other tables stand beside the changed one."""
        return ""

    def _given_values(self, change: Any, values: Iterable[tuple[Any, ClauseElement]]) -> dict[str, ClauseElement]:
        pairs = list(values)
        if isinstance(change, Update):
            target = change._target
            self._other_values = tuple([pair for pair in pairs if _is_of_another(pair[0], target)])
            pairs = [pair for pair in pairs if not _is_of_another(pair[0], target)]
        return super()._given_values(change, pairs)

    def _set_text(self, update: Update) -> str:
        only_others = update._values and all(_is_of_another(key, update._target) for key, _ in update._values)
        if only_others:
            self._other_values = update._values
        texts = [] if only_others else [super()._set_text(update)]
        texts += [f"{self.process(key)}={self._value_text(value)}" for key, value in self._other_values]
        return ", ".join(texts)

    def set_target(self, update: Update, column: ColumnClause[Any]) -> str:
        """Write the column that is set, with its table where there are several."""
        return self.process(column) if self._beside else self.quote(column.name)

    def _where_text(self, change: Any, narrowing: Iterable[ClauseElement]) -> str:
        """Write the condition, and the limit that ``with_dialect_options(mysql_limit=...)`` has set."""
        text = super()._where_text(change, narrowing)
        limit = getattr(change, "dialect_kwargs", {}).get(f"{self.dialect.name}_limit")
        if limit is None:
            return text
        rows = self.process(limit) if isinstance(limit, ClauseElement) else str(int(limit))
        return f"{text}\n LIMIT {rows}"

    def visit_mysql_dml_limit(self, clause: DMLLimitClause, **_options: object) -> str:
        """Write the LIMIT of an UPDATE or DELETE."""
        return f"LIMIT {self.process(clause.rows)}"

    def delete_using(self, delete: Delete, froms: list[FromClause]) -> str:
        """Write all tables behind the one that loses rows."""
        if not froms:
            return ""
        tables = [delete._target, *froms]
        return f" USING {', '.join([self.process(table, asfrom=True) for table in tables])}"


def _is_of_another(key: object, target: FromClause) -> bool:
    """Tell whether a column is not the changed table's own, or that of a joined one."""
    if not isinstance(key, ColumnClause) or key.table is None:
        return False
    return isinstance(target, Join) or not target.c.contains_column(key)
