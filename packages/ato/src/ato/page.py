"""The page of `ato ui` as an ASGI application, for a server of your own; needs the extra `ui`."""

from ato._ui.app import page_app
from ato._ui.editing import Editing

__all__ = ["Editing", "page_app"]
