using System.Globalization;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Inpainting.Masks;

/// <summary>Bounds of generated masks, relative to the real ones.</summary>
public sealed record MaskGateConfig
{
    /// <summary>Share of the real images at either end that does not widen the bounds.</summary>
    public double Quantile { get; init; } = .01;

    /// <summary>Factor by which bounds lie beyond those quantiles.</summary>
    public double Slack { get; init; } = 1.25;

    /// <summary>
    /// Width of the two rings inside and outside the border whose colours are compared, as a share of the side; at least 1 pixel.
    /// </summary>
    public double Ring { get; init; } = .03;

    /// <summary>Everything wrong with the fields, each naming it below <paramref name="path"/>.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (!(Quantile is >= 0 and < .5))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{path}.quantile: {Quantile}; must be 0 up to, not including, .5");
        }
        if (!(Slack >= 1 && double.IsFinite(Slack)))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.slack: {Slack}; must be at least 1");
        }
        if (!(Ring is > 0 and <= .25))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.ring: {Ring}; must be above 0 to .25 of the side");
        }
    }
}

/// <summary>Judges generated image-mask pairs by what real ones look like.</summary>
internal sealed class MaskGate
{
    /// <summary>The mask marks nothing.</summary>
    public const string Empty = "empty";

    /// <summary>The mask marks everything.</summary>
    public const string Full = "full";

    /// <summary>The mask is smaller or larger than real ones.</summary>
    public const string Area = "area off the real range";

    /// <summary>The mask has more parts than real ones.</summary>
    public const string Parts = "too many components";

    /// <summary>The image has no border where the mask has one.</summary>
    public const string Border = "no contrast at the border";

    private readonly (int Channels, int Height, int Width) shape;
    private readonly int ring;

    private MaskGate((int, int, int) shape, int ring) => (this.shape, this.ring) = (shape, ring);

    /// <summary>Least area, as a share of the image's.</summary>
    public required double LeastArea { get; init; }

    /// <summary>Greatest area, as a share of the image's.</summary>
    public required double MostArea { get; init; }

    /// <summary>Greatest number of connected parts.</summary>
    public required int MostParts { get; init; }

    /// <summary>Least distance of the mean colours on both sides of the border, where a channel runs from 0 to 1.</summary>
    public required double LeastContrast { get; init; }

    /// <summary>The gate whose bounds these real images set.</summary>
    /// <param name="real">With masks; empty and full ones have no say.</param>
    /// <param name="config">How far the bounds lie out.</param>
    /// <exception cref="DatasetException">No real mask marks anything.</exception>
    public static MaskGate Fit(ImageSet real, MaskGateConfig config)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(config);
        var sizes = MaskSizes.Of(real);
        var ring = Math.Max(1, (int)Math.Round(config.Ring * Math.Min(real.Height, real.Width)));
        var contrasts = Enumerable.Range(0, real.Count)
            .Select(i => BorderContrast.Of(real.Image(i), real.Mask(i), real.Channels, real.Height, real.Width, ring)).OfType<double>()
            .Order().ToArray();
        return new((real.Channels, real.Height, real.Width), ring)
        {
            LeastArea = Quantiles.At(sizes.Areas, config.Quantile) / config.Slack,
            MostArea = Quantiles.At(sizes.Areas, 1 - config.Quantile) * config.Slack,
            MostParts = (int)(Quantiles.At(sizes.PartCounts, 1 - config.Quantile) * config.Slack + 1e-9),
            LeastContrast = contrasts.Length == 0 ? 0 : Quantiles.At(contrasts, config.Quantile) / config.Slack,
        };
    }

    /// <summary>Null where the pair passes, else the reason: one of this class's constants.</summary>
    /// <param name="image">C*H*W planar, of the real images' size.</param>
    /// <param name="mask">H*W, cleaned; every value but 0 is inside.</param>
    public string? Refusal(ReadOnlySpan<byte> image, ReadOnlySpan<byte> mask)
    {
        var (channels, height, width) = shape;
        if (image.Length != channels * height * width || mask.Length != height * width)
        {
            throw new ArgumentException($"an image of {channels} x {height} x {width} with its mask was expected, not {image.Length} and "
                + $"{mask.Length} bytes");
        }
        var inside = mask.Length - mask.Count((byte)0);
        if (inside == 0)
        {
            return Empty;
        }
        if (inside == mask.Length)
        {
            return Full;
        }
        var area = inside / (double)mask.Length;
        if (area < LeastArea || area > MostArea)
        {
            return Area;
        }
        if (Components.Of(mask, height, width).Areas.Count > MostParts)
        {
            return Parts;
        }
        return BorderContrast.Of(image, mask, channels, height, width, ring) < LeastContrast ? Border : null;
    }
}
