"""An Output: one file of the site, what makes it, and all that it is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Stage = Literal["asset", "page", "list"]
"""When an Output is written: assets before the pages that need them, lists and feeds after the pages they lead to."""


class Output(NamedTuple):
    """One file below output/.

    ``file`` is its place, ``template`` what renders it ("" for a file that is copied or a picture), ``inputs`` all that
    the template sees besides the Site, ``source`` the file in content/ that it stands for ("" for the site's own).
    """

    file: str
    template: str
    inputs: Mapping[str, object]
    stage: Stage = "page"
    source: str = ""
