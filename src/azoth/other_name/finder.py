"""The finder that leads imports of ``sqlalchemy`` to azoth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import metadata
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType

from azoth.other_name.alias_module import ROOT, AliasModule
from azoth.other_name.distribution import distributions
from azoth.other_name.paths import homes_of
from azoth.other_name.status import note_alias, note_missing

__all__ = ["AliasFinder"]


class _AliasLoader(Loader):
    """Make the module; there is nothing to run."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return AliasModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        note_alias(module.__name__)


class AliasFinder:
    """Find ``sqlalchemy`` and what is below it, before any that is installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module.

        Args:
            fullname: its path.
            path: where its package is, which does not matter here.
            target: a module that is loaded again, which does not matter either.
        """
        if fullname.partition(".")[0] != ROOT:
            return None
        if homes_of(fullname) is None:
            note_missing(fullname)
            return None
        return ModuleSpec(fullname, _AliasLoader(), is_package=True)

    def find_distributions(self, context: metadata.DistributionFinder.Context) -> Iterable[metadata.Distribution]:
        """Find the distribution, for ``importlib.metadata``.

        Args:
            context: what is looked for.
        """
        return distributions(context)

    def invalidate_caches(self) -> None:
        """Do nothing: nothing is kept."""
