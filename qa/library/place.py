"""Where a library may lie: not on a file system whose locks other machines do not keep to.

SQLite's write-ahead log needs memory that all its users share (sqlite.org/wal.html, section 1), and ``flock`` is kept
by one machine: over a network both seem to work, and lose what was written.
"""

from __future__ import annotations

import os
from pathlib import Path

from qa.errors import LibraryError

MOUNTS = Path("/proc/self/mountinfo")
"""What is mounted where (proc_pid_mountinfo(5)); without it nothing is known, and nothing is refused."""
_NETWORK = frozenset(
    "9p afs beegfs ceph cifs coda davfs gfs2 glusterfs lustre ncpfs nfs nfs4 ocfs2 orangefs smb3 smbfs vboxsf".split()
)
_LOCAL = frozenset(
    "fuse.bindfs fuse.cryfs fuse.encfs fuse.fuse-overlayfs fuse.gocryptfs fuse.lxcfs fuse.ntfs-3g".split()
)
"""File systems of user programs that keep their files on this machine; any other one is taken to be far away."""
_SANDBOX = "9p"
"""Where the root is of this type, too, a sandbox (gVisor) shows all its own files so, and keeps their locks itself."""


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """The type of the file system that holds ``path``, which need not be there yet; empty where it is not known."""
    where, best = os.path.realpath(path), ("", "")
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    for line in lines:
        head, _, tail = line.partition(" - ")
        fields, told = head.split(), tail.split()
        if len(fields) < 5 or not told:
            continue
        point = _plain(fields[4])
        if (where == point or where.startswith(point.rstrip("/") + "/")) and len(point) >= len(best[0]):
            best = point, told[0]  # of two that are mounted on one place, the later one lies above
    return best[1]


def is_far(kind: str) -> bool:
    """Whether files of this type of file system are kept by another machine, or may be."""
    return kind in _NETWORK or (kind.startswith("fuse.") and kind not in _LOCAL)


def refuse_far(path: Path, mounts: Path | None = None) -> None:
    """Raise LibraryError where ``path`` lies on a network file system."""
    kind = file_system(path, mounts or MOUNTS)
    if is_far(kind) and not (kind == _SANDBOX == file_system(Path("/"), mounts or MOUNTS)):
        raise LibraryError(
            f"the library {path} lies on a network file system ({kind}): SQLite and locks lose what is written there",
            "Keep it on a disk of this machine, and share articles with --store; `newsdesk library export` moves it.",
        )


def _plain(escaped: str) -> str:
    """A path of mountinfo, where spaces and the like are written as octal numbers."""
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        escaped = escaped.replace(code, char)
    return escaped
