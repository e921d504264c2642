"""The mapping: countries and time zones, many-to-many, and notes that people keep about zones."""

from __future__ import annotations

from azoth import CheckConstraint, Column, ForeignKey, String, Table
from azoth.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The base of the tour's classes."""


country_zones = Table(
    "country_zones",
    Base.metadata,
    Column("country_code", ForeignKey("countries.code"), primary_key=True),
    Column("zone_id", ForeignKey("zones.id"), primary_key=True),
)


class Country(Base):
    """A line of iso3166.tab."""

    __tablename__ = "countries"

    code: Mapped[str] = mapped_column(String(2), CheckConstraint("length(code) = 2"), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    zones: Mapped[list[Zone]] = relationship(secondary=country_zones, back_populates="countries", order_by="Zone.name")

    def __repr__(self) -> str:
        return f"<Country {self.code} {self.name}>"


class Zone(Base):
    """A line of zone1970.tab."""

    __tablename__ = "zones"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    comment: Mapped[str | None]
    lookups: Mapped[int] = mapped_column(default=0)
    countries: Mapped[list[Country]] = relationship(
        secondary=country_zones, back_populates="zones", order_by="Country.code"
    )
    notes: Mapped[list[Note]] = relationship(back_populates="zone", cascade="all, delete-orphan")

    def __repr__(self) -> str:
        return f"<Zone {self.name}>"


class Note(Base):
    """Something that somebody wants to remember about a zone."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    body: Mapped[str]
    zone: Mapped[Zone] = relationship(back_populates="notes")
