import time


def wait():
    time.sleep(60)


def power_off():
    print("off")
