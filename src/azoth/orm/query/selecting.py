"""The part of Query that says what is selected: entities, columns, or another statement's rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from azoth.orm.mapping.lookup import entity_of
from azoth.orm.query.descriptions import described
from azoth.orm.query.query_state import QueryState
from azoth.sql.selectable import FromClause
from azoth.sql.selectable.select import described_columns


class Selecting(QueryState):
    """What a query gives."""

    @property
    def column_descriptions(self) -> list[dict[str, Any]]:
        """Describe what is selected: name, type, whether aliased, expression and entity."""
        columns = self._statement._raw_columns
        if self._stand_ins is not None:
            # A union's entities are those of its parts to the program.
            columns = tuple([self._stand_ins.original(raw) for raw in columns])
        descriptions: list[dict[str, Any]] = []
        for raw in columns:
            # A table, or what is like one, is selected as its columns.
            is_table = isinstance(raw, FromClause)
            descriptions += described_columns((raw,)) if is_table else [_described(raw, columns)]
        return descriptions

    @property
    def is_single_entity(self) -> bool:
        """Whether the results are objects rather than rows."""
        columns = self._statement._raw_columns
        return not self._tuples and len(columns) == 1 and entity_of(columns[0]) is not None

    def with_entities(self, *entities: Any) -> Self:
        """Select something else from the same rows.

        Args:
            entities: as for the constructor.
        """
        statement = self._select("with_entities")
        adapted = [self._column(one) for one in entities]
        keeps_froms = bool(statement._setup_joins) and not statement._from_obj
        return self._selecting(statement.with_only_columns(*adapted, maintain_column_froms=keeps_froms))

    def add_columns(self, *column: Any) -> Self:
        """Select more columns or expressions."""
        return self._selecting(self._select("add_columns").add_columns(*[self._column(one) for one in column]))

    def add_column(self, column: Any) -> Self:
        """Select one more column; the classic form of ``add_columns()``."""
        return self.add_columns(column)

    def add_entity(self, entity: Any, alias: Any = None) -> Self:
        """Select one more entity.

        Args:
            entity: a mapped class, mapper or alias.
            alias: the alias to use for it, in classic form.
        """
        return self.add_columns(entity if alias is None else alias)

    def _selecting(self, statement: Any) -> Self:
        copy = self._with(statement)
        copy._names_entities = None
        if not getattr(statement, "_setup_joins", ()):
            # Nothing was joined, so what is selected now is what filter_by() means.
            copy._joined = None
        return copy

    def _column(self, subject: Any) -> Any:
        stand_ins = self._stand_ins
        if stand_ins is None:
            return subject
        entity = entity_of(subject)
        if entity is not None:
            return stand_ins.entity(entity)
        adapted = self._adapted(subject)
        key = getattr(subject, "key", None)
        return adapted if key is None or key == getattr(adapted, "key", None) else adapted.label(key)

    def from_statement(self, statement: Any) -> Self:
        """Let another statement give the rows: text, a SELECT, a set operation, or a change with RETURNING.

        Args:
            statement: its columns are found by their objects or names.

        Raises:
            InvalidRequestError: the query has criteria, joins or an order already.
        """
        source = getattr(statement, "statement", statement)
        return self._selecting(self._unnarrowed("from_statement").from_statement(source))

    def _description(self) -> str:
        found = self.column_descriptions
        return ", ".join(str(one["name"] or getattr(one["type"], "__name__", None)) for one in found)


def _described(raw: object, columns: Sequence[object]) -> dict[str, Any]:
    found = described(raw, columns)
    # The name of a function is none of its column.
    return {**found, "name": None} if getattr(raw, "_is_function", False) else found
