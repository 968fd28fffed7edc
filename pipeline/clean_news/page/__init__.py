"""The parts of the layout stage: lines of text, wraps, hyphens, broken sentences, page furniture."""
