"""The part of Query that says what is selected: entities, columns, or another statement's rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from azoth.orm.mapping.lookup import entity_of
from azoth.orm.query.query_state import QueryState


class Selecting(QueryState):
    """What a query gives."""

    @property
    def column_descriptions(self) -> list[dict[str, Any]]:
        """Describe what is selected: name, type, whether aliased, expression and entity."""
        described = []
        for raw in self._statement._raw_columns:
            entity = entity_of(raw)
            if entity is None:
                described.append(_column_description(raw, self._statement._raw_columns))
            else:
                subject = entity.entity
                name = getattr(entity, "name", None) or entity.mapper.class_.__name__
                described.append(
                    {
                        "name": name,
                        "type": entity.mapper.class_,
                        "aliased": not entity.is_mapper,
                        "expr": subject,
                        "entity": subject,
                    }
                )
        return described

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
        """
        source = getattr(statement, "statement", statement)
        return self._selecting(self._select("from_statement").from_statement(source))

    def _description(self) -> str:
        return ", ".join(str(described["name"]) for described in self.column_descriptions)


def _column_description(raw: Any, columns: Sequence[Any]) -> dict[str, Any]:
    parent = getattr(raw, "parent", None) or _entity_behind(raw, columns)
    entity = None if parent is None else parent.entity
    element = raw.__clause_element__() if hasattr(raw, "__clause_element__") else raw
    name = getattr(raw, "key", None) or getattr(raw, "name", None)
    return {
        "name": name,
        "type": getattr(element, "type", None),
        "aliased": parent is not None and not parent.is_mapper,
        "expr": raw,
        "entity": entity,
    }


def _entity_behind(raw: Any, columns: Sequence[Any]) -> Any:
    """Find the entity of the query that a labelled column belongs to."""
    column = getattr(raw, "element", raw)
    table = getattr(column, "table", None)
    entities = [entity_of(other) or getattr(other, "parent", None) for other in columns]
    return next((one for one in entities if one is not None and one.selectable is table), None)
