"""The feed for other programs: RSS, Atom and JSON Feed per section, place and source, and the list of sources."""
