"""The format of tar archives of articles, plain or compressed; see :mod:`clean_news.formats.containers.zip_files`."""

from clean_news.formats import format_of
from clean_news.formats.compression import compressing
from clean_news.formats.containers.archive_parts import archive_parts
from clean_news.formats.containers.container import Kind
from clean_news.formats.containers.container_format import ContainerFormat
from clean_news.formats.containers.tar_container import open_tar

FORMAT = ContainerFormat(Kind("archive", open_tar, archive_parts, format_of, compressing))
