"""The table of a clean database with every edit of its texts."""

import sqlite3

from clean_news.change_log import ChangeLog
from clean_news.formats.sqlite.database import CHANGES_TABLE, TextColumn

CREATE = f"""CREATE TABLE {CHANGES_TABLE} (
  "table" TEXT NOT NULL, "column" TEXT NOT NULL, "row" INTEGER NOT NULL,
  edit TEXT NOT NULL, stage TEXT NOT NULL, rule TEXT NOT NULL, state TEXT NOT NULL, confidence REAL NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL
)"""
INSERT = f"INSERT INTO {CHANGES_TABLE} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608  # a constant


class ChangesTable:
    """Writes the table, which is created with its first edit.

    Attributes:
        connection: the clean database.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._is_created = False

    def add(self, where: TextColumn, row: int, log: ChangeLog) -> None:
        """Add the edits of an article; start and end are offsets in the text that its stage received.

        Raises:
            sqlite3.Error: if they cannot be written.
        """
        edits = [(stage.name, edit) for stage in log.stages for edit in stage.edits]
        if edits and not self._is_created:
            self.connection.execute(CREATE)
            self._is_created = True
        self.connection.executemany(
            INSERT,
            (
                (
                    where.table, where.column, row, edit.id, stage, edit.rule, edit.state,
                    float(edit.confidence), *edit.span, _storable(edit.before), _storable(edit.after),
                )
                for stage, edit in edits
            ),
        )  # fmt: skip


def _storable(text: str) -> str:
    """Return a text with U+FFFD for lone surrogates."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text
