"""Readers measured side by side, each in a process of its own that speaks the lines of ``rounds``."""
