"""Scoring: what the present settings repair of spun articles whose originals are known."""
