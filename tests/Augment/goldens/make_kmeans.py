"""Goldens of k-means: rows, and scikit-learn's inertia for several k (k-means++, ten starts).

Run with scikit-learn 1.2: python3 make_kmeans.py
"""
import json
import pathlib

import numpy as np
from sklearn.cluster import KMeans

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(5)
centres = rng.normal(0, 3, (7, 12))
rows = (centres[rng.choice(7, 348, p=[.3, .25, .2, .1, .08, .05, .02])] + rng.normal(0, 1.2, (348, 12)) + 50).astype(np.float32)
np.save(here / "kmeans_rows.npy", rows)
golden = {}
for k in (1, 5, 7, 10, 20, 40):
    fit = KMeans(n_clusters=k, n_init=10, random_state=0, tol=0).fit(rows.astype(np.float64))
    golden[str(k)] = {"inertia": fit.inertia_, "sizes": sorted(np.bincount(fit.labels_).tolist(), reverse=True)}
(here / "kmeans.json").write_text(json.dumps(golden, indent=1) + "\n")
