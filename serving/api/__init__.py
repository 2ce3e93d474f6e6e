"""HTTP routes, one router a feature."""
