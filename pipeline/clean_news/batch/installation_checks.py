"""Checks what every run relies on besides RAW and CLEAN: the language models and the user's caches."""

from collections.abc import Callable, Iterator
from pathlib import Path

from clean_news.batch.findings import Finding
from clean_news.dictionaries import MODELS, folder
from clean_news.failures import failure_from_os_error
from clean_news.language import model_checksum
from clean_news.printable_text import printable
from clean_news.stages.spin import lexicon_sources


def check_installation() -> Iterator[Finding]:
    """Yield what is wrong with the language models and the caches."""
    for model in (folder() / name for name in MODELS):
        try:
            model_checksum.check(model)
        except model_checksum.ModelError as error:
            yield Finding("damaged-model", str(error))
        if model.exists() and model_checksum.recorded_sha256(model) is None:
            missing = model_checksum.checksum_file(model)
            yield Finding("damaged-model", f"{printable(missing)}: the checksum is missing; install clean-news again")
    for path, is_whole in _caches():
        try:
            whole = is_whole(path)
        except FileNotFoundError:  # another run replaced it
            continue
        except OSError as error:
            yield Finding("unreadable", str(failure_from_os_error(path, error)))
            continue
        if not whole:
            yield Finding("damaged-cache", f"{printable(path)}: is damaged; delete it, the next run makes it again")


def damaged_caches() -> list[Path]:
    """Return the files and the indexes of sources in the user's cache that are not as they were written."""
    return [path for path, is_whole in _caches() if not _is_sure(is_whole, path)]


def _is_sure(is_whole: Callable[[Path], bool], path: Path) -> bool:
    """Whether a cache is whole, or cannot be read."""
    try:
        return is_whole(path)
    except OSError:
        return True


def _caches() -> Iterator[tuple[Path, Callable[[Path], bool]]]:
    """Yield the files and the indexes of sources in the user's cache, each with the function that checks it."""
    from platformdirs import user_cache_path

    cache = user_cache_path("clean-news")
    # Those of other versions have other formats; compiling removes them.
    for path in lexicon_sources.cached_lexicons(cache):
        yield path, _is_whole_lexicon
    for path in sorted((cache / "untouched").glob("*.stat-cache")):
        yield path, _is_whole_stat_cache
    for path in sorted((cache / "sources").glob("*")):
        yield path, _is_whole_index


def _is_whole_lexicon(path: Path) -> bool:
    """Whether a compiled lexicon has its checksum."""
    from clean_news.stages.spin import lexicon
    from clean_news.stages.spin.lexicon import DamagedCacheError

    try:
        lexicon.check(path)
    except DamagedCacheError:
        return False
    return True


def _is_whole_stat_cache(path: Path) -> bool:
    """Whether a stat cache has its checksum."""
    from clean_news.batch.stat_cache import DamagedCacheError, whole_lines

    try:
        next(whole_lines(path))
    except DamagedCacheError:
        return False
    return True


def _is_whole_index(path: Path) -> bool:
    """Whether an index of sources has its checksums.

    Raises:
        FileNotFoundError: if it is not complete: a run is making it, or was killed and the next one will.
    """
    from clean_news.sources.manifest import IndexDamaged, check_files, read_manifest

    (path / "index.json").stat()
    try:
        check_files(path, read_manifest(path))
    except IndexDamaged:
        return False
    return True
