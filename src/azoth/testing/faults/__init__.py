"""Does a piece of work leave the database, its session and the pool in order, whichever driver call fails?

``check()`` runs a scenario once to number the calls that reach the driver, and then once more for each way in which
each call can fail. What must hold afterwards is listed in ``docs/fault-testing.md``.
"""

from __future__ import annotations

from azoth.testing.faults.calls import Call, Injection
from azoth.testing.faults.checking import check
from azoth.testing.faults.driver import FaultyConnection, FaultyCursor, FaultyDriver
from azoth.testing.faults.kinds import (
    ALL,
    Fault,
    Moment,
    driver_error,
    interrupt,
    lost_connection,
    operational_error,
    out_of_memory,
)
from azoth.testing.faults.report import BrokenInvariant, Report, SampledWarning

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "ALL", "BrokenInvariant", "Call", "Fault", "FaultyConnection", "FaultyCursor", "FaultyDriver", "Injection",
    "Moment", "Report", "SampledWarning", "check", "driver_error", "interrupt", "lost_connection", "operational_error",
    "out_of_memory",
]  # fmt: skip
