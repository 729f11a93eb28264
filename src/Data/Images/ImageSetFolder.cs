using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Data.Images;

/// <summary>Number and shape of the images of a set.</summary>
/// <param name="Count">Images.</param>
/// <param name="Channels">1 (grey) or 3 (RGB).</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
/// <param name="Masks">Whether each has a mask.</param>
public sealed record ImageSetShape(int Count, int Channels, int Height, int Width, bool Masks);

/// <summary>
/// An image set on disk, for NumPy and a spreadsheet: <c>images.npy</c> uint8 [N, C, H, W], <c>masks.npy</c> uint8 [N, 1, H, W]
/// where there are masks, <c>rows.csv</c>, and <c>set.json</c> with class names, content hash, the number of empty masks and
/// what the import left out. Rows may be edited by hand;
/// pixels that are not those of their row's hash are found by <see cref="Verify"/>.
/// </summary>
public static class ImageSetFolder
{
    private sealed record Description(IReadOnlyList<string> Classes, string ContentHash, string MasksHash, int? EmptyMasks = null,
        IReadOnlyList<LeftOut>? LeftOut = null);

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>True where the folder looks like an image set.</summary>
    public static bool Exists(string folder)
    {
        Durable.Recover(folder);
        return File.Exists(Path.Combine(folder, "set.json"));
    }

    internal static ImageSet Open(string folder)
    {
        Durable.Recover(folder);
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"{folder}: no such image set");
        }
        var description = Describe(Path.Combine(folder, "set.json"));
        var pixels = Map(Path.Combine(folder, "images.npy"));
        var shape = pixels.Header.Shape;
        var rowsPath = Path.Combine(folder, "rows.csv");
        var rows = RowsFile.Read(rowsPath);
        if (rows.Count != shape[0])
        {
            throw new DatasetException($"{rowsPath}: {rows.Count} rows for {shape[0]} images in images.npy");
        }
        if (rows.Find(r => r.Label >= description.Classes.Count) is { } stray)
        {
            throw new DatasetException($"{rowsPath}: id {stray.Id}: label {stray.Label} is beyond the {description.Classes.Count} classes "
                + $"of set.json");
        }
        return new ImageSet(Slots(pixels), Masks(folder, shape), (int)shape[1], (int)shape[2], (int)shape[3], rows, description.Classes,
            description.MasksHash)
        {
            LeftOut = description.LeftOut ?? []
        };
    }

    internal static void Save(ImageSet set, string folder) => Durable.WriteFolder(folder, partial =>
    {
        Durable.Stream(Path.Combine(partial, "images.npy"), stream =>
        {
            new NpyHeader("u1", [set.Count, set.Channels, set.Height, set.Width]).Write(stream);
            for (var i = 0; i < set.Count; i++)
            {
                stream.Write(set.Image(i));
            }
        });
        if (set.HasMasks)
        {
            Durable.Stream(Path.Combine(partial, "masks.npy"), stream =>
            {
                new NpyHeader("u1", [set.Count, 1, set.Height, set.Width]).Write(stream);
                for (var i = 0; i < set.Count; i++)
                {
                    stream.Write(set.Mask(i));
                }
            });
        }
        Describe(partial, set);
    });

    /// <summary>
    /// Writes a set whose images come one after the other, so that they need not fit into memory; the folder is written beside its place
    /// and renamed. Rows without a hash get theirs.
    /// </summary>
    /// <param name="folder">The set's folder; what it held is replaced.</param>
    /// <param name="shape">Number and shape of the images.</param>
    /// <param name="classes">Class names.</param>
    /// <param name="images">Each row with its planar pixels, C*H*W, and its mask, H*W of 0 or 255, where the shape has masks.</param>
    /// <exception cref="ArgumentException">Another number or size of images than the shape says.</exception>
    /// <exception cref="DatasetException">The place cannot be written.</exception>
    public static void Write(string folder, ImageSetShape shape, IReadOnlyList<string> classes,
        IEnumerable<(ImageRow Row, byte[] Image, byte[]? Mask)> images)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(images);
        Durable.WriteFolder(folder, partial =>
        {
            var rows = new List<ImageRow>();
            Durable.Stream(Path.Combine(partial, "images.npy"), pixels =>
            {
                new NpyHeader("u1", [shape.Count, shape.Channels, shape.Height, shape.Width]).Write(pixels);
                if (shape.Masks)
                {
                    Durable.Stream(Path.Combine(partial, "masks.npy"), masks =>
                    {
                        new NpyHeader("u1", [shape.Count, 1, shape.Height, shape.Width]).Write(masks);
                        Fill(pixels, masks);
                    });
                }
                else
                {
                    Fill(pixels, null);
                }
            });
            Describe(partial, rows, classes);

            void Fill(Stream pixels, Stream? masks)
            {
                foreach (var (row, image, mask) in images)
                {
                    if (image.Length != shape.Channels * shape.Height * shape.Width
                        || mask?.Length != (shape.Masks ? shape.Height * shape.Width : null))
                    {
                        throw new ArgumentException($"{row.Id}: {image.Length} bytes of pixels and {mask?.Length} of a mask; "
                            + $"not an image of {shape}");
                    }
                    pixels.Write(image);
                    masks?.Write(mask);
                    rows.Add(row.Sha256 != "" ? row
                        : row with { Sha256 = ImageSet.HashPixels(image, shape.Channels, shape.Height, shape.Width) });
                }
                if (rows.Count != shape.Count)
                {
                    throw new ArgumentException($"{rows.Count} images where the shape says {shape.Count}");
                }
            }
        });
    }

    // rows.csv and set.json beside the arrays that are there
    private static void Describe(string folder, IReadOnlyList<ImageRow> rows, IReadOnlyList<string> classes)
    {
        var pixels = Map(Path.Combine(folder, "images.npy"));
        var shape = pixels.Header.Shape;
        var set = new ImageSet(Slots(pixels), Masks(folder, shape), (int)shape[1], (int)shape[2], (int)shape[3], rows, classes);
        Describe(folder, set);
        set.Release();
    }

    private static void Describe(string folder, ImageSet set)
    {
        Durable.Stream(Path.Combine(folder, "rows.csv"), stream => RowsFile.Write(stream, set.Rows));
        Durable.Stream(Path.Combine(folder, "set.json"), stream =>
            JsonSerializer.Serialize(stream, new Description(set.Classes, set.ContentHash, set.MasksHash, set.HasMasks
                ? set.EmptyMasks.Count : null, set.LeftOut.Count > 0 ? set.LeftOut : null), Format));
    }

    /// <summary>Reads every pixel and compares with the hashes of the rows.</summary>
    /// <exception cref="DatasetException">Some differ; the message names the first and the count of the others.</exception>
    public static void Verify(ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var bad = Enumerable.Range(0, set.Count)
            .Where(i => ImageSet.HashPixels(set.Image(i), set.Channels, set.Height, set.Width) != set.Rows[i].Sha256).ToArray();
        if (bad.Length > 0)
        {
            throw new DatasetException($"image {set.Rows[bad[0]].Id}: its pixels are not those its row was written for"
                + (bad.Length > 1 ? $" (and {bad.Length - 1} more)" : ""));
        }
    }

    private static Description Describe(string path)
    {
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: no such file; is this an image set?");
        }
        try
        {
            return JsonSerializer.Deserialize<Description>(File.ReadAllBytes(path), Format) is { Classes: not null } description
                ? description
                : throw new DatasetException($"{path}: no class names");
        }
        catch (JsonException e)
        {
            throw new DatasetException($"{path}: not valid JSON: {e.Message}", e);
        }
    }

    private static NpyMap Map(string path)
    {
        var map = new NpyMap(path);
        var shape = map.Header.Shape;
        if (map.Header.Type != "u1" || shape.Count != 4 || shape.Skip(1).Any(n => n <= 0) || shape[1] * shape[2] * shape[3] > int.MaxValue
            || shape[0] > int.MaxValue)
        {
            throw new DatasetException($"{path}: {map.Header.Type} ({string.Join(", ", shape)}) where uint8 [N, C, H, W] is wanted");
        }
        return map;
    }

    private static PixelSlot[]? Masks(string folder, IReadOnlyList<long> shape)
    {
        var path = Path.Combine(folder, "masks.npy");
        if (!File.Exists(path))
        {
            return null;
        }
        var map = Map(path);
        long[] wanted = [shape[0], 1, shape[2], shape[3]];
        return map.Header.Shape.SequenceEqual(wanted)
            ? Slots(map)
            : throw new DatasetException($"{path}: ({string.Join(", ", map.Header.Shape)}) where the images want ("
                + $"{string.Join(", ", wanted)})");
    }

    private static PixelSlot[] Slots(NpyMap map)
    {
        var store = new PixelStore.Mapped(map);
        var slots = new PixelSlot[map.Header.Shape[0]];
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = new PixelSlot(store, i);
        }
        return slots;
    }
}
