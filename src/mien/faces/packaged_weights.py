"""Weights that another package brings along, found without importing it."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mien.errors import ModelError, reason_of


@dataclass(frozen=True, slots=True)
class PackagedWeights:
    """A file of weights in an installed package.

    Attributes:
        package: its name.
        file: path inside the package.
        sha256: of the file, in hexadecimal.
        words: what the weights are, for messages.
        mend: what to do where they are missing or others, a sentence.
    """

    package: str
    file: str
    sha256: str
    words: str
    mend: str

    def read(self) -> bytes:
        """The file's content.

        Raises:
            ModelError: the package or the file is missing, or it is another file.
        """
        spec = find_spec(self.package)
        if spec is None or spec.origin is None:
            raise ModelError(
                f"{self.words} comes with the package {self.package}: none. {self.mend}"
            )
        path = Path(spec.origin).parent / self.file
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(
                f"{path}: {self.words} cannot be read: {reason_of(error)}. {self.mend}"
            ) from error
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise ModelError(
                f"{path}: not {self.words} that mien knows: expected SHA-256 {self.sha256}, got "
                f"{found}. {self.mend}"
            )
        return content
