"""Helpers of the make_gan_*.py scripts: seeded weights by name, comparisons' values, the safetensors format."""
import json, struct
import torch


def fill(module, generator, scale=.3):
    """Every parameter N(0, scale²), in the order of its name; norms' weights around 1."""
    with torch.no_grad():
        for name, p in sorted(module.named_parameters()):
            p.copy_(torch.randn(p.shape, generator=generator) * scale + (1 if "norm" in name and name.endswith("weight") else 0))


def gradients(prefix, module):
    return {f"{prefix}.{name}": p.grad.clone() for name, p in module.named_parameters() if p.grad is not None}


def weights(prefix, module):
    return {f"{prefix}.{name}": p.detach().clone() for name, p in module.named_parameters()}


def write(path, tensors, **metadata):
    header, offset, blobs = {"__metadata__": {k: str(v) for k, v in metadata.items()}}, 0, []
    for name in sorted(tensors):
        t = tensors[name].detach().contiguous()
        t = t.to(torch.int64) if t.dtype == torch.int64 else t.to(torch.float32)
        blob = t.numpy().tobytes()
        header[name] = {"dtype": "I64" if t.dtype == torch.int64 else "F32", "shape": list(t.shape), "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
