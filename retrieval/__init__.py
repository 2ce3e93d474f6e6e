"""Documents in, cited passages out: chunks, embeddings, keyword and vector indexes, search."""
