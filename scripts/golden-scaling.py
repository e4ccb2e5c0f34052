# Golden numbers for the scaling of columns, made with scikit-learn 1.2: StandardScaler and MinMaxScaler, of each column
# and of all values as one column, fitted on some rows and applied to others that go beyond them.
#
#   python3 scripts/golden-scaling.py test/golden/scaling.json

import json
import sys

import numpy as np
from sklearn.preprocessing import MinMaxScaler, StandardScaler

random = np.random.RandomState(7)
count = 23
train = np.column_stack(
    [
        19000.3 + random.randn(count),
        1e-3 * random.randn(count),
        np.full(count, 5.0),
        np.where(np.arange(count) % 3, 0.3, 0.1 + 0.2),  # alike but for rounding
        random.randint(0, 256, count).astype(float),
    ]
)
unseen = np.vstack([train.min(0) - train.std(0) - 1, train.max(0) + 3, train[:5] / 2])
y = np.column_stack([250 + 30 * (train[:, 0] - 19000), 1e4 * train[:, 1] - train[:, 4]])


def rows(scaler, as_one):
    flat = (lambda x: x.reshape(-1, 1)) if as_one else (lambda x: x)
    fitted = scaler.fit(flat(train))
    return {
        "train": fitted.transform(flat(train)).reshape(train.shape).tolist(),
        "unseen": fitted.transform(flat(unseen)).reshape(unseen.shape).tolist(),
    }


golden = {
    "x": train.tolist(),
    "unseen": unseen.tolist(),
    "y": y.tolist(),
    "targets": StandardScaler().fit_transform(y).tolist(),
    "scaled": {
        "standard": rows(StandardScaler(), False),
        "minmax": rows(MinMaxScaler(), False),
        "standardAll": rows(StandardScaler(), True),
        "minmaxAll": rows(MinMaxScaler(), True),
    },
}
json.dump(golden, open(sys.argv[1], "w"))
open(sys.argv[1], "a").write("\n")
