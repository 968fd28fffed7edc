"""Tools for maintaining the spin dictionaries: lint, inflect, add entries, learn weights. Not used for cleaning."""
