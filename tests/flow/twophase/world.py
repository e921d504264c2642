"""Two databases with one account each, a session over both, and what there is to see afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azoth import Engine, text
from azoth.orm import DeclarativeBase, Mapped, TwoPhase, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class Left(Base):
    __tablename__ = "lefts"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[int]


class Right(Base):
    __tablename__ = "rights"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[int]


def make_tables(engines: Sequence[Engine]) -> None:
    """Make empty tables, and forget decisions."""
    for engine in engines:
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS azoth_decisions"))


def maker(engines: Sequence[Engine], twophase: bool | TwoPhase) -> Any:
    """Make a sessionmaker over two engines."""
    return sessionmaker(binds={Left: engines[0], Right: engines[1]}, twophase=twophase)


def unit(session: Any, id_: int = 1) -> None:
    """Write to both."""
    session.add_all([Left(id=id_, amount=-5), Right(id=id_, amount=5)])


def found(engines: Sequence[Engine], id_: int = 1) -> tuple[bool, bool]:
    """Tell in which of the two the work is."""
    seen = []
    for engine, table in zip(engines, ("lefts", "rights"), strict=True):
        with engine.connect() as connection:
            seen.append(connection.scalar(text(f"SELECT count(*) FROM {table} WHERE id = {id_}")) == 1)
    return seen[0], seen[1]


def prepared(engines: Sequence[Engine]) -> list[str]:
    """List what is prepared on them."""
    listed = []
    for engine in engines:
        if engine.dialect.supports_twophase:
            with engine.connect() as connection:
                listed.extend(connection.recover_twophase())
    return listed
