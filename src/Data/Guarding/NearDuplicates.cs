using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Guarding;

/// <summary>An image of a side.</summary>
/// <param name="Side">Name of the side or set.</param>
/// <param name="Set">The side's images.</param>
/// <param name="Index">Its place among them.</param>
public sealed record NearPlace(string Side, ImageSet Set, int Index)
{
    /// <summary>What is known of it.</summary>
    public ImageRow Row => Set.Rows[Index];
}

/// <summary>Two images of different sides that show nearly the same picture.</summary>
/// <param name="Earlier">The one of the earlier side.</param>
/// <param name="Later">The one of the later side.</param>
/// <param name="Distance">Between them, as a share of what is usual between images that are not the same.</param>
public sealed record NearPair(NearPlace Earlier, NearPlace Later, double Distance);

/// <summary>
/// Finds re-encoded, resized, brightened, slightly cropped, mirrored and turned copies of images on other sides. Images of one kind all
/// look alike, so two things must agree: the perceptual hashes are near, and the distance of the spectra, once aligned, is far below what
/// it is to other images (docs/decisions/guard.md). Equal pixels are not meant: <see cref="Guard.Find"/> has them.
/// </summary>
public static class NearDuplicates
{
    /// <summary>Share of the usual distance below which two images are near duplicates.</summary>
    public const double Share = .4;

    private const int Enough = 20; // images from which on a median says what is usual
    private const double Typical = .3; // usual distance of aligned spectra where there are fewer images
    private const double Smallest = .2; // nothing smaller counts as usual: a set of copies would hide them

    /// <summary>All pairs of different sides, the nearest first; of one image at most four.</summary>
    /// <param name="sides">Sides or sets by name, of images of any size.</param>
    /// <param name="features">Null, or features whose distance is to be asked instead of that of the spectra.</param>
    /// <param name="cancel">Looked at between images.</param>
    public static IReadOnlyList<NearPair> Find(IReadOnlyList<(string Side, ImageSet Set)> sides, NearFeatures? features = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(sides);
        NearPlace[] places = [.. sides.SelectMany(s => Enumerable.Range(0, s.Set.Count).Select(i => new NearPlace(s.Side, s.Set, i)))];
        var spectra = new NearSpectra(sides.Select(s => s.Set), cancel);
        var (pairs, start) = (new List<NearPair>(), 0);
        foreach (var (_, set) in sides)
        {
            if (start > 0 && set.Count > 0)
            {
                pairs.AddRange(Of(spectra, places, start, set.Count, features, cancel));
            }
            start += set.Count;
        }
        return [.. pairs.OrderBy(p => p.Distance)];
    }

    // the images of one side against all of the sides before it
    private static IEnumerable<NearPair> Of(NearSpectra spectra, NearPlace[] places, int start, int count, NearFeatures? features,
        CancellationToken cancel)
    {
        var search = new NearSearch(spectra, start);
        var found = new IReadOnlyList<NearCandidate>[count];
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancel }, i =>
        {
            var sha = places[start + i].Row.Sha256;
            found[i] = spectra.Empty[start + i] ? []
                : search.For(spectra.Image(start + i), known: j => sha != "" && places[j].Row.Sha256 == sha);
        });
        var whole = found.Where(f => f.Count == NearSearch.Kept).Select(f => f[^1].Distance).Order().ToArray();
        var usual = whole.Length < Enough ? Typical : Math.Max(Smallest, Quantiles.At(whole, .5));
        if (features is not null && whole.Length >= Enough)
        {
            found = features.Judge(found, places, start, cancel);
            usual = Quantiles.At([.. found.Where(f => f.Count == NearSearch.Kept).Select(f => f[^1].Distance).Order()], .5);
        }
        return from i in Enumerable.Range(0, count)
               from candidate in found[i]
               let distance = Relative(candidate, found[i], usual)
               where distance < Share
               select new NearPair(places[candidate.Index], places[start + i], distance);
    }

    // what is usual for the set and, unless many copies of it are there, for this image
    private static double Relative(NearCandidate candidate, IReadOnlyList<NearCandidate> all, double usual)
    {
        var own = all.Count < NearSearch.Kept || all[^1].Distance < Share * usual ? usual : Math.Min(usual, all[^1].Distance);
        return candidate.Aligned / own; // not a number where not aligned, which is below nothing
    }
}
