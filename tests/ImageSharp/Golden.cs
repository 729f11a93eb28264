using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace ImageSharpTests;

/// <summary>Expected samples written by goldens/make_images.py, 8-bit ones widened.</summary>
internal sealed record Golden(int Height, int Width, int Channels, int Depth, ushort[] Samples)
{
    internal static string Folder => Path.Combine(AppContext.BaseDirectory, "goldens");

    internal static string File(string name) => Path.Combine(Folder, name);

    internal static Golden Of(string name)
    {
        var bytes = System.IO.File.ReadAllBytes(File(name + ".npy"));
        var length = BitConverter.ToUInt16(bytes, 8);
        var header = Encoding.ASCII.GetString(bytes, 10, length);
        var shape = Regex.Match(header, @"\(([^)]*)\)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(s => int.Parse(s, CultureInfo.InvariantCulture)).ToArray();
        var wide = header.Contains("u2", StringComparison.Ordinal);
        var data = bytes.AsSpan(10 + length);
        var samples = wide ? MemoryMarshal.Cast<byte, ushort>(data).ToArray() : [.. data.ToArray().Select(b => (ushort)b)];
        return new Golden(shape[0], shape[1], shape.Length > 2 ? shape[2] : 1, wide ? 16 : 8, samples);
    }
}
