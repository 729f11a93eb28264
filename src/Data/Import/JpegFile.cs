using BitMiracle.LibJpeg.Classic;

namespace Odm.Data.Import;

/// <summary>
/// Decodes JPEG (baseline, progressive, arithmetic) with LibJpeg.NET. ImageSharp 2.1 fills data that end early with grey and says nothing,
/// does not clip YCCK's colours before the black ink (84 grey levels from libjpeg), and repeats halved chroma instead of interpolating it
/// (10 % of a small image's samples are more than 3 levels off, here .1 %). ImageSharp takes a third of the time.
/// </summary>
internal static class JpegFile
{
    /// <summary>As stored, 1 channel for grey files, else RGB. Inks (CMYK, YCCK) are read as Adobe and all decoders do: inverted.</summary>
    /// <exception cref="InvalidDataException">The data are damaged or end early.</exception>
    public static Pixels Decode(byte[] file)
    {
        var jpeg = new jpeg_decompress_struct(new Strict());
        jpeg.jpeg_stdio_src(new MemoryStream(file));
        jpeg.jpeg_read_header(true);
        jpeg.Out_color_space = jpeg.Jpeg_color_space switch
        {
            J_COLOR_SPACE.JCS_GRAYSCALE => J_COLOR_SPACE.JCS_GRAYSCALE,
            J_COLOR_SPACE.JCS_CMYK or J_COLOR_SPACE.JCS_YCCK => J_COLOR_SPACE.JCS_CMYK,
            _ => J_COLOR_SPACE.JCS_RGB,
        };
        ImageFiles.CheckSize(jpeg.Image_width, jpeg.Image_height);
        jpeg.jpeg_start_decompress();
        var (width, height, samples) = (jpeg.Output_width, jpeg.Output_height, jpeg.Output_components);
        var (channels, plane) = (samples == 1 ? 1 : 3, width * height);
        var planar = new byte[channels * plane];
        byte[][] rows = [new byte[width * samples]];
        for (var y = 0; y < height; y++)
        {
            if (jpeg.jpeg_read_scanlines(rows, 1) != 1)
            {
                throw new InvalidDataException("the data end early");
            }
            var row = rows[0];
            for (var x = 0; x < width; x++)
            {
                for (var c = 0; c < channels; c++)
                {
                    var level = row[x * samples + c];
                    planar[c * plane + y * width + x] = samples == 4 ? (byte)((level * row[x * 4 + 3] + 127) / 255) : level;
                }
            }
        }
        jpeg.jpeg_finish_decompress();
        return new Pixels(width, height, channels, 8, planar) { Facts = new() { Lossy = true } };
    }

    /// <summary>Errors, and warnings that mean lost pixels, become exceptions. Extraneous bytes between segments lose none.</summary>
    private sealed class Strict : jpeg_error_mgr
    {
        public override void error_exit() => throw new InvalidDataException(format_message());

        public override void emit_message(int msg_level)
        {
            if (msg_level >= 0)
            {
                return; // a trace
            }
            var message = format_message();
            if (message.StartsWith("Premature end", StringComparison.Ordinal)
                || message.StartsWith("Inconsistent progression", StringComparison.Ordinal)
                || message.StartsWith("Corrupt JPEG data", StringComparison.Ordinal)
                && !message.Contains("extraneous", StringComparison.Ordinal))
            {
                throw new InvalidDataException(message);
            }
        }

        public override void output_message()
        {
        }
    }
}
