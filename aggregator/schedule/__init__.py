"""When a source is due next: a pure function of its history, what came of the visit, and the time."""
