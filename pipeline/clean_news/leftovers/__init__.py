"""The parts of the boilerplate stage: what scrapers leave in an article, by kind."""
