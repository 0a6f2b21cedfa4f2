"""Which incident is on, read per request, so that switching needs no restart.

The state is one file, replaced by rename. A request costs one `stat`; the file is read again only when it is another.
"""

import os
from pathlib import Path

FILE = Path(__file__).parent / ".run" / "incident"

_seen: tuple[int, int] | None = None
_name = ""


def is_on(name: str) -> bool:
    """Whether the incident of this name is on."""
    return current() == name


def current() -> str:
    """The name of the incident that is on; empty for the healthy deployment."""
    global _seen, _name
    try:
        stat = FILE.stat()
        seen = (stat.st_ino, stat.st_mtime_ns)
        if seen != _seen:
            _name, _seen = FILE.read_text().strip(), seen
    except FileNotFoundError:
        _name, _seen = "", None
    return _name


def switch(name: str) -> None:
    """Turns one incident on, or all off with an empty name. The rename lets no service read half a name."""
    FILE.parent.mkdir(exist_ok=True)
    new = FILE.with_suffix(".new")
    new.write_text(name)
    os.replace(new, FILE)
