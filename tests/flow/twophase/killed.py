"""The program that is killed: one unit of work over two databases, whose steps are counted.

Run as ``python -m tests.flow.twophase.killed``; it reads what to do as JSON, and asks on its standard output to be
killed, or to have a server killed, before or after the step that it was told.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import azoth
from azoth import exc
from azoth.orm import TwoPhase
from tests.flow.twophase.world import maker, unit

STEPS = ("do_begin_twophase", "do_prepare_twophase", "do_commit_twophase", "do_commit", "do_execute")


class Steps:
    """Counts the moments before and after each step.

    Args:
        kill_at: the number of the moment at which somebody is killed; 0 for none.
        victim: "self", or the name of a server, which whoever started this kills.
    """

    def __init__(self, kill_at: int, victim: str) -> None:
        self.kill_at = kill_at
        self.victim = victim
        self.count = 0

    def reach(self) -> None:
        """Note a moment; kill, where it is the one."""
        self.count += 1
        if self.count != self.kill_at:
            return
        if self.victim == "self":
            os.kill(os.getpid(), signal.SIGKILL)
        sys.stdout.write("kill\n")
        sys.stdout.flush()
        sys.stdin.readline()

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Count the moments before and after a call."""

        def counted(*arguments: Any, **named: Any) -> Any:
            self.reach()
            result = call(*arguments, **named)
            self.reach()
            return result

        return counted


def main() -> None:
    """Do the unit of work, and print how it went."""
    task = json.loads(sys.stdin.readline())
    engines = [azoth.create_engine(url) for url in task["urls"]]
    decisions = task["decisions"]
    record = engines[decisions] if isinstance(decisions, int) else decisions
    settings = TwoPhase("killed", record)
    Maker = maker(engines, settings)
    # Everything that happens once only is over before the steps are counted.
    with Maker() as session:
        unit(session, 100 + task["number"])
        session.commit()
    steps = Steps(task["kill_at"], task["victim"])
    for engine in engines:
        for name in STEPS:
            if hasattr(engine.dialect, name):
                setattr(engine.dialect, name, steps.around(getattr(engine.dialect, name)))
    if settings.decisions is not None and isinstance(decisions, str):
        settings.decisions.decide = steps.around(settings.decisions.decide)  # type: ignore[method-assign]
    outcome = "committed"
    try:
        with Maker() as session:
            unit(session, task["number"])
            session.flush()
            steps.reach()
            session.commit()
        steps.reach()
    except exc.PartialCommit as error:
        outcome = "unknown" if "unknown" in error.outcomes.values() else "will commit"
    except exc.CommitUnknown:
        outcome = "unknown"
    except exc.AzothError:
        outcome = "rolled back"
    sys.stdout.write(json.dumps([outcome, steps.count]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
