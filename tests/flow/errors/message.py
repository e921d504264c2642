"""What every error message must have."""

from __future__ import annotations

import re

SECRET = "s3cret-value"
"""User data that no first line may show."""


def assert_tells(error: BaseException, *names: str, code: str | None = None) -> None:
    """Check the form of a message: names and code in the first line, why and fix below, no user data in the first line.

    Args:
        error: the error.
        names: what the first line must contain: class, attribute, key, table.
        code: the code, where the test pins it.
    """
    first, *rest = str(error).splitlines()
    for name in names:
        assert name in first, f"{name!r} is missing in {first!r}"
    found = re.search(r"\[(AZ-[A-Z]\d{2,3})\]$", first)
    assert found is not None, f"no code in {first!r}"
    assert code is None or found[1] == code
    assert any(line.startswith("  why: ") for line in rest), f"no reason in {error}"
    assert any(line.startswith("  fix: ") for line in rest), f"no way out in {error}"
    assert SECRET not in first
