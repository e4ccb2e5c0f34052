# Models in the layouts of Keras, TensorFlow.js and PyTorch, and what they answer, computed with NumPy in float64 from the
# float32 weights. Writes test/fixtures/exchange/ and test/golden/exchange.json. Needs numpy, h5py and torch, whose ONNX
# exporter is PyTorch's own; neither Keras nor TensorFlow: their layouts are written by hand as they write them.
#
#   python3 scripts/golden-exchange.py

import io
import json
import struct
import zipfile
from math import erf
from pathlib import Path

import h5py
import numpy as np
import torch

root = Path(__file__).resolve().parent.parent / "test"
folder = root / "fixtures" / "exchange"
folder.mkdir(parents=True, exist_ok=True)
random = np.random.RandomState(11)
golden = {}


def draw(*shape, scale=0.6, shift=0.0):
    return (random.randn(*shape) * scale + shift).astype("float32")


# ---- what layers compute, in float64

sigmoid = lambda x: 1 / (1 + np.exp(-x))
softplus = lambda x: np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)
FUNCTIONS = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "softmax": lambda x: np.exp(x - x.max(1, keepdims=True)) / np.exp(x - x.max(1, keepdims=True)).sum(1, keepdims=True),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "gelu": lambda x: x * 0.5 * (1 + np.vectorize(erf)(x / np.sqrt(2))),
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * np.tanh(softplus(x)),
    "hard_sigmoid_2": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    "hard_sigmoid_3": lambda x: np.clip(x / 6 + 0.5, 0, 1),
}


def dense(x, kernel, bias=0.0):
    return x @ kernel.astype("float64") + np.asarray(bias, "float64")


def batch(x, p, epsilon=1e-3):
    gamma, beta, mean, variance = [a.astype("float64") for a in p]
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def layer(x, gamma, beta, epsilon):
    mean, variance = x.mean(1, keepdims=True), x.var(1, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon) * gamma.astype("float64") + beta.astype("float64")


def leaky(x, slope):
    return np.where(x > 0, x, slope * x)


def norm_arrays(n):
    return [draw(n, shift=1.3, scale=0.2), draw(n), draw(n), np.abs(draw(n)) + np.float32(0.2)]


def note(name, x, y, **more):
    x = np.asarray(x, "float64")
    golden[name] = {"x": x.reshape(len(x), -1).tolist(), "y": np.asarray(y, "float64").tolist(), **more}


# ---- Keras 2: .h5 with its configuration, and weights alone


def layer2(kind, name, **config):
    return {"class_name": kind, "config": {"name": name, "trainable": True, "dtype": "float32", **config}}


def write_h5(path, layers, weights, config=None, version="2.4.0", training=None, inner=lambda name: name, vlen=False):
    with h5py.File(path, "w") as f:
        group = f if config is None else f.create_group("model_weights")
        group.attrs["layer_names"] = np.array([n.encode() for n in layers])
        group.attrs["backend"] = b"tensorflow"
        group.attrs["keras_version"] = version.encode()
        if config is not None:
            text = json.dumps(config)
            f.attrs["model_config"] = text if vlen else text.encode()
            f.attrs["keras_version"] = version.encode()
            f.attrs["backend"] = b"tensorflow"
            if training:
                f.attrs["training_config"] = json.dumps(training).encode()
            f.create_group("optimizer_weights")["iter:0"] = np.int64(7)
        for name in layers:
            own = group.create_group(name)
            arrays = weights.get(name, {})
            own.attrs["weight_names"] = np.array([f"{inner(name)}/{a}:0".encode() for a in arrays])
            for a, values in arrays.items():
                own[f"{inner(name)}/{a}:0"] = values


k1, b1, k2, b2, k3, b3 = draw(6, 5), draw(5), draw(5, 4), draw(4), draw(4, 3), draw(3)
bn = norm_arrays(5)
bn2 = norm_arrays(4)
x = draw(7, 6, scale=1.0)
y = dense(x.astype("float64"), k1)
y = FUNCTIONS["relu"](batch(y, bn))
y = batch(FUNCTIONS["hard_sigmoid_2"](dense(y, k2, b2)), bn2)
y = FUNCTIONS["softmax"](dense(y, k3, b3))
names = ["gamma", "beta", "moving_mean", "moving_variance"]
sequential = {
    "class_name": "Sequential",
    "config": {
        "name": "sequential",
        "layers": [
            layer2("InputLayer", "dense_input", batch_input_shape=[None, 6], sparse=False, ragged=False),
            layer2("Dense", "dense", units=5, activation="linear", use_bias=False),
            layer2("BatchNormalization", "batch_normalization", axis=[1], momentum=0.99, epsilon=0.001, center=True, scale=True),
            layer2("Activation", "activation", activation="relu"),
            layer2("Dropout", "dropout", rate=0.25, noise_shape=None, seed=None),
            layer2("Dense", "dense_1", units=4, activation="hard_sigmoid", use_bias=True),
            layer2("BatchNormalization", "batch_normalization_1", axis=[1], momentum=0.99, epsilon=0.001, center=True, scale=True),
            layer2("Dense", "dense_2", units=3, activation="softmax", use_bias=True),
        ],
    },
}
weights = {
    "dense": {"kernel": k1},
    "batch_normalization": dict(zip(names, bn)),
    "dense_1": {"kernel": k2, "bias": b2},
    "batch_normalization_1": dict(zip(names, bn2)),
    "dense_2": {"kernel": k3, "bias": b3},
}
order = [l["config"]["name"] for l in sequential["config"]["layers"][1:]]
training = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "optimizer_config": {"class_name": "Adam"}}
write_h5(folder / "keras2.h5", order, weights, sequential, training=training)
note("keras2.h5", x, y, loss="categoricalCrossEntropy", output="softmax", layers=[6, 5, 4, 3])

# pictures, functional: Rescaling, Normalization by channel, Flatten, PReLU
mean, variance = draw(3, scale=0.1, shift=0.5), np.abs(draw(3, scale=0.05)) + np.float32(0.05)
k1, b1, k2, b2 = draw(12, 4, scale=0.3), draw(4), draw(4, 1), draw(1)
alpha = np.abs(draw(4, scale=0.3))
x = random.randint(0, 256, (5, 2, 2, 3)).astype("float32")
y = (x.astype("float64") / 255 - mean.astype("float64")) / np.sqrt(variance.astype("float64"))
y = dense(y.reshape(5, 12), k1, b1)
y = np.where(y > 0, y, alpha.astype("float64") * y)
y = sigmoid(dense(y, k2, b2))
inbound = lambda name: [[[name, 0, 0, {}]]]
layers = [
    {**layer2("InputLayer", "input_1", batch_input_shape=[None, 2, 2, 3]), "inbound_nodes": []},
    {**layer2("Dense", "out", units=1, activation="sigmoid", use_bias=True), "inbound_nodes": inbound("p_re_lu")},
    {**layer2("Rescaling", "rescaling", scale=1 / 255, offset=0.0), "inbound_nodes": inbound("input_1")},
    {**layer2("Normalization", "normalization", axis=[-1]), "inbound_nodes": inbound("rescaling")},
    {**layer2("Flatten", "flatten", data_format="channels_last"), "inbound_nodes": inbound("normalization")},
    {**layer2("Dense", "hidden", units=4, activation="linear", use_bias=True), "inbound_nodes": inbound("flatten")},
    {**layer2("PReLU", "p_re_lu", shared_axes=None), "inbound_nodes": inbound("hidden")},
]
functional = {"class_name": "Functional", "config": {"name": "model", "layers": layers, "input_layers": [["input_1", 0, 0]], "output_layers": [["out", 0, 0]]}}
for l in layers:
    l["name"] = l["config"]["name"]
write_h5(
    folder / "keras2-functional.h5",
    [l["name"] for l in layers],
    {
        "normalization": {"mean": mean, "variance": variance, "count": np.int64(0)},
        "hidden": {"kernel": k1, "bias": b1},
        "p_re_lu": {"alpha": alpha},
        "out": {"kernel": k2, "bias": b2},
    },
    functional,
    version="2.15.0",
    vlen=True,
)
note("keras2-functional.h5", x, y, loss="binaryCrossEntropy", output="sigmoid", layers=[12, 4, 1], shape=[2, 2, 3])

k1, b1, k2, b2 = draw(6, 4), draw(4), draw(4, 3), draw(3)
x = draw(4, 6, scale=1.0)
write_h5(folder / "keras2-weights.h5", ["dense", "dropout", "dense_1"], {"dense": {"kernel": k1, "bias": b1}, "dense_1": {"kernel": k2, "bias": b2}})
y = dense(np.tanh(dense(x.astype("float64"), k1, b1)), k2, b2)
note("keras2-weights.h5", x, y, options={"activation": "tanh"}, output="linear", layers=[6, 4, 3])

# the same weights beside the JSON of their model
json_config = {**sequential, "keras_version": "2.4.0", "backend": "tensorflow"}
json_config["config"] = {
    "name": "s",
    "layers": [
        layer2("Dense", "dense", units=4, activation="elu", use_bias=True, batch_input_shape=[None, 6]),
        layer2("Dropout", "dropout", rate=0.5),
        layer2("Dense", "dense_1", units=3, activation="sigmoid", use_bias=True),
    ],
}
(folder / "keras2-model.json").write_text(json.dumps(json_config))
y = sigmoid(dense(FUNCTIONS["elu"](dense(x.astype("float64"), k1, b1)), k2, b2))
note("keras2-model.json", x, y, files=["keras2-weights.h5", "keras2-model.json"], output="sigmoid", layers=[6, 4, 3])

# ---- Keras 3: .keras, .weights.h5, and its .h5


def layer3(kind, name, **config):
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
    return {
        **{"module": "keras.layers", "class_name": kind, "registered_name": None},
        "config": {"name": name, "trainable": True, "dtype": policy, **config},
    }


def snake(kind):
    return {"PReLU": "p_re_lu", "LeakyReLU": "leaky_re_lu"}.get(kind) or "".join(
        ("_" if i and c.isupper() else "") + c.lower() for i, c in enumerate(kind)
    )


def weights3(layers, arrays):
    buffer = io.BytesIO()
    used = {}
    with h5py.File(buffer, "w") as f:
        f.create_group("vars")
        for l in layers:
            group = snake(l["class_name"])
            used[group] = used.get(group, -1) + 1
            own = f.create_group(f"layers/{group}" + (f"_{used[group]}" if used[group] else ""))
            held = own.create_group("vars")
            held.attrs["name"] = l["config"]["name"]
            for i, values in enumerate(arrays.get(l["config"]["name"], [])):
                held[str(i)] = values
            if l["class_name"] == "Dropout":
                own["seed_generator/vars/0"] = np.array([3, 0], "uint32")
    return buffer.getvalue()


def write_keras(path, model, weights, version="3.4.1"):
    with zipfile.ZipFile(path, "w") as z:
        z.writestr(zipfile.ZipInfo("metadata.json"), json.dumps({"keras_version": version, "date_saved": "2024-07-01@12:00:00"}))
        z.writestr(zipfile.ZipInfo("config.json"), json.dumps(model))
        z.writestr(zipfile.ZipInfo("model.weights.h5"), weights)


mean, variance = draw(6, shift=40.0, scale=20.0), np.abs(draw(6, scale=9.0)) + np.float32(1)
k1, b1, k2, b2, k3, b3, k4, b4 = draw(6, 5), draw(5), draw(5, 5), draw(5), draw(5, 4), draw(4), draw(4, 2), draw(2)
bn, ln = norm_arrays(5), [draw(4, shift=1.0), draw(4)]
x = (40 + 20 * random.randn(6, 6)).astype("float32")
y = (x.astype("float64") - mean) / np.sqrt(variance.astype("float64"))
y = FUNCTIONS["gelu"](dense(y, k1, b1))
y = batch(y, bn)  # behind the activation
y = leaky(dense(y, k2, b2), 0.2)
y = FUNCTIONS["hard_sigmoid_3"](layer(dense(y, k3, b3), *ln, 1e-3))
y = dense(y, k4, b4)
layers = [
    layer3("InputLayer", "input_layer", batch_shape=[None, 6], sparse=False),
    layer3("Normalization", "normalization", axis=[-1], invert=False, mean=None, variance=None),
    layer3("Dense", "dense_7", units=5, activation="gelu", use_bias=True),
    layer3("BatchNormalization", "batch_normalization_2", axis=-1, momentum=0.9, epsilon=0.001, center=True, scale=True),
    layer3("Dropout", "dropout_3", rate=0.1, seed=None, noise_shape=None),
    layer3("Dense", "dense_8", units=5, activation="linear", use_bias=True),
    layer3("LeakyReLU", "leaky_re_lu", negative_slope=0.2),
    layer3("Dense", "dense_9", units=4, activation="linear", use_bias=True),
    layer3("LayerNormalization", "layer_normalization", axis=[-1], epsilon=0.001, center=True, scale=True),
    layer3("Activation", "activation", activation="hard_sigmoid"),
    layer3("Dense", "dense_10", units=2, activation="linear", use_bias=True),
]
arrays = {
    **{"normalization": [mean, variance, np.int32(0)], "dense_7": [k1, b1], "batch_normalization_2": bn},
    **{"dense_8": [k2, b2], "dense_9": [k3, b3], "layer_normalization": ln, "dense_10": [k4, b4]},
}
model = {
    **{"module": "keras", "class_name": "Sequential", "registered_name": None},
    "config": {"name": "sequential_1", "trainable": True, "layers": layers, "build_input_shape": [None, 6]},
    "build_config": {"input_shape": [None, 6]},
    "compile_config": {"optimizer": "adam", "loss": "huber", "loss_weights": None, "metrics": None},
}
write_keras(folder / "keras3.keras", model, weights3(layers, arrays))
note("keras3.keras", x, y, loss="huber", output="linear", layers=[6, 5, 5, 4, 2])

tensor = lambda name: {"class_name": "__keras_tensor__", "config": {"shape": [None, 3], "dtype": "float32", "keras_history": [name, 0, 0]}}
node = lambda name: [{"args": [tensor(name)], "kwargs": {}}]
k1, b1, k2 = draw(3, 3), draw(3), draw(3, 4)
x = draw(5, 3, scale=2.0)
y = FUNCTIONS["softmax"](dense(FUNCTIONS["mish"](dense(x.astype("float64") * 0.5 - 1, k1, b1)), k2))
layers = [
    {**layer3("InputLayer", "input", batch_shape=[None, 3]), "inbound_nodes": []},
    {**layer3("Rescaling", "rescaling", scale=0.5, offset=-1.0), "inbound_nodes": node("input")},
    {**layer3("Dense", "a", units=3, activation="mish", use_bias=True), "inbound_nodes": node("rescaling")},
    {**layer3("Dense", "b", units=4, activation={"module": "keras.activations", "class_name": "function", "config": "softmax", "registered_name": "softmax"}, use_bias=False), "inbound_nodes": node("a")},
]
for l in layers:
    l["name"] = l["config"]["name"]
model = {
    **{"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional"},
    "config": {"name": "f", "trainable": True, "layers": layers, "input_layers": [["input", 0, 0]], "output_layers": [["b", 0, 0]]},
    "compile_config": {"loss": {"module": "keras.losses", "class_name": "CategoricalCrossentropy", "config": {"from_logits": False}}},
}
write_keras(folder / "keras3-functional.keras", model, weights3(layers, {"a": [k1, b1], "b": [k2]}), "3.8.0")
note("keras3-functional.keras", x, y, loss="categoricalCrossEntropy", output="softmax", layers=[3, 3, 4])

k1, b1, k2, b2 = draw(6, 4), draw(4), draw(4, 1), draw(1)
x = draw(4, 6, scale=1.0)
y = sigmoid(dense(FUNCTIONS["relu"](dense(x.astype("float64"), k1, b1)), k2, b2))
layers = [layer3("Dense", "d", units=4), layer3("Dense", "e", units=1)]
(folder / "keras3.weights.h5").write_bytes(weights3(layers, {"d": [k1, b1], "e": [k2, b2]}))
note("keras3.weights.h5", x, y, options={"activation": "relu", "output": "sigmoid"}, output="sigmoid", layers=[6, 4, 1])

sequential3 = {
    **{"module": "keras", "class_name": "Sequential", "registered_name": None},
    "config": {
        "name": "sequential",
        "layers": [
            layer3("InputLayer", "input_layer", batch_shape=[None, 6]),
            layer3("Dense", "dense", units=4, activation="silu", use_bias=True),
            layer3("Dense", "dense_1", units=1, activation="linear", use_bias=True),
        ],
    },
}
write_h5(folder / "keras3.h5", ["dense", "dense_1"], {"dense": {"kernel": k1, "bias": b1}, "dense_1": {"kernel": k2, "bias": b2}}, sequential3, "3.3.3", {"loss": "mse"}, lambda name: f"sequential/{name}")
y = dense(FUNCTIONS["silu"](dense(x.astype("float64"), k1, b1)), k2, b2)
note("keras3.h5", x, y, loss="meanSquaredError", output="linear", layers=[6, 4, 1])

# ---- TensorFlow.js: two files of weights, some of them quantised

k1, b1, k2, b2 = draw(5, 8), draw(8), draw(8, 2), draw(2)
scale, least = np.float32((k1.max() - k1.min()) / 255), k1.min()
packed = np.round((k1 - least) / scale).astype("uint8")
k1 = packed.astype("float64") * float(scale) + float(least)
data = packed.tobytes() + b1.tobytes() + k2.tobytes() + b2.tobytes()
(folder / "group1-shard1of2.bin").write_bytes(data[:100])
(folder / "group1-shard2of2.bin").write_bytes(data[100:])
topology = {
    "keras_version": "tfjs-layers 4.20.0",
    "backend": "tensor_flow.js",
    "model_config": {
        "class_name": "Sequential",
        "config": {
            "name": "sequential_1",
            "layers": [
                layer2("Dense", "dense_Dense1", units=8, activation="relu", use_bias=True, batch_input_shape=[None, 5]),
                layer2("Dropout", "dropout_Dropout1", rate=0.2),
                layer2("Dense", "dense_Dense2", units=2, activation="softmax", use_bias=True),
            ],
        },
    },
}
entry = lambda name, a, **more: {"name": name, "shape": list(a.shape), "dtype": "float32", **more}
manifest = [
    {
        "paths": ["group1-shard1of2.bin", "./group1-shard2of2.bin"],
        "weights": [
            entry("dense_Dense1/kernel", k1, quantization={"dtype": "uint8", "scale": float(scale), "min": float(least), "original_dtype": "float32"}),
            entry("dense_Dense1/bias", b1),
            entry("dense_Dense2/kernel", k2),
            entry("dense_Dense2/bias", b2),
        ],
    }
]
(folder / "tfjs.json").write_text(
    json.dumps({"format": "layers-model", "generatedBy": "TensorFlow.js tfjs-layers v4.20.0", "convertedBy": None, "modelTopology": topology, "weightsManifest": manifest, "trainingConfig": {"loss": "categorical_crossentropy"}})
)
x = draw(6, 5, scale=1.0)
y = FUNCTIONS["softmax"](FUNCTIONS["relu"](x.astype("float64") @ k1 + b1) @ k2.astype("float64") + b2)
note("tfjs.json", x, y, files=["tfjs.json", "group1-shard1of2.bin", "group1-shard2of2.bin"], loss="categoricalCrossEntropy", output="softmax", layers=[5, 8, 2])

# ---- PyTorch: state dicts in safetensors, sorted by name as safetensors does


def write_safetensors(path, tensors):
    types = {"float32": "F32", "float64": "F64", "float16": "F16", "int64": "I64"}
    header, data = {}, b""
    for name in sorted(tensors, key=lambda n: (-tensors[n].dtype.itemsize, n)):
        raw = np.ascontiguousarray(tensors[name])
        header[name] = {"dtype": types[str(raw.dtype)], "shape": list(raw.shape), "data_offsets": [len(data), len(data) + raw.nbytes]}
        data += raw.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def answers(module, x):
    """In float64, by PyTorch's own layers."""
    with torch.no_grad():
        return module.double().eval()(torch.from_numpy(np.asarray(x, "float64"))).numpy()


def drawn(module):
    torch.manual_seed(5)
    with torch.no_grad():
        for name, p in list(module.named_parameters()) + list(module.named_buffers()):
            if p.dtype.is_floating_point:
                p.copy_(torch.rand_like(p) + 0.3 if name.endswith("var") else torch.randn_like(p) * 0.5 + (1 if p.dim() == 1 and "weight" in name else 0))
    return module.eval()


state = lambda module: {name: p.detach().numpy().copy() for name, p in module.state_dict().items()}
nn = torch.nn
x = draw(6, 7, scale=1.0)

module = drawn(nn.Sequential(nn.Linear(7, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Dropout(0.3), nn.Linear(5, 4), nn.ReLU(), nn.BatchNorm1d(4), nn.Linear(4, 3)))
write_safetensors(folder / "torch-sequential.safetensors", state(module))
note("torch-sequential.safetensors", x, answers(module, x), options={"activation": "relu"}, output="linear", layers=[7, 5, 4, 3])

class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layer = nn.Linear(7, 9)
        self.norm = nn.LayerNorm(9)
        self.body = nn.Linear(9, 6)
        self.act = nn.PReLU(6)
        self.head = nn.Linear(6, 2, bias=False)

    def forward(self, x):
        return torch.softmax(self.head(self.act(self.body(nn.functional.gelu(self.norm(self.input_layer(x)))))), 1)


module = drawn(Named())
write_safetensors(folder / "torch-named.safetensors", state(module))
note("torch-named.safetensors", x, answers(module, x), options={"activation": "gelu", "output": "softmax", "place": "before"}, output="softmax", layers=[7, 9, 6, 2])

module = drawn(nn.Sequential())
for i in range(1, 12):
    module.add_module(f"fc{i}", nn.Linear(7, 7))
half = {name: p.astype("float16") for name, p in state(drawn(module)).items()}
write_safetensors(folder / "torch-half.safetensors", half)
y = x.astype("float64")
for i in range(1, 12):
    y = y @ half[f"fc{i}.weight"].astype("float64").T + half[f"fc{i}.bias"]
    y = np.tanh(y) if i < 11 else y
note("torch-half.safetensors", x, y, options={"activation": "tanh"}, output="linear", layers=[7] * 12)

# ---- ONNX as PyTorch exports it


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Linear(7, 6), nn.Linear(6, 6), nn.Linear(6, 2)

    def forward(self, x):
        a = nn.functional.silu(self.first((x - 0.5) / 2))
        return torch.sigmoid(self.last(a + nn.functional.hardswish(self.second(a))))


class Picture(nn.Module):
    def __init__(self):
        super().__init__()
        self.stack = nn.Sequential(nn.Flatten(), nn.Linear(8, 5), nn.Mish(), nn.Linear(5, 4), nn.ELU(), nn.Linear(4, 3), nn.Softmax(1))

    def forward(self, x):
        return self.stack(x / 255)


def write_onnx(name, module, x, opset, **more):
    drawn(module)
    torch.onnx.export(module.float(), torch.from_numpy(x), str(folder / name), opset_version=opset, input_names=["input"], output_names=["output"], dynamic_axes={"input": {0: "n"}, "output": {0: "n"}})
    note(name, x, answers(module, x), **more)


write_onnx("torch-9.onnx", nn.Sequential(nn.Linear(7, 6), nn.GELU(), nn.Linear(6, 5), nn.LeakyReLU(0.2), nn.Dropout(0.5), nn.Linear(5, 2)), x, 9, output="linear", layers=[7, 6, 5, 2])
write_onnx("torch-13.onnx", nn.Sequential(nn.Linear(7, 6, bias=False), nn.BatchNorm1d(6), nn.SELU(), nn.Linear(6, 5), nn.BatchNorm1d(5, eps=1e-3), nn.Softplus(), nn.Linear(5, 2), nn.LogSoftmax(1))[:7], x, 13, output="linear", layers=[7, 6, 5, 2])
write_onnx("torch-17.onnx", nn.Sequential(nn.Linear(7, 6), nn.LayerNorm(6), nn.PReLU(), nn.Linear(6, 6), nn.Hardsigmoid(), nn.Linear(6, 1), nn.Sigmoid()), x, 17, output="sigmoid", layers=[7, 6, 6, 1])
write_onnx("torch-residual.onnx", Residual(), x, 15, output="sigmoid", layers=[7, 6, 6, 2])
write_onnx("torch-picture.onnx", Picture(), random.randint(0, 256, (4, 2, 2, 2)).astype("float32"), 16, output="softmax", layers=[8, 5, 4, 3], shape=[2, 2, 2])

(root / "golden" / "exchange.json").write_text(json.dumps(golden) + "\n")
torch.save({"0.weight": torch.zeros(2, 2)}, folder / "torch.pt")
