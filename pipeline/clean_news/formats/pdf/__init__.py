"""PDF: its text is extracted in a process of its own, and cleaned as plain text."""
