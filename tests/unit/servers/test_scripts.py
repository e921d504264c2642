"""What is installed where servers are missing, and what is shown of those that are there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.servers import Found, Obstacle, binaries
from tests.servers import __main__ as command

ROOT = Path(__file__).parents[3]


class Machine:
    """A folder with the script, on a PATH of fakes that note how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.policy = folder / "policy-rc.d"
        text = (ROOT / "scripts/servers").read_text()
        self.put(
            "scripts/servers", text.replace("/usr/sbin/policy-rc.d", str(self.policy)).replace("/usr/lib", "/none")
        )
        (folder / "scripts/environment").write_text('cd "$(dirname "$0")/.."\n')
        self.put("bin/python", '#!/bin/sh\necho "$MISSING"\n')
        self.put("bin/id", '#!/bin/sh\necho "${FAKE_USER:-0}"\n')
        self.put(
            "bin/apt-get",
            '#!/bin/sh\n[ -x "$POLICY" ] && policy="policy "\necho "$policy$*" >> "$CALLS"\n'
            'case "$*" in *"$FAILS"*) echo "E: no luck"; exit 100 ;; esac\n',
        )

    def put(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def run(self, *arguments: str, missing: str = "", fails: str = "nothing", **variables: str) -> str:
        """Run the script, which never fails, and give what it says."""
        environment = {
            **os.environ,
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "MISSING": missing,
            "FAILS": fails,
            "CALLS": str(self.calls),
            "POLICY": str(self.policy),
            **variables,
        }
        program = [str(self.folder / "scripts/servers"), *arguments]
        ran = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stderr

    def installed(self) -> list[str]:
        """What apt-get was called for, from its first word on."""
        calls = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [" ".join(word for word in call.split() if "::" not in word and word[0] != "-") for call in calls]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.delenv("AZOTH_INSTALL", raising=False)
    return Machine(tmp_path)


def test_nothing_is_done_where_all_is_there(machine: Machine) -> None:
    assert machine.run() == ""
    assert machine.installed() == []


def test_what_is_missing_is_installed_and_starts_no_service(machine: Machine) -> None:
    assert machine.run(missing="postgresql") == "servers: installing postgresql\n"
    assert machine.installed() == ["policy install postgresql"]
    assert not machine.policy.exists()


def test_the_policy_of_the_machine_stays(machine: Machine) -> None:
    machine.put("policy-rc.d", "#!/bin/sh\nexit 101\n")
    machine.run(missing="postgresql")
    assert machine.policy.exists()


def test_lists_are_read_anew_where_they_do_not_help_and_a_failure_is_told(machine: Machine) -> None:
    assert "this failed:\nE: no luck" in machine.run(missing="a b", fails="install")
    assert machine.installed() == ["policy install a b", "policy update", "policy install a b"]
    assert "this failed within the last hour" in machine.run(missing="a b")
    assert len(machine.installed()) == 3
    machine.run(missing="a")
    machine.run(missing="a b")
    assert machine.installed()[3:] == ["policy install a", "policy install a b"]


@pytest.mark.parametrize("variables", [{"FAKE_USER": "1000"}, {"AZOTH_INSTALL": "no"}])
def test_where_it_may_not_install_it_says_what_is_missing(machine: Machine, variables: dict[str, str]) -> None:
    assert "not tested: postgresql" in machine.run(missing="postgresql", **variables)
    assert machine.installed() == []


def test_more_is_installed_on_demand(machine: Machine) -> None:
    machine.put("bin/rsync", "#!/bin/sh\n")
    machine.put("bin/pgbouncer", "#!/bin/sh\n")
    machine.put("bin/wsrep_sst_rsync", "#!/bin/sh\n")
    machine.run("--all")
    assert machine.installed() == ["policy install galera-4"]


def test_packages_are_asked_for_where_nothing_is_named_installed_or_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_local", lambda kind: Obstacle(""))
    monkeypatch.setattr(binaries, "postgresql", lambda: Obstacle("not installed"))
    monkeypatch.setattr(binaries, "mariadb", lambda: Obstacle("not installed"))
    monkeypatch.setenv("AZOTH_TEST_POSTGRESQL", "private")
    monkeypatch.setenv("AZOTH_TEST_MARIADB", "mysql://root@db/")
    assert command.packages() == ["postgresql"]
    monkeypatch.delenv("AZOTH_TEST_MARIADB")
    assert command.packages() == ["postgresql", "mariadb-server-core", "mariadb-client-core"]
    monkeypatch.setattr(binaries, "mariadb", lambda: ("mariadbd",))
    monkeypatch.setattr(command, "find_local", lambda kind: Found("postgresql://", False, "runs"))
    assert command.packages() == []


def test_the_report_names_what_was_found_and_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Any] = {
        "postgresql": Found("postgresql://me:secret@db/postgres", False, "named"),
        "mariadb": Obstacle("MariaDB is not installed: apt-get install it"),
    }
    monkeypatch.setattr(command, "find", answers.__getitem__)
    monkeypatch.setattr(command, "DRIVERS", {"pytest": ("nothing", "pytest"), "no_such_driver": ("no-such-driver",)})
    text = "\n".join(command.report())
    assert "postgresql  postgresql://me:***@db/postgres\n              named" in text
    assert "mariadb     MISSING: MariaDB is not installed: apt-get install it" in text
    assert "no_such_driver not installed" in text
    assert f"pytest      {pytest.__version__}" in text
