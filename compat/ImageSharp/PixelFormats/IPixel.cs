namespace SixLabors.ImageSharp.PixelFormats;

/// <summary>A pixel format. Conversions drop alpha where the format has none.</summary>
public interface IPixel
{
    void FromL8(L8 source);

    void FromL16(L16 source);

    void FromRgb24(Rgb24 source);

    void FromRgba32(Rgba32 source);

    void ToRgba32(ref Rgba32 dest);
}

/// <summary>A pixel format that knows its own type.</summary>
public interface IPixel<TSelf> : IPixel
    where TSelf : unmanaged, IPixel<TSelf>
{
}
