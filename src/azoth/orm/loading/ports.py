"""What the parts of loading need from each other."""

from __future__ import annotations

from collections.abc import Callable


class RelatedLoading:
    """Late slots: plans load more after their rows, and loading needs plans.

    Attributes:
        load: loads a relationship; ``relationship_loader`` fills it.
        load_from_memory: attaches what is there of a many-to-one; the same fills it.
        load_classes: loads the columns of derived classes; the same fills it.
    """

    __slots__ = ("load", "load_classes", "load_from_memory")

    load: Callable[..., None]
    load_from_memory: Callable[..., None]
    load_classes: Callable[..., None]


related_loading = RelatedLoading()
