"""How many modules of the ORM a reader of a statement's way passes through.

A way through many files is hard to follow. Counted is what really runs for the plain case, from the call to the
driver, the first time that a statement's shape is seen: it is lowered, compiled, and the loader of its rows is written.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import azoth
from azoth import select
from azoth.orm import Session
from tests.flow.library import Author

MOST_MODULES = 11


def test_the_first_execution_of_a_select_passes_through_few_modules(library: azoth.Engine) -> None:
    passed: list[str] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        module = frame.f_globals.get("__name__", "")
        if event == "call" and module.startswith("azoth.orm.") and module not in passed:
            passed.append(module)

    with Session(library) as session:
        session.connection()
        azoth.event.listen(library, "before_cursor_execute", lambda *_: sys.setprofile(None))
        statement = select(Author).where(Author.name == "first seen here").offset(0).limit(77)
        sys.setprofile(note)
        try:
            session.execute(statement)
        finally:
            sys.setprofile(None)
    assert len(passed) > 5
    assert len(passed) <= MOST_MODULES, "\n".join(passed)
