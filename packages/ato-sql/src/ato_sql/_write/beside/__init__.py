"""What is kept beside a run while it goes on: what it prints, how busy the machine is."""

from ato_adict import lazy_exports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ato_sql._write.beside import console as console
    from ato_sql._write.beside import monitor as monitor
else:  # a program loads them with its first run
    __getattr__ = lazy_exports(__name__, dict.fromkeys(["console", "monitor"], ()))
