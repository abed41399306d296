"""News service of a province: crawls its sources, understands and merges their news, serves one feed."""
