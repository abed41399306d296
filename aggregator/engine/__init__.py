"""Work distribution: who runs a due crawl, and the processes that parse."""
