"""HTML for reports, notebooks and evaluations, from templates.

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
"""Style sheet that all reports share."""


def render(template: str, **values: object) -> "Markup":
    """Fill in a template; the result can be a value of another template.

    Args:
        template: name of a file in `mien/output/templates`.
        values: values by the names in the template. What is no Unicode in them, as file names may
            hold, is escaped.
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
