"""Goldens of ResNet-50 and the thesis' CNN in float64, weights by the formula `deterministic` (a narrow copy's also as a file,
resnet_narrow.safetensors). Writes resnet.json.

Each network sees images of `scattered` values and labels 0, 1, 2, ... First `loss` and `gradients` of the cross entropy, the largest and four
values spread over each parameter: in training mode, but for the full network, whose three images leave even float32 PyTorch 10 % astray in
training mode, in evaluation mode (where it strays by 2e-6). Then `logits` in training mode (batch statistics), `running`, the running
mean of bn1 after that, and `evaluated`, the logits in evaluation mode.
"""
import json
import struct
import torch
from torch import nn
from resnet import ResNet50, fill, scattered


class ThesisCnn(nn.Module):
    def __init__(self, classes, width):
        super().__init__()
        sizes = [3, width, 2 * width, 4 * width]
        for i in range(3):
            setattr(self, f"conv{i + 1}", nn.Conv2d(sizes[i], sizes[i + 1], 3, 1, 1))
            setattr(self, f"bn{i + 1}", nn.BatchNorm2d(sizes[i + 1]))
        self.fc1, self.fc2 = nn.Linear(64 * width, 16 * width), nn.Linear(16 * width, 8 * width)
        self.fc3, self.fc = nn.Linear(8 * width, 4 * width), nn.Linear(4 * width, classes)

    def forward(self, x):
        for i in "123":
            x = nn.functional.max_pool2d(torch.relu(getattr(self, "bn" + i)(getattr(self, "conv" + i)(x))), 2)
        x = nn.functional.adaptive_avg_pool2d(x, 4).flatten(1)
        for layer in (self.fc1, self.fc2, self.fc3):
            x = torch.relu(layer(x))
        return self.fc(x)


def write_safetensors(path, state):
    header, data = {}, b""
    for name, t in state.items():
        raw = t.float().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def images(n, size):
    return scattered(n * 3 * size * size, 1).reshape(n, 3, size, size)


def golden(name, net, n, size, classes, train_gradients=True, **more):
    net = net.double().train(train_gradients)
    x, y = images(n, size), torch.arange(n) % classes
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    gradients = {}
    for key, p in net.named_parameters():
        g = p.grad.flatten()
        at = [len(g) * i // 4 for i in range(4)]
        gradients[key] = {"largest": float(f"{g.abs().max():.9g}"), "at": at, "values": [float(f"{v:.9g}") for v in g[at]]}
    with torch.no_grad():
        logits = net.train()(x)
        running = net.bn1.running_mean.tolist()
        evaluated = net.eval()(x)
    return {"name": name, "n": n, "size": size, "classes": classes, "train_gradients": train_gradients, "parameters": sum(p.numel() for p in net.parameters()),
            "logits": logits.tolist(), "loss": float(loss), "running": running[:8], "evaluated": evaluated.tolist(), "gradients": gradients, **more}


state = {k: v for k, v in fill(ResNet50(5, width=2)).state_dict().items() if not k.endswith("num_batches_tracked")}
write_safetensors("resnet_narrow.safetensors", state)


def with_state(net):
    net.load_state_dict(state, strict=False)
    return net


cases = [
    golden("narrow", with_state(ResNet50(5, width=2)), 16, 64, 5, width=2, variant="v1.5", stem="paper"),
    golden("narrow, v1", with_state(ResNet50(5, width=2, variant="v1")), 16, 64, 5, width=2, variant="v1", stem="paper"),
    golden("narrow, small stem", with_state(ResNet50(5, width=2, pool=False)), 16, 33, 5, width=2, variant="v1.5", stem="small"),
    golden("full", fill(ResNet50(1000)), 3, 64, 1000, train_gradients=False, width=64, variant="v1.5", stem="paper"),
]
full = cases[-1]  # a thousand logits an image and 161 gradients are much: every 50th, and the tensors' norms
full["logits"], full["evaluated"] = [[r[::50] for r in full[k]] for k in ("logits", "evaluated")]
json.dump({"resnet": cases, "cnn": golden("cnn", fill(ThesisCnn(5, 4)), 4, 40, 5, width=4)}, open("resnet.json", "w"))
