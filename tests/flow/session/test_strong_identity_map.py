"""``weak_identity_map=False`` keeps every object."""

from __future__ import annotations

import gc

import azoth
from azoth import select
from azoth.orm import Session
from tests.flow.library import Author


def test_a_strong_map_keeps_loaded_objects(library: azoth.Engine, statements: list[str]) -> None:
    with Session(library, weak_identity_map=False) as session:
        session.add_all([Author(id=1, name="Ada"), Author(id=2, name="Grace")])
        session.commit()
        gc.collect()
        assert len(session.identity_map) == 2
        session.expunge_all()
        session.scalars(select(Author)).all()
        gc.collect()
        statements.clear()
        assert session.get(Author, 1).name == "Ada"
        assert statements == []
        session.expunge(session.get(Author, 1))
        gc.collect()
        assert len(session.identity_map) == 1
        session.expunge_all()
        assert len(session.identity_map) == 0
