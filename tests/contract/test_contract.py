"""The contract of dialects, on every database that is found."""

from __future__ import annotations

from azoth.testing.suite import *  # noqa: F403  # so it is for authors of dialects, too
