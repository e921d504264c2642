"""The write side: from changed instances to a flush plan, and from the plan to rows. It never imports ``loading``."""
