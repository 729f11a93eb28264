using System.Globalization;
using BitMiracle.LibTiff.Classic;

namespace Odm.Data.Import;

/// <summary>
/// Decodes the first image of a TIFF file with LibTiff.NET: grey, RGB and palette, 1 to 16 bits, alpha, strips and tiles, planes, every
/// compression of the library. ImageSharp 2.1 has no tiles, no grey with alpha and no defaults for absent fields.
/// </summary>
internal static class TiffFile
{
    static TiffFile() => Tiff.SetErrorHandler(new Strict()); // one for the process; the library's own writes to stderr

    /// <summary>
    /// As looked at: the orientation field is applied. 16-bit samples are divided by 257 and rounded, alpha and further images are dropped
    /// and told.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is damaged, truncated or of a form that is not read.</exception>
    public static Pixels Decode(byte[] file, bool values)
    {
        using var stream = new MemoryStream(file, writable: false);
        using var tiff = Tiff.ClientOpen("TIFF", "r", stream, new TiffStream()) ?? throw new InvalidDataException("no directory");
        var form = TiffForm.Of(tiff);
        CheckEnds(tiff, file.Length);
        var planar = new byte[form.Channels * form.Width * form.Height];
        var wanted = values && (form.Palette is not null || form.Channels == 1);
        var seen = new TiffForm.Seen
        {
            Values = wanted ? new ushort[form.Width * form.Height] : null,
            Extra = form.Samples > form.Channels && form.Palette is null && !form.Separate ? new byte[form.Width * form.Height] : null
        };
        var (wide, high) = tiff.IsTiled() ? (Field(tiff, TiffTag.TILEWIDTH), Field(tiff, TiffTag.TILELENGTH))
            : (form.Width, Rows(tiff, form.Height));
        ImageFiles.CheckSize(wide, high);
        var buffer = new byte[form.RowBytes(wide) * high];
        for (var plane = 0; plane < (form.Separate ? form.Channels : 1); plane++)
        {
            for (var y = 0; y < form.Height; y += high)
            {
                for (var x = 0; x < form.Width; x += wide)
                {
                    var rows = tiff.IsTiled() ? high : Math.Min(high, form.Height - y);
                    var size = form.RowBytes(wide) * rows;
                    var read = tiff.IsTiled() ? tiff.ReadEncodedTile(tiff.ComputeTile(x, y, 0, (short)plane), buffer, 0, size)
                        : tiff.ReadEncodedStrip(tiff.ComputeStrip(y, (short)plane), buffer, 0, size);
                    if (read != size)
                    {
                        throw new InvalidDataException("the data end early");
                    }
                    form.Unpack(buffer, planar, plane, x, y, wide, Math.Min(rows, form.Height - y), seen);
                }
            }
        }
        var turn = Field(tiff, TiffTag.ORIENTATION);
        var facts = new FileFacts
        {
            Values = seen.Values,
            Palette = form.Palette is not null,
            White = (1 << form.Bits) - 1,
            Highest = form.Bits == 16 ? seen.Highest : 0,
            Transparent = form.Samples > form.Channels,
            Pages = Pages(tiff),
        };
        facts = seen.Extra is null ? facts : facts.WithAlpha(planar, form.Channels, seen.Extra);
        return Turning.Apply(new Pixels(form.Width, form.Height, form.Channels, form.Bits == 16 ? 16 : 8, planar) { Facts = facts }, turn);
    }

    /// <summary>Images of the file that are no reduced copies of another. Moves the reader, so it comes last.</summary>
    private static int Pages(Tiff tiff)
    {
        var pages = 1;
        try
        {
            while (tiff.ReadDirectory())
            {
                pages += (Field(tiff, TiffTag.SUBFILETYPE) & (int)FileType.REDUCEDIMAGE) == 0 ? 1 : 0;
            }
        }
        catch (Exception e) when (ImageFiles.IsDamage(e))
        {
            pages++; // one more that cannot be read; the first is whole
        }
        return pages;
    }

    internal static int Field(Tiff tiff, TiffTag tag) => tiff.GetFieldDefaulted(tag) is [var value, ..] ? value.ToInt() : 0;

    private static int Rows(Tiff tiff, int height)
        => Field(tiff, TiffTag.ROWSPERSTRIP) is > 0 and var rows ? Math.Min(rows, height) : height;

    private static void CheckEnds(Tiff tiff, int length)
    {
        var (starts, sizes) = tiff.IsTiled() ? (TiffTag.TILEOFFSETS, TiffTag.TILEBYTECOUNTS)
            : (TiffTag.STRIPOFFSETS, TiffTag.STRIPBYTECOUNTS);
        var (at, bytes) = (Numbers(tiff, starts), Numbers(tiff, sizes));
        for (var i = 0; i < Math.Min(at.Length, bytes.Length); i++)
        {
            if (at[i] < 0 || bytes[i] < 0 || at[i] > length - bytes[i])
            {
                throw new InvalidDataException("the data end early");
            }
        }
    }

    private static long[] Numbers(Tiff tiff, TiffTag tag) =>
        tiff.GetField(tag) is [{ Value: Array values }, ..]
        ? [.. values.Cast<object>().Select(v => Convert.ToInt64(v, CultureInfo.InvariantCulture))] : [];

    /// <summary>
    /// Errors become exceptions, as do warnings of the JPEG decoder within, which mean lost pixels. Unknown fields and the like pass.
    /// </summary>
    private sealed class Strict : TiffErrorHandler
    {
        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
            => throw new InvalidDataException(string.Format(CultureInfo.InvariantCulture, format, args));

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
            if (method == "JPEGLib")
            {
                ErrorHandler(tif, method, format, args);
            }
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }
    }
}
