"""What the parts of loading need from each other."""

from __future__ import annotations

from collections.abc import Callable


class RelatedLoading:
    """A late slot: plans load relationships after their rows, and loading relationships needs plans.

    ``relationship_loader`` fills it.
    """

    __slots__ = ("load",)

    load: Callable[..., None]


related_loading = RelatedLoading()
