"""Faces for people: the page, the command line, start-up."""
