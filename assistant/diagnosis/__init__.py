"""The self-diagnosis: answers in, two outputs that are never merged, gaps and a report out. Scores come from code alone."""
