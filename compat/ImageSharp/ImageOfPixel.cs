using System.Runtime.InteropServices;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp;

/// <summary>An image of one frame whose pixels lie row by row in one managed array.</summary>
public sealed class Image<TPixel> : Image
    where TPixel : unmanaged, IPixel<TPixel>
{
    private TPixel[]? pixels;

    public Image(int width, int height)
        : base(width, height) => pixels = new TPixel[checked(width * height)];

    public Image(int width, int height, TPixel backgroundColor)
        : this(width, height) => Array.Fill(pixels!, backgroundColor);

    public TPixel this[int x, int y]
    {
        get => Pixels[Index(x, y)];
        set => Pixels[Index(x, y)] = value;
    }

    internal TPixel[] Pixels => pixels ?? throw new ObjectDisposedException(nameof(Image<TPixel>));

    internal override ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes<TPixel>(Pixels);

    internal override (int Channels, int Depth) Layout => default(TPixel) switch
    {
        L8 => (1, 8),
        L16 => (1, 16),
        Rgb24 => (3, 8),
        Rgb48 => (3, 16),
        Rgba32 => (4, 8),
        Rgba64 => (4, 16),
        _ => throw new NotSupportedException(typeof(TPixel).Name),
    };

    public Image<TPixel> Clone() => LoadPixelData<TPixel>(Pixels, Width, Height);

    public void CopyPixelDataTo(Span<TPixel> destination) => Pixels.CopyTo(destination);

    public void CopyPixelDataTo(Span<byte> destination) => Bytes.CopyTo(destination);

    public bool DangerousTryGetSinglePixelMemory(out Memory<TPixel> memory)
    {
        memory = Pixels;
        return true;
    }

    protected override void Dispose(bool disposing) => pixels = null;

    private int Index(int x, int y)
    {
        if ((uint)x >= (uint)Width) throw new ArgumentOutOfRangeException(nameof(x));
        if ((uint)y >= (uint)Height) throw new ArgumentOutOfRangeException(nameof(y));
        return y * Width + x;
    }
}
