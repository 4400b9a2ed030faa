"""Files from the web: downloads, and state_dicts that are kept once they have come."""

import hashlib
import os
import re
import sys
import tempfile
from urllib.parse import urlparse
from urllib.request import Request, urlopen

__all__ = [
    "download_url_to_file",
    "get_dir",
    "load_state_dict_from_url",
    "set_dir",
]

_dir = None
_HASH = re.compile(r"-([a-f0-9]*)\.")


def get_dir():
    """The folder downloads are kept in: as set, or $TORCH_HOME/hub, or ~/.cache/torch/hub."""
    if _dir is not None:
        return _dir
    cache = os.path.join(os.getenv("XDG_CACHE_HOME", "~/.cache"), "torch")
    return os.path.join(os.path.expanduser(os.getenv("TORCH_HOME", cache)), "hub")


def set_dir(d):
    """Sets the folder downloads are kept in."""
    global _dir
    _dir = os.path.expanduser(d)


def download_url_to_file(url, dst, hash_prefix=None, progress=True):
    """Saves what url gives as the file dst.

    Args:
        hash_prefix: how the SHA-256 of the content must begin.
        progress: accepted; nothing is shown.

    Errors:
        RuntimeError: the content has another hash. dst is left as it was.
    """
    dst = os.path.expanduser(dst)
    digest = hashlib.sha256()
    folder = os.path.dirname(os.path.abspath(dst))
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".partial", delete=False) as part:
        try:
            request = Request(url, headers={"User-Agent": "torch.hub"})
            with urlopen(request) as answer:
                while block := answer.read(1 << 20):
                    part.write(block)
                    digest.update(block)
            part.close()
            if hash_prefix is not None and not digest.hexdigest().startswith(hash_prefix):
                raise RuntimeError(
                    f'invalid hash value (expected "{hash_prefix}", got "{digest.hexdigest()}")'
                )
            os.replace(part.name, dst)
        finally:
            if os.path.exists(part.name):
                os.remove(part.name)


def load_state_dict_from_url(
    url,
    model_dir=None,
    map_location=None,
    progress=True,
    check_hash=False,
    file_name=None,
    weights_only=False,
):
    """The object in a file saved with torch.save that url gives; it is downloaded once.

    Args:
        model_dir: where it is kept; by default the folder checkpoints of get_dir().
        check_hash: whether the file's name, ``name-<hash>.pth``, tells its hash.
    """
    from .serialization import load

    if model_dir is None:
        model_dir = os.path.join(get_dir(), "checkpoints")
    os.makedirs(model_dir, exist_ok=True)
    name = file_name or os.path.basename(urlparse(url).path)
    path = os.path.join(model_dir, name)
    if not os.path.exists(path):
        sys.stderr.write(f'Downloading: "{url}" to {path}\n')
        found = _HASH.search(name) if check_hash else None
        download_url_to_file(url, path, found.group(1) if found else None, progress)
    return load(path, map_location=map_location, weights_only=weights_only)
