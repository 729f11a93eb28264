using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Inpainting.Masks;

/// <summary>How large real masks are: all values as shares of the image's area, sorted. Empty masks have no say.</summary>
/// <param name="Areas">Of each mask.</param>
/// <param name="Parts">Of each connected part of every mask.</param>
/// <param name="PartCounts">Parts of each mask, sorted.</param>
internal sealed record MaskSizes(IReadOnlyList<double> Areas, IReadOnlyList<double> Parts, IReadOnlyList<double> PartCounts)
{
    /// <summary>Measures a set's masks.</summary>
    /// <exception cref="DatasetException">No mask marks anything.</exception>
    public static MaskSizes Of(ImageSet real)
    {
        ArgumentNullException.ThrowIfNull(real);
        var (areas, parts, counts, all) = (new List<double>(), new List<double>(), new List<double>(), (double)(real.Height * real.Width));
        for (var i = 0; real.HasMasks && i < real.Count; i++)
        {
            var found = Components.Of(real.Mask(i), real.Height, real.Width).Areas;
            if (found.Count == 0)
            {
                continue;
            }
            areas.Add(found.Sum() / all);
            parts.AddRange(found.Select(a => a / all));
            counts.Add(found.Count);
        }
        return areas.Count > 0 ? new([.. areas.Order()], [.. parts.Order()], [.. counts.Order()])
            : throw new DatasetException($"none of {real.Count} real images has a mask that marks anything: sizes of generated masks "
                + $"cannot be judged");
    }
}
