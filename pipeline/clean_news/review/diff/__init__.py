"""Show the changes recorded in the logs: as text, patch, JSON or SARIF, one module per format."""
