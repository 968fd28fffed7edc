"""SQLite databases: the texts of one column are cleaned in a copy, which has a table of the changes."""
