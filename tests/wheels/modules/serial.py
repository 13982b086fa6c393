import socket
import threading

import serial
import serial.tools.list_ports_common


def work():
    with serial.serial_for_url("loop://", baudrate=115200, timeout=1) as port:
        port.write(b"*IDN?\n")
        assert port.in_waiting == 6 and port.readline() == b"*IDN?\n" and port.baudrate == 115200
        port.timeout = 0.01
        assert port.read(1) == b""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer():
        connection, _ = listening.accept()
        with connection:
            connection.sendall(connection.recv(100).upper())

    threading.Thread(target=answer, daemon=True).start()
    with serial.serial_for_url(f"socket://127.0.0.1:{listening.getsockname()[1]}", timeout=30) as port:
        port.write(b"volts\n")
        assert port.read_until(b"\n") == b"VOLTS\n"
    listening.close()
    try:
        serial.Serial("/dev/ttyNONE0")
    except serial.SerialException as error:
        assert "could not open port" in str(error)
    return serial.__version__
