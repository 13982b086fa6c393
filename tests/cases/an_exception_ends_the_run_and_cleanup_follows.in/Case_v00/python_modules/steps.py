import logging


def connect():
    logging.warning("no answer")
    try:
        dial()
    except OSError as error:
        raise RuntimeError("agent not reached") from error


def dial():
    raise ConnectionRefusedError(111, "Connection refused")


def cleanup():
    print("cleaned up")
