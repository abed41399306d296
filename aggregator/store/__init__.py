"""MongoDB, and nothing else knows it: driver, documents, indexes, one file per collection, the embedded server."""
