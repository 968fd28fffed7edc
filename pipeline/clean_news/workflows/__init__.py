"""Integrations with datatrove and Scrapy; each module is loaded only where its framework is used."""
