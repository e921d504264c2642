"""What of this folder belongs to the suite: nothing, for it runs in environments of its own (``scripts/ecosystem``)."""

collect_ignore = ["scenarios", "on_path"]
