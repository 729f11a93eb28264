using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Inpainting.Style;

/// <summary>
/// The losses that guide styling, summed over the images of a batch, so that an image's gradient is its own. All are differentiable in
/// their first argument.
/// </summary>
internal static class StyleLosses
{
    /// <summary>Mean squared difference of each image: [N, ...] twice -> scalar. As pixel loss and, on class tokens, as DINO's.</summary>
    public static Tensor Square(Tensor x, Tensor wanted)
    {
        using var scope = NewDisposeScope();
        return (x - wanted).square().flatten(1).mean([1]).sum().MoveToOuterDisposeScope();
    }

    /// <summary>Mean squared distance from [-1, 1].</summary>
    public static Tensor Range(Tensor x)
    {
        using var scope = NewDisposeScope();
        return Square(x, x.clamp(Number.Of(-1), Number.Of(1))).MoveToOuterDisposeScope();
    }

    /// <summary><see cref="Square"/> summed over layers of features.</summary>
    public static Tensor Features(IReadOnlyList<Tensor> x, IReadOnlyList<Tensor> wanted)
    {
        using var scope = NewDisposeScope();
        return x.Zip(wanted, Square).Aggregate((a, b) => a + b).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// ZeCon (Yang et al. 2023, equation 4), summed over layers, in each the mean over places: a place's feature shall be nearer that of
    /// the same place of the other image than those of its other places. Cross entropy of cosines over τ (InfoNCE).
    /// </summary>
    /// <param name="x">Features of the image that is guided, each [N, D, H, W].</param>
    /// <param name="wanted">The other image's, of the same shapes; held fast.</param>
    /// <param name="places">int64 [N, P] for each layer: the places compared, as row · W + column.</param>
    /// <param name="temperature">τ.</param>
    public static Tensor Contrast(IReadOnlyList<Tensor> x, IReadOnlyList<Tensor> wanted, IReadOnlyList<Tensor> places, double temperature)
    {
        using var scope = NewDisposeScope();
        var sum = zeros(1, device: x[0].device).squeeze(0);
        for (var layer = 0; layer < x.Count; layer++)
        {
            var (query, key) = (At(x[layer], places[layer]), At(wanted[layer].detach(), places[layer]));   // [N, D, P]
            var logits = query.transpose(1, 2).bmm(key) / temperature;                                      // [N, P, P]
            var count = logits.shape[1];
            var own = arange(Number.Of(count), ScalarType.Int64, logits.device).repeat(logits.shape[0]);
            sum = sum + F.cross_entropy(logits.reshape(-1, count), own) * logits.shape[0];
        }
        return sum.MoveToOuterDisposeScope();
    }

    private static Tensor At(Tensor features, Tensor places) // unit vectors, [N, D, P]
    {
        var all = features.flatten(2);
        return F.normalize(all.gather(2, places.unsqueeze(1).expand(-1, all.shape[1], -1)), dim: 1);
    }
}
