"""A sample province on loopback: invented news on a site of every platform, for the demo, tests and drills."""
