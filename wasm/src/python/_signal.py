"""Signals as the standard library wants them: test code may set handlers, the run itself receives the signals."""

SIG_DFL, SIG_IGN = 0, 1
NSIG = 65
SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL = range(1, 10)
SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM = range(10, 16)
SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU = range(17, 23)
_handlers = {}


def default_int_handler(signalnum, frame):
    raise KeyboardInterrupt


def _check(signalnum):
    if not 0 < signalnum < NSIG:
        raise ValueError("signal number out of range")


def signal(signalnum, handler):
    _check(signalnum)
    old = getsignal(signalnum)
    _handlers[signalnum] = handler
    return old


def getsignal(signalnum):
    _check(signalnum)
    return _handlers.get(signalnum, default_int_handler if signalnum == SIGINT else SIG_DFL)


def raise_signal(signalnum):
    handler = getsignal(signalnum)
    if callable(handler):
        handler(signalnum, None)


def valid_signals():
    return set(range(1, NSIG))


def strsignal(signalnum):
    _check(signalnum)
    return {SIGINT: "Interrupt", SIGTERM: "Terminated", SIGHUP: "Hangup", SIGKILL: "Killed"}.get(signalnum)


def set_wakeup_fd(fd, *, warn_on_full_buffer=True):
    return -1


def siginterrupt(signalnum, flag):
    _check(signalnum)
