"""The part of Query that makes other things of it: subqueries, CTEs, unions, EXISTS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from azoth.exc import UnboundExecutionError
from azoth.orm.mapping.lookup import note_entity
from azoth.orm.query.query_state import QueryState, begun_select
from azoth.orm.query.stand_in import StandIns
from azoth.orm.query.statement_facts import first_mapper
from azoth.sql.elements import literal_column
from azoth.sql.selectable import LABEL_STYLE_DEFAULT, CompoundSelect, Select, SelectLabelStyle, SetOperation

if TYPE_CHECKING:
    from azoth.orm.runtime.ports import SessionPort


class Embedding(QueryState):
    """A query as part of other statements."""

    runs_in_session = True
    """A connection does not execute it: its entities need a session."""

    @property
    def statement(self) -> Any:
        """The SELECT of the query."""
        if self.dispatch.before_compile and not self._is_told:
            return self._told(self._statement).statement
        statement = self._as_sent(self._statement)
        if isinstance(statement, Select) and statement._label_style is SelectLabelStyle.LABEL_STYLE_LEGACY_ORM:
            # Elsewhere each name stands once.
            statement = statement.set_label_style(LABEL_STYLE_DEFAULT)
        return statement if not self._params else statement.params(self._params)

    @property
    def selectable(self) -> Any:
        """The SELECT of the query."""
        return self.statement

    def __clause_element__(self) -> Any:
        """Give the SELECT of the query, where the query stands in another statement."""
        return self.statement

    def __set_member__(self) -> object:
        """Give the SELECT of the query as a part of a set operation: its columns are named ``table_column``."""
        statement = self.statement
        return statement.apply_labels() if statement.get_label_style() is LABEL_STYLE_DEFAULT else statement

    def __str__(self) -> str:
        statement = self.statement
        return str(statement.compile(None if self.session is None else _bind_of(self.session, statement)))

    @property
    def whereclause(self) -> Any:
        """All criteria as one expression, or None."""
        return self._statement.whereclause

    def subquery(self, name: str | None = None, with_labels: bool = False, reduce_columns: bool = False) -> Any:
        """Make a subquery, to select from or to join to.

        Args:
            name: its name; made up where left out.
            with_labels: name its columns ``table_column``.
            reduce_columns: leave out columns that an equality makes the same as another one.
        """
        self._select("subquery")
        statement = self.statement
        if with_labels:
            statement = statement.apply_labels()
        if reduce_columns:
            statement = statement.reduce_columns()
        return statement.subquery(name)

    def cte(self, name: str | None = None, recursive: bool = False, nesting: bool = False) -> Any:
        """Make a common table expression; arguments as for ``Select.cte()``."""
        return self.statement.cte(name, recursive=recursive, nesting=nesting)

    def scalar_subquery(self) -> Any:
        """Use the query of one column as a value."""
        return self.statement.scalar_subquery()

    def as_scalar(self) -> Any:
        """Do the same as ``scalar_subquery()``; the classic name."""
        return self.scalar_subquery()

    def label(self, name: str | None) -> Any:
        """Use the query of one column as a value with a name."""
        return self.scalar_subquery().label(name)

    def exists(self) -> Any:
        """Ask whether the query gives any row; use it as a criterion, or in ``session.query(q.exists()).scalar()``."""
        statement = self.statement
        asked = statement.with_only_columns(literal_column("1"), maintain_column_froms=True).order_by(None).exists()
        mapper = first_mapper(statement)
        if mapper is not None:
            note_entity(asked, mapper)
        return asked

    def with_labels(self) -> Self:
        """Name the columns ``table_column``."""
        return self._with(self._select("with_labels").apply_labels())

    apply_labels = with_labels

    def set_label_style(self, style: SelectLabelStyle) -> Self:
        """Choose how the columns are named in the SQL."""
        return self._with(self._select("set_label_style").set_label_style(style))

    def get_label_style(self) -> SelectLabelStyle:
        """Give the style of the columns' names."""
        style: SelectLabelStyle = self._statement.get_label_style()
        return style

    def union(self, *q: Any) -> Self:
        """Give the rows of this query and of others, each once.

        Args:
            q: queries or SELECTs with the same columns.
        """
        return self._combined(SetOperation.UNION, q)

    def union_all(self, *q: Any) -> Self:
        """Give the rows of this query and of others."""
        return self._combined(SetOperation.UNION_ALL, q)

    def intersect(self, *q: Any) -> Self:
        """Give the rows that all of the queries give, each once."""
        return self._combined(SetOperation.INTERSECT, q)

    def intersect_all(self, *q: Any) -> Self:
        """Give the rows that all of the queries give."""
        return self._combined(SetOperation.INTERSECT_ALL, q)

    def except_(self, *q: Any) -> Self:
        """Give the rows of this query that the others do not give, each once."""
        return self._combined(SetOperation.EXCEPT, q)

    def except_all(self, *q: Any) -> Self:
        """Give the rows of this query that the others do not give."""
        return self._combined(SetOperation.EXCEPT_ALL, q)

    def _combined(self, operation: SetOperation, others: tuple[Any, ...]) -> Self:
        statement = self.statement
        selects = [statement, *[getattr(one, "statement", one) for one in others]]
        subquery = CompoundSelect(operation, *[_bare(one) for one in selects]).apply_labels().subquery()
        stand_ins = StandIns(statement._raw_columns, subquery, self._stand_ins)
        begun = begun_select(*stand_ins.raw_columns)
        copy = self._with(begun.options(*[stand_ins.option(one) for one in statement._with_options]))
        if statement._execution_options:
            copy._statement = copy._statement._with_execution_options(statement._execution_options)
        copy._stand_ins = stand_ins
        copy._joined = None
        copy._names_entities = None
        copy._params = None
        return copy


def _bind_of(session: SessionPort, statement: object) -> object:
    """Find where a statement goes that is only printed; None where that is not known."""
    mapper = first_mapper(statement)
    try:
        return session.get_bind() if mapper is None else session.get_bind(mapper)
    except UnboundExecutionError:
        return None


def _bare(statement: Any) -> Any:
    """Make a statement part of another one: without loader options, its columns named by their tables."""
    if not isinstance(statement, Select):
        return statement
    bare = statement._copy_with(_with_options=()) if statement._with_options else statement
    return bare.apply_labels()
