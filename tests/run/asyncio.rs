//! `asyncio` in test code, as under CPython.

use crate::package::Package;

const CODE: &str = r#"
import asyncio, concurrent.futures, signal, socket, threading

async def after(seconds, result):
    await asyncio.sleep(seconds)
    return result

async def basics():
    print(await asyncio.gather(after(0.02, 1), after(0.01, 2)))
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.01)
    except TimeoutError:
        print("wait_for")
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
    except TimeoutError:
        print("timeout")
    queue, seen = asyncio.Queue(1), []
    async def produce():
        for item in (0, 1, 2, None):
            await queue.put(item)
    producing = asyncio.create_task(produce())
    while (item := await queue.get()) is not None:
        seen.append(item)
    await producing
    print(seen)
    async with asyncio.Semaphore(1), asyncio.Lock() as lock, asyncio.Condition():
        print(lock)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(after(0, letter)) for letter in "ab"]
    print([task.result() for task in tasks])

async def cancels():
    async def never():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            print("cancelled")
            raise
    async def fails():
        raise ValueError("bad")
    task = asyncio.create_task(never())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print(task.cancelled())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(never())
            group.create_task(fails())
    except* ValueError as group:
        print([str(error) for error in group.exceptions])
    results = await asyncio.gather(fails(), after(0, 1), return_exceptions=True)
    print(results)
    await fails()

async def threads():
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    print(await loop.run_in_executor(None, lambda: threading.current_thread() is threading.main_thread()))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        print(await asyncio.gather(*[loop.run_in_executor(pool, pow, 2, n) for n in range(5)]))
    threading.Timer(0.02, loop.call_soon_threadsafe, (event.set,)).start()
    await event.wait()
    ask = lambda: asyncio.run_coroutine_threadsafe(after(0, "from a thread"), loop).result()
    print(await asyncio.to_thread(ask))

async def streams():
    async def serve(reader, writer):
        while line := await reader.readline():
            writer.write(line.upper())
            await writer.drain()
        writer.close()
        await writer.wait_closed()
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20)
    address = server.sockets[0].getsockname()
    async def client(number):
        reader, writer = await asyncio.open_connection(*address)
        writer.write(f"hello {number}\n".encode())
        line = await reader.readline()
        writer.write(b"x" * 300000 + b"\n")
        await writer.drain()
        big = await reader.readexactly(300001)
        writer.write_eof()
        rest = await reader.read()
        writer.close()
        await writer.wait_closed()
        return line, len(big), rest
    print(await asyncio.gather(*[client(number) for number in range(3)]))
    server.close()
    await server.wait_closed()
    try:
        await asyncio.open_connection(*address)
    except ConnectionRefusedError:
        print("refused")

class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
    def datagram_received(self, data, sender):
        self.transport.sendto(data[::-1], sender)

class Ask(asyncio.DatagramProtocol):
    def __init__(self, answer):
        self.answer = answer
    def connection_made(self, transport):
        transport.sendto(b"abc")
    def datagram_received(self, data, sender):
        self.answer.set_result(data)

async def datagrams():
    loop = asyncio.get_running_loop()
    server, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    answer = loop.create_future()
    client, _ = await loop.create_datagram_endpoint(lambda: Ask(answer), remote_addr=server.get_extra_info("sockname"))
    print(await answer)
    client.close()
    server.close()

async def loops():
    loop = asyncio.get_running_loop()
    server, client = socket.create_server(("127.0.0.1", 0)), socket.socket()
    for each in (server, client):
        each.setblocking(False)
    async def serve():
        accepted, _ = await loop.sock_accept(server)
        await loop.sock_sendall(accepted, await loop.sock_recv(accepted, 100) * 2)
        accepted.close()
    serving = asyncio.create_task(serve())
    await loop.sock_connect(client, server.getsockname())
    await loop.sock_sendall(client, b"ab")
    print(await loop.sock_recv(client, 100), await loop.sock_recv(client, 100))
    await serving
    address = server.getsockname()
    server.close()
    client.close()
    client = socket.socket()
    client.setblocking(False)
    try:
        await loop.sock_connect(client, address)
    except ConnectionRefusedError:
        print("refused")
    client.close()
    a, b = socket.socketpair()
    a.setblocking(False)
    read, write = loop.create_future(), loop.create_future()
    loop.add_reader(a, lambda: (read.set_result(a.recv(10)), loop.remove_reader(a)))
    loop.add_writer(a, lambda: (write.set_result("writable"), loop.remove_writer(a)))
    loop.call_later(0.01, b.send, b"readable")
    print(await write, await read)
    a.close()
    b.close()

def run(main):
    asyncio.run(globals()[main]())

def raised():
    try:
        run("cancels")
    except ValueError as error:
        print("raised", error)
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
    with asyncio.Runner() as runner:
        print(runner.run(after(0, 1)), runner.run(after(0, 2)))

def agent():
    async def main():
        reader, writer = await asyncio.open_connection("127.0.0.1", 5000)
        writer.write(b"GET /api/connection/status HTTP/1.1\r\nHost: a\r\n\r\n")
        status = await reader.readline()
        await asyncio.to_thread(int, "1")
        writer.close()
        await writer.wait_closed()
        try:
            await asyncio.get_running_loop().create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=("127.0.0.1", 5000))
        except OSError as error:
            print(error)
        return status.decode()
    return asyncio.run(main())
"#;

fn same(main: &str, expected: &str) {
    Package::with(format!("{CODE}\ndef f():\n    {main}\n")).prints_like_cpython("f", expected);
}

#[test]
fn tasks_wait_for_each_other_and_for_time() {
    same(
        "run('basics')",
        "[1, 2]\nwait_for\ntimeout\n[0, 1, 2]\nNone\n['a', 'b']\n",
    );
}

#[test]
fn tasks_are_cancelled_and_their_exceptions_reach_the_caller() {
    same(
        "raised()",
        "cancelled\nTrue\ncancelled\n['bad']\n[ValueError('bad'), 1]\nraised bad\nTrue\n1 2\n",
    );
}

#[test]
fn threads_wake_the_event_loop() {
    same("run('threads')", "False\n[1, 2, 4, 8, 16]\nfrom a thread\n");
}

#[test]
fn streams_carry_lines_and_more_than_a_buffer_holds() {
    same(
        "run('streams')",
        "[(b'HELLO 0\\n', 300001, b''), (b'HELLO 1\\n', 300001, b''), (b'HELLO 2\\n', 300001, b'')]\nrefused\n",
    );
}

#[test]
fn a_server_without_a_host_listens_on_every_family_there_is() {
    let code = r#"
import asyncio, errno, socket

class NoV6(socket.socket):
    def __init__(self, family=-1, *rest, **named):
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        super().__init__(family, *rest, **named)

async def main():
    server = await asyncio.start_server(lambda reader, writer: writer.close(), None, 0)
    async with server:
        port = next(its.getsockname()[1] for its in server.sockets if its.family == socket.AF_INET)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        read = await reader.read()
        writer.close()
    return read.decode()

def f():
    read = asyncio.run(main())
    real, socket.socket = socket.socket, NoV6
    try:
        return read + asyncio.run(main())
    finally:
        socket.socket = real
"#;
    let ran = Package::with(code).step("f", "").run(&[]).passed();
    assert_eq!(ran.attempt("f")["returned"], "");
}

#[test]
fn datagram_endpoints_talk() {
    same("run('datagrams')", "b'cba'\n");
}

#[test]
fn the_event_loop_works_with_plain_sockets() {
    same(
        "run('loops')",
        "b'abab' b''\nrefused\nwritable b'readable'\n",
    );
}

#[test]
fn the_event_loop_talks_to_a_simulated_agent() {
    let ran = Package::with(CODE)
        .step("agent", "")
        .run(&["--simulate"])
        .passed();
    assert_eq!(ran.attempt("agent")["returned"], "HTTP/1.1 200 OK\r\n");
    assert_eq!(
        ran.output("agent"),
        "[Errno 38] a simulated bench carries TCP only, no UDP: run against the real station for this\n"
    );
}
