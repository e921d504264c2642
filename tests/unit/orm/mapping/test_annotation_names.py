"""The text of annotations: which names it can use, and what stands in for those that are not defined."""

from __future__ import annotations

import inspect
import traceback
from types import FrameType
from typing import Any, Optional

import pytest

from azoth.orm.exc import MappedAnnotationError
from azoth.orm.mapping.attributes.mapped import Mapped
from azoth.orm.mapping.declarative.annotations.annotation_names import AnnotationNames, Unresolved, unresolved
from azoth.orm.mapping.declarative.annotations.mapped_annotation import evaluated


class Holder:
    """A class with an annotation."""

    class Inner:
        """A class that only the body of the other knows."""


NAMES = AnnotationNames(Holder, {"enclosed": bytes})


def test_text_reaches_the_function_the_module_builtins_and_the_class_body() -> None:
    assert NAMES.evaluate("enclosed") is bytes
    assert NAMES.evaluate("Holder") is Holder
    assert NAMES.evaluate("int") is int
    assert NAMES.evaluate("Inner") is Holder.Inner
    assert NAMES.evaluate(" Mapped[int | None]\n") == Mapped[int | None]
    assert NAMES.evaluate("WriteOnlyMapped[int]").__origin__.__name__ == "WriteOnlyMapped"


@pytest.mark.parametrize("text", ["Later", "models.Later", "package.models.Later"])
def test_an_undefined_name_or_path_is_a_stand_in_that_tells_it(text: str) -> None:
    (stand_in,) = NAMES.evaluate(f"Mapped[list[{text}]]").__args__[0].__args__

    assert isinstance(stand_in, Unresolved)
    assert stand_in.path == text
    assert stand_in.__name__ == "Later"


def test_stand_ins_work_as_parts_of_types() -> None:
    assert NAMES.evaluate("Optional[a.B] | int").__args__[0].path == "a.B"
    assert NAMES.evaluate("[Later for _ in range(2)]")[1].path == "Later"
    assert Optional[unresolved("Later")] is not None


@pytest.mark.parametrize(
    "name", ["__wrapped__", "__signature__", "_pytestfixturefunction", "__tracebackhide__", "anything", "__len__"]
)
def test_a_stand_in_answers_no_attribute_that_a_class_does_not_have(name: str) -> None:
    assert not hasattr(unresolved("Later"), name)
    assert unresolved("Later").__bases__ == (object,)


def test_what_inspects_a_failure_finds_ordinary_names() -> None:
    seen: list[FrameType] = []

    class Recording(type):
        def __getitem__(cls, item: Any) -> Any:
            frame = inspect.currentframe()
            assert frame is not None
            assert frame.f_back is not None
            seen.append(frame.f_back)
            raise LookupError(item)

    names = AnnotationNames(Holder, {"Recording": Recording("Recording", (), {})})
    with pytest.raises(LookupError) as caught:
        names.evaluate("Recording[Later]")

    (frame,) = seen
    # A test runner asks each frame whether it is to be hidden, and shows what its variables are.
    assert "__tracebackhide__" not in frame.f_locals
    assert "__tracebackhide__" not in frame.f_globals
    assert set(frame.f_globals) == {"Recording", "Later", "__builtins__"}
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert any("Later" in line for line in shown.format())


@pytest.mark.parametrize("text", ["1 +", "Holder.nothing", "1 / 0", "Mapped[int", "a\0b", "{}['missing']"])
def test_text_that_cannot_be_evaluated_is_refused_by_name(text: str) -> None:
    with pytest.raises(MappedAnnotationError, match=r"of Holder\.x cannot be understood"):
        evaluated(NAMES, "Holder.x", text)
