"""What a batch shows to users: places in RAW and CLEAN, not those of the copies on this machine."""

from pathlib import Path

import msgspec

from clean_news.batch.run_options import RunOptions
from clean_news.batch.tally import Report
from clean_news.failures import Failure
from clean_news.stores.clean_places import Clean
from clean_news.stores.raw_objects import Raw


class Shown:
    """Replaces the folders of a batch."""

    def __init__(self, raw: Raw, clean: Clean | None, folder: Path) -> None:
        """Note the folders.

        Args:
            raw: RAW.
            clean: CLEAN; None if nothing is written.
            folder: the batch's folder.
        """
        self.places = {str(folder / "raw"): raw.url}
        if clean is not None and clean.is_remote:
            self.places |= {str(clean.folder(folder)): clean.url, str(clean.project): clean.url}

    def text(self, text: str) -> str:
        """Return a text with places in RAW and CLEAN."""
        for place, url in self.places.items():
            text = text.replace(place, url)
        return text

    def report(self, report: Report) -> Report:
        """Return a report whose failures name places in RAW and CLEAN."""
        failures = tuple(Failure(*map(self.text, failure)) for failure in report.failures)
        return report._replace(failures=failures)


def with_folder(options: RunOptions, folder: Path) -> RunOptions:
    """Return options whose patterns of ``per-path`` apply to names below RAW, of which a folder has copies."""
    if not options.settings.per_path:
        return options
    tables = tuple(table._replace(folder=str(folder)) for table in options.settings.per_path)
    return options._replace(settings=msgspec.structs.replace(options.settings, per_path=tables))
