"""The changes of articles, shown from their logs: as text, patch, JSON or SARIF, one module each."""
