"""Bytes from the network, through one gate: limits, turns, robots and the address guard."""
