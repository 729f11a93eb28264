using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Inpainting.Style;

/// <summary>
/// Colours of one image brought to those of another by the linear Monge-Kantorovich map (Pitié and Kokaram 2007, section 3.3):
/// of all linear maps that give the reference's mean and covariance it moves colours least.
/// </summary>
internal static class ColourMatch
{
    /// <summary>
    /// Added to the variances, in squares of full scale: that of rounding to 256 levels. A direction in which neither image varies
    /// (a grey image's hues) is then left alone, and rounding noise is not blown up.
    /// </summary>
    public const double Ridge = 1.0 / (255 * 255 * 12);

    /// <summary>The images with their colours mapped, each to its own reference; not clipped.</summary>
    /// <param name="images">float [N, C, H, W].</param>
    /// <param name="references">float [N, C, H', W'], of the same range.</param>
    /// <param name="where">Pixels that are measured and mapped in the image, [N, 1, H, W], not 0; all where null. The others stay.</param>
    /// <param name="fullScale">White minus black: 1 or, in diffusion's range, 2.</param>
    public static Tensor Match(Tensor images, Tensor references, Tensor? where = null, double fullScale = 2)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(references);
        if (images.dim() != 4 || references.dim() != 4 || images.shape[0] != references.shape[0] || images.shape[1] != references.shape[1])
        {
            throw new ArgumentException($"[N, C, H, W] twice was expected, not [{string.Join(", ", images.shape)}] and ["
                + $"{string.Join(", ", references.shape)}]");
        }
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var matched = new Tensor[images.shape[0]];
        for (var i = 0; i < matched.Length; i++)
        {
            var pixels = images[i].flatten(1).to(ScalarType.Float64);                                   // [C, HW]
            var chosen = where is null ? null : where[i].flatten().ne(Number.Of(0));                               // [HW]
            var measured = chosen is null ? pixels : pixels.index_select(1, chosen.nonzero().flatten());
            if (measured.numel() == 0)
            {
                matched[i] = images[i];
                continue;
            }
            var mapped = Mapped(pixels, measured, references[i].flatten(1).to(ScalarType.Float64), Ridge * fullScale * fullScale);
            matched[i] = (chosen is null ? mapped : torch.where(chosen, mapped, pixels)).to(images.dtype).reshape(images[i].shape);
        }
        return stack(matched).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// T (x - mean_s) + mean_r with T of <see cref="Map"/>; the source's moments are those of the measured pixels. float64 [C, P], [C, P'],
    /// [C, P''] -> [C, P].
    /// </summary>
    internal static Tensor Mapped(Tensor pixels, Tensor measured, Tensor reference, double ridge)
    {
        using var scope = NewDisposeScope();
        var (from, spread) = Moments(measured);
        var (to, wanted) = Moments(reference);
        return (Map(spread, wanted, ridge).mm(pixels - from) + to).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// T = S^-½ (S^½ R S^½)^½ S^-½ (Pitié and Kokaram 2007, equation 10): symmetric, with T S T = R. The ridge is added to both.
    /// </summary>
    internal static Tensor Map(Tensor spread, Tensor wanted, double ridge)
    {
        using var scope = NewDisposeScope();
        var unit = eye(spread.shape[0], dtype: ScalarType.Float64, device: spread.device) * ridge;
        var root = Power(spread + unit, .5);
        var inverse = Power(spread + unit, -.5);
        return inverse.mm(Power(root.mm(wanted + unit).mm(root), .5)).mm(inverse).MoveToOuterDisposeScope();
    }

    private static (Tensor Mean, Tensor Covariance) Moments(Tensor pixels) // [C, P] -> [C, 1], [C, C]
    {
        var mean = pixels.mean([1], keepdim: true);
        var centred = pixels - mean;
        return (mean, centred.mm(centred.t()) / pixels.shape[1]);
    }

    private static Tensor Power(Tensor symmetric, double exponent)
    {
        var (values, vectors) = linalg.eigh((symmetric + symmetric.t()) / 2);
        return (vectors * values.clamp_min(Number.Of(1e-300)).pow(Number.Of(exponent))).mm(vectors.t());
    }
}
