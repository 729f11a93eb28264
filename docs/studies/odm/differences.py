"""Generators of a study with a generator for each seed, beside the first of them: paired differences over the seeds.

    python3 differences.py RUN > differences.csv      (standard library alone)

Reads what the measure stages and the phantom's rule found of every set of a run. A row a generator and metric: mean and standard deviation over the seeds; the mean
difference to the baseline's generator of the same seed, its 95 % interval (Student's t over the seeds) and p (two-sided t test), Holm's correction over all rows.
"""
import csv, glob, math, os, statistics, sys

run, base = sys.argv[1], "dm"
T975 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def t_p(t, df):  # two-sided p of Student's t for an even number of degrees of freedom, or by integration
    steps, total, limit = 20000, 0.0, abs(t)
    c = math.gamma((df + 1) / 2) / (math.sqrt(df * math.pi) * math.gamma(df / 2))
    for i in range(steps):
        x = (i + 0.5) * limit / steps
        total += c * (1 + x * x / df) ** (-(df + 1) / 2) * limit / steps
    return max(0.0, 1 - 2 * total)


def finished(kind, file):  # (generator, seed, rows) of the stages of a kind
    for folder in sorted(glob.glob(os.path.join(run, "stages", kind + "-*"))):
        if os.path.exists(os.path.join(folder, "stage.json")):
            name, seed = os.path.basename(folder)[len(kind) + 1:].rsplit("-", 1)[0].rsplit("-", 1)
            yield name, int(seed), list(csv.DictReader(open(os.path.join(folder, file))))


values = {}  # (generator, metric) -> {seed: value}
for kind, file, prefix in (("measure", "facts.csv", ""), ("audit", "facts.csv", ""), ("synthesize", "truth.csv", "rule_")):
    for name, seed, found in finished(kind, file):
        for row in found:
            if row["label"] == "":
                values.setdefault((name, prefix + row["metric"]), {})[seed] = float(row["value"])
for (name, metric), found in list(values.items()):
    if metric.startswith("frechet_") and not metric.endswith("_infinity"):
        floor = values[name, "floor_" + metric]
        values[name, "frechet_over_floor"] = {s: v / floor[s] for s, v in found.items()}

shown = ["image_precision", "image_recall", "frechet_over_floor", "kid", "density", "coverage", "rule_spearman", "rule_grade_agreement", "spearman", "spearman_expected",
         "read_as_asked"]
names = sorted({n for n, _ in values}, key=lambda n: (n != base, n))
rows = []
for name in names:
    for metric in shown:
        own = values.get((name, metric))
        if not own:
            continue
        seeds = sorted(own)
        row = {"generator": name, "metric": metric, "seeds": len(seeds), "mean": statistics.mean(own.values()), "sd": statistics.stdev(own.values()) if len(own) > 1 else None}
        other = values.get((base, metric), {})
        pairs = [own[s] - other[s] for s in seeds if s in other]
        if name != base and len(pairs) > 1:
            mean, se = statistics.mean(pairs), statistics.stdev(pairs) / math.sqrt(len(pairs))
            row |= {"diff": mean, "diff_low": mean - T975[len(pairs) - 1] * se, "diff_high": mean + T975[len(pairs) - 1] * se, "p": t_p(mean / se, len(pairs) - 1) if se > 0 else 1.0}
        rows.append(row)
tested = sorted((r for r in rows if "p" in r), key=lambda r: r["p"])
worst = 0.0
for i, row in enumerate(tested):
    worst = max(worst, min(1.0, row["p"] * (len(tested) - i)))
    row["p_holm"] = worst
out = csv.writer(sys.stdout, lineterminator="\n")
columns = ["generator", "metric", "seeds", "mean", "sd", "diff", "diff_low", "diff_high", "p", "p_holm"]
out.writerow(columns)
for row in rows:
    out.writerow(["" if row.get(c) is None else row[c] if isinstance(row[c], (str, int)) else f"{row[c]:.4f}" for c in columns])
