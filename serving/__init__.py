"""Everything behind a port, and how it is wired."""
