"""The command ``clean-news revert``."""

from typing import Annotated

import typer

from clean_news.cli.exits import DONE, WRONG, stop
from clean_news.cli.object_stores import CleanOrUrl, reading, writing
from clean_news.cli.terminal import echo


def revert(
    clean: CleanOrUrl,
    dest: Annotated[
        str,
        typer.Argument(
            metavar="DEST", help="The folder for the raw articles, or the raw file; also a URL of a folder."
        ),
    ],
) -> None:
    """Restore the raw files, byte for byte, from clean files and their logs.

    A file in DEST is never overwritten. A clean file that was changed by hand is refused unless the
    raw file is still there to tell where, or the changes were adopted (clean-news adopt).
    """
    from clean_news.batch.reversion import restore
    from clean_news.files.discovery import InputError

    try:
        with reading(clean) as (folder, _), writing(dest, folder) as target:
            restored = restore(folder, target, lambda failure: echo(str(failure), err=True))
    except InputError as error:
        stop(str(error))
    for note in restored.notes:
        echo(str(note), err=True)
    already = f", {restored.there} already there" if restored.there else ""
    failed = f", {len(restored.failures)} failed" if restored.failures else ""
    echo(f"{restored.written} restored{already}{failed}", err=True)
    raise typer.Exit(WRONG if restored.failures else DONE)
