"""Bytes in, Documents out: readers, registry, ingest and the starter library."""
