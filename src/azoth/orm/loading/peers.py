"""Peers: the objects for which an implicit load is made together with the one that was touched, and the switch of it.

A load serves them where all say so that are asked: the whole program (``set_load_on_peers()``), the session
(``Session(load_on_peers=)``), and the relationship (``relationship(load_on_peers=)``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azoth.util.arguments import check_flag

if TYPE_CHECKING:
    from collections.abc import Container

    from azoth.orm.runtime.ports import Unit
    from azoth.orm.runtime.state import InstanceState

__all__ = ["set_load_on_peers"]

PEERS_AT_ONCE: Final = 500

ALL_CLASSES: Final[Container[object]] = ()
"""In the place of the classes whose objects are served: those of all that the result brought."""

_serves_peers = True


def set_load_on_peers(enabled: bool) -> bool:
    """Say for the whole program whether implicit loads serve the objects that came in with the touched one, too.

    That concerns lazy relationships, deferred columns, expired objects, and attributes of derived classes that a query
    for the base class did not bring. True to begin with. While it is False each of these loads is for one object, in
    all sessions, those that exist included; while it is True the sessions and the relationships decide.

    Args:
        enabled: whether they do.

    Returns:
        what held before, to be put back.

    Raises:
        ArgumentError: the value is neither true nor false.
    """
    global _serves_peers
    check_flag("set_load_on_peers(): enabled", enabled)
    before, _serves_peers = _serves_peers, bool(enabled)
    return before


def with_peers(unit: Unit, state: InstanceState, key: str, managers: Container[object]) -> list[InstanceState]:
    """List a touched state and, following it in its result, the peers that have an attribute and lack its value.

    Args:
        unit: the unit of work.
        state: the touched one.
        key: the attribute.
        managers: the instrumentation of the classes whose objects are meant, where a result brings several of a
            hierarchy; ``ALL_CLASSES`` otherwise.

    Returns:
        the states, at most as many as one statement loads for; the touched one alone where a switch says so.
    """
    origin = state.origin
    if origin is None or not unit.load_on_peers or not _serves_peers:
        return [state]
    found = [state]
    # Those that follow come first, because a loop will touch them next; those before it serve a loop that runs
    # backwards.
    for peers in origin.neighbours(state):
        in_vain = 0
        for peer in peers:
            if peer.origin is origin and peer.pk is not None and (not managers or peer.manager in managers):
                other = peer()
                if other is None:
                    continue
                values = other.__dict__
                if key in values or (peer.extra is not None and peer.extra.was_deleted):
                    in_vain += 1
                    if in_vain == PEERS_AT_ONCE:
                        # Most around here have the value: each load would look through all of them again.
                        break
                    continue
                in_vain = 0
                found.append(peer)
                if len(found) == PEERS_AT_ONCE:
                    return found
    return found
