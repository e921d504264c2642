"""The suite finds the Pythons that are there, says which are not, and runs something of everything on each."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests import interpreters
from tests.interpreters import ROOT, Interpreter, Outcome


def fake_python(program: Path, version: str = "", suffix: str = "") -> Path:
    """Make a program that says which Python it is, as pyenv's shims refuse to for versions that are not activated."""
    program.parent.mkdir(parents=True, exist_ok=True)
    answer = f"echo {program} {version} {suffix}" if version else "echo 'command not found' >&2; exit 127"
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Path, Path]:
    """An empty folder on the PATH, and an empty one of pyenv."""
    path, pyenv = tmp_path / "bin", tmp_path / "pyenv"
    monkeypatch.setenv("PATH", f"{path}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(pyenv))
    return path, pyenv / "versions"


def test_the_python_at_hand_is_known() -> None:
    here = interpreters.at_hand()
    assert here.version.startswith(f"{sys.version_info[0]}.{sys.version_info[1]}.{sys.version_info[2]}")
    assert here.version.startswith(here.name.rstrip("t"))


def test_a_python_on_the_path_is_found(places: tuple[Path, Path]) -> None:
    program = fake_python(places[0] / "python3.14", "3.14.2")
    assert interpreters.find("3.14") == Interpreter("3.14", str(program), "3.14.2")


def test_a_shim_that_does_not_start_is_passed_over_for_the_newest_of_pyenv(places: tuple[Path, Path]) -> None:
    path, versions = places
    fake_python(path / "python3.14")
    for version in ("3.14.9", "3.14.10"):
        fake_python(versions / version / "bin" / "python", version)
    fake_python(versions / "3.14.11t" / "bin" / "python", "3.14.11", "t")
    found = interpreters.find("3.14")
    assert found is not None
    assert found.version == "3.14.10"


def test_a_free_threaded_build_is_another_python(places: tuple[Path, Path]) -> None:
    _, versions = places
    program = fake_python(versions / "3.14.2t" / "bin" / "python", "3.14.2", "t")
    assert interpreters.find("3.14") is None
    assert interpreters.find("3.14t") == Interpreter("3.14t", str(program), "3.14.2t")


def test_the_sample_has_a_file_of_every_folder_and_nothing_that_runs_anyhow() -> None:
    sample = interpreters.sample()
    assert len(sample) == len(set(sample))
    for folder in sorted({file.parent for file in (ROOT / "tests/flow").rglob("test_*.py")}):
        name = folder.relative_to(ROOT).as_posix()
        in_sample = [file for file in sample if Path(file).parent == Path(name)]
        assert bool(in_sample) == (name not in interpreters.ON_EVERY_PYTHON), name


def test_what_is_named_exists() -> None:
    named = [*interpreters.OF_THE_PYTHON_AT_HAND, *interpreters.ON_EVERY_PYTHON, *interpreters.sample()]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_no_version_is_promised_that_the_suite_does_not_look_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    promised = [match[1] for name in project["classifiers"] if (match := re.search(r":: (3\.\d+)$", name))]
    assert promised
    assert set(promised) <= set(interpreters.VERSIONS)
    assert project["requires-python"] == f">={interpreters.VERSIONS[0]}"


def write_result(name: str, tests: int, failures: int = 0, errors: int = 0, skipped: int = 0) -> None:
    counts = f'tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    interpreters.result_file(name).write_text(f"<testsuites><testsuite {counts}/></testsuites>")


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(interpreters, "RESULTS", tmp_path)
    monkeypatch.setattr(interpreters, "VERSIONS", ("3.11", "3.12", "3.14t"))


@pytest.mark.usefixtures("results")
def test_the_summary_names_what_passed_and_what_is_missing() -> None:
    write_result("3.11", 10, skipped=1)
    lines, is_well = interpreters.summary([Interpreter("3.11", "", "3.11.7")])
    assert lines == [
        "3.11.7: 9 passed, 0 failed, 1 skipped",
        "3.12: NOT FOUND, not run",
        "free-threaded build 3.14t: NOT FOUND, not run",
    ]
    assert is_well


@pytest.mark.usefixtures("results")
@pytest.mark.parametrize("failures,errors", [(1, 0), (0, 1)])
def test_one_failure_on_one_python_is_a_failure_of_all(failures: int, errors: int) -> None:
    write_result("3.11", 10)
    write_result("3.12", 10, failures, errors)
    lines, is_well = interpreters.summary([Interpreter("3.11", "", "3.11.7"), Interpreter("3.12", "", "3.12.1")])
    assert lines[:2] == ["3.11.7: 10 passed, 0 failed, 0 skipped", "3.12.1: 9 passed, 1 failed, 0 skipped"]
    assert not is_well


@pytest.mark.usefixtures("results")
def test_a_run_without_result_or_tests_is_a_failure() -> None:
    found = [Interpreter("3.11", "", "3.11.7")]
    lines, is_well = interpreters.summary(found)
    assert lines[0] == "3.11.7: DID NOT FINISH"
    assert not is_well
    write_result("3.11", 0)
    assert interpreters.outcome("3.11") == Outcome(0, 0, 0)
    assert not interpreters.summary(found)[1]
