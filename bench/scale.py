"""How much of everything the works do."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Scale:
    """How many rows each work has; ``children`` counts those of one parent."""

    people: int = 50_000
    changed: int = 10_000
    single: int = 1_000
    parents: int = 1_000
    children: int = 10
    touched: int = 5_000
    vehicles: int = 20_000
    changed_vehicles: int = 5_000
    streamed: int = 1_000_000

    @classmethod
    def read(cls, text: str) -> Scale:
        """Read what ``written()`` gives."""
        return cls(**json.loads(text))

    def written(self) -> str:
        """Write the scale for another process."""
        return json.dumps(asdict(self))

    def times(self, factor: float) -> Scale:
        """Give a scale with more or less of everything, but families of the same size."""
        counts = {name: max(round(count * factor), 10) for name, count in asdict(self).items()}
        return replace(self, **{**counts, "children": self.children})


QUICK = Scale().times(0.2)
