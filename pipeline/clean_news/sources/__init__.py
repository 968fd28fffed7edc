"""An index of articles on disk: finds those that report the same story as a text, and returns their texts.

Names, numbers and rare words of a text are its features; what articles have in common by chance, or what is often
reworded, carries no weight. It knows nothing of spinning. :func:`update` builds the index of some files and folders, or
brings it up to date; :func:`open_index` opens it for reading, in as many processes as are needed.
"""

from clean_news.sources.article_index import ArticleIndex, Hit, open_index
from clean_news.sources.manifest import IndexDamaged
from clean_news.sources.records import SourceArticle
from clean_news.sources.updating import Progress, Spread, Update, index_path, update, update_from_articles

__all__ = [
    "ArticleIndex",
    "Hit",
    "IndexDamaged",
    "Progress",
    "SourceArticle",
    "Spread",
    "Update",
    "index_path",
    "open_index",
    "update",
    "update_from_articles",
]
