using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp;

/// <summary>The C ABI of native/odmimage.h.</summary>
internal static unsafe partial class Native
{
    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public int Width, Height, Channels, Depth;
        public byte* Data;
        public ulong Bytes;
        public fixed byte Error[1024];
    }

    /// <summary>What a file holds: size in pixels, interleaved samples a pixel (1 grey, 2 grey + alpha, 3 RGB, 4 RGBA), bits a sample.</summary>
    internal readonly record struct Header(int Width, int Height, int Channels, int Depth);

    /// <summary>Receives decoded samples, 16 bit ones in the machine's byte order; they die with the call.</summary>
    internal delegate void Receive(Header header, ReadOnlySpan<byte> samples);

    internal static Header Identify(ReadOnlySpan<byte> file) => Decode(file, headerOnly: true, null);

    internal static Header Decode(ReadOnlySpan<byte> file, Receive receive) => Decode(file, headerOnly: false, receive);

    private static Header Decode(ReadOnlySpan<byte> file, bool headerOnly, Receive? receive)
    {
        Buffer buffer = default;
        fixed (byte* bytes = file)
        {
            Check(odm_decode(bytes, (ulong)file.Length, headerOnly ? 1 : 0, &buffer), &buffer);
        }
        try
        {
            var header = new Header(buffer.Width, buffer.Height, buffer.Channels, buffer.Depth);
            receive?.Invoke(header, new ReadOnlySpan<byte>(buffer.Data, checked((int)buffer.Bytes)));
            return header;
        }
        finally
        {
            odm_free(buffer.Data);
        }
    }

    internal static void EncodePng(Header header, ReadOnlySpan<byte> samples, Stream to) => Encode(header, samples, quality: null, to);

    internal static void EncodeJpeg(Header header, ReadOnlySpan<byte> samples, int quality, Stream to) => Encode(header, samples, quality, to);

    private static void Encode(Header header, ReadOnlySpan<byte> samples, int? quality, Stream to)
    {
        const int level = 6; // zlib's default, ImageSharp's too
        var buffer = new Buffer { Width = header.Width, Height = header.Height, Channels = header.Channels, Depth = header.Depth };
        fixed (byte* bytes = samples)
        {
            Check(quality is { } q ? odm_encode_jpeg(bytes, q, &buffer) : odm_encode_png(bytes, level, &buffer), &buffer);
        }
        try
        {
            to.Write(new ReadOnlySpan<byte>(buffer.Data, checked((int)buffer.Bytes)));
        }
        finally
        {
            odm_free(buffer.Data);
        }
    }

    private static void Check(int code, Buffer* buffer)
    {
        if (code == 0) return;
        var text = Marshal.PtrToStringUTF8((nint)buffer->Error)!.TrimEnd();
        throw code switch
        {
            2 => new UnknownImageFormatException("Image cannot be loaded: " + text),
            3 => new OutOfMemoryException(text),
            _ => new InvalidImageContentException(text),
        };
    }

    [LibraryImport("odmimage")]
    private static partial int odm_decode(byte* file, ulong size, int headerOnly, Buffer* result);

    [LibraryImport("odmimage")]
    private static partial int odm_encode_png(byte* samples, int level, Buffer* image);

    [LibraryImport("odmimage")]
    private static partial int odm_encode_jpeg(byte* samples, int quality, Buffer* image);

    [LibraryImport("odmimage")]
    private static partial void odm_free(byte* data);
}
