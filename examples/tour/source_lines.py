"""A hierarchy of classes: the lines of tzdata.zi, from which the IANA's tables are made, each kind with its columns."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from azoth import ForeignKey
from azoth.orm import DeclarativeBase, Mapped, mapped_column


class SourceBase(DeclarativeBase):
    """The base of the classes of lines."""


class Line(SourceBase):
    """A line; ``name`` is the rule, the zone or the other name that it is about."""

    __tablename__ = "lines"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}

    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]


class Rule(Line):
    """When clocks are changed: its columns stand in a table of their own."""

    __tablename__ = "rules"
    __mapper_args__ = {"polymorphic_identity": "rule"}

    number: Mapped[int] = mapped_column(ForeignKey("lines.number"), primary_key=True)
    first_year: Mapped[int]
    saved: Mapped[str]


class Era(Line):
    """A time in which a zone had one offset; in a table of its own, too."""

    __tablename__ = "eras"
    __mapper_args__ = {"polymorphic_identity": "era"}

    number: Mapped[int] = mapped_column(ForeignKey("lines.number"), primary_key=True)
    offset: Mapped[str]
    until: Mapped[str | None]


class FirstEra(Era):
    """The line with which a zone begins: local mean time, usually. It shares the table of Era."""

    __mapper_args__ = {"polymorphic_identity": "first era"}


class Link(Line):
    """Another name of a zone, with a table of its own."""

    __tablename__ = "links"
    __mapper_args__ = {"polymorphic_identity": "link"}

    number: Mapped[int] = mapped_column(ForeignKey("lines.number"), primary_key=True)
    target: Mapped[str]


def read_lines() -> Iterator[Line]:
    """Make an object of each line of tzdata.zi."""
    text = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text(encoding="utf-8")
    zone = ""
    for number, line in enumerate(text.splitlines(), 1):
        match line.split():
            case ["#", *_]:
                continue
            case ["R", name, first_year, _, _, _, _, _, saved, *_]:
                yield Rule(number=number, name=name, first_year=int(first_year), saved=saved)
            case ["Z", zone, offset, _, _, *until]:
                yield FirstEra(number=number, name=zone, offset=offset, until=" ".join(until) or None)
            case ["L", target, name]:
                yield Link(number=number, name=name, target=target)
            case [offset, _, _, *until]:
                yield Era(number=number, name=zone, offset=offset, until=" ".join(until) or None)
