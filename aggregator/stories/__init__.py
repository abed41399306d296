"""Which articles tell of one event, and which of them leads."""
