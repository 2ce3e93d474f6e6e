"""A question and a case in, a checked answer out."""
