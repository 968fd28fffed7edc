"""clean-news inside the tools that articles are gathered and processed with: Scrapy, datatrove."""
