"""Companies, the people in them, and how each proves who they are."""
