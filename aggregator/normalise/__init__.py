"""Entry to article: identity, sections, kinds, edits. Pure: ``now`` is an argument."""
