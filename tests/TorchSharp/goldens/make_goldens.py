#!/usr/bin/env python3
"""Writes goldens.safetensors: what Python's torch answers for every operator that compat/TorchSharp exposes.

A case is a C# member with its parameter types, and its arguments; OperatorGoldenTests.cs calls the member by reflection
(and torch.member(...) where there is one), this script the same method of torch.Tensor or, where the two differ, a lambda.
The member's first argument is `this`, or for `torch.` and `torch.linalg.` members the first parameter.
"""
import json
import struct
import numpy as np
import torch

rng = np.random.default_rng(20)
f = lambda *s: torch.tensor(rng.standard_normal(s), dtype=torch.float32)
inputs = {
    "a": f(3, 4), "b": f(3, 4), "c": f(3, 4), "u": torch.tensor(rng.uniform(-.95, .95, (3, 4)), dtype=torch.float32),
    "p": torch.tensor(rng.uniform(.05, .95, (3, 4)), dtype=torch.float32), "v": f(4), "w": f(3), "m": f(4, 5), "sq": f(4, 4), "one": f(3, 1), "f35": f(3, 5),
    "x3": f(2, 3, 4), "y3": f(2, 4, 3), "z3": f(2, 3, 3), "image": f(2, 3, 4, 4), "row": f(1, 3, 1, 4),
    "perm": torch.tensor([[0, 2, 1, 3], [1, 0, 3, 2], [3, 2, 0, 1]]), "i": torch.tensor([[0, 2, 1, 3], [1, 0, 3, 2], [3, 3, 0, 1]]), "k": torch.tensor([2, 0, 2]), "k4": torch.tensor([1, 0, 2, 1]), "n": torch.tensor([[5, -3, 7, 2], [1, 4, -6, 9], [8, 2, 3, -1]]),
    "n2": torch.tensor([[2, 2, 3, 5], [4, 1, 2, 3], [3, 7, 2, 2]]), "counts": torch.tensor([3, 1, 1, 0, 3]), "mask": torch.tensor(rng.random((3, 4)) < .5), "mask2": torch.tensor(rng.random((3, 4)) < .5),
    "bad": torch.tensor([[1., float("nan"), float("inf"), -float("inf")]]), "q": torch.tensor([.1, .5, .8]), "edges": torch.tensor([-1., 0., 1.]), "src": f(3, 4), "rows": f(3, 4), "flat": torch.tensor([3, 0, 7]),
}
inputs["spd"] = inputs["sq"] @ inputs["sq"].T + torch.eye(4)
inputs["near"] = inputs["a"] + 1e-6
cases, outputs = [], {}


def case(member, *args, py=None):
    """member(types) called with args; a string names an input, "=text" is text, "float64" as dtype:float64."""
    name = member.split("(")[0].split(".")[-1]

    def value(x):
        if isinstance(x, list):
            return [value(y) for y in x]
        if isinstance(x, str):
            return x[1:] if x.startswith("=") else getattr(torch, x[6:]) if x.startswith("dtype:") else inputs[x].clone()
        return x

    values = [value(x) for x in args]
    found = py(*values) if py else getattr(values[0], name)(*values[1:]) if not member.startswith("torch.") else getattr(torch.linalg if ".linalg." in member else torch, name)(*values)
    found = list(found) if isinstance(found, (tuple, list)) else [found]
    at = len(cases)
    for j, tensor in enumerate(found):
        if not isinstance(tensor, torch.Tensor):
            tensor = torch.tensor(tensor)
        outputs[f"{at}.{j}"] = tensor.contiguous()
    cases.append({"member": member, "args": list(args), "results": len(found)})


# functions of each element
for name in "abs neg negative exp expm1 log log1p log2 log10 sqrt rsqrt square reciprocal sign floor ceil trunc frac sin cos tan tanh asin acos atan sinh cosh erf erfc sigmoid signbit".split():
    case(f"{name}()", "u")
for name in "relu silu relu6 hardsigmoid hardswish selu gelu".split():
    case(f"{name}()", "a", py=getattr(torch.nn.functional, name))
for name in "abs neg exp log sqrt rsqrt reciprocal floor ceil trunc sin cos tanh sigmoid relu".split():
    case(f"{name}_()", "u")
case("silu_()", "u", py=torch.nn.functional.silu)
case("zero_()", "u")
for name in "isnan isinf isfinite".split():
    case(f"{name}()", "bad")
case("logical_not()", "mask")
case("bitwise_not()", "n")
case("round(long)", "a", 1, py=lambda x, d: x.round(decimals=d))
case("round(long)", "a", 0, py=lambda x, d: x.round(decimals=d))
case("round_(long)", "a", 0, py=lambda x, d: x.round(decimals=d))
case("log_sigmoid()", "a", py=torch.nn.functional.logsigmoid)
case("softplus(double,double)", "a", 2.0, 1.0, py=torch.nn.functional.softplus)
case("elu(double)", "a", 0.7, py=torch.nn.functional.elu)
case("leaky_relu(Scalar)", "a", 0.2, py=torch.nn.functional.leaky_relu)
case("leaky_relu_(Scalar)", "a", 0.2, py=torch.nn.functional.leaky_relu)
case("glu(long)", "a", 1, py=torch.nn.functional.glu)
case("softmax(long,ScalarType?)", "a", 1, None)
case("softmax(long,ScalarType?)", "a", 0, "dtype:float64")
case("log_softmax(long,ScalarType?)", "a", -1, None)
for u in ["", "_"]:
    case(f"clamp{u}(Scalar,Scalar)", "a", -0.3, 0.4)
    case(f"clamp{u}(Scalar,Scalar)", "a", None, 0.4)
    case(f"clamp{u}(Tensor,Tensor)", "a", "u", "p", py=lambda x, lo, hi: x.clamp(lo, hi))
    case(f"clamp_min{u}(Scalar)", "a", 0.1)
    case(f"clamp_max{u}(Scalar)", "a", 0.1)
case("clip(Scalar,Scalar)", "a", -0.3, 0.4)
case("nan_to_num(double,double?,double?)", "bad", 0.5, None, -9.0)
case("logit(double?)", "p", 0.1)
case("threshold(Scalar,Scalar)", "a", 0.1, 20, py=torch.nn.functional.threshold)

# operators of two tensors
for u in ["", "_"]:
    for name in "add sub mul".split():
        case(f"{name}{u}(Tensor)", "a", "b")
        case(f"{name}{u}(Scalar)", "a", 0.7)
    case(f"add{u}(Tensor,Scalar)", "a", "b", 0.3, py=lambda x, y, s: x.add(y, alpha=s))
    case(f"add{u}(Scalar,Scalar)", "a", 2.0, 0.3, py=lambda x, y, s: x + y * s)
    for mode in [None, "trunc", "floor"]:
        case(f"div{u}(Tensor,torch.RoundingMode)", "a", "b", f"={mode}" if mode else "=None", py=lambda x, y, m: x.div(y, rounding_mode=None if m == "None" else m))
    case(f"div{u}(Scalar,torch.RoundingMode)", "a", 0.3, "=floor", py=lambda x, y, m: x.div(y, rounding_mode=m))
    case(f"pow{u}(Scalar)", "p", 1.7)
    case(f"pow{u}(Tensor)", "p", "a")
    for name in "remainder fmod".split():
        case(f"{name}{u}(Scalar)", "a", 0.4)
        case(f"{name}{u}(Tensor)", "a", "b")
    for name in "addcmul addcdiv".split():
        case(f"{name}{u}(Tensor,Tensor,Scalar)", "a", "b", "c", 0.5, py=lambda x, y, z, s, name=name: getattr(x, name)(y, z, value=s))
    case(f"addcdiv{u}(Tensor,Tensor)", "a", "b", "c")
    case(f"lerp{u}(Tensor,Tensor)", "a", "b", "p")
    for name in "logical_and logical_or".split():
        case(f"{name}{u}(Tensor)", "mask", "mask2")
    for name in "bitwise_and bitwise_or".split():
        case(f"{name}{u}(Tensor)", "n", "n2")
    case(f"floor_divide{u}(Tensor)", "n", "n2")
    case(f"floor_divide{u}(Scalar)", "n", 2)
case("add(Tensor)", "x3", "v")
case("mul(Tensor)", "n", "a")
case("add(Tensor)", "n", "n2")
case("logical_xor(Tensor)", "mask", "mask2")
case("bitwise_xor(Tensor)", "n", "n2")
for name in "eq ne lt le gt ge".split():
    case(f"{name}(Tensor)", "n", "n2")
    case(f"{name}(Scalar)", "n", 2)
for name in "maximum minimum atan2 logaddexp xlogy hypot fmax fmin".split():
    case(f"{name}(Tensor)", "p" if name == "xlogy" else "a", "p" if name == "xlogy" else "b")
case("max(Tensor)", "a", "b")
case("min(Tensor)", "a", "b")
case("where(Tensor,Tensor)", "a", "mask", "b", py=lambda x, m, y: x.where(m, y))
case("isclose(Tensor,double,double,bool)", "a", "near", 1e-5, 1e-8, False)
case("allclose(Tensor,double,double,bool)", "a", "near", 1e-5, 1e-5, False)
case("allclose(Tensor,double,double,bool)", "a", "b", 1e-5, 1e-5, False)
case("equal(Tensor)", "a", "a")
case("equal(Tensor)", "a", "b")

# reductions
case("sum(ScalarType?)", "x3", None, py=lambda x, t: x.sum(dtype=t))
case("sum(ScalarType?)", "mask", None, py=lambda x, t: x.sum(dtype=t))
case("sum(long,bool,ScalarType?)", "x3", 1, True, "dtype:float64", py=lambda x, d, k, t: x.sum(d, k, dtype=t))
case("sum(long[],bool,ScalarType?)", "x3", [0, 2], False, None, py=lambda x, d, k, t: x.sum(d, k, dtype=t))
case("sum(long,long,bool,ScalarType?)", "x3", 0, 2, False, None, py=lambda x, d, e, k, t: x.sum([d, e], k))
case("sum(long,long,long,bool,ScalarType?)", "x3", 0, 1, 2, True, None, py=lambda x, d, e, g, k, t: x.sum([d, e, g], k))
case("mean()", "x3")
case("mean(long[],bool,ScalarType?)", "x3", [1, 2], True, None, py=lambda x, d, k, t: x.mean(d, k))
case("mean(long[],bool,ScalarType?)", "n", [1], False, "dtype:float32", py=lambda x, d, k, t: x.mean(d, k, dtype=t))
case("prod(ScalarType?)", "a", None, py=lambda x, t: x.prod())
case("prod(long,bool,ScalarType?)", "a", 1, False, None, py=lambda x, d, k, t: x.prod(d, k))
for name in "std var".split():
    case(f"{name}(bool)", "a", False, py=lambda x, b, name=name: getattr(x, name)(unbiased=b))
    case(f"{name}(long,bool,bool,ScalarType?)", "a", 1, True, True, None, py=lambda x, d, b, k, t, name=name: getattr(x, name)(d, b, k))
    case(f"{name}(long[],bool,bool,ScalarType?)", "x3", [0, 2], False, False, "dtype:float64", py=lambda x, d, b, k, t, name=name: getattr(x, name)(d, b, k).double())
for name in "max min argmax argmin median nonzero argwhere".split():
    case(f"{name}()", "a")
for name in "all any".split():
    case(f"{name}()", "mask")
for name in "max min argmax argmin".split():
    case(f"{name}(long,bool)", "x3", 1, True)
for name in "all any".split():
    case(f"{name}(long,bool)", "mask", 1, False)
for name in "amax amin".split():
    case(f"{name}(params long[])", "x3", [0, 2])
for name in "cumsum cumprod".split():
    case(f"{name}(long,ScalarType?)", "a", 1, None, py=lambda x, d, t, name=name: getattr(x, name)(d))
case("logsumexp(long,bool)", "a", 1, True)
case("norm(float)", "a", 2.0)
case("norm(float)", "a", 1.0)
case("norm(int,bool,float)", "a", 1, True, 2.0, py=lambda x, d, k, p: x.norm(p, d, k))
case("count_nonzero(long[])", "mask", None, py=lambda x, d: x.count_nonzero())
case("count_nonzero(long[])", "mask", [1], py=lambda x, d: x.count_nonzero(d))
case("sort(long,bool,bool)", "a", 1, True, False, py=lambda x, d, r, s: x.sort(dim=d, descending=r))
case("argsort(long,bool)", "a", 0, False)
case("msort()", "a")
case("topk(int,int,bool,bool)", "a", 2, 1, True, True)
case("kthvalue(long,long?,bool)", "a", 2, 1, False)
case("quantile(Tensor,long,bool)", "a", "q", 1, False)
case("dist(Tensor,float)", "a", "b", 2.0)
case("bincount(Tensor,long)", "counts", None, 6)
case("histc(long,long,long)", "a", 5, -2, 2)
case("unique(bool,bool,bool,int?)", "counts", True, True, True, None, py=lambda x, s, i, c, d: x.unique(s, i, c))
case("unique(bool,bool,bool,int?)", "i", True, True, True, 1, py=lambda x, s, i, c, d: x.unique(s, i, c, dim=d))

# shapes
case("view(params long[])", "x3", [2, -1])
case("view_as(Tensor)", "x3", "y3")
case("reshape(params long[])", "x3", [3, 8])
case("flatten(long,long)", "image", 1, -1)
case("unflatten(long,params long[])", "image", 1, [3, 1])
case("permute(params long[])", "x3", [2, 0, 1])
case("transpose(long,long)", "x3", 0, 2)
case("swapaxes(long,long)", "x3", 0, 2)
case("t()", "m")
case("expand(params long[])", "one", [3, 5])
case("expand_as(Tensor)", "one", "a")
case("broadcast_to(params long[])", "v", [2, 3, 4])
case("squeeze(long?)", "row", None, py=lambda x, d: x.squeeze())
case("squeeze(long?)", "row", 2)
case("unsqueeze(long)", "a", 1)
case("unsqueeze_(long)", "a", -1)
case("movedim(long[],long[])", "x3", [0, 1], [2, 0])
case("flip(params long[])", "x3", [0, 2])
case("fliplr()", "a")
case("flipud()", "a")
case("roll(long,long?)", "a", 2, 1)
case("roll(long,long?)", "a", 2, None, py=lambda x, s, d: x.roll(s))
case("roll(long[],long[])", "a", [1, 2], [0, 1])
case("rot90(long,System.ValueTuple<long,long>?)", "a", 1, None, py=lambda x, k, d: x.rot90(k))
case("repeat(params long[])", "a", [2, 1, 3])
case("tile(long[])", "a", [2, 2])
case("repeat_interleave(long,long?,long?)", "a", 2, 1, None, py=lambda x, r, d, o: x.repeat_interleave(r, d))
case("repeat_interleave(Tensor,long?,long?)", "a", "k", 0, None, py=lambda x, r, d, o: x.repeat_interleave(r, d))
case("narrow(long,long,long)", "a", 1, 1, 2)
case("select(long,long)", "x3", 1, -1)
case("slice(long,long,long,long)", "a", 1, 0, 4, 2, py=lambda x, d, s, e, t: x[:, s:e:t])
case("unbind(long)", "x3", 1)
case("chunk(long,long)", "a", 3, 1)
case("split(long,int)", "a", 3, 1)
case("split(long[],long)", "a", [1, 3], 1)
case("unfold(long,long,long)", "a", 1, 2, 1)
case("diagonal(long,long,long)", "z3", 1, 1, 2)
case("diag(long)", "v", 1)
case("diag(long)", "sq", 0)
case("diag_embed(long,long,long)", "a", 0, -2, -1)
case("tril(long)", "sq", -1)
case("triu(long)", "sq", 1)
case("as_strided(long[],long[],long)", "a", [2, 2], [4, 1], 1)
for name in "contiguous clone detach detach_ ravel".split():
    case(f"{name}()", "a")
case("alias()", "a", py=lambda x: x)
case("atleast_1d()", "a", py=torch.atleast_1d)

# gathering and scattering
case("gather(long,Tensor)", "a", 1, "i")
case("index_select(long,Tensor)", "a", 0, "k")
case("index_add(long,Tensor,Tensor,Scalar)", "a", 0, "k", "src", 0.5, py=lambda x, d, i, s, g: x.index_add(d, i, s, alpha=g))
case("index_add_(long,Tensor,Tensor,Scalar)", "a", 0, "k", "src", 0.5, py=lambda x, d, i, s, g: x.index_add(d, i, s, alpha=g))
case("index_copy_(long,Tensor,Tensor)", "m", 0, "k4", "m")
case("index_fill_(long,Tensor,Scalar)", "a", 0, "k", 7.0)
for name in "scatter scatter_ scatter_add scatter_add_".split():
    case(f"{name}(long,Tensor,Tensor)", "a", 1, "i" if "add" in name else "perm", "src")
case("masked_select(Tensor)", "a", "mask")
case("masked_fill(Tensor,Scalar)", "a", "mask", 7.0)
case("masked_fill_(Tensor,Scalar)", "a", "mask", -1)
case("take(Tensor)", "a", "flat")
case("bucketize(Tensor,bool,bool)", "a", "edges", False, True, py=lambda x, e, o, r: torch.bucketize(x, e, right=r))

# products
case("matmul(Tensor)", "x3", "m")
case("mm(Tensor)", "a", "m")
case("bmm(Tensor)", "x3", "y3")
case("mv(Tensor)", "a", "v")
case("dot(Tensor)", "v", "v")
case("outer(Tensor)", "v", "w")
case("addmm(Tensor,Tensor,float,float)", "f35", "a", "m", 0.5, 2.0, py=lambda x, y, z, b, g: x.addmm(y, z, beta=b, alpha=g))
case("baddbmm(Tensor,Tensor,float,float)", "z3", "x3", "y3", 0.5, 2.0, py=lambda x, y, z, b, g: x.baddbmm(y, z, beta=b, alpha=g))
case("addmv(Tensor,Tensor,float,float)", "w", "a", "v", 0.5, 2.0, py=lambda x, y, z, b, g: x.addmv(y, z, beta=b, alpha=g))
case("trace()", "sq")
case("det()", "spd")
case("inverse()", "spd")
case("cov(long,Tensor,Tensor)", "a", 1, None, None, py=lambda x, c, f, g: x.cov(correction=c))
case("cholesky(bool)", "spd", False)
case("kron(Tensor)", "one", "v", py=torch.kron)
case("pinverse(double,bool)", "a", 1e-15, False, py=lambda x, r, h: x.pinverse(r))
case("torch.einsum(string,params Tensor[])", "=nij,njk->nik", ["x3", "y3"], py=lambda e, t: torch.einsum(e, *t))
case("torch.linalg.eigvalsh(Tensor,System.Char)", "spd", "=L", py=lambda x, c: torch.linalg.eigvalsh(x))
case("torch.linalg.svdvals(Tensor)", "a")
case("torch.linalg.inv(Tensor)", "spd")
case("torch.linalg.det(Tensor)", "spd")
case("torch.linalg.slogdet(Tensor)", "spd")
case("torch.linalg.cholesky(Tensor)", "spd")
case("torch.linalg.solve(Tensor,Tensor,bool)", "spd", "m", True, py=lambda x, y, l: torch.linalg.solve(x, y))
case("torch.linalg.vector_norm(Tensor,double,long[],bool)", "x3", 3.0, [1], True, py=lambda x, o, d, k: torch.linalg.vector_norm(x, o, d, k))
case("torch.linalg.norm(Tensor,long[],bool)", "x3", [1], True, py=lambda x, d, k: torch.linalg.norm(x, None, d, k))

# joining, filling, making
case("torch.cat(Tensor[],long)", ["a", "b"], 1)
case("torch.cat(IList<Tensor>,long)", ["a", "b"], 0)
case("torch.concat(IList<Tensor>,long)", ["a", "b"], 0)
case("torch.stack(IEnumerable<Tensor>,long)", ["a", "b"], 1)
case("torch.hstack(IList<Tensor>)", ["a", "b"])
case("torch.vstack(IList<Tensor>)", ["a", "b"])
case("torch.where(Tensor,Tensor,Tensor)", "mask", "a", "b")
case("torch.meshgrid(IEnumerable<Tensor>,string)", ["v", "w"], "=xy", py=lambda t, i: torch.meshgrid(t, indexing=i))
case("fill_(Scalar)", "a", 3)
case("copy_(Tensor,bool)", "a", "b", False)
case("copy_(Tensor,bool)", "a", "n", False)
for name in "zeros_like ones_like".split():
    case(f"{name}(ScalarType?,torch.Device,bool)", "a", "dtype:int64", None, False, py=lambda x, t, d, g, name=name: getattr(torch, name)(x, dtype=t))
case("full_like(Scalar,ScalarType?,torch.Device,bool)", "n", 3, None, None, False, py=lambda x, v, t, d, g: torch.full_like(x, v))
case("new_zeros(long[],ScalarType?,torch.Device,bool)", "n", [2, 2], None, None, False, py=lambda x, s, t, d, g: x.new_zeros(s))
case("new_full(long[],Scalar,ScalarType?,torch.Device,bool)", "n", [2, 2], 4, None, None, False, py=lambda x, s, v, t, d, g: x.new_full(s, v))
made = [None, None, False]
case("torch.arange(Scalar,Scalar,Scalar,ScalarType?,torch.Device,bool)", 2, 11, 3, *made, py=lambda a, b, c, *_: torch.arange(a, b, c))
case("torch.arange(Scalar,Scalar,ScalarType?,torch.Device,bool)", 0.5, 4, *made, py=lambda a, b, *_: torch.arange(a, b))
case("torch.arange(Scalar,ScalarType?,torch.Device,bool)", 5, "dtype:float64", None, False, py=lambda a, t, *_: torch.arange(a, dtype=t))
case("torch.linspace(double,double,long,ScalarType?,torch.Device,bool)", 0.0, 1.0, 7, *made, py=lambda a, b, n, *_: torch.linspace(a, b, n))
case("torch.eye(long,long,ScalarType?,torch.Device,bool,string[])", 3, -1, *made, None, py=lambda n, *_: torch.eye(n))
case("torch.eye(long,long,ScalarType?,torch.Device,bool,string[])", 3, 5, *made, None, py=lambda n, m, *_: torch.eye(n, m))
for name in "zeros ones".split():
    case(f"torch.{name}(long[],ScalarType?,torch.Device,bool,string[])", [2, 3], "dtype:int64", None, False, None, py=lambda s, t, *_, name=name: getattr(torch, name)(s, dtype=t))
    case(f"torch.{name}(int,int,int,ScalarType?,torch.Device,bool,string[])", 2, 3, 1, *made, None, py=lambda a, b, c, *_, name=name: getattr(torch, name)(a, b, c))
case("torch.full(long[],Scalar,ScalarType?,torch.Device,bool,string[])", [2, 3], 0.5, *made, None, py=lambda s, v, *_: torch.full(s, v))
for target in "float double half bfloat16 byte bool short int long".split():
    case(f"{target}()", "p" if target == "byte" else "a")
for target in "float32 bfloat16 int64 uint8".split():
    case("to(ScalarType,bool,bool,bool)", "n2", f"dtype:{target}", False, False, False, py=lambda x, t, *_: x.to(t))
    case("to_type(ScalarType,bool,bool,bool)", "n2", f"dtype:{target}", True, False, False, py=lambda x, t, *_: x.to(t))
case("type(ScalarType)", "a", "dtype:float64", py=lambda x, t: x.to(t))
case("type_as(Tensor)", "a", "n")
case("cpu()", "a")

# one flat file in the safetensors format: inputs, outputs, and the cases as metadata
names = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.uint8: "U8", torch.bool: "BOOL"}
header, blob = {"__metadata__": {"cases": json.dumps(cases, separators=(",", ":"))}}, b""
for key, tensor in {**{f"in.{k}": v for k, v in inputs.items()}, **outputs}.items():
    raw = tensor.detach().contiguous()
    data = bytes(raw.view(torch.int16).numpy().tobytes() if raw.dtype == torch.bfloat16 else raw.numpy().tobytes())
    header[key] = {"dtype": names[raw.dtype], "shape": list(raw.shape), "data_offsets": [len(blob), len(blob) + len(data)]}
    blob += data
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open(__file__.replace("make_goldens.py", "goldens.safetensors"), "wb") as out:
    out.write(struct.pack("<Q", len(text)) + text + blob)
print(len(cases), "cases", 8 + len(text) + len(blob), "bytes")
