"""What a program under CPython can do with a station through the client accordionq2: 20 checks, each a line that begins with ok."""

import sys
import threading
import time

import accordionq2
from accordionq2 import AccordionQ2ApiError, AccordionQ2Client, BootAliasFile, BootWifi, ModuleSettingsDto

URL = sys.argv[1]
client = AccordionQ2Client(URL, timeout=30, auth=("user", "open sesame"), default_headers={"X-Api-Key": "abc"})
failed = 0


def check(name, good, *shown):
    global failed
    failed += not good
    print("ok" if good else "failed", name, *(() if good else shown), flush=True)


def status(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except AccordionQ2ApiError as error:
        return error.status_code
    return 0


def until(events, name):
    """The data of the next event of this name."""
    return next(event.data for event in events if event.name == name)


check("version", accordionq2.__version__ == "5.28.1", accordionq2.__version__)
check("connection", client.connection.get_status().is_connected)

with client.events.open() as events:
    check("hello", events.hello["apiVersion"] == 1 and events.stream_id, events.hello)
    subscription = client.subscriptions.create(events.stream_id, ["MON_3V3", "0.1.ESH10000158.UART1"], 100)
    check("subscription", subscription.expires_in_ms == 60000, subscription)
    data = until(events, "values")
    check("values", data["values"] == {"MON_3V3": "3.301"} and data["ageMs"]["MON_3V3"] >= 0, data)
    check("never served", "UART" in data["errors"]["0.1.ESH10000158.UART1"], data)
    begun = time.monotonic()
    for _ in range(3):
        until(events, "values")
    check("interval", time.monotonic() - begun > 0.15)
    renewed = client.subscriptions.update(subscription.id, ["Engine.Uptime"], 60000)
    check("renewal", renewed.id == subscription.id, renewed)
    client.modules.unload(ModuleSettingsDto(name="TempRegulator"))
    data = until(events, "configuration")
    check("configuration", data == {"changeType": "Removed", "generation": 1}, data)
    with client.lease.hold("checks", ttl_ms=3000):
        check("lease taken", until(events, "lease")["owner"] == "checks")
        with AccordionQ2Client(URL) as other:
            statuses = [status(other.files.create_folder, "fsms", "x"), status(other.system.reboot), status(other.lease.acquire, "other")]
            check("locked", statuses == [423, 423, 409], statuses)
    check("lease released", until(events, "lease")["held"] is False)
    client.system.service_action("hardware", "restart")
    check("connection lost", until(events, "connection")["isConnected"] is False)
    data = until(events, "connection")
    check("connection back", data["isConnected"] is True, data)
check("stream ends subscription", status(client.subscriptions.create, "gone", ["MON_3V3"]) == 404)

big = bytes(range(256)) * 4096 * 8
client.files.upload("media", "big ü.bin", big)
same = client.files.download("media", "big ü.bin") == big == client.media.download_file("big ü.bin")
check("8 MiB by files and media", same)
statuses = [status(client.files.upload, "media", "big ü.bin", b""), status(client.files.download, "media", "../x"), status(client.files.delete, "logs", "x")]
check("files refuse", statuses == [409, 400, 403], statuses)

none = status(client.system.boot.get)
boot = client.system.boot.update(enabled=True, alias_files=[BootAliasFile("a.csv")], wifi=BootWifi(True, "Lab", False), wifi_password="open sesame")
late = status(client.system.boot.update, if_modified="x", description="late")
check("boot", (none, boot.wifi.password_set, boot.alias_files[0].path, late) == (404, True, "a.csv", 409), none, boot, late)
services = {service.id: service.active_state for service in client.system.get_services()}
check("system", set(services.values()) == {"active"} and client.system.get_clock().ntp_synchronized, services)

# A thread of its own waits for the stream while the station reboots.
with client.events.open() as events:
    ends = []

    def wait():
        try:
            for _ in events:
                pass
        except ConnectionError as error:
            ends.append(str(error))

    waiter = threading.Thread(target=wait)
    waiter.start()
    client.system.reboot()
    waiter.join(30)
    check("reboot ends streams", ends == ["The event stream ended"], ends)

client.close()
sys.exit(failed)
