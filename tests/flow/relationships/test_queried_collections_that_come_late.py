"""Collections that are queried, added to a class when it and the classes derived from it are configured."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import ForeignKey, select
from azoth.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column, relationship


@pytest.mark.parametrize("lazy", ["dynamic", "write_only", "select"])
def test_derived_classes_have_them_too(lazy: Any, engine: azoth.Engine) -> None:
    class Base(DeclarativeBase):
        pass

    class Text(Base):
        __tablename__ = "text"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str | None]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "text"}

    class Note(Text):
        __mapper_args__ = {"polymorphic_identity": "note"}

    class Essay(Text):
        __tablename__ = "essay"
        id: Mapped[int] = mapped_column(ForeignKey("text.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "essay"}

    class Mark(Base):
        __tablename__ = "mark"
        id: Mapped[int] = mapped_column(primary_key=True)
        text_id: Mapped[int | None] = mapped_column(ForeignKey("text.id"))

    configure_mappers()
    Text.marks = relationship(Mark, lazy=lazy, passive_deletes=True)  # type: ignore[attr-defined]
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for class_ in (Text, Note, Essay):
            written: Any = class_()
            (written.marks.add if lazy == "write_only" else written.marks.append)(Mark())
            session.add(written)
            session.commit()
            found = session.scalars(written.marks.select()) if lazy == "write_only" else written.marks
            assert [mark.text_id for mark in found] == [written.id]
        assert len(session.scalars(select(Mark)).all()) == 3
