"""PyTorch's process: python3 pytorch.py THREADS answers as worker.js does, a line of JSON for a line of JSON.

The numbers are those of numbers.js, the network that of network.js, the fingerprint that of fingerprint.js.
"""

import json
import math
import os
import sys
import time
import traceback

THREADS = int(sys.argv[1])
os.environ["OMP_NUM_THREADS"] = str(THREADS)


def say(message):
    print(json.dumps(message), flush=True)


try:
    import numpy
    import torch
    import torch.nn.functional as F
except ImportError as error:
    say({"unavailable": f"{error}: Debian's python3-torch brings it"})
    sys.exit(1)

torch.set_num_threads(THREADS)

STREAMS = {"x": 1, "w": 2, "gradY": 3, "projection": 4, "images": 5, "labels": 6, "parameters": 10}
PARAMETERS = [((32, 1, 3, 3), 9), ((32,), 9), ((64, 32, 3, 3), 288), ((64,), 288)]
PARAMETERS += [((128, 3136), 3136), ((128,), 3136), ((10, 128), 128), ((10,), 128)]
BATCH = 64
COMPARED_STEPS = 3


def hashes(stream, length):
    h = numpy.arange(length, dtype=numpy.uint32) + numpy.uint32(stream * 0x9E3779B9 % 2**32)
    h = (h ^ (h >> numpy.uint32(16))) * numpy.uint32(0x7FEB352D)
    h = (h ^ (h >> numpy.uint32(15))) * numpy.uint32(0x846CA68B)
    return h ^ (h >> numpy.uint32(16))


def numbers(stream, length):
    """The first elements of a stream, in [-1, 1)."""
    return (hashes(stream, length) >> numpy.uint32(8)).astype(numpy.float64) / 2**23 - 1


def tensor(stream, shape, scale=1.0):
    values = numbers(stream, math.prod(shape)) * scale
    return torch.from_numpy(values.astype(numpy.float32)).reshape(shape)


def layer_run(layer, kind):
    """A map of a layer as a function without arguments."""
    n, c, o = layer["batch"], layer["inChannels"], layer["outChannels"]
    k, s, p, d, g = (layer[key] for key in ("kernelSize", "stride", "padding", "dilation", "groups"))
    size = layer["size"]
    out = (size + 2 * p - d * (k - 1) - 1) // s + 1
    x = tensor(STREAMS["x"], (n, c, size, size))
    w = tensor(STREAMS["w"], (o, c // g, k, k))
    if kind == "forward":
        return lambda: F.conv2d(x, w, None, s, p, d, g)
    grad_y = tensor(STREAMS["gradY"], (n, o, out, out))
    mask = [kind == "gradX", kind == "gradW", False]
    which = mask.index(True)
    options = (None, [s, s], [p, p], [d, d], False, [0, 0], g, mask)
    return lambda: torch.ops.aten.convolution_backward(grad_y, x, w, *options)[which]


def training_run():
    """The training step, as a function that gives its loss."""
    conv1, conv2 = torch.nn.Conv2d(1, 32, 3, padding=1), torch.nn.Conv2d(32, 64, 3, padding=1)
    pool, relu = torch.nn.MaxPool2d(2), torch.nn.ReLU()
    head = [torch.nn.Flatten(), torch.nn.Linear(3136, 128), relu, torch.nn.Linear(128, 10)]
    model = torch.nn.Sequential(conv1, relu, pool, conv2, relu, pool, *head)
    with torch.no_grad():
        for i, (parameter, (shape, fan_in)) in enumerate(zip(model.parameters(), PARAMETERS)):
            parameter.copy_(tensor(STREAMS["parameters"] + i, shape, 1 / math.sqrt(fan_in)))
    images = tensor(STREAMS["images"], (BATCH, 1, 28, 28))
    labels = torch.from_numpy((hashes(STREAMS["labels"], BATCH) % 10).astype(numpy.int64))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def run():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return run


def fingerprint(y):
    y = y.reshape(-1).double().numpy()
    projection = float(y @ numbers(STREAMS["projection"], y.size))
    norm = float(numpy.linalg.norm(y))
    return {"length": y.size, "sum": y.sum(), "absolute": abs(y).sum(), "norm": norm, "projection": projection}


class Handler:
    """The subject that was prepared last, and what to do with it."""

    run = losses = None

    def timed(self):
        start = time.perf_counter()
        with torch.set_grad_enabled(self.losses is not None):
            y = self.run()
        elapsed = (time.perf_counter() - start) * 1000
        if self.losses is not None and len(self.losses) < COMPARED_STEPS:
            self.losses.append(y)
        return y, elapsed

    def prepare(self, message):
        is_training = message.get("training", False)
        self.losses = [] if is_training else None
        self.run = training_run() if is_training else layer_run(message["layer"], message["map"])
        return {"time": self.timed()[1]}

    def time(self, message):
        return {"times": [self.timed()[1] for _ in range(message["reps"])]}

    def check(self, _):
        return {"fingerprint": fingerprint(self.timed()[0]) if self.losses is None else {"losses": self.losses}}

    def free(self, _):
        self.run = None
        return {}


handler = Handler()
say({"version": torch.__version__, "threads": THREADS})
for line in sys.stdin:
    request = json.loads(line)
    try:
        say(getattr(handler, request["op"])(request))
    except Exception:  # the harness reports it
        say({"error": traceback.format_exc()})
