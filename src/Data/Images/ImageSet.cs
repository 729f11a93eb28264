using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Data.Images;

/// <summary>
/// Images of one size, uint8 and planar, with a row of facts each and optional masks. Real and synthetic sets are one type.
/// On disk a folder (<c>images.npy</c>, <c>masks.npy</c>, <c>rows.csv</c>, <c>set.json</c>: <see cref="ImageSetFolder"/>), read
/// through a mapping. Selecting and joining copy no pixels. Immutable.
/// </summary>
public sealed class ImageSet
{
    private readonly PixelSlot[] images;
    private readonly PixelSlot[]? masks;
    private readonly Lazy<string> masksHash;
    private readonly Lazy<string> contentHash;
    private readonly Lazy<IReadOnlyList<int>> emptyMasks;

    internal ImageSet(PixelSlot[] images, PixelSlot[]? masks, int channels, int height, int width,
        IReadOnlyList<ImageRow> rows, IReadOnlyList<string> classes, string? knownMasksHash = null)
    {
        if (channels <= 0 || height <= 0 || width <= 0)
        {
            throw new ArgumentException($"image shape {channels}x{height}x{width}: each must be positive");
        }
        if (rows.Count != images.Length || (masks is not null && masks.Length != images.Length))
        {
            throw new ArgumentException($"{images.Length} images, {masks?.Length} masks and {rows.Count} rows do not belong together");
        }
        (this.images, this.masks, Channels, Height, Width, Rows, Classes) = (images, masks, channels, height, width, rows, classes);
        masksHash = new(() => knownMasksHash ?? HashMasks());
        contentHash = new(HashContent);
        emptyMasks = new(() => masks is null ? [] : [.. Enumerable.Range(0, Count).Where(i => !Mask(i).ContainsAnyExcept((byte)0))]);
    }

    /// <summary>Number of images.</summary>
    public int Count => images.Length;

    /// <summary>1 (grey) or 3 (RGB).</summary>
    public int Channels { get; }

    /// <summary>Rows of pixels.</summary>
    public int Height { get; }

    /// <summary>Columns of pixels.</summary>
    public int Width { get; }

    /// <summary>A row per image, in order.</summary>
    public IReadOnlyList<ImageRow> Rows { get; }

    /// <summary>Class names; a label is an index into them. Ordinal where the grades are.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>True where every image has a mask.</summary>
    public bool HasMasks => masks is not null;

    /// <summary>Places of the images whose mask is black throughout; none where there are no masks. Counted at the first look.</summary>
    public IReadOnlyList<int> EmptyMasks => emptyMasks.Value;

    /// <summary>
    /// Lower-case hex SHA-256 of shape, classes, rows (pixel hashes among them) and masks; file names and folders have no part in it.
    /// </summary>
    public string ContentHash => contentHash.Value;

    /// <summary>What its import left out or changed; has no part in the hash.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; internal init; } = [];

    internal string MasksHash => masksHash.Value;

    /// <summary>Pixels of one image, C*H*W planar.</summary>
    public ReadOnlySpan<byte> Image(int i) => images[i].Bytes(Channels * Height * Width);

    /// <summary>Mask of one image, H*W, 0 or 255.</summary>
    public ReadOnlySpan<byte> Mask(int i) =>
        (masks ?? throw new InvalidOperationException("this set has no masks"))[i].Bytes(Height * Width);

    /// <summary>Opens a folder; pixels are mapped, not read.</summary>
    /// <exception cref="DatasetException">Missing, truncated or contradictory files.</exception>
    public static ImageSet Open(string folder) => ImageSetFolder.Open(folder);

    /// <summary>
    /// Says that the pixels looked at so far are not needed soon: the pages of mapped files are given back and read again when they are.
    /// Changes nothing else.
    /// </summary>
    public void Release()
    {
        foreach (var store in images.Concat(masks ?? []).Select(s => s.Store).Distinct())
        {
            store.Release();
        }
    }

    /// <summary>Writes the folder beside its place and renames it; a full disk leaves nothing.</summary>
    /// <exception cref="DatasetException">The place cannot be written.</exception>
    public void Save(string folder) => ImageSetFolder.Save(this, folder);

    /// <summary>
    /// Makes a set of pixels in memory: N*C*H*W planar bytes and, or null, N*H*W bytes of masks, 0 or 255. Rows without a hash get theirs.
    /// </summary>
    public static ImageSet FromPixels(byte[] pixels, int channels, int height, int width,
        IReadOnlyList<ImageRow> rows, IReadOnlyList<string> classes, byte[]? masks = null)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(rows);
        var size = (long)channels * height * width;
        if (pixels.LongLength != size * rows.Count || (masks is not null && masks.LongLength != (long)height * width * rows.Count))
        {
            throw new ArgumentException($"{rows.Count} rows of {channels}x{height}x{width} want {size * rows.Count} bytes of pixels; got "
                + $"{pixels.LongLength} and {masks?.LongLength} of masks");
        }
        return FromStores(new PixelStore.Contiguous(pixels), masks is null ? null : new PixelStore.Contiguous(masks), channels, height,
            width, rows, classes);
    }

    /// <summary>As <see cref="FromPixels"/>, with an array per image, so that the sum may exceed 2 GB.</summary>
    public static ImageSet FromImages(IReadOnlyList<byte[]> images, int channels, int height, int width,
        IReadOnlyList<ImageRow> rows, IReadOnlyList<string> classes, IReadOnlyList<byte[]>? masks = null) =>
        FromStores(new PixelStore.Separate(images), masks is null ? null : new PixelStore.Separate(masks), channels, height, width, rows,
            classes);

    /// <summary>The images at <paramref name="indices"/>, in that order; an index may come twice.</summary>
    public ImageSet Select(IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        return new([.. indices.Select(i => images[i])], masks is null ? null : [.. indices.Select(i => masks[i])],
            Channels, Height, Width, [.. indices.Select(i => Rows[i])], Classes);
    }

    /// <summary>The images of one side of a split, in order.</summary>
    public ImageSet OfSplit(string split) => Select([.. Enumerable.Range(0, Count).Where(i => Rows[i].Split == split)]);

    /// <summary>The same pixels with other rows.</summary>
    public ImageSet WithRows(IReadOnlyList<ImageRow> rows)
        => new(images, masks, Channels, Height, Width, rows, Classes) { LeftOut = LeftOut };

    /// <summary>The same images without labels and classes.</summary>
    public ImageSet WithoutLabels()
        => new(images, masks, Channels, Height, Width, [.. Rows.Select(r => r with { Label = -1 })], []) { LeftOut = LeftOut };

    /// <summary>The same set with another list of what was left out.</summary>
    internal ImageSet With(IReadOnlyList<LeftOut> left) => new(images, masks, Channels, Height, Width, Rows, Classes) { LeftOut = left };

    /// <summary>
    /// All images of sets of one shape and one class list, one set after the other. The result has masks where every set has.
    /// </summary>
    public static ImageSet Concat(params ImageSet[] sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        var first = sets[0];
        foreach (var set in sets)
        {
            if ((set.Channels, set.Height, set.Width) != (first.Channels, first.Height, first.Width)
                || !set.Classes.SequenceEqual(first.Classes, StringComparer.Ordinal))
            {
                throw new ArgumentException($"cannot join {set.Channels}x{set.Height}x{set.Width} [{string.Join(", ", set.Classes)}] to "
                    + $"{first.Channels}x{first.Height}x{first.Width} [{string.Join(", ", first.Classes)}]");
            }
        }
        return new([.. sets.SelectMany(s => s.images)], sets.All(s => s.HasMasks) ? [.. sets.SelectMany(s => s.masks!)] : null,
            first.Channels, first.Height, first.Width, [.. sets.SelectMany(s => s.Rows)], first.Classes);
    }

    /// <summary>Images of each class; those without a label are in none.</summary>
    public int[] ClassCounts()
    {
        var counts = new int[Classes.Count];
        foreach (var row in Rows.Where(r => r.Label >= 0))
        {
            counts[row.Label]++;
        }
        return counts;
    }

    /// <summary>uint8 [n, C, H, W] on the CPU.</summary>
    public Tensor Pixels(IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        var size = Channels * Height * Width;
        var tensor = empty([indices.Count, Channels, Height, Width], ScalarType.Byte);
        var bytes = tensor.bytes;
        for (var i = 0; i < indices.Count; i++)
        {
            Image(indices[i]).CopyTo(bytes.Slice(i * size, size));
        }
        return tensor;
    }

    /// <summary>uint8 [n, 1, H, W] on the CPU, 0 or 255.</summary>
    public Tensor MaskPixels(IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        var tensor = empty([indices.Count, 1, Height, Width], ScalarType.Byte);
        var bytes = tensor.bytes;
        for (var i = 0; i < indices.Count; i++)
        {
            Mask(indices[i]).CopyTo(bytes.Slice(i * Height * Width, Height * Width));
        }
        return tensor;
    }

    /// <summary>Lower-case hex SHA-256 of an image: its shape, then its planar bytes.</summary>
    public static string HashPixels(ReadOnlySpan<byte> planar, int channels, int height, int width)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{channels}x{height}x{width}:")));
        hash.AppendData(planar);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static ImageSet FromStores(PixelStore pixels, PixelStore? masks, int channels, int height, int width,
        IReadOnlyList<ImageRow> rows, IReadOnlyList<string> classes)
    {
        var size = channels * height * width;
        var slots = Enumerable.Range(0, rows.Count).Select(i => new PixelSlot(pixels, i)).ToArray();
        var hashed = rows.Select((r, i) => r.Sha256 != "" ? r
            : r with { Sha256 = HashPixels(slots[i].Bytes(size), channels, height, width) }).ToArray();
        return new(slots, masks is null ? null : [.. slots.Select(s => new PixelSlot(masks, s.Index))], channels, height, width, hashed,
            classes);
    }

    private string HashMasks()
    {
        if (masks is null)
        {
            return "";
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < Count; i++)
        {
            hash.AppendData(Mask(i));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private string HashContent()
    {
        var facts = new StringBuilder();
        facts.Append(CultureInfo.InvariantCulture, $"{Count}x{Channels}x{Height}x{Width}\n{string.Join('\u001f', Classes)}\n{MasksHash}\n");
        foreach (var row in Rows)
        {
            facts.Append(CultureInfo.InvariantCulture, $"{row.Id}\u001f{row.Label}\u001f{row.Group}\u001f{row.Split}\u001f"
                + $"{row.Origin}\u001f{row.Sha256}\n");
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts.ToString())));
    }
}
