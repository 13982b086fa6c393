import json
import urllib.request


def ask(url):
    request = urllib.request.Request(url + "/api/resources/value/get", b'{"Name": "0.1.ESH10000158.MON_3V3"}')
    with urllib.request.urlopen(request) as answer:
        print(json.load(answer))
