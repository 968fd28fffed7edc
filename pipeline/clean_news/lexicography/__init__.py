"""Tools for those who write the spin dictionaries: checking, inflecting, adding, learning. No clean runs them."""
