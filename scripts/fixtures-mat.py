# The MATLAB files of test/fixtures, written by SciPy 1.10: python3 scripts/fixtures-mat.py test/fixtures
import sys

import numpy as np
from scipy.io import savemat
from scipy.sparse import csc_matrix

folder = sys.argv[1]
rows = (np.arange(60) * 37 % 101 / 8 - 3).reshape(12, 5)  # test/mat.test.ts has the same formulas
labels = np.arange(12) % 3
kinds = {
    "X": rows,
    "y": labels[:, None].astype(np.int64),
    "wide": (np.arange(48) * 7 % 19 - 9).reshape(12, 4).astype(np.int16),
    "bytes": (np.arange(144) * 5 % 256).reshape(12, 4, 3).astype(np.uint8),
    "single": rows.astype(np.float32),
    "flags": labels[None, :] == 1,
    "names": np.array(["cat", "dog", "owl"], dtype=object)[labels],
    "letters": np.array(["cat", "dog", "owlet"])[labels],
    "empty": np.zeros((0, 3)),
    "sparse": csc_matrix(rows > 1),
    "complex": rows * 1j,
    "struct": {"a": 1.0},
}
savemat(f"{folder}/kinds.mat", kinds, oned_as="column")
savemat(f"{folder}/kinds-packed.mat", kinds, do_compression=True, oned_as="column")
savemat(f"{folder}/columns.mat", {"data": rows.T, "labels": labels[None, :] + 1.0}, do_compression=True)
