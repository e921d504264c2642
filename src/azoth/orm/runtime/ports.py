"""What the layers below the session know of the unit of work: one Protocol for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from azoth.orm.runtime.identity_map import IdentityMap
    from azoth.orm.runtime.state import InstanceState


class Reading(Protocol):
    """The transaction in which a statement was executed, as far as reading its rows in portions goes."""

    @property
    def is_over(self) -> bool:
        """Whether rows must not be read on, the transaction having ended."""
        ...


class SessionPort(Protocol):
    """The session that the program works with, as everything below it sees it; the program may have overridden it.

    Attributes:
        dispatch: who listens to it.
    """

    dispatch: Any

    @property
    def autoflush(self) -> bool:
        """Whether pending changes are flushed before each query."""
        ...

    @property
    def unit(self) -> Any:
        """What it holds; each layer knows of that what its own Protocol of a unit says."""
        ...

    def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: Any = None,
        _parent_execute_state: Any = None,
    ) -> Any:
        """Execute a statement."""
        ...

    def get(
        self,
        entity: Any,
        ident: Any,
        *,
        options: Any = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
    ) -> Any:
        """Give the object with a primary key."""
        ...

    def get_bind(self, mapper: Any = None) -> Any:
        """Find the engine or connection for a mapper."""
        ...

    def merge(self, instance: Any, *, load: bool = True) -> Any:
        """Give the session's own object for one from elsewhere, with the values of that one."""
        ...


class Unit(Protocol):
    """The unit of work: what a session holds, as everything below the session sees it.

    Instances find it through their identity map (``state.identity_map.unit()``), which refers to it weakly, and so does
    whatever else outlives one call: a session that its program has forgotten ends at once.

    Attributes:
        identity_map: where loaded instances go and are looked for.
        in_use: held (never waited for) while the unit is being used; see ``azoth.orm.runtime.concurrent_use``.
        dispatch: who listens to events of the unit.
        load_on_peers: whether an implicit load serves the peers of the touched instance too.
        executes_itself: whether the session's class has an ``execute()`` of its own, which is called for loads too.
        execution_options: options of every execution.
    """

    identity_map: IdentityMap
    in_use: Any
    dispatch: Any
    load_on_peers: bool
    executes_itself: bool
    execution_options: Mapping[str, Any]

    @property
    def session(self) -> Any:
        """The session that the program works with: what listeners are told, and ``object_session()`` gives."""
        ...

    @property
    def places(self) -> object:
        """Among which databases the rows of a class are spread; None where a class has one engine."""
        ...

    @property
    def flushing(self) -> object:
        """Whether a flush is going on; what its listeners get where the session's are told of it."""
        ...

    @property
    def flush_context(self) -> object:
        """What listeners get who are told of the flush that is going on."""
        ...

    @property
    def no_autoflush(self) -> Any:
        """A block in which loads do not flush."""
        ...

    @property
    def reading(self) -> Reading:
        """What tells later on whether rows that are found now may be read on."""
        ...

    def connection_for(self, mapper: Any) -> Any:
        """Give the connection on which statements about a mapper run, beginning the transaction where needed."""
        ...

    def fetch(self, statement: Any, purpose: Any) -> list[Any]:
        """Execute a SELECT of the ORM's own where everybody can act on it; gives what it loads.

        Args:
            statement: the SELECT of entities.
            purpose: why it is sent, and what acts on it (``azoth.orm.loading.purpose.Purpose``).
        """
        ...

    def prepare(self, statement: Any, params: Any) -> Any:
        """Flush where needed, and make a SELECT of entities ready to run."""
        ...

    def given(self, statement: Any, params: Any, size: int | None = None) -> tuple[Any, Iterable[list[Any]]]:
        """Execute a statement whose rows are given by another one; give the plan and what it makes, in lists.

        Args:
            statement: the statement.
            params: values for its named parameters.
            size: how many rows become objects at a time; None for all.
        """
        ...

    def autoflush(self) -> None:
        """Flush pending changes, if the unit does so before queries."""
        ...

    def announce_loaded(self, states: list[InstanceState]) -> None:
        """Tell listeners of instances that were loaded; called where somebody listens."""
        ...

    def remember(self, outcome: Any) -> None:
        """Note what changed in memory (a ``FlushOutcome``), for the case that the transaction is rolled back."""
        ...

    def adopt(self, instance: object) -> None:
        """Take in an object that was attached to one of ours (the save-update cascade)."""
        ...

    def expunge(self, instance: object) -> None:
        """Let go of an object, as of a pending one that became an orphan."""
        ...
