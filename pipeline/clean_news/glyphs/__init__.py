"""The parts of the encoding and characters stages: invisible characters, look-alikes, differences of two texts."""
