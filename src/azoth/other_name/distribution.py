"""What ``importlib.metadata`` says of the distribution that programs ask for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import metadata
from typing import NoReturn

from azoth.other_name.version import API_VERSION

__all__ = ["AliasDistribution", "distributions"]

NAME = "SQLAlchemy"


class AliasDistribution(metadata.Distribution):
    """A distribution without files: its name, and the version whose interface azoth has."""

    def read_text(self, filename: str) -> str | None:
        """Give the text of METADATA; there are no other files."""
        if filename != "METADATA":
            return None
        return f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {API_VERSION}\nSummary: azoth, under another name\n"

    def locate_file(self, path: str | os.PathLike[str]) -> NoReturn:
        """Refuse: there are no files.

        Raises:
            FileNotFoundError: always.
        """
        raise FileNotFoundError(f"{NAME} stands for azoth in this process and has no files: {os.fspath(path)}")


def distributions(context: metadata.DistributionFinder.Context) -> Iterable[metadata.Distribution]:
    """Find the distribution where it is asked for by name; one that is installed does not count any more.

    Args:
        context: what is looked for.
    """
    name = context.name
    if name is not None and metadata.Prepared(name).normalized == "sqlalchemy":  # type: ignore[attr-defined]
        yield AliasDistribution()
