"""The format of ZIP archives of articles: each member is cleaned with its own format, and no name of one is a path."""

from clean_news.formats import format_of
from clean_news.formats.compression import compressing
from clean_news.formats.containers.archive_parts import archive_parts
from clean_news.formats.containers.container import Kind
from clean_news.formats.containers.container_format import ContainerFormat
from clean_news.formats.containers.zip_container import open_zip

FORMAT = ContainerFormat(Kind("archive", open_zip, archive_parts, format_of, compressing))
