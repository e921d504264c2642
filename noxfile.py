"""Runs the suite on every Python that is found; ``scripts/test`` calls it, and prints how the runs went.

The Python at hand is that of ``.venv`` and runs everything. The others run a sample, or everything too:
``nox -- everything``. On it a sample of the behaviour tests runs on servers as well. What all that is, and which
Pythons there are, stands in ``tests/interpreters.py``.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))

from tests import interpreters  # noqa: E402  # it stands in this folder
from tests.interpreters import Interpreter  # noqa: E402
from tests.servers import wheel  # noqa: E402
from tests.servers.answers import Obstacle  # noqa: E402

nox.options.error_on_missing_interpreters = True


def run(session: nox.Session, name: str, *tests: str) -> None:
    """Run tests on a session's Python, and keep how it went."""
    result = interpreters.result_file(name)
    result.unlink(missing_ok=True)
    # Without drivers there are no databases to require.
    environment = {"AZOTH_REQUIRE": ""} if name.endswith("t") else {}
    arguments = ("-n", "2", "--dist", "worksteal", f"--junitxml={result}", *tests)
    session.run("python", "-m", "pytest", *arguments, external=True, env=environment)


def make_current(session: nox.Session, interpreter: Interpreter) -> None:
    """Install what the tests need; this costs nothing when neither pyproject.toml nor the Python has changed."""
    stamp = Path(session.virtualenv.location) / "stamp"
    facts = f"{ROOT}\n{interpreter}\n{(ROOT / 'pyproject.toml').read_text()}"
    wanted = hashlib.sha256(facts.encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        stamp.unlink(missing_ok=True)
        extra = "test-without-drivers" if interpreter.is_free_threaded else "test"
        session.install("--disable-pip-version-check", "--editable", f".[{extra}]")
        stamp.write_text(wanted)


@nox.session(name=f"python-{interpreters.at_hand().name}", python=False)
def everything(session: nox.Session) -> None:
    """Run everything on the Python at hand."""
    run(session, interpreters.at_hand().name)


def on(interpreter: Interpreter) -> None:
    """Define the session of another Python."""

    @nox.session(name=f"python-{interpreter.name}", python=interpreter.program, reuse_venv=True)
    def other(session: nox.Session) -> None:
        """Run a sample, or with the argument "everything" all that says something about the Python."""
        make_current(session, interpreter)
        tests = (
            ("tests",) if "everything" in session.posargs else (*interpreters.ON_EVERY_PYTHON, *interpreters.sample())
        )
        run(session, interpreter.name, *tests, *[f"--ignore={name}" for name in interpreters.OF_THE_PYTHON_AT_HAND])


for found in interpreters.others():
    on(found)


def on_server(name: str, every: int) -> None:
    """Define the session of a database and its driver, on the Python at hand."""

    @nox.session(name=f"on-{name}", python=False)
    def server(session: nox.Session) -> None:
        """Run a sample of the behaviour tests, or with the argument "everything" all of them."""
        tests = ["tests/flow"] if "everything" in session.posargs else interpreters.sample(every, on_server=True)
        session.env["AZOTH_TEST_DATABASES"] = name
        run(session, name, *tests)


for name, every in interpreters.ON_SERVERS.items():
    on_server(name, every)


def contract_on(version: int) -> None:
    """Define the session of another version of PostgreSQL."""

    @nox.session(name=f"contract-postgresql-{version}", python=False)
    def contract(session: nox.Session) -> None:
        """Run the contract of dialects on a server of its own, with the argument "everything"."""
        if "everything" not in session.posargs:
            session.skip("scripts/test --all runs it")
        programs = wheel.postgresql(version)
        if isinstance(programs, Obstacle):
            interpreters.note_missing(f"contract-postgresql-{version}", programs.reason)
            session.warn(f"POSTGRESQL {version} IS NOT TESTED: {programs.reason}")
            return
        session.env["AZOTH_PG_BIN"] = str(programs)
        session.env["AZOTH_TEST_POSTGRESQL"] = "private"
        session.env["AZOTH_TEST_DATABASES"] = "postgresql,postgresql_psycopg2"
        run(session, f"contract-postgresql-{version}", "tests/contract/test_contract.py")


for version in wheel.VERSIONS:
    contract_on(version)
