"""PyTorch on one thread, told over standard input to run one network at a time.

Each line asks `{"network": "gru32", "batch": 128, "repeats": 3}`, or with `"window": true` for single predictions;
each answer is a line `{"milliseconds": [...]}` with what every repeat took. The first line printed names the version.
Networks and optimiser are those of the other contenders; PyTorch's GRU resets after the recurrent product, its own
and faster convention.
"""
import ctypes
import json
import re
import sys
import time

import torch

torch.set_num_threads(1)
STEPS, FEATURES, LEADS = 240, 14, 24
NETWORKS = {
    "gru32": (torch.nn.GRU, [32], False),
    "bigru32": (torch.nn.GRU, [32], True),
    "gru32x64": (torch.nn.GRU, [32, 64], False),
    "lstm32": (torch.nn.LSTM, [32], False),
}


class Network(torch.nn.Module):
    def __init__(self, kind, units, bidirectional):
        super().__init__()
        widths = [FEATURES, *units]
        self.layers = torch.nn.ModuleList(
            kind(below, width, batch_first=True, bidirectional=bidirectional)
            for below, width in zip(widths, units)
        )
        self.bidirectional = bidirectional
        self.head = torch.nn.Linear(units[-1] * (2 if bidirectional else 1), LEADS)

    def forward(self, x):
        for layer in self.layers:
            x, _ = layer(x)
        if not self.bidirectional:
            return self.head(x[:, -1])
        width = x.shape[-1] // 2
        return self.head(torch.cat([x[:, -1, :width], x[:, 0, width:]], dim=1))


networks = {}


def network_named(name):
    if name not in networks:
        torch.manual_seed(1)
        network = Network(*NETWORKS[name])
        networks[name] = network, torch.optim.Adam(network.parameters(), lr=1e-3)
    return networks[name]


def train_step(network, optimizer, x, y):
    optimizer.zero_grad()
    loss = (network(x) - y).abs().mean()
    loss.backward()
    optimizer.step()
    return loss.item()


def timed(work, repeats):
    # As in timed.ts: a core that was idle is slower for some tenths of a second.
    start = time.perf_counter()
    while True:
        work()
        if time.perf_counter() - start >= 0.5:
            break
    taken = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - begun))
    return taken


def openblas():
    """What OpenBLAS says of itself: its version and the core whose code it runs, or None where it is not loaded."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "openblas" in line}
    for path in sorted(paths):
        library = ctypes.CDLL(path)
        try:
            told = library.openblas_get_config, library.openblas_get_corename
        except AttributeError:
            continue
        for function in told:
            function.restype = ctypes.c_char_p
        config, core = (function().decode() for function in told)
        return f"{' '.join(config.split()[:2])} for {core}"
    return None


def blas():
    """Which library multiplies matrices, and for which core: the speed of all this hangs on it."""
    with open("/proc/self/maps") as maps:
        loaded = maps.read()
    names = {"openblas": "OpenBLAS", "libmkl": "MKL", "libatlas": "ATLAS", "blis": "BLIS"}
    named = next((name for part, name in names.items() if part in loaded), "the reference BLAS (slow: install libopenblas0)")
    return openblas() or named


def capability():
    """The vector instructions of PyTorch's own loops, as it says itself."""
    found = re.search(r"CPU capability usage: (\S+)", torch.__config__.show())
    return found.group(1) if found else "unknown vectors"


print(json.dumps({"version": f"PyTorch {torch.__version__} ({capability()}), {blas()}, 1 thread"}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    network, optimizer = network_named(asked["network"])
    if asked.get("window"):
        x = torch.randn(1, STEPS, FEATURES)
        with torch.no_grad():
            taken = timed(lambda: network(x).tolist(), asked["repeats"])
    else:
        x = torch.randn(asked["batch"], STEPS, FEATURES)
        y = torch.randn(asked["batch"], LEADS)
        taken = timed(lambda: train_step(network, optimizer, x, y), asked["repeats"])
    print(json.dumps({"milliseconds": taken}), flush=True)
