"""Writes recurrent.json: GRU and LSTM outputs and gradients in double precision by PyTorch's automatic differentiation.

Run with Debian's python3-torch: `/usr/bin/python3 test/golden/recurrent.py && npm run format`. The cells are written out, since torch.nn.GRU
resets after the recurrent product and TensorFlow.js before it.
"""
import json
import pathlib

import torch

torch.manual_seed(20)
torch.set_default_dtype(torch.float64)
GATES = {"gru": 3, "lstm": 4}


def activation(name):
    return {
        "sigmoid": torch.sigmoid,
        "hardSigmoid": lambda x: (0.2 * x + 0.5).clamp(0, 1),
        "tanh": torch.tanh,
        "relu": torch.relu,
    }[name]


def run(cell, x, kernel, recurrent, bias, input_mask, state_mask):
    samples, steps, _ = x.shape
    units = cell["units"]
    gate, candidate = activation(cell["gate"]), activation(cell["candidate"])
    column = lambda index: slice(index * units, (index + 1) * units)
    h = torch.zeros(samples, units)
    cell_state = torch.zeros(samples, units)
    states = []
    for t in reversed(range(steps)) if cell["goBackwards"] else range(steps):
        inputs = x[:, t] * input_mask
        masked = h * state_mask
        below = inputs @ kernel + bias
        if cell["kind"] == "gru":
            z = gate(below[:, column(0)] + masked @ recurrent[:, column(0)])
            r = gate(below[:, column(1)] + masked @ recurrent[:, column(1)])
            c = candidate(below[:, column(2)] + (r * masked) @ recurrent[:, column(2)])
            h = z * masked + (1 - z) * c
        else:
            sums = below + masked @ recurrent
            i, f, o = (gate(sums[:, column(index)]) for index in (0, 1, 3))
            cell_state = f * cell_state + i * candidate(sums[:, column(2)])
            h = o * candidate(cell_state)
        states.append(h)
    return torch.stack(states, 1) if cell["returnSequences"] else h


def rounded(tensor):
    return [float(f"{value:.10g}") for value in tensor.detach().flatten().tolist()]


def single(*shape, scale=1.0):
    """Drawn as single precision, so that both sides read the same numbers."""
    return (scale * torch.randn(*shape)).float().double()


def case(kind, gate, candidate, goBackwards, return_sequences, masked):
    samples, steps, inputs, units = 3, 5, 3, 5
    columns = GATES[kind] * units
    cell = dict(
        kind=kind, inputs=inputs, units=units, gate=gate, candidate=candidate, goBackwards=goBackwards, returnSequences=return_sequences
    )
    mask = lambda width: (torch.rand(samples, width) < 0.7).double() * 2 if masked else torch.ones(samples, width)
    given = {
        "x": single(samples, steps, inputs),
        "kernel": single(inputs, columns, scale=0.6),
        "recurrent": single(units, columns, scale=0.4),
        "bias": single(columns, scale=0.3),
    }
    masks = {"inputMask": mask(inputs), "stateMask": mask(units)}
    for tensor in given.values():
        tensor.requires_grad_()
    output = run(cell, *given.values(), *masks.values())
    gradient = single(*output.shape)
    (output * gradient).sum().backward()
    return {
        "cell": cell,
        "samples": samples,
        "steps": steps,
        "given": {name: rounded(tensor) for name, tensor in {**given, **masks, "outputGradient": gradient}.items()},
        "output": rounded(output),
        "gradients": {name: rounded(tensor.grad) for name, tensor in given.items()},
    }


cases = [
    case(kind, gate, candidate, goBackwards, return_sequences, masked)
    for kind in ("gru", "lstm")
    for gate, candidate, goBackwards, return_sequences, masked in (
        ("sigmoid", "tanh", False, False, False),
        ("hardSigmoid", "tanh", True, True, False),
        ("sigmoid", "relu", False, True, True),
        ("hardSigmoid", "tanh", False, False, True),
    )
]
target = pathlib.Path(__file__).with_suffix(".json")
target.write_text(json.dumps(cases, separators=(",", ":")).replace('{"cell"', '\n{"cell"') + "\n")
