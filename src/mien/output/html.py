"""HTML from templates: one engine for reports, notebooks and evaluations.

The templates lie in `mien/output/templates`. Every value is escaped unless it is `Markup` of
another template.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

STYLE: Final = Path(__file__).parent / "templates" / "report.css"
"""The style that all reports share."""


def render(template: str, **values: object) -> "Markup":
    """A template filled in; safe to be a value of another one.

    Args:
        template: name of a file in `mien/output/templates`.
        values: by the names that the template asks for. File names that are no Unicode are made
            readable.
    """
    from markupsafe import Markup

    text = _environment().get_template(template).render(values)
    return Markup(text.encode("utf-8", "backslashreplace").decode("utf-8"))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("mien.output"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
