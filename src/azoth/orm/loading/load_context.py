"""What listeners of ``load`` and ``refresh`` get to know about the statement whose rows they are told of."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from azoth.orm.loading.terms import TOKEN, Terms
from azoth.orm.runtime.origin import Origin
from azoth.sql.elements import ClauseElement
from azoth.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from azoth.orm.runtime.ports import Unit


class SentPlan(Protocol):
    """A load plan, as far as this module knows it.

    Attributes:
        refresh: whether objects that are present take over the rows' values.
    """

    refresh: bool

    def sent_with(self, statement: object) -> ClauseElement:
        """Give the Core statement that was executed for a statement."""
        ...


class LoadedStatement(NamedTuple):
    """A statement in both of its forms.

    Attributes:
        select_statement: as the program, or the ORM, wrote it.
        statement: the Core statement that was sent.
    """

    select_statement: ClauseElement
    statement: ClauseElement


class QueryContext:
    """A load, as its listeners see it.

    Attributes:
        session: the session.
        attributes: the listeners' own dictionary for this load.
        execution_options: those of the execution, and of the session.
        populate_existing: whether objects that are present take over the rows' values.
        identity_token: that of the rows, or None.
    """

    def __init__(self, unit: Unit, plan: SentPlan, statement: object, terms: Terms | None) -> None:
        self.session: Any = unit.session
        self.attributes: dict[Any, Any] = {}
        given = terms.options if terms is not None else {}
        self.execution_options: Mapping[str, Any] = {
            **unit.execution_options,
            **(getattr(statement, "_execution_options", None) or {}),
            **given,
        }
        self.populate_existing = plan.refresh
        self.identity_token: Hashable = self.execution_options.get(TOKEN)
        self._plan = plan
        self._statement = statement

    @property
    def bind_arguments(self) -> dict[str, Any]:
        """What has led to the database of the rows: the shard, in a session that has several; nothing in others."""
        return {} if self.session.unit.places is None else {"shard_id": self.identity_token}

    @property
    def query(self) -> ClauseElement:
        """The statement: the SELECT of entities, or the Core one that the ORM has sent by itself."""
        statement = self._statement
        return statement if isinstance(statement, ClauseElement) else self.compile_state.statement

    user_passed_query = query

    @property
    def compile_state(self) -> LoadedStatement:
        """The statement in both of its forms."""
        sent = self._plan.sent_with(self._statement)
        return LoadedStatement(self._statement if isinstance(self._statement, ClauseElement) else sent, sent)

    @property
    def params(self) -> dict[str, Any]:
        """The values by the names of their parameters."""
        values: dict[str, Any] = self.compile_state.statement.compile(self.session.get_bind()).params
        return values


class HeardOrigins(list[Origin]):
    """The origins of a load with listeners.

    Attributes:
        context: what they get.
    """

    context: QueryContext
