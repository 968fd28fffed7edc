"""The command line: one module a command, registered in :mod:`clean_news.cli.app`."""
