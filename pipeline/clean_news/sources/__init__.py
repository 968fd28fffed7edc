"""An index of articles."""
