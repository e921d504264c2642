"""A library's tests on SQLAlchemy and on azoth, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

from tests.ecosystem import environments, releases
from tests.ecosystem.examples import run_examples
from tests.ecosystem.outcomes import Outcomes, run_pytest
from tests.ecosystem.subjects import OwnTests, Subject

SCENARIOS = Path(__file__).parent / "scenarios"

ENOUGH = {"scenario": 1.0, "its tests": 0.95, "examples": 40 / 43}
"""Which part has to pass, of the scenarios, and of the tests and examples that pass on SQLAlchemy."""


class Comparison(NamedTuple):
    """How a set of tests went.

    Args:
        name: of the library or program.
        version: of it, as it is installed.
        tests: what they are: a key of ``ENOUGH``.
        on_sqlalchemy: how many pass on SQLAlchemy; None where that was not tried.
        on_azoth: how many of those pass on azoth.
        besides: how many more pass on azoth only.
        failed: the tests that should have passed on azoth, with what is wrong.
        said: the end of what was printed where there are no results.
    """

    name: str
    version: str
    tests: str
    on_sqlalchemy: int | None
    on_azoth: int
    besides: int
    failed: Mapping[str, str]
    said: str = ""

    @property
    def passes(self) -> bool:
        """Say whether azoth runs it."""
        return 0 < self.on_azoth >= ENOUGH[self.tests] * (self.on_azoth + len(self.failed))


def compare(subject: Subject, *, quick: bool, mirrors: Path | None) -> Iterator[Comparison]:
    """Run what there is about a library: its scenario, and, unless it is to be quick, its own tests.

    Args:
        subject: the library or program.
        quick: the scenario only, and on azoth only.
        mirrors: where clones of repositories are looked for.
    """
    release = releases.repository(subject.name, subject.repository, mirrors) if subject.repository else None
    python = environments.python_of(subject.environment, release)
    version = subject.repository.commit[:10] if subject.repository else environments.version_of(subject.name, python)
    if subject.scenarios:
        folder = SCENARIOS if release is None else release
        arguments = ("-c", str(SCENARIOS / "pytest.ini"), *(str(SCENARIOS / name) for name in subject.scenarios))
        azoth = run_pytest(python, folder, arguments, on_azoth=True)
        peer = None if quick else run_pytest(python, folder, arguments, on_azoth=False)
        counted = azoth.passed | azoth.others.keys()
        yield _comparison(subject.name, version, "scenario", peer, azoth, counted)
    if subject.examples and not quick:
        yield _examples(subject.name, version, python)
    if subject.own is not None and not quick:
        yield _own_tests(subject.own, subject.name, version, python, release)


def _own_tests(own: OwnTests, name: str, version: str, python: Path, release: Path | None) -> Comparison:
    arguments = own.arguments
    if own.package:
        folder = SCENARIOS
        package = str(environments.folder_of(own.package, python))
        arguments = tuple(argument.replace("{package}", package) for argument in arguments)
    else:
        folder = release or releases.source_release(name, version, python)
    peer = run_pytest(python, folder, arguments, on_azoth=False, own=own)
    azoth = run_pytest(python, folder, arguments, on_azoth=True, own=own)
    return _comparison(name, version, "its tests", peer, azoth, peer.passed)


def _examples(name: str, version: str, python: Path) -> Comparison:
    release = releases.source_release(name, version, python)
    results = list(run_examples(release / "examples", python, azoth_source=None))
    peer = Outcomes(frozenset(one.name for one in results if one.on_sqlalchemy), {})
    passed = frozenset(one.name for one in results if one.on_azoth)
    azoth = Outcomes(passed, {one.name: one.last_line for one in results if not one.on_azoth})
    return _comparison(name, version, "examples", peer, azoth, peer.passed)


def _comparison(
    name: str, version: str, tests: str, peer: Outcomes | None, azoth: Outcomes, counted: AbstractSet[str]
) -> Comparison:
    failed = {test: azoth.others.get(test, "not run") for test in sorted(counted - azoth.passed)}
    if tests == "scenario" and peer is not None:
        # A scenario that fails on SQLAlchemy is wrong.
        failed |= {test: f"on SQLAlchemy: {peer.others.get(test, 'not run')}" for test in counted - peer.passed}
    return Comparison(
        name,
        version,
        tests,
        None if peer is None else len(peer.passed),
        len(counted & azoth.passed),
        len(azoth.passed - counted),
        failed,
        azoth.said or (peer.said if peer is not None else ""),
    )
