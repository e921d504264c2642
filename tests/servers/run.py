"""The servers of a test run: found or started once, by the process that the run begins with, for all its processes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable

import pytest

from tests.servers.answers import KINDS, Found, Kind, Obstacle
from tests.servers.finding import OF_THE_RUN, find, stop

REQUIRE = "AZOTH_REQUIRE"
"""Names the kinds without which a run is to fail, as in ``AZOTH_REQUIRE=postgresql,mariadb``."""

_missing: dict[Kind, Obstacle] = {}


def kinds_of(databases: str) -> tuple[Kind, ...]:
    """Give the kinds of servers that databases of these names need.

    Args:
        databases: as in ``AZOTH_TEST_DATABASES``: a kind of server, or one with a driver, "postgresql_psycopg2".
    """
    names = {name.strip().partition("_")[0] for name in databases.split(",")}
    return tuple(kind for kind in KINDS if kind in names)


def required() -> tuple[Kind, ...]:
    """Give the kinds that must be there.

    Raises:
        UsageError: there is no such kind.
    """
    names = {name.strip() for name in os.environ.get(REQUIRE, "").split(",")} - {""}
    for name in sorted(names - set(KINDS)):
        raise pytest.UsageError(f"{REQUIRE} names {name!r}, which is none of: {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in names)


def start_for_run(kinds: Iterable[Kind]) -> None:
    """Find or start servers, and tell the processes that this one starts from now on.

    Args:
        kinds: those that the run is for.

    Raises:
        UsageError: one that is required is missing.
    """
    must = required()
    wanted = set(kinds) | set(must)
    found: dict[Kind, Found] = {}
    for kind in KINDS:
        if kind in wanted:
            answer = find(kind)
            if isinstance(answer, Found):
                found[kind] = answer
            elif kind in must:
                raise pytest.UsageError(f"{REQUIRE} names {kind!r}, which is missing: {answer.reason}")
            else:
                _missing[kind] = answer
    if found:
        before = json.loads(os.environ.get(OF_THE_RUN) or "{}")
        os.environ[OF_THE_RUN] = json.dumps({**before, **found})


def missing() -> dict[Kind, Obstacle]:
    """Give the kinds that the run was for, and that are not there."""
    return dict(_missing)


def stop_after_run() -> None:
    """Stop what was started for the run; what another process has started goes on."""
    for kind in stop():
        entries = json.loads(os.environ[OF_THE_RUN]) if OF_THE_RUN in os.environ else {}
        entries.pop(kind, None)
        os.environ[OF_THE_RUN] = json.dumps(entries)
    _missing.clear()
