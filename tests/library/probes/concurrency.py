"""Threads, processes, and what waits."""

from . import differs, probe, raises


@probe("threading", differs("no `get_native_id()`", lambda: not hasattr(__import__("threading"), "get_native_id")))
def _():
    import threading

    seen, condition, barrier = [], threading.Condition(), threading.Barrier(2, timeout=30)
    local = threading.local()
    local.value = "main"

    def work():
        assert not hasattr(local, "value")
        with condition:
            seen.append(threading.current_thread().name)
            condition.notify()
        barrier.wait()

    thread = threading.Thread(target=work, name="worker", daemon=True)
    with condition:
        thread.start()
        assert condition.wait_for(lambda: seen, 30)
    barrier.wait()
    thread.join(30)
    assert seen == ["worker"] and not thread.is_alive() and local.value == "main"
    semaphore = threading.BoundedSemaphore(1)
    assert semaphore.acquire(blocking=False) and not semaphore.acquire(timeout=0.01)
    semaphore.release()
    raises(ValueError, semaphore.release)
    lock = threading.RLock()
    with lock, lock:
        pass
    event = threading.Event()
    timer = threading.Timer(0.01, event.set)
    timer.start()
    assert event.wait(30)
    failed = []
    threading.excepthook, old = failed.append, threading.excepthook
    broken = threading.Thread(target=lambda: 1 / 0)
    broken.start()
    broken.join()
    threading.excepthook = old
    assert failed[0].exc_type is ZeroDivisionError


@probe("multiprocessing", differs("starting a process raises an error that says so; there is neither `Pool` nor `ThreadPool`, but `concurrent.futures.ThreadPoolExecutor`", lambda: _no_process()))
def _():
    import multiprocessing

    assert multiprocessing.cpu_count() >= 1 and multiprocessing.current_process().name == "MainProcess"


def _no_process():
    import multiprocessing

    process = multiprocessing.Process(target=print)
    try:
        process.start()
    except (OSError, ImportError) as error:
        return "process" in str(error)
    process.join()
    return False


@probe("concurrent")
def _():
    import concurrent.futures, time

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda n: n * n, range(4))) == [0, 1, 4, 9]
        failing = pool.submit(lambda: 1 / 0)
        assert isinstance(failing.exception(30), ZeroDivisionError)
        slow = pool.submit(time.sleep, 0.05)
        raises(concurrent.futures.TimeoutError, slow.result, 0.001)
        done, _ = concurrent.futures.wait([slow, failing], timeout=30)
        assert len(done) == 2 and len(list(concurrent.futures.as_completed([slow]))) == 1


@probe("sched")
def _():
    import sched, time

    seen = []
    planner = sched.scheduler(time.monotonic, time.sleep)
    planner.enter(0.01, 1, seen.append, ("b",))
    planner.enter(0, 1, seen.append, ("a",))
    planner.run()
    assert seen == ["a", "b"]


@probe("asyncio")
def _():
    import asyncio

    async def serve(reader, writer):
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()

    async def work():
        await asyncio.sleep(0)
        seen = await asyncio.gather(asyncio.sleep(0.01, "a"), asyncio.to_thread(lambda: "b"))
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.01)
        except TimeoutError:
            seen.append("late")
        task = asyncio.create_task(asyncio.sleep(1000))
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            seen.append("cancelled")
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server, asyncio.timeout(30):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"idn\n")
            seen.append(await reader.readline())
            writer.close()
            await writer.wait_closed()
        return seen

    assert asyncio.run(work()) == ["a", "b", "late", "cancelled", b"IDN\n"]


@probe("subprocess", differs("no `pass_fds`, and `preexec_fn` may be `os.setsid` or `os.setpgrp` only", lambda: _no_files_passed()))
def _():
    import subprocess, sys

    assert subprocess.list2cmdline(["a b", "c"]) == '"a b" c'
    code = "import sys; print(sys.stdin.read().upper()); sys.exit(3)"
    done = subprocess.run([sys.executable, "-c", code], input="text", capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("TEXT\n", "", 3)
    raises(subprocess.CalledProcessError, done.check_returncode)
    raises(FileNotFoundError, subprocess.run, ["no-such-program-here"])


def _no_files_passed():
    import subprocess, sys

    try:
        subprocess.run([sys.executable, "-c", ""], pass_fds=[1])
    except OSError:
        return True
    return False


@probe("select")
def _():
    import select, socket

    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname(), 30)
    peer, _ = server.accept()
    assert select.select([peer], [client], [], 0)[:2] == ([], [client])
    client.sendall(b"a")
    assert select.select([peer], [], [], 30)[0] == [peer]
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(peer, select.POLLIN)
        assert poll.poll(30000) == [(peer.fileno(), select.POLLIN)]
    for one in (client, peer, server):
        one.close()


@probe("selectors")
def _():
    import selectors, socket

    server = socket.create_server(("127.0.0.1", 0))
    with selectors.DefaultSelector() as selector:
        selector.register(server, selectors.EVENT_READ, "server")
        assert selector.select(0) == []
        client = socket.create_connection(server.getsockname(), 30)
        ((key, events),) = selector.select(30)
        assert key.data == "server" and events == selectors.EVENT_READ
    client.close()
    server.close()


@probe(
    "signal",
    differs("`signal.signal()` keeps the handler; signals belong to the run and never call it, under `rehearse python` too", lambda: _no_alarm()),
    differs("no `alarm()`, `setitimer()`, `pthread_sigmask()`", lambda: not any(hasattr(__import__("signal"), name) for name in ("alarm", "setitimer", "pthread_sigmask"))),
)
def _():
    import signal

    seen = []
    old = signal.signal(signal.SIGTERM, lambda number, frame: seen.append(number))
    signal.raise_signal(signal.SIGTERM)
    assert seen == [signal.SIGTERM] and signal.Signals(2) is signal.SIGINT and signal.strsignal(2)
    signal.signal(signal.SIGTERM, old)


def _no_alarm():
    import signal, time

    if not hasattr(signal, "setitimer"):
        return True
    seen = []
    signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.5)
    return not seen
