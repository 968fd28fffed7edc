"""Text that was written in one codec and read in another, and what else programs leave of characters."""
