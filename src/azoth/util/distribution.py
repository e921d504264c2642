"""The name under which azoth is installed."""

from __future__ import annotations

from typing import Final

__all__ = ["DISTRIBUTION", "install_command"]

DISTRIBUTION: Final = "azoth-orm"
"""The distribution; on the package index the name of the package itself belongs to another project."""


def install_command(extra: str, other: str = "") -> str:
    """Give the command that installs what an optional part of azoth needs.

    Args:
        extra: the name of the part.
        other: a distribution that is installed by itself, where no part brings it.
    """
    return f"pip install {DISTRIBUTION}[{extra}]" if extra else f"pip install {other}"
