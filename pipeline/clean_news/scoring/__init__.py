"""Score the cleaner on gold files: spun articles with the accepted repairs of each spun place."""
