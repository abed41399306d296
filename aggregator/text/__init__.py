"""Small pure functions on text: Vietnamese folding, URLs, dates, markup. No clock, no network, no files."""
