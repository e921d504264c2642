"""Two mapped classes, made anew for each test, so that listeners of one test do not reach the next."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from azoth import ForeignKey
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


@pytest.fixture
def family(engine: Any) -> SimpleNamespace:
    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        note: Mapped[str | None] = mapped_column(default="none yet")
        children: Mapped[list[Any]] = relationship("Child", back_populates="parent", cascade="all, delete-orphan")

    class Child(Base):
        __tablename__ = "child"

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
        parent: Mapped[Any] = relationship("Parent", back_populates="children")

    Base.metadata.create_all(engine)
    return SimpleNamespace(Base=Base, Parent=Parent, Child=Child, engine=engine)


@pytest.fixture
def session(family: SimpleNamespace) -> Iterator[Session]:
    with Session(family.engine) as session:
        yield session
