"""Doctors that are no chat models: an HTTP endpoint, a Python callable."""
