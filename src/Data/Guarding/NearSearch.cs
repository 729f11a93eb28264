using System.Buffers;
using System.Numerics;

namespace Odm.Data.Guarding;

/// <summary>An image that may show the same picture as another.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Form">How the other is to be mirrored or turned to look like it (<see cref="Spectrum.Turn"/>).</param>
/// <param name="Distance">Between spectra, at the nearest window of the grid.</param>
/// <param name="Aligned">The same after alignment; not a number where it was not tried.</param>
internal readonly record struct NearCandidate(int Index, int Form, double Distance, double Aligned);

/// <summary>For an image the nearest among others by hash and spectrum, whatever way it is mirrored, turned or a little cropped.</summary>
internal sealed class NearSearch
{
    /// <summary>Candidates kept for each image, the nearest first; the last says what is usual.</summary>
    public const int Kept = 5;

    private const int Bits = 14; // of 64; what differing pairs differ in is 32 on average
    private const int Tried = 4; // candidates that are aligned

    private readonly NearSpectra among;
    private readonly int count;
    private readonly float[] mean;
    private readonly ulong[] hashes;

    /// <summary>Prepares the search among the first <paramref name="count"/> images.</summary>
    public NearSearch(NearSpectra among, int count)
    {
        (this.among, this.count) = (among, count);
        mean = PerceptualHash.Mean(among.Middles.AsSpan(0, count * Spectrum.Length));
        hashes = [.. Enumerable.Range(0, count).Select(i => PerceptualHash.Of(among.Middle(i), mean))];
    }

    /// <summary>Candidates for an image, the nearest first; those that <paramref name="known"/> is true of are left out.</summary>
    public IReadOnlyList<NearCandidate> For(ReadOnlySpan<float> image, Func<int, bool> known)
    {
        using var views = new Views(image, mean);
        var nearest = new List<(int Index, int View, double Distance)>(Kept + 1);
        for (var i = 0; i < count; i++)
        {
            var least = PerceptualHash.Least(hashes[i], views.Hashes);
            if (least > Bits || among.Empty[i] || known(i))
            {
                continue;
            }
            var (view, distance) = views.Nearest(hashes[i], least, among.Middle(i));
            if (nearest.Count == Kept && distance >= nearest[^1].Distance)
            {
                continue;
            }
            var place = nearest.FindIndex(n => n.Distance > distance);
            nearest.Insert(place < 0 ? nearest.Count : place, (i, view, distance));
            if (nearest.Count > Kept)
            {
                nearest.RemoveAt(Kept);
            }
        }
        var result = new NearCandidate[nearest.Count];
        var target = new float[Spectrum.Length];
        for (var k = 0; k < result.Length; k++)
        {
            var (index, view, distance) = nearest[k];
            var form = view % Spectrum.Forms;
            Spectrum.Turn(among.Middle(index), Spectrum.Inverse(form), target);
            result[k] = new(index, form, distance, k < Tried
                ? Math.Min(distance, Alignment.Distance(image, Window.Grid[view / Spectrum.Forms], target)) : double.NaN);
        }
        return result;
    }

    /// <summary>All windows of an image in all forms: their spectra and hashes.</summary>
    private sealed class Views : IDisposable
    {
        private readonly float[] spectra; // rented: a large array for each image would keep the collector busy

        public Views(ReadOnlySpan<float> image, float[] mean)
        {
            var n = Window.Grid.Count * Spectrum.Forms;
            (spectra, Hashes) = (ArrayPool<float>.Shared.Rent(n * Spectrum.Length), new ulong[n]);
            var seen = new float[Spectrum.Length];
            for (var w = 0; w < Window.Grid.Count; w++)
            {
                Spectrum.Across(Spectrum.Down(Down[w], image), Right[w], seen);
                Spectrum.Normalise(seen);
                for (var form = 0; form < Spectrum.Forms; form++)
                {
                    var view = w * Spectrum.Forms + form;
                    Spectrum.Turn(seen, form, Of(view));
                    Hashes[view] = PerceptualHash.Of(Of(view), mean);
                }
            }
        }

        private static float[][] Down { get; } = [.. Window.Grid.Select(w => Spectrum.Operator(w.Y, w.Height))];

        private static float[][] Right { get; } = [.. Window.Grid.Select(w => Spectrum.Operator(w.X, w.Width))];

        public ulong[] Hashes { get; }

        // the nearest spectrum of those views whose hash differs least
        public (int View, double Distance) Nearest(ulong hash, int least, ReadOnlySpan<float> spectrum)
        {
            var (best, most) = (0, float.NegativeInfinity);
            for (var view = 0; view < Hashes.Length; view++)
            {
                if (BitOperations.PopCount(hash ^ Hashes[view]) == least && Spectrum.Dot(spectrum, Of(view)) is var like && like > most)
                {
                    (best, most) = (view, like);
                }
            }
            return (best, Math.Sqrt(Math.Max(0, 2 - 2 * most)));
        }

        public void Dispose() => ArrayPool<float>.Shared.Return(spectra);

        private Span<float> Of(int view) => spectra.AsSpan(view * Spectrum.Length, Spectrum.Length);
    }
}
