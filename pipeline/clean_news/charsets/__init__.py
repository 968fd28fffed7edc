"""Charset detection and lossless decoding of article bytes."""
