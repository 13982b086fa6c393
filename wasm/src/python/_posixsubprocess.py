"""Starting a program for `subprocess`, over one host request."""

import errno as _errno
import posix as _posix
import sys as _sys


def fork_exec(
    arguments, candidates, close_fds, fds_to_keep, folder, environment, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,
    errpipe_read, errpipe_write, restore_signals, start_new_session, process_group, gid, gids, uid, umask, preexec_fn,
):
    _heed_no_terminal()
    if preexec_fn is _posix.setsid:
        start_new_session = True
    elif preexec_fn not in (None, _posix.setpgrp):
        raise ValueError("preexec_fn is not available to test code, but for os.setsid and os.setpgrp; the host starts the program")
    if any(fd != errpipe_write for fd in fds_to_keep):
        raise OSError(
            _errno.ENOSYS,
            "programs get no files but their standard streams (no pass_fds, no multiprocessing); subprocess.Popen has pipes to talk to them",
        )
    if umask >= 0 or process_group > 0:
        raise ValueError("umask and process_group are not available to test code; every program leads a process group of its own")
    if environment is not None:
        environment = dict(variable.split(b"=", 1) for variable in environment)
    # A name without a slash has been put behind each folder of PATH; the host looks into them.
    program = _posix._text(candidates[0])
    name = program.rpartition("/")[2] if len(candidates) != 1 else program
    if not name:
        raise FileNotFoundError(_errno.ENOENT, _posix.strerror(_errno.ENOENT), arguments[0])
    try:
        return _posix._spawn(
            name, arguments, folder, environment, [p2cread, c2pwrite, errwrite], bool(start_new_session)
        )
    except OSError as error:
        if error.errno is None or error.filename is not None:
            raise
        given = _posix._text(arguments[0])
        its = given if given in (program, name, program.rpartition("/")[2]) else name
        raise OSError(error.errno, error.strerror, _culprit(folder, its)) from None


def _culprit(folder, program):
    """What the program could not be started for: its folder, where that is none, or itself."""
    if folder is not None:
        try:
            if _posix.stat(folder).st_mode & 0o170000 != _posix._FOLDER:
                return folder
        except OSError:
            return folder
    return program


def _heed_no_terminal():
    """After Ctrl-C `subprocess` gives programs a moment to end, since the terminal's has reached them too; here it does not."""
    popen = _sys.modules["subprocess"].Popen if "subprocess" in _sys.modules else None
    if popen is not None and "_sigint_wait_secs" not in vars(popen):
        popen._sigint_wait_secs = property(lambda self: 0, lambda self, seconds: None)
