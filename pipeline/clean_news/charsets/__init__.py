"""Bytes to text: which charset they are in, and exactly back."""
