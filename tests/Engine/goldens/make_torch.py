"""Goldens of PyTorch's own files: legacy.pth and archive.pth, the same tensors in both formats; views.pth holds one that is not contiguous,
object.pth something that is no tensor. Run: python3 make_torch.py"""
import collections, os
import torch
here = os.path.dirname(os.path.abspath(__file__))
whole = torch.arange(12, dtype=torch.float32) / 4
state = collections.OrderedDict(a=whole.reshape(3, 4), tail=whole[8:], count=torch.tensor(7), half=torch.tensor([.5, -2], dtype=torch.float16))
module = torch.nn.Conv2d(1, 2, 1)
module.weight.data.fill_(.25); module.bias.data.fill_(-1)
state["weight"] = module.state_dict()["weight"]
torch.save(state, os.path.join(here, "legacy.pth"), _use_new_zipfile_serialization=False)
torch.save(state, os.path.join(here, "archive.pth"))
torch.save(module.state_dict(), os.path.join(here, "module.pth"), _use_new_zipfile_serialization=False)
torch.save({"t": whole.reshape(3, 4).t()}, os.path.join(here, "views.pth"))
torch.save({"f": os.getcwd}, os.path.join(here, "object.pth"))
