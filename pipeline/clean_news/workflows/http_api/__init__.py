"""An HTTP service that cleans articles: ``clean-news serve --api``."""
