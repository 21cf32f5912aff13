"""Whether a file is on this machine or on another one."""

from __future__ import annotations

import os

_REMOTE = {
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "smb3",
    "smbfs",
}
_REMOTE_FUSE = ("sshfs", "glusterfs", "s3fs", "gcsfuse", "rclone", "ceph", "juicefs", "weka")


def is_remote(path: str, mounts: str = "/proc/self/mounts") -> bool:
    """Tell whether other machines may have the file open too, as far as the system tells."""
    try:
        with open(mounts, encoding="utf-8", errors="replace") as file:
            lines = [line.split(" ") for line in file]
    except OSError:
        return False
    place = os.path.realpath(path)
    best, kind = "", ""
    for line in lines:
        folder = line[1].replace("\\040", " ")
        inside = place == folder or place.startswith(folder.rstrip("/") + "/")
        if inside and len(folder) >= len(best):
            best, kind = folder, line[2]
    return kind in _REMOTE or any(kind == f"fuse.{name}" for name in _REMOTE_FUSE)
