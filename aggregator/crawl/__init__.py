"""One visit to one source: the order of its steps, and the decisions they rest on."""
