"""Checks: what a run would repair, shown where text is reviewed, and compared with what was known before."""
