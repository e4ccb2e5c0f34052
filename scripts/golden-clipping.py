# Golden numbers for gradient clipping by global norm, made with PyTorch (1.13, float64, one thread): three small networks,
# 50 steps of full batch each, torch.nn.utils.clip_grad_norm_ between backward and step.
#
#   python3 scripts/golden-clipping.py test/golden/clipping.json

import json
import sys

import numpy as np
import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
ACTIVATIONS = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}
STEPS = 50

CASES = [
    dict(name="sgd, binary cross-entropy", inputs=6, layers=[5, 4, 1], activation="relu", count=17,
         loss="binaryCrossEntropy", optimizer="sgd", learningRate=0.5, clipNorm=0.07),
    dict(name="momentum, squared error", inputs=4, layers=[7, 3], activation="tanh", count=12,
         loss="meanSquaredError", optimizer="momentum", learningRate=0.1, clipNorm=0.3),
    dict(name="adam, categorical cross-entropy", inputs=9, layers=[8, 3], activation="sigmoid", count=25,
         loss="categoricalCrossEntropy", optimizer="adam", learningRate=0.05, clipNorm=0.1),
]


def run(case, seed):
    random = np.random.RandomState(seed)
    widths = [case["inputs"], *case["layers"]]
    x = random.randn(case["count"], widths[0])
    if case["loss"] == "meanSquaredError":
        y = random.randn(case["count"], widths[-1])
        criterion = torch.nn.MSELoss()
        target = torch.tensor(y)
    else:
        y = random.randint(0, max(2, widths[-1]), case["count"])
        if widths[-1] == 1:
            criterion = torch.nn.BCEWithLogitsLoss()
            target = torch.tensor(y, dtype=torch.float64).reshape(-1, 1)
        else:
            criterion = torch.nn.CrossEntropyLoss()
            target = torch.tensor(y)
    layers, start = [], []
    for k, n in zip(widths, widths[1:]):
        layer = torch.nn.Linear(k, n)
        weight, bias = random.randn(n, k) / np.sqrt(k), random.randn(n) * 0.3
        layer.weight.data, layer.bias.data = torch.tensor(weight), torch.tensor(bias)
        start.append(dict(weight=weight.ravel().tolist(), bias=bias.tolist()))
        layers += [layer, ACTIVATIONS[case["activation"]]()]
    network = torch.nn.Sequential(*layers[:-1])
    rate = case["learningRate"]
    optimizer = {
        "sgd": lambda p: torch.optim.SGD(p, lr=rate),
        "momentum": lambda p: torch.optim.SGD(p, lr=rate, momentum=0.9),
        "adam": lambda p: torch.optim.Adam(p, lr=rate, betas=(0.9, 0.999), eps=1e-8),
    }[case["optimizer"]](network.parameters())
    costs, norms, inputs = [], [], torch.tensor(x)
    for _ in range(STEPS):
        optimizer.zero_grad()
        cost = criterion(network(inputs), target)
        cost.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(network.parameters(), case["clipNorm"])))
        costs.append(float(cost))
        optimizer.step()
    end = [dict(weight=layer.weight.detach().numpy().ravel().tolist(), bias=layer.bias.detach().numpy().tolist())
           for layer in network if isinstance(layer, torch.nn.Linear)]
    clipped = sum(norm > case["clipNorm"] for norm in norms)
    print(f"{case['name']}: clipped in {clipped} of {STEPS} steps, cost {costs[0]:.6f} to {costs[-1]:.6f}")
    return {**case, "x": x.tolist(), "y": y.tolist(), "start": start, "costs": costs, "norms": norms, "end": end}


cases = [run(case, seed) for seed, case in enumerate(CASES)]
with open(sys.argv[1], "w") as file:
    note = "PyTorch's clip_grad_norm_, float64, by scripts/golden-clipping.py"
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    file.write(f'{{"note": {json.dumps(note)}, "cases": [\n{lines}\n]}}\n')
