"""What a search for a server ends with, and the kinds of servers that are searched for."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["postgresql", "mariadb"]

KINDS: tuple[Kind, ...] = ("postgresql", "mariadb")


class Found(NamedTuple):
    """A server that answers.

    Attributes:
        url: leads to a database for administration, and names no driver: ``postgresql://user@127.0.0.1:5432/postgres``,
            ``mysql://root@127.0.0.1:3306/``.
        is_ours: whether the tests have started it, so that all that is in it goes away with them. Other processes of
            the run use it, too: a test that kills a server starts one of its own.
        source: where it comes from, for people.
    """

    url: str
    is_ours: bool
    source: str


class Obstacle(NamedTuple):
    """Why there is no server, and what would help."""

    reason: str


def install(*packages: str) -> str:
    """Give the command that installs packages of the distribution."""
    return f"apt-get install -y --no-install-recommends {' '.join(packages)}"
