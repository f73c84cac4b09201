"""The command `mien read`: its options, and which of them go together."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import Group, Parameter

from mien.cli.usage import FLAG, HYPHEN, UsageError, only_one
from mien.media.lists import STANDARD_INPUT

Kind = Literal["text", "json", "csv", "parquet"]
"""Format of the results."""

_FORMAT: Final = Group("Output", validator=only_one)
_ENDINGS: Final[dict[str, Kind]] = {
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "json"),
    ".csv": "csv",
    ".parquet": "parquet",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadOptions:
    """Options of `mien read`.

    Attributes:
        as_json: one JSON object a picture and line.
        as_csv: a header, then a row a face, and one for each picture that cannot be read.
        as_parquet: the same table as Parquet; needs --out and pyarrow.
        out: file for the results instead of standard output. Its ending, .jsonl, .csv or .parquet,
            gives the format where no option does. The same command continues an interrupted run.
            Pictures that are in the file already are skipped, unless they changed.
        overwrite: replace an --out that was made with another model, other --usual or in another
            format.
        draw: folder for copies with the readings drawn in; no existing file is overwritten.
        movements: also say what moves in each face, such as "corners of the mouth up", in plain
            words and in the copies of --draw; JSON, CSV and Parquet always have it.
        usual: pictures of one person looking as usual, after IMAGES; the largest face of each
            counts. Every face is compared with that person's usual face, and the difference is
            said, such as "more smiling than usual".
        files_from: file that names a picture or folder a line; - for standard input.
        null: names in that file end with a null character, as find -print0 writes them.
        model: a file of `mien export`; without it the network that ships with mien.
        ray: read an archive by Ray, on all cores or the cluster that RAY_ADDRESS names. IMAGES may
            be addresses such as s3://bucket/folder; --out is a folder or address for Parquet.
    """

    as_json: Annotated[bool, FLAG, Parameter("--json", group=_FORMAT)] = False
    as_csv: Annotated[bool, FLAG, Parameter("--csv", group=_FORMAT)] = False
    as_parquet: Annotated[bool, FLAG, Parameter("--parquet", group=_FORMAT)] = False
    out: Annotated[Path | None, HYPHEN] = None
    overwrite: Annotated[bool, FLAG] = False
    draw: Path | None = None
    movements: Annotated[bool, FLAG] = False
    usual: Annotated[list[Path] | None, Parameter(consume_multiple=True, negative=())] = None
    files_from: Annotated[str | None, HYPHEN] = None
    null: Annotated[bool, FLAG] = False
    model: Path | None = None
    ray: Annotated[bool, FLAG] = False

    @property
    def kind(self) -> Kind:
        """Format of the results: the option's, else that of the ending of `out`."""
        if self.as_json:
            return "json"
        if self.as_csv:
            return "csv"
        if self.as_parquet:
            return "parquet"
        return "text" if self.out is None else _ENDINGS.get(self.out.suffix.lower(), "text")

    def check(self, images: tuple[str, ...]) -> None:
        """Refuse options that do not go together, or not with these images.

        Raises:
            UsageError: two of them do not.
        """
        if self.usual is not None and not self.usual:
            raise UsageError("--usual needs pictures: mien read IMAGE... --usual PICTURE...")
        if not images and self.files_from is None:
            raise UsageError(
                "Which pictures are to be compared with the usual ones? Name them first: "
                "mien read IMAGE... --usual PICTURE..."
                if self.usual
                else "Which pictures? Name files or folders, or give --files-from."
            )
        if [*images, self.files_from].count("-") > 1:
            raise UsageError("Standard input (-) can be read only once.")
        if self.ray:
            self._check_ray(images)
            return
        if self.out == Path(STANDARD_INPUT):
            raise UsageError("--out needs a file's name; without it results go to standard output.")
        if self.null and self.files_from is None:
            raise UsageError("--null says how the names in --files-from FILE are separated.")
        if self.kind == "parquet" and self.out is None:
            raise UsageError("--parquet needs --out FILE.")
        if self.overwrite and self.out is None:
            raise UsageError("--overwrite needs --out FILE.")
        if self.kind == "text" and self.out is not None:
            raise UsageError(
                "--out needs --json, --csv or --parquet, or a name that ends in .jsonl, .csv or "
                ".parquet."
            )

    def _check_ray(self, images: tuple[str, ...]) -> None:
        allowed = ReadOptions(
            as_parquet=self.as_parquet,
            out=self.out,
            overwrite=self.overwrite,
            model=self.model,
            ray=True,
        )
        if self.out is None or "-" in images or self != allowed:
            raise UsageError("--ray reads named IMAGES into --out FOLDER as Parquet, nothing else.")


def read(
    *images: Annotated[str, HYPHEN],
    options: Annotated[ReadOptions | None, Parameter(name="*")] = None,
) -> int:
    """Read the faces in pictures, folders or standard input.

    What people would say is printed in plain words, or written as JSON, CSV or Parquet. A picture
    that cannot be read is named at the end, and the others are read.

    Args:
        images: pictures; folders, which are searched for pictures to any depth; patterns such as
            "holiday/*.jpg"; or - for a picture from standard input.
        options: what is written, where, and how.
    """
    options = options or ReadOptions()
    options.check(images)
    if options.ray and options.out is not None:
        from mien.scale.archive import read_archive

        return read_archive(images, options.out, model=options.model, overwrite=options.overwrite)
    from mien.cli.read_pictures import read_pictures

    return read_pictures(images, options)
