"""The reader's pages: HTML that works without script."""
