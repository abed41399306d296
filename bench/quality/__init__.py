"""Quality: each module judges one part on real data, ours beside a reference, and prints tables."""
