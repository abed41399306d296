"""Bytes to claims: feeds, lists, sitemaps, JSON answers and article pages become entries.

Pure: no clock, file, socket or log. Runs in worker processes, so arguments and results pickle.
"""
