"""Attributes that hold related instances: setting them, both sides, orphans, listeners."""
