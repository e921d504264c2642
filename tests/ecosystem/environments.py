"""The virtual environments that others' libraries and programs run in, made once and again when their wishes change."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.ecosystem.subjects import FOLDER, ROOT, Environment

PYTEST = ("pytest>=8,<9",)


def python_of(environment: Environment, release: Path | None = None) -> Path:
    """Make an environment, unless it is there, with azoth's sources in it; give its Python.

    Args:
        environment: what is to be installed.
        release: the folder that ``{release}`` stands for.

    Raises:
        subprocess.CalledProcessError: pip does not get along; what it says has been printed.
    """
    folder = FOLDER / "environments" / environment.name
    python = folder / "bin" / "python"
    stamp = folder / "stamp"
    wishes = [*PYTEST, *(wish.format(release=release) for wish in environment.install)]
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    facts = f"{folder}\n{sys.version}\n{wishes}\n{groups}"
    wanted = hashlib.sha256(facts.encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"installing what {environment.name} needs (once)", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        # Dependency groups came with pip 25.1.
        subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True, stdout=sys.stderr)
        subprocess.run([*pip, "--editable", str(ROOT), *wishes], check=True, stdout=sys.stderr)
        stamp.write_text(wanted)
    return python


def version_of(distribution: str, python: Path) -> str:
    """Say which version of a distribution is installed; empty for none."""
    ask = (
        "import sys, importlib.metadata as metadata\n"
        "found = list(metadata.distributions(name=sys.argv[1]))\n"
        "print(found[0].version if found else '')"
    )
    return _asked(python, ask, distribution)


def folder_of(package: str, python: Path) -> Path:
    """Say where a package is installed."""
    ask = "import sys, importlib.util as util; print(util.find_spec(sys.argv[1]).submodule_search_locations[0])"
    return Path(_asked(python, ask, package))


def _asked(python: Path, program: str, name: str) -> str:
    return subprocess.check_output([str(python), "-c", program, name], text=True).strip()
