"""What stands behind `make listen`: the listening room as a page in the browser, by Voila.

Only this machine can ask for the page, and only with the token that each call makes anew. No file
is served: what is heard and seen comes from the room itself.
"""

import errno
import os
import secrets
import socket
import sys
import tempfile
import webbrowser
from contextlib import suppress
from pathlib import Path

import nbformat
from tornado.web import RequestHandler
from voila.app import Voila

from thesis_lib.pipeline.front_door import SETTINGS, pipeline
from thesis_lib.pipeline.job import Job
from thesis_lib.recipe import RECIPES
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import ROOT

PING = 30_000  # ms between two signs of life; to wait longer for one is not allowed
HERE, PORT = "127.0.0.1", 8866
JUPYTER = Path(__file__).parent / "jupyter"  # holds the page's template
EXTENSIONS = ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager"]
EXTENSIONS += ["anywidget"]
# The browser itself keeps the page from asking other hosts.
ONLY_HERE = "; ".join(
    [
        "default-src 'self' data: blob:",
        "script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "frame-ancestors 'self'",
    ]
)
OPEN = '<!doctype html><meta http-equiv="refresh" content="0; url={url}"><a href="{url}">Open</a>'


def listen(job: Job, port: int = PORT, browser: bool = True) -> None:
    """Open the listening room: with the job's own corpora, which are embedded first.

    Nothing is trained where the network that comes with the suite takes the job's spectrograms.
    Ctrl-C ends it.

    Parameters
    ----------
    job : Job
    port : int
    browser : bool
        Whether the page is opened; its address is printed anyway.

    Raises
    ------
    InputError
        A corpus cannot be used, or the port is taken.
    """
    _check_port(port)
    embed(job)
    with tempfile.TemporaryDirectory(prefix="listening_room_") as folder:
        serve(job, Path(folder), port, browser)


def embed(job: Job) -> None:
    """Make the embeddings that the room shows, as far as they are not there yet."""
    from thesis_lib.contrastive import pretrained  # with torch, which a fault of a folder is before

    wanted = job.given or job.names
    untrained = {d: pretrained.takes(RECIPES[job.recipes[d]].features) for d in wanted}
    part = {True: "ours.json", False: "done.json"}
    parts = [f"{job.run[d]}/embeddings/{part[untrained[d]]}" for d in wanted]
    pipeline(job, *parts, *(f"{job.run[d]}/embeddings/adapted.json" for d in job.adapted))


def serve(job: Job, folder: Path, port: int, browser: bool) -> None:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    job : Job
        Its corpora are embedded already.
    folder : Path
        Empty; for the page's notebook and for nothing else.
    port : int
    browser : bool
    """
    os.environ.update(SETTINGS)  # of the kernel
    paths = [str(JUPYTER), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))
    nbformat.write(_notebook(job), folder / "room.ipynb")
    Server.clear_instance()
    server = Server.instance(port=port, token=secrets.token_urlsafe(24), opens=browser)
    server.initialize([str(folder / "room.ipynb")])
    with suppress(KeyboardInterrupt):  # also where it comes before the server listens
        server.start()


class Server(Voila):
    """Voila for one page, which serves no file and is silent.

    Parameters
    ----------
    opens : bool
        Whether a browser is opened.
    more
        Traits of Voila's: `port`, `token`.
    """

    def __init__(self, opens: bool, **more: object) -> None:
        self.opens = opens
        super().__init__(ip=HERE, port_retries=0, log_level="ERROR", config_file_paths=[], **more)
        only = self.config.VoilaConfiguration
        only.template, only.file_allowlist = "room", []
        only.allow_template_override = only.allow_theme_override = "NO"
        only.extension_allowlist = EXTENSIONS
        self.config.KernelManager.transport = _transport()
        self.tornado_settings = {
            "headers": {"Content-Security-Policy": ONLY_HERE},
            "ws_ping_timeout": PING,
        }

    def init_handlers(self) -> list:
        """As Voila's, but who has no token gets a sentence, and no form."""
        return [("/login", Refused), *super().init_handlers()]

    @property
    def address(self) -> str:
        """Of the page, with its token."""
        return f"http://{self.ip}:{self.port}/?token={self.token}"

    def launch_browser(self) -> None:
        """Print the address, once somebody listens there, and open it in the default browser.

        The browser gets it by a file: all who use this machine can read a list of processes.
        """
        print(f"The listening room: {self.address}\nCtrl-C ends it.", flush=True)
        if not self.opens:
            return
        page = Path(self.notebook_path).with_name("open.html")
        page.touch(0o600)
        page.write_text(OPEN.format(url=self.address), encoding="utf-8")
        if not webbrowser.open(page.as_uri()):
            print("No browser was found; open the address above in one.", flush=True)


class Refused(RequestHandler):
    """The answer to who comes without the token, or with a wrong one."""

    def get(self) -> None:
        """403, and what to do."""
        self.set_status(403)
        self.write("This page opens by the whole address that `make listen` has printed.")


def _transport():
    """How page and kernel speak: by files of one's own, where paths are short enough for it.

    A name of such a file has at most 107 bytes on Linux; Voila and Jupyter add 66 to the folder.
    """
    short = len(os.fsencode(tempfile.gettempdir())) <= 40
    return "ipc" if short and sys.platform == "linux" else "tcp"


def _notebook(job):
    """The page as a notebook of one cell."""
    lines = [
        "import sys",
        f"sys.path.insert(0, {str(ROOT)!r})",
        "from thesis_lib.pipeline.job import Job",
        "from thesis_lib.pipeline.room_page import page",
        f"page(Job(**{job.as_config()!r}))",
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cell = nbformat.v4.new_code_cell("\n".join(lines))
    return nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})


def _check_port(port):
    """Raise an `InputError` where nobody can listen at a port: before anything is computed."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is in use, perhaps by a room that is open already" if taken else "is not allowed"
            raise InputError(
                f"Port {port} {why}; give another: make listen PORT={port + 1}."
            ) from None
        except OverflowError:
            raise InputError(f"Port {port} is none; give one from 1024 to 65535.") from None
