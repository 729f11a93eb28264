using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Data.Batching;

/// <summary>One random change of an image and its mask: one draw for both.</summary>
/// <param name="image">float [C, H, W] in [0, 1].</param>
/// <param name="mask">float [1, H, W], 0 or 1, or null.</param>
/// <param name="rng">The image's own stream.</param>
public delegate (Tensor Image, Tensor? Mask) ImageTransform(Tensor image, Tensor? mask, Rng rng);
