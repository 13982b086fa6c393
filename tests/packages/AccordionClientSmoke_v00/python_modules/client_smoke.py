"""One step for each thing the client accordionq2 can do with an agent. The steps measure; the limits are in tests/main.yaml."""

import accordionq2
from accordionq2 import (
    AccordionQ2ApiError,
    AccordionQ2Client,
    AccordionQ2ShortReadError,
    BootAliasFile,
    BootModule,
    BootWifi,
    BusActions,
    ChannelConfigRequest,
    DirectionTypes,
    ModuleSettingsDto,
)

I2C = "0.ESH10000121.I2C1"
NUMERIC = "0.ESH10000121.NUMERIC"
NEAR = "0.ESH10000121.MPIO00"
FAR = "0.ESH10000121.MPIO01"

_client = None
_host = None


def _status(call, *arguments, **named):
    """The status with which the agent refuses a call, 0 if it does not."""
    try:
        call(*arguments, **named)
    except AccordionQ2ApiError as error:
        return error.status_code
    return 0


def connect(host):
    global _client, _host
    _host = host
    _client = AccordionQ2Client(host, timeout=30)
    status = _client.connection.get_status()
    return {"version": accordionq2.__version__, "connected": status.is_connected}


def identify():
    application = _client.application
    return {
        "agent_name": application.get_name(),
        "identification": application.get_identification(),
        "agent_status": application.get_status().value,
    }


def set_one_value():
    resources = _client.resources
    resources.set_value("Supply.VSET", "1.25")
    resources.set_value("Supply.ENABLE", "True")
    return {
        "vset": float(resources.get_value("Supply.VSET")),
        "enable": resources.get_value("Supply.ENABLE") == "True",
        "transacted": float(resources.transact("Supply.VSET", "2.5")),
        "names": len(set(resources.get_names()) & {"Supply.VSET", "Supply.VOUT", "Supply.ENABLE"}),
    }


def get_many_values():
    resources = _client.resources
    names = ["Supply.VSET", "Supply.VOUT"]
    resources.set_values({"Supply.VSET": "3.75", "Supply.ENABLE": "False"})
    fresh, no_ages = resources.read_values(names)
    resources.read_values(names, max_age_ms=60000)
    kept, ages = resources.read_values(names, max_age_ms=60000)
    return {
        "fresh_vset": float(fresh["Supply.VSET"]),
        "kept_vout": float(kept["Supply.VOUT"]),
        "ages": len(ages),
        "oldest_ms": max(ages.values()),
        "ages_of_fresh": len(no_ages),
    }


def list_channels():
    channels = {channel.net_name: channel for channel in _client.channels.get_all()}
    mpio = channels[NEAR]
    found = _client.channels.get_channel(alias="MON_3V3")
    return {
        "mpio_channels": sum(name.startswith("0.ESH10000121.MPIO") for name in channels),
        "mpio_is_input": mpio.direction == DirectionTypes.IN,
        "by_alias": found.net_name,
        "unit": channels["Supply.VOUT"].unit,
    }


def configure_channel():
    channels = _client.channels
    channels.configure(ChannelConfigRequest(net_name="Supply.VSET", alias="VSET", description="set-point", unit="mV"))
    found = channels.get_channel(alias="VSET")
    channels.configure_many([ChannelConfigRequest(net_name="Supply.VSET", unit="V")])
    return {
        "description": found.description,
        "unit_before": found.unit,
        "unit_after": channels.get_channel(net_name="Supply.VSET").unit,
        "bad_detail": _status(channels.configure, ChannelConfigRequest(net_name=NEAR, details={"nothing": 1})),
    }


def loop_back():
    client = _client
    client.channels.configure(ChannelConfigRequest(net_name=NEAR, direction=DirectionTypes.OUT))
    client.resources.set_value(NEAR, "3.3")
    high = float(client.resources.get_value(FAR))
    client.resources.set_value(NEAR, "0")
    low = float(client.resources.get_value(FAR))
    client.channels.configure(ChannelConfigRequest(net_name=NEAR, direction=DirectionTypes.IN))
    return {"high": high, "low": low, "set_input": _status(client.resources.set_value, NEAR, "1")}


def list_instruments():
    instruments = {instrument.net_name: instrument for instrument in _client.instruments.get_all()}
    supply = instruments["0.ESH10000121.PSU"]
    return {
        "instrument_type": supply.type,
        "function": supply.function_map["MEASURED_VOLTAGE"],
        "measured": float(_client.resources.get_value(supply.function_map["MEASURED_VOLTAGE"])),
    }


def load_module():
    modules = _client.modules
    module = next(module for module in modules.get_all() if module.name == "Forwarder")
    module.initial_data["I2CAddress"] = "0x31"
    modules.load(module)
    loaded = "Forwarder" in [module.name for module in modules.get_loaded()]
    found = 0x31 in _client.comm.i2c(I2C, 0, BusActions.SCAN).received
    state = _client.resources.get_value("Forwarder.STATE")
    twice = _status(modules.load, module)
    modules.unload(module)
    system = modules.get_physical_system()
    return {
        "loaded": loaded,
        "found": found,
        "state": state == "True",
        "twice": twice,
        "unloaded": 0x31 not in _client.comm.i2c(I2C, 0, BusActions.SCAN).received,
        "base": next(module.name for module in system.modules if module.product_id == "ESH10000158"),
    }


def scan_i2c():
    received = _client.comm.i2c(I2C, 0, BusActions.SCAN).received
    return {"addresses": " ".join(f"0x{address:02X}" for address in sorted(received))}


def use_eeprom():
    comm = _client.comm
    read = comm.i2c(I2C, 0x50, BusActions.SEND_RECEIVE, bytes([0x10]), 2).received.hex()
    comm.i2c(I2C, 0x50, BusActions.SEND, bytes([0x20]) + b"SN-0042")
    comm.i2c(I2C, 0x50, BusActions.SEND, bytes([0x20]))
    return {
        "content": read,
        "written": comm.i2c(I2C, 0x50, BusActions.RECEIVE, None, 7).received.decode(),
        "nobody": _status(comm.i2c, I2C, 0x13, BusActions.RECEIVE, None, 1),
        "no_data": _status(comm.i2c, I2C, 0x50, BusActions.SEND),
    }


def use_spi():
    bus = "0.ESH10000121.SPI1"
    reply = _client.comm.spi(bus, BusActions.SEND_RECEIVE, bytes([0x85, 0, 0]), 3)
    _client.comm.spi(bus, BusActions.SEND, bytes([0x05, 0x42]))
    again = _client.comm.spi(bus, BusActions.SEND_RECEIVE, bytes([0x85, 0]), 2)
    return {"registers": reply.received[1:].hex(), "register_after": again.received[1]}


def use_uart():
    port = "0.ESH10000121.UART1"
    reply = _client.comm.uart(
        port, BusActions.SEND_RECEIVE, baud_rate=115200, use_termination_byte=True, data_to_send=b"*IDN?\n",
        number_of_bytes_to_receive=64,
    )
    _client.comm.uart(port, BusActions.CLEAR_BUFFERS)
    silent = _client.comm.uart(port, BusActions.RECEIVE, number_of_bytes_to_receive=8, timeout_ms=10)
    return {"idn": reply.received.decode().strip(), "silence": silent.number_of_bytes_received}


def measure_numeric():
    results = _client.numeric_results
    before = _status(results.get_mean, NUMERIC)
    channels = [channel.net_name for channel in results.get_channels()]
    target = results.get_targets(NUMERIC)[0]
    reduced = results.measure(NUMERIC, target, samples=4)
    statistics = {
        "mean": results.get_mean(NUMERIC),
        "minimum": results.get_min(NUMERIC),
        "maximum": results.get_max(NUMERIC),
        "stdev": results.get_stdev(NUMERIC),
    }
    no_samples = _status(results.get_samples, NUMERIC)
    full = results.measure(NUMERIC, target, samples=4, reduced_set=False)
    return {
        "listed": NUMERIC in channels,
        "before": before,
        **statistics,
        "reduced_count": reduced.sample_count,
        "no_samples": no_samples,
        "full_count": full.sample_count,
        "last_sample": results.get_samples(NUMERIC)[-1],
    }


def acquire_numeric():
    acquisition = _client.numeric_results.acquire(NUMERIC, "Supply.VOUT", samples=8, lsl=3.0, usl=7.0)
    return {
        "count": acquisition.stats["count"],
        "acquired_mean": sum(acquisition.samples) / len(acquisition.samples),
        "stats_mean": acquisition.stats["mean"],
        "cp": acquisition.stats["cp"],
        "acquired_unit": acquisition.unit,
    }


def use_lease():
    with AccordionQ2Client(_host) as other:
        with _client.lease.hold("smoke test", ttl_ms=30000) as lease:
            owner = other.lease.get().owner
            locked = _status(other.resources.set_value, "Supply.VSET", "1")
            forced = _status(other.resources.get_value, "Supply.VSET")
            cached = _status(other.resources.read_values, ["Supply.VSET"], max_age_ms=60000)
            conflict = _status(other.lease.acquire, "another")
            own = _status(_client.resources.set_value, "Supply.VSET", "1")
            renewed = _client.lease.renew().lease_id == lease.lease_id
        free = not other.lease.get().held
        after = _status(other.resources.set_value, "Supply.VSET", "2")
    return {
        "owner": owner,
        "locked": locked,
        "forced": forced,
        "cached": cached,
        "conflict": conflict,
        "own": own,
        "renewed": renewed,
        "free": free,
        "after": after,
    }


def use_media():
    media = _client.media
    manual = media.download_file("manual.txt").decode()
    content = bytes(range(256)) * 8
    media.upload_file("Prüfung 1.bin", content)
    same = media.download_file("Prüfung 1.bin") == content
    listed = "Prüfung 1.bin" in media.list_files()
    media.delete_file("Prüfung 1.bin")
    return {
        "manual": manual,
        "same": same,
        "listed": listed,
        "deleted": _status(media.download_file, "Prüfung 1.bin"),
    }


def use_config_files():
    client = _client
    client.channels.configure(ChannelConfigRequest(net_name=NEAR, description="saved"))
    client.application.save_config_file("smoke.cfg")
    client.channels.configure(ChannelConfigRequest(net_name=NEAR, description="changed"))
    client.application.load_config_file("smoke.cfg")
    description = client.channels.get_channel(net_name=NEAR).description
    loaded = "smoke.cfg" in client.application.get_loaded_config_files()
    text = client.application.download_config_file("smoke.cfg")
    client.application.upload_config_file("copy.cfg", text)
    files = client.application.list_config_files()
    client.application.delete_config_file("copy.cfg")
    return {
        "restored": description,
        "config_loaded": loaded,
        "config_files": len({"smoke.cfg", "copy.cfg"} & set(files)),
        "config_left": len({"copy.cfg"} & set(client.application.list_config_files())),
        "log_lines": len(client.application.get_system_log(tail=1)),
        "audited": "/api/application/log" in client.audit.get_audit_log(tail=1)[0],
    }


def follow_events():
    client = _client
    with client.events.open() as events:
        subscription = client.subscriptions.create(events.stream_id, ["Supply.VOUT", I2C], 100)
        client.modules.load(ModuleSettingsDto(name="Forwarder"))
        told = []
        for event in events:
            told.append(event)
            names = [event.name for event in told]
            if names.count("values") >= 3 and "configuration" in names:
                break
        values = [event.data for event in told if event.name == "values"]
        renewed = client.subscriptions.update(subscription.id, ["Supply.VOUT"], 60000)
        client.subscriptions.delete(subscription.id)
        ids = [event.id for event in told]
        result = {
            "told_vout": float(values[-1]["values"]["Supply.VOUT"]),
            "told_bus": I2C in values[-1]["errors"],
            "ids_rise_by_one": ids == list(range(2, 2 + len(ids))),
            "renewed_ms": renewed.expires_in_ms,
            "deleted_subscription": _status(client.subscriptions.update, subscription.id, ["Supply.VOUT"]),
        }
    client.modules.unload(ModuleSettingsDto(name="Forwarder"))
    return result


def keep_files():
    files = _client.files
    files.create_folder("fsms", "smoke")
    entry = files.upload("fsms", "smoke/ä.txt", b"one")
    again = _status(files.upload, "fsms", "smoke/ä.txt", b"two")
    files.upload("fsms", "smoke/ä.txt", b"three", overwrite=True)
    files.move("fsms", "smoke/ä.txt", "smoke/b.txt")
    content = files.download("fsms", "smoke/b.txt")
    full = _status(files.delete, "fsms", "smoke")
    files.delete("fsms", "smoke", recursive=True)
    return {
        "entry": f"{entry.name} {entry.size}",
        "content": content.decode(),
        "file_statuses": f"{again} {full} {_status(files.list, 'fsms', 'smoke')} {_status(files.download, 'fsms', '../x')}",
        "read_only": _status(files.upload, "logs", "x", b""),
        "shared": "manual.txt" in [entry.name for entry in files.list("media").entries],
        "roots": len(files.get_roots()),
    }


def run_system():
    system = _client.system
    services = {service.id: service for service in system.get_services()}
    kept = _status(system.set_clock, None)
    system.service_action("dashboard", "disable")
    firmware = _client.firmware
    state = firmware.get_state()
    return {
        "service_state": services["hardware"].active_state,
        "is_self": services["webapi"].self,
        "disabled": not next(s for s in system.get_services() if s.id == "dashboard").enabled,
        "clock_kept": kept,
        "clock_year": int(system.get_clock().utc[:4]),
        "firmware": state.current,
        "releases": len(firmware.get_releases().releases),
        "not_installed": f"{_status(firmware.start_update, '6.1.0')} {_status(firmware.upload_package, b'PK')}",
        "update_state": firmware.get_update().state + firmware.get_update_log(),
    }


def configure_boot():
    boot = _client.system.boot
    none = _status(boot.get)
    first = boot.set_startup(True, [BootAliasFile("b.csv"), BootAliasFile("a.csv", False)])
    second = boot.update(
        if_modified=first.modified,
        description="smoke",
        modules=[BootModule("Forwarder", enabled=True)],
        wifi=BootWifi(True, "Lab", False),
        wifi_password="open sesame",
    )
    late = _status(boot.update, if_modified=first.modified, description="late")
    kept = boot.update(wifi=BootWifi(False, "Lab", False))
    cleared = boot.update(wifi=BootWifi(False, "Lab", False), wifi_password="")
    _client.application.reset()
    booted = "Forwarder" in [module.name for module in _client.modules.get_loaded()]
    boot.set_startup(False)
    _client.application.reset()
    return {
        "boot_statuses": f"{none} {late}",
        "alias_files": " ".join(f"{file.order}{file.path}" for file in second.alias_files),
        "passwords": f"{second.wifi.password_set} {kept.wifi.password_set} {cleared.wifi.password_set}",
        "booted": booted,
        "protected": len(second.protected_services),
    }


def ask_for_nothing():
    client = _client
    unknown = ModuleSettingsDto(name="Nothing")
    calls = [
        (client.resources.get_value, "Nothing"),
        (client.channels.get_channel, "Nothing"),
        (client.modules.load, unknown),
        (client.comm.i2c, "Nothing", 0x50, BusActions.SCAN),
        (client.media.download_file, "nothing.bin"),
        (client.application.load_config_file, "nothing.cfg"),
        (client.numeric_results.get_targets, "Nothing"),
        (client.files.list, "nothing"),
    ]
    statuses = [_status(*call) for call in calls]
    print(*statuses)
    try:
        client.resources.get_value("Nothing")
    except AccordionQ2ApiError as error:
        text = str(error)
    return {"not_found": statuses.count(404), "asked": len(calls), "names_it": "Nothing" in text and "not found" in text}


def read_too_little():
    try:
        _client.comm.i2c("0.ESH10000121.I2C2", 0x50, BusActions.RECEIVE, None, 4)
    except AccordionQ2ShortReadError as error:
        return {"requested": error.requested_bytes, "received": error.received_bytes}
    return {"requested": 0, "received": 0}


def disconnect():
    if _client is not None:
        _client.close()
