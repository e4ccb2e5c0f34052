# Makes test/fixtures/*.npy and *.npz: small files of every kind of array that readNpz takes, and those that it must
# refuse. Run by hand with a Python that has NumPy: python3 scripts/fixtures-numpy.py. The files are committed.

from pathlib import Path

import numpy as np
from numpy.lib import format as npy

FOLDER = Path(__file__).resolve().parent.parent / "test" / "fixtures"
COUNT = 6
X = np.arange(18).reshape(COUNT, 3)  # 0 … 17
Y = np.array([0, 1, 2, 1, 0, 2])
NAMES = np.array(["ant", "bée", "cow"])
PICTURES = np.arange(COUNT * 12).reshape(COUNT, 2, 2, 3).astype("u1")

# Every type of examples, in both orders of bytes and of dimensions. Negative and fractional values where the type has them.
kinds = {}
for order in "<>":
    for kind in ("u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"):
        shift = {"u": 0, "i": -9, "f": 0.5}[kind[0]]
        kinds[f"{'little' if order == '<' else 'big'}-{kind}"] = (X + shift).astype(order + kind)
kinds["fortran"] = np.asfortranarray(PICTURES.astype(">i2") - 9)
kinds["bool"] = X % 2 == 1
kinds["flat"] = X[:, 0].astype("f4")
kinds["labels"] = Y
kinds["labels-big"] = Y.astype(">u2")
kinds["labels-bool"] = Y > 0
kinds["labels-float"] = Y.astype("f4")
kinds["labels-wide"] = NAMES[Y]
kinds["labels-wide-big"] = NAMES[Y].astype(">U5")
kinds["labels-bytes"] = np.char.encode(NAMES, "utf-8")[Y]
kinds["labels-one-hot"] = np.eye(3)[Y]
kinds["targets"] = X[:, :2] / 4
kinds["object"] = np.array([[1, "a", None]] * COUNT, dtype=object)
kinds["structured"] = np.zeros(COUNT, dtype=[("a", "f4"), ("shape", "u1")])
kinds["complex"] = X * 1j
kinds["datetime"] = np.array(["2020-01-01"] * COUNT, dtype="M8[D]")
kinds["single"] = np.float64(7)
np.savez(FOLDER / "kinds.npz", **kinds)

# As Keras writes MNIST: pictures of both parts.
half = {"x_train": PICTURES, "y_train": Y, "x_test": PICTURES[3:], "y_test": Y[3:]}
np.savez_compressed(FOLDER / "parts.npz", **half)
np.savez_compressed(FOLDER / "names.npz", data=X / 2, target=Y, list_classes=NAMES)

for major in (1, 2, 3):
    with open(FOLDER / f"version-{major}.npy", "wb") as file:
        npy.write_array(file, X + 0.5, version=(major, 0))
np.save(FOLDER / "object.npy", kinds["object"], allow_pickle=True)
