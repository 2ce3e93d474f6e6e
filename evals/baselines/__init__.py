"""What others would build from stock parts, to measure against."""
