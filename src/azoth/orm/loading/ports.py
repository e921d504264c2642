"""What loading needs from the unit of work that it loads for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from azoth.orm.loading.terms import Purpose
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.identity_map import IdentityMap


class Reading(Protocol):
    """The transaction in which a statement was executed, as far as reading its rows in portions goes."""

    @property
    def is_over(self) -> bool:
        """Whether rows must not be read on, the transaction having ended."""
        ...


class LoadingUnit(Protocol):
    """The unit of work, as far as loading knows it.

    Attributes:
        _identity_map: where loaded instances go and are looked for.
        dispatch: what listens to events of the unit.
        load_on_peers: whether an implicit load serves the peers of the touched instance too.
        _in_use: held (never waited for) while the unit is being used; see ``azoth.orm.runtime.concurrent_use``.
    """

    _identity_map: IdentityMap
    _in_use: Any
    dispatch: Any
    load_on_peers: bool

    @property
    def _reading(self) -> Reading:
        """Give what tells later on whether rows that are found now may be read on."""
        ...

    def _connection_for(self, mapper: Mapper | None) -> Any:
        """Give the connection on which statements about a mapper run, beginning the transaction where needed."""
        ...

    def _announce_loaded(self, states: list[Any]) -> None:
        """Tell listeners of instances that were loaded; called where somebody listens."""
        ...

    def _autoflush(self) -> None:
        """Flush pending changes, if the unit does so before queries."""
        ...

    def _fetch(self, statement: Any, purpose: Purpose) -> list[Any]:
        """Execute a SELECT of the ORM's own where everybody can act on it; gives what it loads."""
        ...


class RelatedLoading:
    """A late slot: plans load relationships after their rows, and loading relationships needs plans.

    ``relationship_loader`` fills it.
    """

    __slots__ = ("load",)

    load: Callable[..., None]


related_loading = RelatedLoading()
