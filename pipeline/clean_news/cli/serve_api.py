"""``clean-news serve --api``: cleans the articles that programs send over HTTP."""

from pathlib import Path
from typing import TYPE_CHECKING

from clean_news.cli.exits import stop
from clean_news.cli.terminal import echo
from clean_news.http_server.addresses import is_loopback
from clean_news.settings import Settings, SettingsError

if TYPE_CHECKING:
    from clean_news.workflows.http_api.limits import Limits


def serve_api(clean: Path | None, settings: Settings, port: int, host: str, limits: "Limits") -> None:
    """Serve until Ctrl-C; what prevents it ends the program.

    Args:
        clean: a CLEAN whose decisions, protected terms and dictionary are used; None for none.
        settings: the settings.
        port: the port; 0 for any that is free.
        host: the address to listen on.
        limits: the limits of the service.
    """
    from clean_news.batch.run_options import RunOptions, with_project_files
    from clean_news.cleaner import Cleaner
    from clean_news.decisions import DecisionsError, read_all
    from clean_news.http_server.listening import PortError, bound
    from clean_news.printable_text import printable
    from clean_news.workflows.cleaning_processes import WorkerDiedError
    from clean_news.workflows.http_api.server import serve

    if clean is not None and not clean.is_dir():
        stop(f"{printable(clean)}: there is no such folder; name a CLEAN whose decisions to use, or leave it out")
    try:
        listening = bound(port, host)
        options = with_project_files(RunOptions(settings), clean)
        cleaner = Cleaner(options.settings, read_all(options.decisions))
    except (SettingsError, DecisionsError, PortError) as error:
        stop(str(error))

    def opened(address: str) -> None:
        echo(f"API: {address}")
        if not is_loopback(listening.getsockname()[0]):
            echo("Anybody who reaches this address can use it: there is no password.", err=True)
        echo("Ctrl-C ends it.", err=True)

    try:
        serve(cleaner, limits, listening, opened)
    except WorkerDiedError as error:
        stop(str(error))
