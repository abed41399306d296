"""What people and programs see: the public API, the reader's pages and the operators' board."""
