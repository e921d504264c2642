"""All works, for processes that are told by name which one to do."""

from __future__ import annotations

from bench.databases import Kind
from bench.scale import Scale
from bench.server_works import server_works
from bench.works import Work, comparisons, scaling


def works(scale: Scale, kind: Kind) -> list[Work]:
    """List every work that is done on a kind of database; each has a name of its own."""
    if kind != "sqlite":
        return server_works(scale)
    return [*comparisons(scale), *(work for _, few, many in scaling(scale) for work in (few, many))]
