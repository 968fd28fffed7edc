"""The review as a place: the report's page, live, with decisions that take effect at once; ``clean-news serve``.

``article_index`` knows the articles and their columns, ``decision_log`` keeps decisions, ``recleaning`` cleans articles
again with them, ``review`` brings the three together and ``events`` tells the pages. ``guard`` refuses requests that
are not the page's own; ``routes`` answers the others.
"""
