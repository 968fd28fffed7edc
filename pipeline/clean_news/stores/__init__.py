"""RAW and CLEAN in object stores, by fsspec: what is downloaded, cleaned by the ordinary run, and uploaded again."""
