"""Language models behind one client: embedded, vLLM, remote."""
