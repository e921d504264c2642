"""The compiler of INSERT, UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from azoth import exc
from azoth.sql.compiler.base import DefaultParameter
from azoth.sql.compiler.froms import Frame
from azoth.sql.compiler.select import SelectCompiler, result_column
from azoth.sql.dml.inserted_keys import default_asked_before, unknown_keys, warn_of_missing_key
from azoth.sql.elements import BinaryExpression, BindParameter, ClauseElement, Grouping, and_, clause_of
from azoth.sql.operators import comma_op
from azoth.sql.schema import Column
from azoth.sql.selectable import FromClause, Select, SelectBase, tables_in, without_narrowing
from azoth.sql.selectable.column_names import NamedColumn

if TYPE_CHECKING:
    from azoth.sql.dml import Change, Delete, DMLTargetCopy, Insert, OnConflict, Update

__all__ = ["ChangeCompiler"]


class ChangeCompiler(SelectCompiler):
    """Write the statements that change data.

    Values come from the statement, then from the parameters of the execution (``parameter_keys``), then from the
    columns' defaults.
    """

    # --- INSERT ---

    def visit_insert(self, insert: Insert, **_options: object) -> str:
        """Write an INSERT."""
        self._open_change(insert, "insert")
        target = insert._target
        if insert.select is not None:
            columns, body = self._inserted_select(insert)
            if self.dialect.cte_follows_insert:
                body = self.led_by_ctes(body)
        elif insert._multi_values:
            columns, body = self._inserted_rows(insert)
        else:
            pairs = self._inserted_values(insert)
            columns = [column for column, _ in pairs]
            body = f"VALUES ({', '.join([text for _, text in pairs])})"
        head = f"INSERT {self._prefix_text(insert)}INTO {self.changed_table(target)}"
        early = self.early_returning(insert)
        if columns:
            names = ", ".join([self.quote(column.name) for column in columns])
            text = f"{head} ({names}){early} {body}"
        else:
            text = f"{head}{early} {self.default_values_clause()}"
        if insert._post_values_clause is not None:
            text += f" {self.process(insert._post_values_clause)}"
        text += self._extension_text(insert, "post_values")
        return self._close_change(insert, text)

    _values_beside: Mapping[str, ClauseElement] | None = None
    """The values of the row that is being written, by the keys of their columns."""

    def visit_dml_target_copy(self, copied: DMLTargetCopy, **options: object) -> str:
        """Write the value that another column gets; of an UPDATE that sets none, the column."""
        value = (self._values_beside or {}).get(copied.column.key)
        if value is not None:
            grouped = Grouping(value) if isinstance(value, BinaryExpression) else value
            return self.process(grouped, **options)
        if self.kind == "update":
            return self.process(copied.column, **options)
        raise exc.CompileError(
            f"from_dml_column() refers to column {copied.column.key!r}, which gets no value in this statement",
            why="it stands for the value that the INSERT gives to that column",
            fix="give the column a value, or write the expression itself",
            code="AZ-C666",
        )

    def default_values_clause(self) -> str:
        """Write what stands for a row of defaults only.

        Raises:
            CompileError: the database has nothing for it.
        """
        dialect = self.dialect
        if dialect.supports_default_values:
            return "DEFAULT VALUES"
        if dialect.supports_empty_insert:
            return "() VALUES ()"
        name = self.quote(next(iter(self._target_of_conflict.c)).name)
        return f"({name}) VALUES ({self._metavalue()})"

    def _metavalue(self) -> str:
        """Write what stands for a value that is left to the database."""
        if self.dialect.supports_default_metavalue:
            return self.dialect.default_metavalue_token
        raise exc.CompileError(
            f"{self.dialect.name} has no word that leaves a column of an INSERT to the database",
            why="a row gives no value to a column, and the column has to be named",
            fix="give each row a value for it, or give the column a default in Python",
            code="AZ-C745",
        )

    def _inserted_values(self, insert: Insert) -> list[tuple[Any, str]]:
        self._values_beside = given = self._given_values(insert, insert._values)
        asked_before = self._learn_keys(insert, given)
        pairs: list[tuple[Any, str]] = []
        for column in insert._target.c:
            if column.key in given:
                pairs.append((column, self._value_text(given[column.key])))
                self._note_expression(insert, column, given[column.key])
            elif column in asked_before:
                pairs.append((column, self.process(self._made_first(column, default_asked_before(column)))))
            else:
                text = self._default_text(column, column.default, column.key)
                if text is not None:
                    pairs.append((column, text))
                elif self._is_made_by_server(column):
                    self._note_server_column(insert, column)
                else:
                    self._look_after_key(insert, column)
                if column.default is not None and column.default.is_clause_element:
                    self._note_server_column(insert, column)
        return pairs

    keys_to_return: tuple[Any, ...] = ()
    """The columns that RETURNING names so that the key of the inserted row is known."""

    def _learn_keys(self, insert: Insert, given: Mapping[str, ClauseElement]) -> Sequence[Any]:
        """See to it that the result knows the key of one row; gives the columns whose defaults are asked before."""
        is_sent = self.parameter_keys is not None and self.is_whole(insert)
        gives_rows = insert._returning or insert._return_defaults is not None
        if not is_sent or self.many or gives_rows or insert._inline:
            return ()
        unknown = unknown_keys(insert, given, self.dialect)
        may_return = self.dialect.supports_returning and getattr(insert._target, "implicit_returning", True)
        if unknown and may_return:
            self.keys_to_return = unknown
            return ()
        return [column for column in unknown if column.key not in given and column.default is not None]

    def _made_first(self, column: Column[Any], make: Callable[[Any], Any]) -> DefaultParameter:
        self.default_columns = (*self.default_columns, column)
        self.prefetched_columns = (*self.prefetched_columns, column)
        return DefaultParameter(column, make, needs_context=True)

    def _look_after_key(self, insert: Insert, column: Column[Any]) -> None:
        """Warn where a column that nobody gives a value is part of the primary key."""
        is_sent = self.parameter_keys is not None and self.is_whole(insert)
        if is_sent and column.primary_key and not column.nullable:
            warn_of_missing_key(column)

    def _inserted_rows(self, insert: Insert) -> tuple[list[Any], str]:
        rows = [{_key_of(key): value for key, value in row} for row in insert._multi_values]
        self._check_consumed(insert, {key for row in rows for key in row})
        columns: list[Any] = []
        texts: list[list[str]] = [[] for _ in rows]
        binds: list[dict[str, BindParameter[Any]]] = [{} for _ in rows]
        for column in insert._target.c:
            values = self._values_of_rows(column, rows, binds)
            if not any(value is not None for value in values):
                # The database makes it for all rows.
                if self._is_made_by_server(column):
                    self._note_server_column(insert, column)
                else:
                    self._look_after_key(insert, column)
                continue
            columns.append(column)
            for value, own, text, row in zip(values, binds, texts, rows, strict=True):
                self._values_beside = row
                text.append(self.left_out_value(column) if value is None else self._value_text(value))
                if isinstance(value, BindParameter):
                    own[column.key] = value
        return columns, "VALUES " + ", ".join([f"({', '.join(own)})" for own in texts])

    def _values_of_rows(
        self,
        column: Column[Any],
        rows: list[dict[str, ClauseElement]],
        binds: list[dict[str, BindParameter[Any]]],
    ) -> list[ClauseElement | None]:
        """Find a column's value in each of several rows: the given one or its default; None where it is left out."""
        values = []
        for number, (row, own) in enumerate(zip(rows, binds, strict=True)):
            value = row.get(column.key)
            if value is None:
                # The first of them has the column's own name, as in a statement of one row.
                name = f"{column.key}_m{number}" if number else column.key
                value = self._default_expression(column, column.default, name)
                if isinstance(value, DefaultParameter):
                    value.row = own
            values.append(value)
        return values

    def left_out_value(self, column: Column[Any]) -> str:
        """Write what stands for a value that a row leaves to the database, while other rows of the INSERT have one."""
        return self._metavalue() if self._is_made_by_server(column) else "NULL"

    def _inserted_select(self, insert: Insert) -> tuple[list[Any], str]:
        self._check_consumed(insert, insert._select_names)
        columns = [insert._target.c[name] for name in insert._select_names]
        select = insert.select
        if insert.include_insert_from_select_defaults:
            more = [
                (column, expression)
                for column in insert._target.c
                if column.key not in insert._select_names
                and (expression := self._default_expression(column, column.default, column.key)) is not None
            ]
            if more:
                columns += [column for column, _ in more]
                select = _with_columns(select, [expression for _, expression in more])
        return columns, self.inserted_select(insert, select)

    def inserted_select(self, insert: Insert, select: Any) -> str:
        """Write the SELECT whose rows are inserted."""
        frames, self._frames = self._frames, []
        text = self.process(select)
        self._frames = frames
        return text

    # --- UPDATE ---

    def visit_update(self, update: Update, **_options: object) -> str:
        """Write an UPDATE."""
        target = update._target
        froms, narrowing = without_narrowing(self._tables_beside(update, [value for _, value in update._values]))
        self._open_change(update, "update", froms)
        head = f"UPDATE {self._prefix_text(update)}{self.changed_table(target)}"
        text = f"{head} SET {self._set_text(update)}{self.early_returning(update)}{self.update_from(update, froms)}"
        text += self._where_text(update, narrowing) + self._extension_text(update, "post_criteria")
        return self._close_change(update, text)

    def update_from(self, update: Update, froms: list[FromClause]) -> str:
        """Write the other tables that an UPDATE refers to."""
        return f" FROM {', '.join([self.process(table, asfrom=True) for table in froms])}" if froms else ""

    def _set_text(self, update: Update) -> str:
        self._values_beside = given = self._given_values(update, update._values)
        self._check_names(update, given)
        columns = list(update._target.c)
        if update._preserves_order:
            order = {key: place for place, key in enumerate(given)}
            columns.sort(key=lambda column: order.get(column.key, len(order)))
        texts = []
        for column in columns:
            if column.key in given:
                text: str | None = self._value_text(given[column.key])
                self._note_expression(update, column, given[column.key])
            else:
                text = self._default_text(column, column.onupdate, column.key)
                if column.server_onupdate is not None or (
                    column.onupdate is not None and column.onupdate.is_clause_element
                ):
                    self._note_server_column(update, column)
            if text is not None:
                texts.append(f"{self.set_target(update, column)}={text}")
        for part, value in update._values:
            if _key_of(part) is None:
                texts.append(f"{self.process(part, include_table=False)}={self._value_text(value)}")
        if not texts:
            raise exc.CompileError(
                f"UPDATE of table {update._target.description!r} sets nothing",
                why="neither the statement nor its parameters have values for columns",
                fix="add values(...)",
                code="AZ-C88",
            )
        return ", ".join(texts)

    def set_target(self, update: Update, column: Column[Any]) -> str:
        """Write the column that an UPDATE sets."""
        return self.quote(column.name)

    def _check_names(self, update: Update, given: dict[str, Any]) -> None:
        """Refuse a parameter of the condition that has the name of a set column's value."""
        own = {id(bind) for value in given.values() for bind in value._binds}
        for bind in update._binds:
            if bind.key is not None and bind.key in given and id(bind) not in own:
                raise exc.CompileError(
                    f"bindparam() name {bind.key!r} is reserved for the value of the column in this UPDATE",
                    why="the parameter and the column's new value would have the same name",
                    fix=f"use a name that is no column's, such as 'b_{bind.key}'",
                    code="AZ-C89",
                )

    # --- DELETE ---

    def visit_delete(self, delete: Delete, **_options: object) -> str:
        """Write a DELETE."""
        froms, narrowing = without_narrowing(self._tables_beside(delete, delete._using))
        self._open_change(delete, "delete", froms)
        text = f"DELETE {self._prefix_text(delete)}FROM {self.changed_table(delete._target)}"
        text += self.early_returning(delete) + self.delete_using(delete, froms) + self._where_text(delete, narrowing)
        text += self._extension_text(delete, "post_criteria")
        return self._close_change(delete, text)

    def delete_using(self, delete: Delete, froms: list[FromClause]) -> str:
        """Write the other tables that a DELETE refers to."""
        return f" USING {', '.join([self.process(table, asfrom=True) for table in froms])}" if froms else ""

    # --- ON CONFLICT ---

    def visit_on_conflict(self, clause: OnConflict, **_options: object) -> str:
        """Write ON CONFLICT."""
        text = "ON CONFLICT"
        if clause.constraint is not None:
            text += f" ON CONSTRAINT {self.quote(clause.constraint)}"
        elif clause.index_elements:
            elements = [
                self.quote(one) if isinstance(one, str) else self.process(one, include_table=False)
                for one in clause.index_elements
            ]
            text += f" ({', '.join(elements)})"
            if clause.index_where is not None:
                # Must equal the index's own condition, so its values are written, not bound.
                text += f" WHERE {self.process(clause.index_where, include_table=False, literal_binds=True)}"
        if clause.set_ is None:
            return f"{text} DO NOTHING"
        target = self._target_of_conflict
        sets = [f"{self.quote(target.c[key].name)} = {self._value_text(value)}" for key, value in clause.set_]
        text += f" DO UPDATE SET {', '.join(sets)}"
        return text if clause.where is None else f"{text} WHERE {self.process(clause.where)}"

    # --- parts of all three ---

    def _open_change(self, change: Change, kind: str, froms: Iterable[FromClause] = ()) -> None:
        target = change._target
        self._target_of_conflict = target
        if self.is_whole(change):
            self.kind, self.table = kind, target
            self.returns_rows = bool(change._returning)
            self.default_columns, self.server_columns, self.prefetched_columns = (), (), ()
        self.open_scope(change)
        own = (change._whole, *target._parts, *[part for table in froms for part in table._parts])
        self._frames.append(Frame((), own))

    def _close_change(self, change: Change, text: str) -> str:
        if not self.returns_early:
            text += self._returned_text(change)
        self._frames.pop()
        return self.close_scope(text)

    returns_early: ClassVar[bool] = False
    """Whether what a change gives back is named before the new rows or the condition, instead of at the end."""

    def early_returning(self, change: Change) -> str:
        """Write RETURNING with a space before it, where the database has it within the statement."""
        return self._returned_text(change) if self.returns_early else ""

    def _returned_text(self, change: Change) -> str:
        if change._returning:
            return f" {self.returning_clause(change)}"
        if change._return_defaults is not None and self.is_whole(change) and self.dialect.supports_returning:
            return self._returned_defaults(change)
        if self.keys_to_return and self.is_whole(change):
            return self._returning_made(change, self.keys_to_return)
        return ""

    def _returned_defaults(self, change: Change) -> str:
        """Write RETURNING for the values that the server makes."""
        assert change._return_defaults is not None
        if not getattr(change._target, "implicit_returning", True):
            return ""
        named, others = [{clause_of(column) for column in columns} for columns in change._return_defaults]
        made = self._server_made(change, named)
        columns = [column for column in change._target.c if column in made or column in others]
        return self._returning_made(change, columns) if columns else ""

    def _returning_made(self, change: Change, columns: Iterable[Any]) -> str:
        self.returns_rows = self.gives_defaults = True
        return f" {self.returning_clause(change, change.returning(*columns)._named_columns())}"

    def _server_made(self, change: Change, named: set[Any]) -> set[Any]:
        """Find the columns whose values the server makes, as far as they are wanted: defaults, and SQL expressions."""
        if self.kind == "delete":
            return named
        given = self._values_beside or {}
        selected = getattr(change, "_select_names", ())
        found = set()
        for column in change._target.c:
            if column.key in selected or isinstance(given.get(column.key), BindParameter):
                continue
            is_key = self.kind == "insert" and column.primary_key and not _is_made_by_python(column)
            is_wanted = column in named if named else column.key in given or self._has_server_value(column)
            if is_wanted or is_key:
                found.add(column)
        return found

    def _has_server_value(self, column: Column[Any]) -> bool:
        """Tell whether the server makes the value of a column that the statement gives none for."""
        in_server = [column.server_onupdate, column.server_default if self.kind == "insert" else None]
        defaults = [column.onupdate, column.default if self.kind == "insert" else None]
        return any(one is not None for one in in_server) or any(
            one is not None and one.is_clause_element for one in defaults
        )

    def returning_clause(self, change: Change, named: Sequence[NamedColumn] | None = None) -> str:
        """Write RETURNING.

        Args:
            change: the statement.
            named: the columns with their names; those of ``returning()`` where none are given.

        Raises:
            CompileError: the database has no RETURNING.
        """
        if not self.dialect.supports_returning:
            raise exc.CompileError(
                f"dialect {self.dialect.name!r} has no RETURNING",
                why="the database gives no rows back from a change",
                fix="leave returning() out and read the row by a SELECT",
                code="AZ-C95",
            )
        if named is None:
            named = change._named_columns()
        if self.is_whole(change):
            self.result_columns = [result_column(one) for one in named]
        options = self.returning_options(change)
        return f"RETURNING {', '.join([self._column_text(one, False, **options) for one in named])}"

    def returning_options(self, change: Change) -> dict[str, Any]:
        """Say how the columns of RETURNING are written: options of ``process()``."""
        return {}

    def changed_table(self, table: FromClause) -> str:
        """Write the name of the table that is changed."""
        return self.process(table, asfrom=True)

    def _prefix_text(self, change: Change) -> str:
        prefixes = self.affixes(change._prefixes)
        return f"{prefixes} " if prefixes else ""

    def _where_text(self, change: Any, narrowing: Iterable[ClauseElement]) -> str:
        criteria = (*change._where_criteria, *narrowing)
        if not criteria:
            return ""
        condition = self.condition(and_(*criteria))
        return f" WHERE {condition}" if condition else ""

    def _tables_beside(self, change: Any, more: Iterable[Any]) -> list[FromClause]:
        """List the tables other than the changed one that values and conditions refer to."""
        found: list[FromClause] = []
        own = (change._whole, *change._target._parts)
        for element in (*more, *change._where_criteria):
            for table in tables_in(element):
                if not any(table is known for known in (*own, *found)):
                    found.append(table)
        return found

    # --- values ---

    def _given_values(self, change: Any, values: Iterable[tuple[Any, ClauseElement]]) -> dict[str, ClauseElement]:
        """Collect the values that the statement and the parameters give, by the keys of their columns."""
        given = {_key_of(key): value for key, value in values if _key_of(key) is not None}
        columns = change._target.c
        keys = self.parameter_keys if self.is_whole(change) else ()
        if keys is None:
            # An explicit values({}) means a row of defaults; nothing at all means any column, for str().
            all_keys = tuple([key for key, column in columns.items() if not column._omit_from_statements])
            keys = () if given or "_values" in change.__dict__ else all_keys
        in_statement = {bind.key for bind in change._binds if bind.key is not None}
        more = [key for key in keys if key not in given and (key not in in_statement or key in columns)]
        self._check_consumed(change, [*given, *more])
        for key in more:
            given[key] = BindParameter(key, type_=columns[key].type, required=True)
        return given

    def _check_consumed(self, change: Any, keys: Iterable[str]) -> None:
        unknown = [key for key in keys if key not in change._target.c]
        if unknown:
            raise exc.CompileError(
                f"Unconsumed column names: {', '.join(sorted(unknown))}",
                why=f"table {change._target.description!r} has no such columns",
                fix="columns: " + ", ".join(change._target.c.keys()),
                code="AZ-C96",
            )

    def _value_text(self, value: ClauseElement) -> str:
        text = self.process(value)
        return f"({text})" if isinstance(value, BinaryExpression) else text

    def _default_text(self, column: Any, default: Any, name: str) -> str | None:
        expression = self._default_expression(column, default, name)
        return None if expression is None else self.process(expression)

    def _default_expression(self, column: Any, default: Any, name: str) -> Any:
        """Find what a column's default puts into the statement; None where it has none."""
        if default is None:
            return None
        if default.is_sequence:
            is_used = getattr(self.dialect, "supports_sequences", False) and not self._is_left_out(default)
            return default.next_value() if is_used else None
        if default.is_clause_element:
            value = default.arg
            return value.scalar_subquery() if isinstance(value, SelectBase) else value.self_group(against=comma_op)
        if not self.prefetched_columns or self.prefetched_columns[-1] is not column:
            # Once for all rows of a statement that inserts several.
            self.prefetched_columns = (*self.prefetched_columns, column)
        if not default.is_callable:
            bind: BindParameter[Any] = BindParameter(name, default.arg, column.type)
        else:
            needs_context = default.function is None
            bind = DefaultParameter(column, default.arg if needs_context else default.function, needs_context, name)
            if not self.default_columns or self.default_columns[-1] is not column:
                self.default_columns = (*self.default_columns, column)
        return bind._made_unique() if name in self._reserved_names else bind

    def _is_left_out(self, sequence: object) -> bool:
        return bool(getattr(sequence, "optional", False)) and self.dialect.sequences_optional

    def _is_made_by_server(self, column: Any) -> bool:
        if column.server_default is not None or column.default is not None:
            return True
        return getattr(column.table, "autoincrement_column", None) is column

    def _note_expression(self, change: Change, column: Column[Any], value: ClauseElement) -> None:
        """Note a column whose value is not known before the database has made it of an expression."""
        if not isinstance(value, BindParameter):
            self._note_server_column(change, column)

    def _note_server_column(self, change: Change, column: Any) -> None:
        if self.is_whole(change):
            self.server_columns = (*self.server_columns, column)


def _is_made_by_python(column: Column[Any]) -> bool:
    """Tell whether the default of a column is a value that is known before the INSERT."""
    default = column.default
    return default is not None and not default.is_clause_element and not default.is_sequence


def _key_of(key: Any) -> str:
    return key if isinstance(key, str) else key.key


def _with_columns(select: Any, expressions: list[Any]) -> Any:
    if isinstance(select, Select):
        return select.add_columns(*expressions)
    rows = select.subquery()
    return Select(*rows.c, *expressions)
