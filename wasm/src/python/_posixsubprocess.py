"""What `subprocess` imports; there are no other programs for test code."""


def fork_exec(*_):
    raise OSError(38, "other programs are not available to test code")
