namespace SixLabors.ImageSharp.Formats
{
    /// <summary>Options of writing a format.</summary>
    public abstract class ImageEncoder
    {
        private protected ImageEncoder()
        {
        }
    }
}

namespace SixLabors.ImageSharp.Formats.Jpeg
{
    /// <summary>Options of writing JPEG.</summary>
    public sealed class JpegEncoder : ImageEncoder
    {
        /// <summary>1 to 100; 75 where it is not given.</summary>
        public int? Quality { get; init; }
    }
}
