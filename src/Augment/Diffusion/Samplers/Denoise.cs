using Odm.Augment.Diffusion.Process;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>A denoiser with its condition bound.</summary>
/// <param name="x">Noised images, float32 [N, C, H, W].</param>
/// <param name="t">Times 0..T-1, int64 [N].</param>
/// <returns>The noise ε in x, float32 [N, C, H, W].</returns>
public delegate Tensor Denoise(Tensor x, Tensor t);

/// <summary>What a network implies at x_t.</summary>
/// <param name="x">Noised images, float32 [N, C, H, W].</param>
/// <param name="t">Times of the network's own schedule, int64 [N].</param>
/// <returns>The clean images x̂_0, [N, C, H, W], and the range of variances (<see cref="LearnedVariance"/>) where it learned one.</returns>
public delegate (Tensor Clean, Tensor? Range) ImpliedClean(Tensor x, Tensor t);
