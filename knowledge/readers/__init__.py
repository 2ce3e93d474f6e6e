"""One file a format family; `reader.read` chooses among them."""
