"""The language model, tokenisation and lattice decoder of the noisy-channel stages ``ocr`` and ``spin``."""
