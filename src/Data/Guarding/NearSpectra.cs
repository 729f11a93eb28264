using System.Runtime.InteropServices;
using Odm.Data.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Data.Guarding;

/// <summary>
/// What near duplicates are looked for by, of many images: each reduced to 32 x 32 grey pixels, and the spectrum of its middle.
/// </summary>
internal sealed class NearSpectra
{
    private const int Block = 256;
    private const float Blank = Spectrum.Side; // a standard deviation of one grey level: nothing to compare

    private readonly float[] pixels;

    /// <summary>Reduces all images of some sets, one set after the other.</summary>
    public NearSpectra(IEnumerable<ImageSet> sets, CancellationToken cancel)
    {
        ImageSet[] all = [.. sets];
        Count = all.Sum(s => s.Count);
        (pixels, Middles, Empty) = (new float[Count * Spectrum.Side * Spectrum.Side], new float[Count * Spectrum.Length], new bool[Count]);
        var place = 0;
        foreach (var (set, indices) in all.SelectMany(s => Enumerable.Range(0, s.Count).Chunk(Block).Select(c => (s, c))))
        {
            cancel.ThrowIfCancellationRequested();
            Grey(set.Pixels(indices)).CopyTo(pixels.AsSpan(place));
            place += indices.Length * Spectrum.Side * Spectrum.Side;
        }
        var (down, across) = (Spectrum.Operator(Window.Middle.Y, Window.Middle.Height),
            Spectrum.Operator(Window.Middle.X, Window.Middle.Width));
        Parallel.For(0, Count, i =>
        {
            var spectrum = Middles.AsSpan(i * Spectrum.Length, Spectrum.Length);
            Spectrum.Across(Spectrum.Down(down, Image(i)), across, spectrum);
            Empty[i] = Spectrum.Normalise(spectrum) < Blank;
        });
    }

    /// <summary>Images.</summary>
    public int Count { get; }

    /// <summary>Spectra of the middles, each of length 1, one after the other.</summary>
    public float[] Middles { get; }

    /// <summary>Whether an image is of one colour; such images are compared with none.</summary>
    public bool[] Empty { get; }

    /// <summary>One image, 32 x 32, 0 to 255.</summary>
    public ReadOnlySpan<float> Image(int i) => pixels.AsSpan(i * Spectrum.Side * Spectrum.Side, Spectrum.Side * Spectrum.Side);

    /// <summary>The spectrum of an image's middle.</summary>
    public ReadOnlySpan<float> Middle(int i) => Middles.AsSpan(i * Spectrum.Length, Spectrum.Length);

    private static float[] Grey(Tensor bytes) // uint8 [n, C, H, W] -> float [n, 32, 32]
    {
        using var scope = NewDisposeScope();
        var x = bytes.to(ScalarType.Float32);
        x = x.shape[1] == 3 ? .299 * x.narrow(1, 0, 1) + .587 * x.narrow(1, 1, 1) + .114 * x.narrow(1, 2, 1) : x; // BT.601
        x = nn.functional.interpolate(x, size: [Spectrum.Side, Spectrum.Side], mode: InterpolationMode.Bilinear, align_corners: false,
            antialias: true);
        return MemoryMarshal.Cast<byte, float>(x.contiguous().bytes).ToArray(); // the tensor ends with the scope
    }
}
