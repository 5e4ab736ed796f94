#!/usr/bin/env python3
"""Forecasts a Tickcast station from outside: reads what was measured, and posts a forecast of its own each hour.

    python3 examples/forecaster.py greenhouse --issuer mine [--url http://127.0.0.1:8080] [--token SECRET] [--once]

The station file names the issuer: `outside: [{ issuer: mine }]`. Python 3.8 or later, nothing else. What it says is the
mean of the same hour over the last three days, moved by half of how far now is from that; put your own in its place.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

HOURS = 24


def ask(args, path, body=None):
    request = urllib.request.Request(
        f"{args.url}/v1/stations/{args.station}/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    if args.token:
        request.add_header("authorization", f"Bearer {args.token}")
    return urllib.request.urlopen(request, timeout=120)


def measured(args):
    """By time, oldest first: what was measured in the last three days."""
    readings = json.load(ask(args, "history?hours=72"))["readings"]
    return [
        (datetime.fromisoformat(each["event_time"].replace("Z", "+00:00")), each["value"])
        for each in readings
        if each["value"] is not None and not each["bridged"]
    ]


def forecast(series):
    """The mean for leads +1 to +24 h behind the newest measurement: put your own here."""
    newest, now = series[-1]
    by_hour = {}
    for at, value in series:
        by_hour.setdefault(at.hour, []).append(value)
    usual = {hour: sum(values) / len(values) for hour, values in by_hour.items()}
    off = now - usual[newest.hour]
    return [usual.get((newest + timedelta(hours=lead)).hour, now) + off / 2 for lead in range(1, HOURS + 1)]


def post(args):
    series = measured(args)
    if not series:
        return
    message = {
        "issuer": args.issuer,
        "issued_at": series[-1][0].astimezone(timezone.utc).isoformat().replace("+00:00", "Z"),
        "leads": [{"lead_hours": lead, "mean": mean} for lead, mean in enumerate(forecast(series), start=1)],
    }
    reply = json.load(ask(args, "forecasts", message))
    print(f"{message['issued_at']}: accepted {reply['accepted']}", flush=True)


def forecasts_of_the_station(args):
    """Yields whenever the station issues one of its own, which is once an hour, over server-sent events."""
    with ask(args, "stream?topics=forecast") as stream:
        for line in stream:
            if line.startswith(b"event: forecast"):
                yield


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("station")
    parser.add_argument("--issuer", required=True)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--token")
    parser.add_argument("--once", action="store_true", help="post one forecast, and leave")
    args = parser.parse_args()
    while True:
        try:
            if args.once:
                return post(args)
            for _ in forecasts_of_the_station(args):
                post(args)
        except urllib.error.HTTPError as error:
            text = f"{error.code}: {error.read().decode()}"
            if args.once or (error.code < 500 and error.code not in (404, 408, 429)):
                sys.exit(text)
            print(text, file=sys.stderr)  # a station may be taken up yet
        except OSError as error:  # the server is away: it comes back
            if args.once:
                sys.exit(str(error))
            print(error, file=sys.stderr)
        time.sleep(5)


if __name__ == "__main__":
    main()
