"""The frameworks that clean-news plugs into; each module is loaded by its framework and is named after it."""
