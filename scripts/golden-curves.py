# Golden numbers for curves, made with scikit-learn 1.2: probabilities drawn from a seed, with ties and a rare class.
#
#   python3 scripts/golden-curves.py test/golden/curves.json

import json
import sys

import numpy as np
from sklearn import metrics as m
from sklearn.calibration import calibration_curve


def case(name, seed, count, share, digits=None):
    random = np.random.RandomState(seed)
    y = (random.random_sample(count) < share).astype(int)
    p = 1 / (1 + np.exp(-(random.randn(count) + 1.5 * y - 0.7)))
    if digits:
        p = np.round(p, digits)
    fpr, tpr, of_roc = m.roc_curve(y, p, drop_intermediate=False)
    precision, recall, of_pr = m.precision_recall_curve(y, p)
    true, given = calibration_curve(y, p, n_bins=10)
    values = dict(falsePositiveRate=fpr, truePositiveRate=tpr, rocThresholds=of_roc[1:], precision=precision,
                  recall=recall, thresholds=of_pr, shareTrue=true, meanProbability=given)
    return dict(name=name, probabilities=p.tolist(), labels=y.tolist(), auc=float(m.roc_auc_score(y, p)),
                averagePrecision=float(m.average_precision_score(y, p)), **{k: v.tolist() for k, v in values.items()})


cases = [case("drawn", 1, 50, 0.4), case("ties", 2, 70, 0.5, 1), case("one rare", 3, 90, 0.05), case("three", 5, 3, 0.5, 1)]
with open(sys.argv[1], "w") as file:
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    file.write(f'{{"note":"scikit-learn 1.2, by scripts/golden-curves.py","cases":[\n{lines}\n]}}\n')
