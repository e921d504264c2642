"""A shelf with a keyed collection and one of a class of its own."""

from __future__ import annotations

import azoth
from azoth import ForeignKey
from azoth.orm import DeclarativeBase, Mapped, attribute_keyed_dict, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Pile(list["Volume"]):
    """A list that can say more."""

    def titles(self) -> list[str]:
        return [volume.title for volume in self]


class Shelf(Base):
    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    by_title: Mapped[dict[str, Volume]] = relationship(
        collection_class=attribute_keyed_dict("title"),
        back_populates="keyed_shelf",
        foreign_keys="Volume.keyed_shelf_id",
    )
    pile: Mapped[Pile] = relationship(
        "Volume",
        collection_class=Pile,
        back_populates="piled_shelf",
        foreign_keys="Volume.piled_shelf_id",
        uselist=True,
    )


class Volume(Base):
    __tablename__ = "volume"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    keyed_shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"))
    piled_shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"))
    keyed_shelf: Mapped[Shelf | None] = relationship(back_populates="by_title", foreign_keys=keyed_shelf_id)
    piled_shelf: Mapped[Shelf | None] = relationship(back_populates="pile", foreign_keys=piled_shelf_id)


def make_tables(engine: azoth.Engine) -> None:
    Base.metadata.create_all(engine)
