"""The command `mien watch`: its options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Group, Parameter, validators

from mien.answers import Language
from mien.cli.usage import FLAG, HYPHEN, only_one
from mien.errors import MienError

_FORMAT: Final = Group("Table", validator=only_one)


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchOptions:
    """Options of `mien watch`.

    Attributes:
        out: folder for the files, which get the films' names.
        every: seconds between frames that are read; the video has only those. With 0 the video has
            all frames, and of a film in a file those are read that come 0.06 s or more apart.
        no_video: leave out the annotated video.
        as_json: the table as JSON lines instead of CSV.
        parquet: the table as Parquet; needs pyarrow.
        language: language of the report: en or de.
        overwrite: replace what was made of the same film with another --model, --every or
            --language.
        model: a file of `mien export`; without it the network that ships with mien.
        ray: read an archive by Ray, on all cores or the cluster that RAY_ADDRESS names: files,
            folders and addresses such as s3://bucket/folder into Parquet tables, without videos
            and reports.
    """

    out: Path
    every: Annotated[float, Parameter(validator=validators.Number(gte=0))] = 0.0
    no_video: Annotated[bool, FLAG] = False
    as_json: Annotated[bool, FLAG, Parameter("--json", group=_FORMAT)] = False
    parquet: Annotated[bool, FLAG, Parameter(group=_FORMAT)] = False
    language: Language = "en"
    overwrite: Annotated[bool, FLAG] = False
    model: Path | None = None
    ray: Annotated[bool, FLAG] = False


def watch(
    videos: Annotated[list[str], HYPHEN],
    /,
    *,
    options: Annotated[WatchOptions, Parameter(name="*")],
) -> int:
    """Annotate films: a video with boxes, a table, and a report for each.

    A film that cannot be read is named, and the others are read; a damaged one is read as far as
    possible. The same command skips the films that are done, and continues one that is not. Files
    of another film are not overwritten: where its name is taken, a number is put behind it.

    Args:
        videos: film files; - for standard input; addresses (rtsp://, http://); numbers of cameras.
            Ctrl-C ends live sources.
        options: what is made of them, and how.
    """
    if not options.ray:
        from mien.cli.watch_films import watch_films

        return watch_films(videos, options)
    if options.as_json:
        raise MienError("--ray writes Parquet; leave out --json.")
    from mien.scale.archive import read_archive

    return read_archive(
        videos,
        options.out,
        films=True,
        every=options.every,
        model=options.model,
        overwrite=options.overwrite,
    )
