"""What the preview says in the page, for the message catalogues; the client asks for each by its name."""

from __future__ import annotations

from generator.errors import Message, message
from generator.i18n import catalogue

_TEXTS: dict[str, Message] = {
    "preview": message("Preview"),
    "collapse": message("Hide the bar"),
    "expand": message("Show the preview's bar"),
    "view": message("View"),
    "view_staff": message("Everything, with drafts"),
    "view_now": message("As the public sees it now"),
    "view_at": message("As the public will see it on …"),
    "view_then": message("As the public sees it on {when}"),
    "moment": message("Date and time"),
    "show": message("Show"),
    "problems": message("Problems"),
    "no_problems": message("No problems"),
    "more": message("{n} more are not listed."),
    "problem": message("Problem"),
    "warning": message("Warning"),
    "fix": message("Fix:"),
    "line": message("line"),
    "cards": message("How it is shared"),
    "whatsapp": message("In WhatsApp"),
    "search": message("In search results"),
    "width": message("Width"),
    "phone": message("Phone"),
    "tablet": message("Tablet"),
    "full": message("Full width"),
    "file": message("File"),
    "copy": message("Copy the path"),
    "copied": message("Copied"),
    "close": message("Close"),
    "unseen": message("The public does not see this page: {mark}."),
    "made": message("This page is made of releases and has no file of its own."),
    "not_found": message("There is no page at this address."),
    "saved": message('You saved "{title}"'),
    "saved_wrong": message('"{title}" has a mistake'),
    "saved_many": message("{n} files have changed"),
    "go": message("look at it"),
    "follow": message("Always go to the page that I save"),
    "lost": message("The preview is not running. This page is as it last was."),
    "mistake": message("This page cannot be shown as it stands now"),
    "last_good": message("Behind this is the page as it was before the mistake. It comes back once that is mended."),
    "no_description": message("This page has no description."),
}


def texts(language: str) -> dict[str, str]:
    """Return every text in ``language`` by its name; what stands in braces is filled in by the client."""
    translate = catalogue(language).gettext
    return {name: translate(text.msgid) for name, text in _TEXTS.items()}
