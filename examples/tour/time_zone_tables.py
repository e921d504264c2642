"""Read the IANA tables that the package tzdata carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

COORDINATE = re.compile(r"([+-])(\d{2,3})(\d{2})(\d{2})?(?=[+-]|$)")


@dataclass(frozen=True)
class ZoneLine:
    """A line of zone1970.tab."""

    country_codes: list[str]
    latitude: float
    longitude: float
    name: str
    comment: str | None


def read_countries() -> list[tuple[str, str]]:
    """Read the (code, name) pairs of iso3166.tab."""
    return [(code, name) for code, name in _lines("iso3166.tab")]


def read_zones() -> list[ZoneLine]:
    """Read zone1970.tab."""
    zones = []
    for codes, coordinates, name, *comment in _lines("zone1970.tab"):
        latitude, longitude = (_degrees(match) for match in COORDINATE.finditer(coordinates))
        zones.append(ZoneLine(codes.split(","), latitude, longitude, name, comment[0] if comment else None))
    return zones


def _lines(table: str) -> Iterator[list[str]]:
    text = (files("tzdata") / "zoneinfo" / table).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _degrees(match: re.Match[str]) -> float:
    sign, degrees, minutes, seconds = match.groups(default="0")
    value = int(degrees) + int(minutes) / 60 + int(seconds) / 3600
    return round(-value if sign == "-" else value, 4)
