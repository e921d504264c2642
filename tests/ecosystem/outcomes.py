"""Running a pytest suite of others, on SQLAlchemy or on azoth, and what came out of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from tests.ecosystem.subjects import FOLDER, ROOT, OwnTests

ON_PATH = Path(__file__).parent / "on_path"
"""What may stand on the path of what runs on azoth: pytest plugins; ``child_processes``, which installs the alias."""

SECONDS = 900


class Outcomes(NamedTuple):
    """What a run of tests gave.

    Args:
        passed: the tests that passed.
        others: the other tests, each with the first line of what is wrong with it.
        said: the end of what pytest printed, where it has no results.
    """

    passed: frozenset[str]
    others: Mapping[str, str]
    said: str = ""


def run_pytest(
    python: Path,
    folder: Path,
    arguments: Sequence[str],
    *,
    on_azoth: bool,
    own: OwnTests | None = None,
) -> Outcomes:
    """Run tests in a process of their own, in a copy of a folder.

    Args:
        python: the Python that has the library.
        folder: what is copied, and becomes the current directory.
        arguments: of pytest.
        on_azoth: whether ``sqlalchemy`` leads to azoth.
        own: what tests of others need besides.
    """
    own = own or OwnTests()
    environment = {**os.environ, **dict(own.variables), "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONPATH", None)
    environment["PATH"] = os.pathsep.join((str(python.parent), environment["PATH"]))
    options = ["-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit2", "--continue-on-collection-errors"]
    if on_azoth:
        environment["PYTHONPATH"] = os.pathsep.join(map(str, _path_on_azoth(own)))
        plugins = (*(() if own.starts_processes else ("azoth.as_sqlalchemy",)), *own.plugins)
        options += [word for plugin in plugins for word in ("-p", plugin)]
    with tempfile.TemporaryDirectory(prefix="azoth-ecosystem-") as temporary:
        copy = Path(temporary) / "copy"
        shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "__pycache__"))
        results, ini = Path(temporary) / "results.xml", Path(temporary) / "pytest.ini"
        ini.write_text("[pytest]\n")
        arguments = [argument.replace("{ini}", str(ini)) for argument in arguments]
        command = [str(python), "-m", "pytest", *options, f"--junitxml={results}", *arguments]
        try:
            done = subprocess.run(
                command, cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
            )
            said = done.stdout + done.stderr
        except subprocess.TimeoutExpired as late:
            said = f"not done after {late.timeout} seconds"
        if not results.exists():
            return Outcomes(frozenset(), {}, "\n".join(said.splitlines()[-20:]))
        return _read(results)


def _path_on_azoth(own: OwnTests) -> Iterator[Path]:
    """Name what stands on the path of a process that runs on azoth."""
    # Some libraries tell what belongs to others by the name of the folder that pip installs into.
    installed = FOLDER / "site-packages"
    installed.mkdir(parents=True, exist_ok=True)
    if not (installed / "azoth").is_symlink():
        (installed / "azoth").symlink_to(ROOT / "src" / "azoth", target_is_directory=True)
    yield installed
    yield ON_PATH
    if own.starts_processes:
        yield ON_PATH / "child_processes"


def _read(results: Path) -> Outcomes:
    passed, others = set(), {}
    for case in ElementTree.parse(results).getroot().iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        wrong = next((part for part in case if part.tag in {"failure", "error", "skipped"}), None)
        if wrong is None:
            passed.add(name)
        else:
            others[name] = f"{wrong.tag}: {(wrong.get('message') or '').partition(chr(10))[0]}"
    return Outcomes(frozenset(passed - others.keys()), others)
