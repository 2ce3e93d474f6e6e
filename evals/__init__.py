"""How good and how fast: retrieval, answers, speed."""
