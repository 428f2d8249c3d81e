"""Become another program that ends with whoever started it, even when that one is killed.

Started by its path, as ``python -I -S leash.py SIGNAL PARENT USER GROUP program argument…``, so that it stays cheap and
needs no code to run between fork and exec in a process that may hold threads. USER and GROUP are -1 to change nothing.
"""

import ctypes
import os
import sys

SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2).


def main(arguments: list[str]) -> None:
    """Drop the root user where asked, ask the kernel for the signal, then become the program."""
    death_signal, parent, user, group = map(int, arguments[:4])
    command = arguments[4:]
    libc = ctypes.CDLL(None)
    if user != -1:
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)  # Before prctl: a change of user clears the signal.
    libc.prctl(SET_PARENT_DEATH_SIGNAL, death_signal)
    if os.getppid() != parent:
        sys.exit(1)  # The parent died before the leash was on.
    os.execvp(command[0], command)  # noqa: S606  # No shell is wanted: the signal must reach the program itself.


if __name__ == "__main__":
    main(sys.argv[1:])
