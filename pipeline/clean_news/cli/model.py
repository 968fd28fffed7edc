"""The command ``clean-news model build``."""

from pathlib import Path
from typing import Annotated

import typer

from clean_news.cli.exits import stop
from clean_news.cli.terminal import echo

model = typer.Typer(help="Build the language model.", rich_markup_mode=None, no_args_is_help=True)


@model.command("build")
def model_build(
    corpus: Annotated[
        list[Path],
        typer.Argument(
            metavar="CORPUS...",
            help='Files of genuine articles: JSON lines with a field "text", plain, .gz or .xz.',
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The model file to write.")],
) -> None:
    """Build a language model; 70 million words take five minutes and 12 GB of memory."""
    for path in corpus:
        if not path.is_file():
            stop(f"{path}: there is no such file; name files of articles")

    from clean_news.language.model_building import build

    try:
        build(corpus, output, lambda line: echo(line, err=True))
    except (
        OSError,
        ValueError,
        KeyError,
    ) as error:  # unreadable files, lines that are no JSON or lack a text
        stop(f'{error!r}; the corpus must be JSON lines with a field "text", and FILE writable')
