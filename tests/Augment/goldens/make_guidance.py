"""Writes guidance.json: DDIM under the gradient of a classifier, for the three things that the classifier may see, in NumPy.

The generator is known: pixels are independent normal with means mu and variance v, so that its denoiser is a line (Tweedie).
The classifier is a logistic regression of the pixels, whose gradient is written out by hand."""
import json
import numpy as np

rng = np.random.default_rng(15)
T, STEPS = 50, 10
beta = np.linspace(1e-3, 0.25, T)
bar = np.cumprod(1 - beta)
n, d = 3, 4
mu, v = rng.uniform(-0.5, 0.5, d), 0.3
w, b = rng.normal(0, 1.5, (2, d)), rng.normal(0, 0.5, 2)
labels = np.array([0, 1, 1])
start = rng.normal(size=(n, d))
times = [int(round((STEPS - i) * T / STEPS)) - 1 for i in range(STEPS)] + [-1]


def slope(t):
    return v * np.sqrt(bar[t]) / (bar[t] * v + 1 - bar[t])  # of E[x_0 | x_t]


def clean(x, t):
    return mu + slope(t) * (x - np.sqrt(bar[t]) * mu)


def noise(x, t):
    return (x - np.sqrt(bar[t]) * clean(x, t)) / np.sqrt(1 - bar[t])


def gradient(image):
    """Of log softmax(W image + b) at the label: w_y - sum_k p_k w_k."""
    z = image @ w.T + b
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return w[labels] - p @ w


def guided(x, t, on, form, scale):
    g = {"noisy": lambda: gradient(x),
         "clean": lambda: np.sqrt(bar[t]) * gradient(clean(x, t)),
         "clean_through": lambda: slope(t) * gradient(clean(x, t))}[on]()
    return noise(x, t) - scale * g * (np.sqrt(1 - bar[t]) if form == "score" else 1)


def ddim(on, form, scale):
    x = start
    for t, u in zip(times, times[1:]):
        eps = guided(x, t, on, form, scale)
        x0 = (x - np.sqrt(1 - bar[t]) * eps) / np.sqrt(bar[t])
        a = bar[u] if u >= 0 else 1.0
        x = np.sqrt(a) * x0 + np.sqrt(1 - a) * eps
    return x


golden = {"beta": [beta[0], beta[-1]], "steps": T, "times": times, "mu": mu.tolist(), "v": v, "w": w.ravel().tolist(),
          "b": b.tolist(), "labels": labels.tolist(), "start": start.ravel().tolist(), "scale": 1.5,
          "images": {f"{on} {form}": ddim(on, form, 1.5).ravel().tolist()
                     for on in ("noisy", "clean", "clean_through") for form in ("score", "printed")}}
with open("guidance.json", "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
