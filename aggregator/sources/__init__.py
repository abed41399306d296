"""The sources file: its shape, everything wrong with it at once, and the catalogue it becomes. Pure."""
