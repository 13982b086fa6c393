import socket
import threading

import pyvisa


def serve(listening):
    connection, _ = listening.accept()
    volts = "0"
    with connection, connection.makefile("rwb") as stream:
        for line in stream:
            command = line.decode().strip()
            if command == "*IDN?":
                stream.write(b"Makers,Meter,1,2.0\n")
            elif command.startswith("VOLT "):
                volts = command[5:]
            elif command == "VOLT?":
                stream.write(volts.encode() + b"\n")
            elif command == "WAVE?":
                stream.write(b"1.5,2.5,-3\n")
            stream.flush()


def work():
    listening = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listening,), daemon=True).start()
    manager = pyvisa.ResourceManager("@py")
    port = listening.getsockname()[1]
    meter = manager.open_resource(f"TCPIP::127.0.0.1::{port}::SOCKET", read_termination="\n", write_termination="\n", timeout=5000)
    assert meter.query("*IDN?") == "Makers,Meter,1,2.0"
    meter.write("VOLT 3.3")
    assert float(meter.query("VOLT?")) == 3.3 and meter.query_ascii_values("WAVE?") == [1.5, 2.5, -3.0]
    meter.timeout = 50
    try:
        meter.read()
    except pyvisa.VisaIOError as error:
        assert error.error_code == pyvisa.constants.StatusCode.error_timeout
    else:
        raise AssertionError
    meter.close()
    manager.close()
    return pyvisa.__version__
