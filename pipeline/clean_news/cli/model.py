"""The commands ``clean-news model build`` and ``clean-news model train-ocr``."""

from pathlib import Path
from typing import Annotated

import typer

from clean_news.cli.exits import stop
from clean_news.cli.terminal import echo

model = typer.Typer(
    help="Build the language model; train the character model.", rich_markup_mode=None, no_args_is_help=True
)


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
    size: Annotated[
        float, typer.Option(min=0.001, max=1.0, help="How many n-grams are retained; 1 makes a file of 28 MB.")
    ] = 1.0,
    mixed_with: Annotated[
        Path | None,
        typer.Option(metavar="MODEL", help="A model that this one will be mixed with: its vocabulary is used."),
    ] = None,
) -> None:
    """Build a language model; 70 million words take five minutes and 12 GB of memory."""
    for path in [*corpus, *([mixed_with] if mixed_with else [])]:
        if not path.is_file():
            stop(f"{path}: there is no such file; name files of articles, and a model")

    from clean_news.language.language_model import LanguageModel
    from clean_news.language.model_building import build
    from clean_news.language.model_checksum import ModelError

    try:
        vocabulary = LanguageModel(mixed_with).words if mixed_with else ()
    except (OSError, ModelError) as error:
        stop(str(error))
    try:
        build(corpus, output, lambda line: echo(line, err=True), size, vocabulary)
    except (
        OSError,
        ValueError,
        KeyError,
    ) as error:  # unreadable files, lines that are no JSON or lack a text
        stop(f'{error!r}; the corpus must be JSON lines with a field "text", and FILE writable')


@model.command("train-ocr")
def model_train_ocr(
    printed: Annotated[
        list[Path],
        typer.Option("--print", metavar="FILE", help='Old print: JSON lines with a field "text", plain, .gz or .xz.'),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The weights file to write.")],
    news: Annotated[
        list[Path] | None, typer.Option("--news", metavar="FILE", help="Modern news in the same format.")
    ] = None,
    scans: Annotated[
        list[Path] | None,
        typer.Option(
            "--scans", metavar="FILE", help='Scans and their corrections: JSON lines with fields "ocr" and "truth".'
        ),
    ] = None,
    characters: Annotated[int, typer.Option(min=1, help="How many characters to train on.")] = 64_000_000,
    seed: Annotated[int, typer.Option(help="Seed of the samples and of the initial weights.")] = 1,
) -> None:
    """Train the character model of the OCR stage; a million characters take a minute and a half on one core.

    Every few minutes the state is saved beside the weights file, as FILE.checkpoint; the same command resumes from it.
    """
    given = [*printed, *(news or []), *(scans or [])]
    for path in given:
        if not path.is_file():
            stop(f"{path}: there is no such file; name files of articles or of scans")

    from clean_news.dictionaries import folder
    from clean_news.optional_library import MissingLibraryError
    from clean_news.stages.ocr import confusion
    from clean_news.stages.ocr.character_model import samples, training
    from clean_news.stages.ocr.character_model.noise import Noise

    try:
        noise = Noise(confusion.read_table(folder() / "ocr" / "confusions.tsv"))
        pairs = samples.scan_samples(pair for path in scans or [] for pair in samples.read_pairs(path))
        sampler = samples.Sampler(samples.read_passages(printed), samples.read_passages(news or []), pairs, noise, seed)
        plan = training.TrainingPlan(characters, seed, output.with_name(f"{output.name}.checkpoint"), output)
        training.train(sampler, plan, lambda line: echo(line, err=True))
    except MissingLibraryError as error:
        stop(str(error))
    except (OSError, ValueError, KeyError) as error:
        stop(f'{error!r}; the files must be JSON lines with a field "text", or "ocr" and "truth", and FILE writable')
