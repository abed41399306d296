"""The operators' board behind a login."""
