"""Weights in another installed package, found without importing it."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from mien.errors import ModelError, reason_of


@dataclass(frozen=True, slots=True)
class PackagedWeights:
    """A file of weights in an installed package.

    Attributes:
        package: name of the package.
        file: path of the file in the package.
        sha256: SHA-256 of the file in hexadecimal.
        description: what the weights are, for messages.
        remedy: sentence that says what to do if they are missing or differ.
    """

    package: str
    file: str
    sha256: str
    description: str
    remedy: str

    def read(self) -> bytes:
        """Read the file.

        Raises:
            ModelError: the package or the file is missing, or the file differs.
        """
        spec = find_spec(self.package)
        if spec is None or spec.origin is None:
            raise ModelError(
                f"{self.description} comes with the package {self.package}, which is not "
                f"installed. {self.remedy}"
            )
        path = Path(spec.origin).parent / self.file
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(
                f"{path}: {self.description} cannot be read: {reason_of(error)}. {self.remedy}"
            ) from error
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise ModelError(
                f"{path}: not {self.description} that mien knows: expected SHA-256 {self.sha256}, "
                f"got {found}. {self.remedy}"
            )
        return content
