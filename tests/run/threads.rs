//! Threads and their locks, as under CPython.

use crate::package::Package;

const CODE: &str = r#"
import _thread, concurrent.futures, queue, threading, time, weakref

def show(name, act):
    try:
        print(name, act())
    except BaseException as error:
        print(name, type(error).__name__)

def locks():
    lock, again = threading.Lock(), threading.RLock()
    print(type(lock) is type(_thread.allocate_lock()) is _thread.LockType, isinstance(lock, _thread.LockType))
    print(lock.acquire(), lock.locked(), lock.acquire(False), lock.acquire(blocking=False), lock.acquire(timeout=0.01))
    show("negative", lambda: lock.acquire(timeout=-2))
    show("not blocking", lambda: lock.acquire(False, 1))
    show("too long", lambda: lock.acquire(timeout=1e30))
    lock.release()
    show("release", lock.release)
    with lock as entered:
        print(entered, repr(lock).split(" object")[0])
    print(repr(lock).split(" object")[0], weakref.ref(lock)() is lock, weakref.ref(again)() is again)
    with again:
        with again:
            print(again._is_owned(), again.acquire(False))
        again.release()
        other = threading.Thread(target=lambda: print("other", again.acquire(False), again.acquire(timeout=0.01)))
        other.start()
        other.join()
    show("release", again.release)
    print(again._is_owned())

def together():
    count, lock, again = 0, threading.Lock(), threading.RLock()
    def add(lock):
        nonlocal count
        for _ in range(1000):
            with lock:
                count += 1
    for each in (lock, again):
        threads = [threading.Thread(target=add, args=(each,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print(count)
    condition, items = threading.Condition(), []
    def consume():
        with condition:
            while len(items) < 3:
                condition.wait()
            items.append("done")
            condition.notify_all()
    thread = threading.Thread(target=consume)
    thread.start()
    for item in range(3):
        with condition:
            items.append(item)
            condition.notify()
    with condition:
        print(condition.wait_for(lambda: "done" in items))
    thread.join()
    print(thread.is_alive(), items)
    barrier, passed = threading.Barrier(3), []
    threads = [threading.Thread(target=lambda: passed.append(barrier.wait())) for _ in range(2)]
    for thread in threads:
        thread.start()
    passed.append(barrier.wait())
    for thread in threads:
        thread.join()
    print(sorted(passed))
    waiting = queue.SimpleQueue()
    threading.Timer(0.02, waiting.put, ("item",)).start()
    print(waiting.get(), waiting.empty())
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        print(list(pool.map(lambda value: value * value, range(5))))

def joins():
    gate = threading.Event()
    thread = threading.Thread(target=gate.wait)
    show("not started", thread.join)
    thread.start()
    thread.join(0.01)
    thread.join(0.07)
    print(thread.is_alive())
    threading.Timer(0.12, gate.set).start()
    thread.join()
    print(thread.is_alive(), thread.join(), thread.join(1))
    show("itself", lambda: threading.current_thread().join())
"#;

#[test]
fn locks_behave_as_cpythons() {
    Package::with(CODE).prints_like_cpython(
        "locks",
        "True True\n\
         True True False False False\n\
         negative ValueError\n\
         not blocking ValueError\n\
         too long OverflowError\n\
         release RuntimeError\n\
         True <locked _thread.lock\n\
         <unlocked _thread.lock True True\n\
         True True\n\
         other False False\n\
         release RuntimeError\n\
         False\n",
    );
}

#[test]
fn what_stands_on_locks_works() {
    Package::with(CODE).prints_like_cpython(
        "together",
        "8000\n\
         True\n\
         False [0, 1, 2, 'done']\n\
         [0, 1, 2]\n\
         item True\n\
         [0, 1, 4, 9, 16]\n",
    );
}

#[test]
fn threads_are_joined_as_under_cpython() {
    Package::with(CODE).prints_like_cpython(
        "joins",
        "not started RuntimeError\n\
         True\n\
         False None None\n\
         itself RuntimeError\n",
    );
}
