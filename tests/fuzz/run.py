"""Many random sequences: what is run for a seed, and a report of what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.compare import Difference, compare
from tests.fuzz.minimise import Minimiser
from tests.fuzz.models import Model, random_model
from tests.fuzz.program import program
from tests.fuzz.steps import Sequence, random_sequence
from tests.fuzz.world import World, quiet, tidy

SEQUENCES_OF_ONE_MODEL = 5
LENGTH = 40


@dataclass
class Finding:
    """A difference that nothing explains, with the program that shows it."""

    seed: int
    number: int
    model: Model
    sequence: Sequence
    difference: Difference

    @classmethod
    def of(cls, model: Model, sequence: Sequence) -> Finding | None:
        """Run one sequence, None if nothing differs."""
        with quiet():
            worlds = World("sqlalchemy", model), World("azoth", model)
            difference = compare(sequence, *worlds)
            for world in worlds:
                world.close()
        return None if difference is None else cls(0, 0, model, sequence, difference)

    @property
    def title(self) -> str:
        return f"--seed {self.seed} --only {self.number}: {self.difference}"

    def minimised(self, seconds: float) -> str:
        """Give the smallest program found."""
        with quiet():
            smaller = Minimiser(self.model, self.sequence, self.difference, seconds).run()
        return program(*smaller)


@dataclass
class Report:
    """What came of a run.

    Attributes:
        sequences, steps: how many were run.
        explained: how often each rule explained a difference.
        kinds: how often each kind of step was run.
        findings: what nothing explains.
    """

    sequences: int = 0
    steps: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Take over what another run has found."""
        self.sequences += other.sequences
        self.steps += other.steps
        self.explained.update(other.explained)
        self.kinds.update(other.kinds)
        self.findings += other.findings

    def __str__(self) -> str:
        lines = [f"{self.sequences} sequences, {self.steps} steps, {len(self.findings)} unexplained differences"]
        lines += [f"  explained {count:6} times: {name}" for name, count in self.explained.most_common()]
        return "\n".join(lines)


def sequences(seed: int, first: int, count: int, length: int) -> Iterator[tuple[int, Model, Iterator[Sequence]]]:
    """Give models with their sequences; the number of a sequence says which one it is, however many are run."""
    for group in range(first // SEQUENCES_OF_ONE_MODEL, -(-(first + count) // SEQUENCES_OF_ONE_MODEL)):
        start = group * SEQUENCES_OF_ONE_MODEL
        numbers = [start + place for place in range(SEQUENCES_OF_ONE_MODEL) if first <= start + place < first + count]
        model = random_model(Random(f"{seed} model {group}"), with_hierarchies=group % 3 == 2)
        made = (random_sequence(Random(f"{seed} sequence {number}"), model, length) for number in numbers)
        yield numbers[0], model, made


def run(
    seed: int, count: int, first: int = 0, length: int = LENGTH, on_finding: Callable[[Finding], None] | None = None
) -> Report:
    """Run sequences in both libraries.

    Args:
        seed: from which all comes.
        count: how many sequences.
        first: the number of the first one.
        length: how many steps each has, before the last look.
        on_finding: told of each difference when it is found.
    """
    report = Report()
    with quiet():
        for start, model, made in sequences(seed, first, count, length):
            worlds = World("sqlalchemy", model), World("azoth", model)
            for place, sequence in enumerate(made):
                difference = compare(sequence, *worlds, report.explained)
                report.sequences += 1
                report.steps += len(sequence.steps)
                report.kinds.update(step.kind for step in sequence.steps)
                if difference is not None:
                    finding = Finding(seed, start + place, model, sequence, difference)
                    report.findings.append(finding)
                    if on_finding is not None:
                        on_finding(finding)
            for world in worlds:
                world.close()
            tidy()
    return report
