"""The annotations in a class body, on Pythons that keep them and on Pythons that make them on demand."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ForwardRef, get_args

__all__ = ["annotations_of", "deferred_annotations"]


def annotations_of(subject: Any) -> dict[str, Any]:
    """Give the annotations of a class body itself, without those of its bases; or those of a function.

    Args:
        subject: a class or a function.
    """
    if not isinstance(subject, type):
        deferred = getattr(subject, "__annotate__", None) is not None
        return _on_demand(subject) if deferred else dict(getattr(subject, "__annotations__", {}))
    body = vars(subject)
    own = body.get("__annotations__")
    if own is not None:
        return dict(own)
    # From Python 3.14 on, annotations are made on demand.
    deferred = (body.get("__annotate_func__") or body.get("__annotate__")) is not None
    return _on_demand(subject) if deferred else {}


def _on_demand(subject: Any) -> dict[str, Any]:
    return deferred_annotations(subject, import_module("annotationlib"))


def deferred_annotations(subject: Any, library: Any) -> dict[str, Any]:
    """Make annotations that wait for being asked, also where they name what is not defined yet.

    Not run on a Python that has them: none was at hand. Its tests give a library of the same form.

    Args:
        subject: a class or a function.
        library: the module ``annotationlib``.

    Returns:
        the annotations; those that name something undefined are text.
    """
    try:
        return dict(library.get_annotations(subject, format=library.Format.VALUE))
    except NameError:
        made: Mapping[str, Any] = library.get_annotations(subject, format=library.Format.FORWARDREF)
        texts: Mapping[str, Any] = library.get_annotations(subject, format=library.Format.STRING)
        # References that Python makes for expressions (``Later | None``) have names of its own in them; the text has
        # those of the program. What is whole stays an object: a text could not reach variables of finished functions.
        return {key: texts[key] if _has_reference(value) else value for key, value in made.items()}


def _has_reference(value: object) -> bool:
    return isinstance(value, ForwardRef) or any(_has_reference(part) for part in get_args(value))
