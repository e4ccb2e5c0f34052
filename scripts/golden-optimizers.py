# Golden numbers for optimizers, schedules and losses, made with PyTorch (1.13, float64, one thread): the same small
# network and data, 50 steps of full batch each.
#
#   python3 scripts/golden-optimizers.py test/golden/optimizers.json

import json
import sys

import numpy as np
import torch
from torch.optim import lr_scheduler

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
STEPS = 50
WIDTHS = [5, 7, 3]
COUNT = 24


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of https://arxiv.org/abs/2302.06675, as PyTorch has none."""

    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                c = group["beta1"] * m + (1 - group["beta1"]) * p.grad
                p.data = p.data * (1 - group["lr"] * group["weight_decay"]) - group["lr"] * torch.sign(c)
                self.state[p]["m"] = group["beta2"] * m + (1 - group["beta2"]) * p.grad


class NAdam(torch.optim.Optimizer):
    """PyTorch 2's, which takes mu into the product once; 1.13 takes it twice."""

    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                m, s = state.setdefault("m", torch.zeros_like(p)), state.setdefault("s", torch.zeros_like(p))
                t = state["t"] = state.get("t", 0) + 1
                g = p.grad + group["weight_decay"] * p.data
                mu, ahead = (0.9 * (1 - 0.5 * 0.96 ** (step * 0.004)) for step in (t, t + 1))
                product = state["product"] = state.get("product", 1.0) * mu
                state["m"] = m = 0.9 * m + 0.1 * g
                state["s"] = s = 0.999 * s + 0.001 * g * g
                divisor = torch.sqrt(s / (1 - 0.999 ** t)) + 1e-8
                p.data -= group["lr"] * (1 - mu) / (1 - product) * g / divisor
                p.data -= group["lr"] * ahead / (1 - product * ahead) * m / divisor


def lion(groups, lr):
    return Lion(groups, dict(lr=lr, beta1=0.9, beta2=0.99, weight_decay=0))


optim = torch.optim
EPSILON = 1e-4  # of rmsprop: with less, roundings grow beyond 1e-10 in 50 steps
OPTIMIZERS = {
    "sgd": lambda p, lr: optim.SGD(p, lr=lr),
    "momentum": lambda p, lr: optim.SGD(p, lr=lr, momentum=0.9),
    "nesterov": lambda p, lr: optim.SGD(p, lr=lr, momentum=0.9, nesterov=True),
    "rmsprop": lambda p, lr: optim.RMSprop(p, lr=lr, alpha=0.9, eps=EPSILON),
    "rmspropCentered": lambda p, lr: optim.RMSprop(p, lr=lr, alpha=0.9, eps=EPSILON, centered=True),
    "adagrad": lambda p, lr: optim.Adagrad(p, lr=lr),
    "adadelta": lambda p, lr: optim.Adadelta(p, lr=lr),
    "adam": lambda p, lr: optim.Adam(p, lr=lr),
    "adamw": lambda p, lr: optim.AdamW(p, lr=lr),
    "amsgrad": lambda p, lr: optim.Adam(p, lr=lr, amsgrad=True),
    "nadam": lambda p, lr: NAdam(p, dict(lr=lr, weight_decay=0)),
    "radam": lambda p, lr: optim.RAdam(p, lr=lr),
    "lion": lion,
}
RATES = {"sgd": 0.3, "rmspropCentered": 0.005, "momentum": 0.1, "nesterov": 0.1, "adadelta": 1.0, "lion": 0.003}
SCHEDULES = {
    "step": lambda o: lr_scheduler.StepLR(o, 17, gamma=0.1),
    "exponential": lambda o: lr_scheduler.ExponentialLR(o, gamma=0.1 ** (1 / STEPS)),
    "polynomial": lambda o: lr_scheduler.PolynomialLR(o, STEPS, power=1.0) if hasattr(lr_scheduler, "PolynomialLR")
    else lr_scheduler.LambdaLR(o, lambda t: 1 - t / STEPS),
    "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, eta_min=0),
    "oneCycle": lambda o: lr_scheduler.OneCycleLR(o, o.param_groups[0]["lr"], total_steps=STEPS, cycle_momentum=False),
}


class Residual(torch.nn.Module):
    def __init__(self, *modules):
        super().__init__()
        self.own = torch.nn.Sequential(*modules)

    def forward(self, x):
        return self.own(x) + x


def modules(normalization, activation, units):
    """What stands behind a linear layer."""
    kinds = {None: [], "layer": [torch.nn.LayerNorm], "batch": [torch.nn.BatchNorm1d]}
    return [kind(units) for kind in kinds[normalization]] + [
        torch.nn.PReLU(units, init=0.25) if activation == "prelu" else torch.nn.Tanh()]


def run_layers(name, widths=(5, 7, 7, 3), normalization=None, activation="tanh", residual=False, batch=COUNT,
               optimizer="adam", rate=0.01, maxNorm=0, swa=None, lbfgs=None, weightDecay=0):
    """Layers of other kinds, and what is done with whole weights; batches in the data's order."""
    random = np.random.RandomState(7)
    start, parts, linears = [], [], []
    for l, (k, n) in enumerate(zip(widths, widths[1:])):
        linear = torch.nn.Linear(k, n)
        linear.weight.data = torch.tensor(random.randn(n, k) / np.sqrt(k))
        linear.bias.data = torch.tensor(random.randn(n) * 0.3)
        linears.append(linear)
        start.append(dict(weight=linear.weight.tolist(), bias=linear.bias.tolist()))
        own = [linear] + (modules(normalization, activation, n) if l < len(widths) - 2 else [])
        parts.append(Residual(*own) if residual and k == n else torch.nn.Sequential(*own))
    network = torch.nn.Sequential(*parts)
    vectors = [p for p in network.parameters() if not any(p is l.weight for l in linears)]
    if lbfgs:
        made = optim.LBFGS(network.parameters(), lr=1, max_iter=1, max_eval=1000, history_size=10,
                           line_search_fn="strong_wolfe")
    else:
        made = OPTIMIZERS[optimizer]([dict(params=[l.weight for l in linears], weight_decay=weightDecay),
                                      dict(params=vectors, weight_decay=0)], rate)
    criterion = torch.nn.CrossEntropyLoss()
    x, y = torch.tensor(X), torch.tensor(LABELS)
    averaged = optim.swa_utils.AveragedModel(network) if swa else None
    costs = []
    for t in range(lbfgs or STEPS):
        rows = slice(t * batch % COUNT, t * batch % COUNT + batch)

        def closure():
            made.zero_grad()
            cost = criterion(network(x[rows]), y[rows])
            cost.backward()
            return cost
        costs.append(float(made.step(closure).detach()))
        if maxNorm:
            for linear in linears:
                linear.weight.data = linear.weight.data.renorm(2, 0, maxNorm)
        if swa and t + 1 >= swa["swaStart"] and (t + 1 - swa["swaStart"]) % swa["swaEvery"] == 0:
            averaged.update_parameters(network)
    end = []
    source = averaged.module if swa else network
    for part in source:
        own = list(part.own if isinstance(part, Residual) else part)
        layer = dict(weight=own[0].weight.detach().flatten().tolist(), bias=own[0].bias.detach().tolist())
        for module in own[1:]:
            if isinstance(module, torch.nn.PReLU):
                layer["slope"] = module.weight.detach().tolist()
            elif not isinstance(module, torch.nn.Tanh):
                layer.update(gamma=module.weight.detach().tolist(), beta=module.bias.detach().tolist())
            if isinstance(module, torch.nn.BatchNorm1d):
                layer.update(mean=module.running_mean.tolist(), variance=module.running_var.tolist())
        end.append(layer)
    print(f"{name}: cost {costs[0]:.6f} to {costs[-1]:.6f}")
    options = dict(activation=activation, normalization=normalization or "none", residual=residual)
    fit = dict(optimizer="lbfgs") if lbfgs else dict(optimizer=optimizer, learningRate=rate, weightDecay=weightDecay)
    if batch < COUNT:
        fit.update(batchSize=batch, shuffle=False)
    return dict(name=name, widths=list(widths), start=start, network=options,
                fit=dict(fit, **(dict(maxNorm=maxNorm) if maxNorm else {}), **(swa or {})), costs=costs, end=end)


LOSSES = {
    "categoricalCrossEntropy": torch.nn.CrossEntropyLoss(),
    "meanSquaredError": torch.nn.MSELoss(),
    "meanAbsoluteError": torch.nn.L1Loss(),
    "huber": torch.nn.HuberLoss(delta=0.5),
    "poisson": torch.nn.PoissonNLLLoss(),
    "binaryCrossEntropy": torch.nn.BCEWithLogitsLoss(),
}
random = np.random.RandomState(3)
X = random.randn(COUNT, WIDTHS[0])
LABELS = random.randint(0, WIDTHS[-1], COUNT)
TARGETS = random.randn(COUNT, WIDTHS[-1])
START = [(random.randn(n, k) / np.sqrt(k), random.randn(n) * 0.3) for k, n in zip(WIDTHS, WIDTHS[1:])]


def run(name, optimizer="sgd", loss="categoricalCrossEntropy", schedule=None, weightDecay=0, labelSmoothing=0,
        classWeights=None, l1=0, clipValue=0, learningRate=None):
    rate = learningRate or RATES.get(optimizer, 0.01)
    layers = []
    for weight, bias in START:
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
        layer.weight.data, layer.bias.data = torch.tensor(weight), torch.tensor(bias)
        layers += [layer, torch.nn.Tanh()]
    network = torch.nn.Sequential(*layers[:-1])
    linears = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
    # our decay is that of weights, not of biases
    made = OPTIMIZERS[optimizer]([dict(params=[l.weight for l in linears], weight_decay=weightDecay),
                                  dict(params=[l.bias for l in linears], weight_decay=0)], rate)
    scheduler = SCHEDULES[schedule](made) if schedule else None
    criterion = LOSSES[loss]
    if labelSmoothing:
        criterion = torch.nn.CrossEntropyLoss(label_smoothing=labelSmoothing)
    targets = {"categoricalCrossEntropy": LABELS, "poisson": np.abs(np.round(TARGETS)),
               "binaryCrossEntropy": (TARGETS > 0).astype(float)}.get(loss, TARGETS)
    y = torch.tensor(targets)
    weights = None if classWeights is None else torch.tensor([classWeights[c] for c in LABELS])
    costs, rates, x = [], [], torch.tensor(X)
    for _ in range(STEPS):
        made.zero_grad()
        outputs = network(x)
        if weights is None:
            cost = criterion(outputs, y)
        else:
            cost = (torch.nn.functional.cross_entropy(outputs, y, reduction="none") * weights).mean()
        cost.backward()
        if l1:
            for layer in linears:
                layer.weight.grad += l1 * torch.sign(layer.weight.data)
        if clipValue:
            torch.nn.utils.clip_grad_value_(network.parameters(), clipValue)
        costs.append(float(cost.detach()))
        rates.append(made.param_groups[0]["lr"])
        made.step()
        if scheduler:
            scheduler.step()
    end = [dict(weight=l.weight.detach().numpy().ravel().tolist(), bias=l.bias.detach().numpy().tolist())
           for l in linears]
    print(f"{name}: cost {costs[0]:.6f} to {costs[-1]:.6f}")
    network_options = dict(loss=loss, labelSmoothing=labelSmoothing, **(dict(delta=0.5) if loss == "huber" else {}))
    fit = dict(optimizer=optimizer, learningRate=rate, weightDecay=weightDecay, l1=l1, clipValue=clipValue,
               schedule=schedule or "constant", **(dict(epsilon=EPSILON) if "rmsprop" in optimizer else {}),
               **(dict(classWeights=classWeights) if classWeights else {}))
    return dict(name=name, network=network_options, fit=fit,
                y=np.asarray(targets).tolist(), costs=costs, rates=rates, end=end)


cases = [run(name, name) for name in OPTIMIZERS]
cases += [run(f"{name}, weight decay", name, weightDecay=0.05) for name in OPTIMIZERS]
cases += [run(f"schedule {name}", "momentum", schedule=name) for name in SCHEDULES]
cases += [run(f"loss {name}", loss=name, learningRate=0.1) for name in LOSSES]
cases += [run("label smoothing", labelSmoothing=0.1), run("class weights", classWeights=[0.5, 2.0, 1.25]),
          run("l1", l1=0.01), run("clip value", clipValue=0.02)]
layers = [
    run_layers("layer normalisation", normalization="layer"),
    run_layers("batch normalisation", normalization="batch"),
    run_layers("batch normalisation, batches of 8", normalization="batch", batch=8, weightDecay=0.02),
    run_layers("prelu", activation="prelu", optimizer="momentum"),
    run_layers("residual", residual=True),
    run_layers("residual, layer normalisation, prelu", residual=True, normalization="layer", activation="prelu"),
    run_layers("residual, batch normalisation, prelu, batches of 8", residual=True, normalization="batch",
               activation="prelu", batch=8, optimizer="momentum"),
    run_layers("maxNorm", maxNorm=0.9, optimizer="momentum", rate=0.1),
    run_layers("averaged weights", swa=dict(swaStart=20, swaEvery=5)),
    run_layers("lbfgs", lbfgs=25),
    run_layers("lbfgs, layer normalisation", lbfgs=15, normalization="layer"),
]
with open(sys.argv[1], "w") as file:
    note = "PyTorch's trajectories, float64, by scripts/golden-optimizers.py"
    start = [dict(weight=w.ravel().tolist(), bias=b.tolist()) for w, b in START]
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    more = ",\n".join(json.dumps(case, separators=(",", ":")) for case in layers)
    head = json.dumps(dict(note=note, widths=WIDTHS, x=X.tolist(), start=start), separators=(",", ":"))[:-1]
    file.write(f'{head},"cases":[\n{lines}\n],"layers":[\n{more}\n],"labels":{LABELS.tolist()}}}\n')
