"""Annotations that a Python makes on demand, read through a library of the form of Python 3.14's."""

import enum
from typing import Any, ForwardRef, Optional, TypeVar

from azoth.orm.mapping.attributes.mapped import Mapped
from azoth.orm.mapping.declarative.annotations.class_annotations import annotations_of, deferred_annotations


class Format(enum.Enum):
    """The forms in which annotations can be had."""

    VALUE = 1
    FORWARDREF = 3
    STRING = 4


class Library:
    """What stands for ``annotationlib``: one reply for each form."""

    Format = Format

    def __init__(self, **replies: Any) -> None:
        self.replies = replies

    def get_annotations(self, subject: Any, *, format: Format) -> dict[str, Any]:
        """Give the reply for a form; raise it if it is an error."""
        reply = self.replies[format.name]
        if isinstance(reply, Exception):
            raise reply
        return dict(reply)


class Subject:
    """A class whose annotations are asked for."""


def test_annotations_without_unknown_names_are_the_objects() -> None:
    library = Library(VALUE={"id": Mapped[int]})

    assert deferred_annotations(Subject, library) == {"id": Mapped[int]}


def test_only_annotations_with_unknown_names_become_text() -> None:
    own_name = ForwardRef("__annotationlib_name_1__")
    library = Library(
        VALUE=NameError("Later"),
        FORWARDREF={"id": Mapped[int], "one": Mapped[Optional[own_name]], "two": ForwardRef("Unknown")},
        STRING={"id": "Mapped[int]", "one": "Mapped[Later | None]", "two": "Unknown"},
    )

    assert deferred_annotations(Subject, library) == {
        "id": Mapped[int],
        "one": "Mapped[Later | None]",
        "two": "Unknown",
    }


def test_annotations_of_a_class_are_not_those_of_its_bases() -> None:
    class Base:
        a: int

    class Derived(Base):
        pass

    assert annotations_of(Base) == {"a": int}
    assert annotations_of(Derived) == {}


def test_annotations_of_functions_and_of_callables_without_any() -> None:
    def function(x: int) -> None: ...

    assert annotations_of(function) == {"x": int, "return": None}
    assert annotations_of(object.__init__) == {}
    assert annotations_of(TypeVar("T")) == {}
