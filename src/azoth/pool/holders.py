"""Who has the connections of a pool that has none left.

Noting each checkout would cost every program something for the few that need it. So it is noted where a pool had no
connection lying ready, which is slow anyhow, and at every checkout once a pool has let somebody wait in vain.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable
from typing import Final

from azoth.util.named_tuple import NamedTuple
from azoth.util.warning import user_level

__all__ = ["Holder", "described_holders", "note_holder"]

MOST_NAMED: Final = 10


class Holder(NamedTuple):
    """Who has checked out a connection.

    Args:
        thread: the name of the thread.
        place: the function, file and line of the program.
        since: when, by ``time.monotonic()``.
    """

    thread: str
    place: str
    since: float


def note_holder() -> Holder:
    """Note who is checking out a connection: the nearest caller that does not belong to azoth."""
    frame = sys._getframe(user_level() - 1)
    place = f"{frame.f_code.co_name}() ({frame.f_code.co_filename}:{frame.f_lineno})"
    return Holder(threading.current_thread().name, place, time.monotonic())


def described_holders(notes: Iterable[object]) -> str:
    """Say who has connections; those who have had theirs for the longest time come first.

    Args:
        notes: for each connection in use a ``Holder``, or True where nobody has noted it.
    """
    now = time.monotonic()
    counts: dict[tuple[str, str], tuple[float, int]] = {}
    unknown = 0
    for note in notes:
        if isinstance(note, Holder):
            since, count = counts.get((note.thread, note.place), (note.since, 0))
            counts[note.thread, note.place] = min(since, note.since), count + 1
        elif note:
            unknown += 1
    longest = sorted(counts.items(), key=lambda each: each[1][0])
    words = [
        f"{count} by thread {thread!r} in {place}, up to {now - since:.1f} s ago"
        for (thread, place), (since, count) in longest[:MOST_NAMED]
    ]
    if len(longest) > MOST_NAMED:
        words.append(f"{sum(count for _, (_, count) in longest[MOST_NAMED:])} at other places")
    if unknown:
        words.append(f"{unknown} before anybody took notes, which the pool does from now on")
    return f"Checked out were {'; '.join(words)}." if words else ""
