"""What operators type: one file a group of commands. Every command ends with a sentence and an exit code."""

from aggregator.cli.program import main

__all__ = ["main"]
