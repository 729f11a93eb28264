using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Augment.Traditional;

/// <summary>One draw of everything random in a transform, for image and mask together; applying it draws nothing more.</summary>
internal sealed record TransformDraw
{
    public bool FlipHorizontal { get; init; }
    public bool FlipVertical { get; init; }
    public double Rotation { get; init; }
    public double Scale { get; init; } = 1;
    public (double X, double Y) Translate { get; init; }
    public (double X, double Y) Shear { get; init; }
    public (double Side, double Left, double Top) Crop { get; init; } = (1, 0, 0);
    public double Brightness { get; init; } = 1;
    public double Contrast { get; init; } = 1;
    public double Gamma { get; init; } = 1;
    public double Offset { get; init; }
    public double? Clahe { get; init; }
    public RandAugmentDraw? RandAugment { get; init; }
    public (double Sigma, ulong Seed) Noise { get; init; }
    public PixelRectangle? Erase { get; init; }
    public bool Edge { get; init; }

    /// <summary>Draws for an image of a size from a resolved config.</summary>
    public static TransformDraw From(TraditionalConfig config, int height, int width, Rng rng)
    {
        var (shearX, shearY) = (config.Shear?.Draw(rng), rng.NextDouble());
        var (right, down) = (config.Translate?.Draw(rng), rng.NextDouble());
        var (side, left, top) = (config.Crop?.Draw(rng) ?? 1, rng.NextDouble(), rng.NextDouble());
        var draw = new TransformDraw
        {
            FlipHorizontal = rng.NextBool(config.FlipHorizontal ?? 0),
            FlipVertical = rng.NextBool(config.FlipVertical ?? 0),
            Rotation = config.Rotation?.Draw(rng) ?? 0,
            Scale = config.Scale?.Draw(rng) ?? 1,
            Shear = shearX is { } x ? (x, Within(config.Shear!, shearY)) : default,
            Translate = right is { } r ? (r, Within(config.Translate!, down)) : default,
            Crop = (side, left * (1 - side), top * (1 - side)),
            Brightness = config.Brightness?.Draw(rng) ?? 1,
            Contrast = config.Contrast?.Draw(rng) ?? 1,
            Gamma = config.Gamma?.Draw(rng) ?? 1,
            Offset = config.Offset?.Draw(rng) ?? 0,
            Clahe = config.Clahe?.Draw(rng),
            Noise = config.Noise?.Draw(rng) is { } sigma ? (sigma, rng.NextUInt64()) : default,
            Erase = config.Erase?.Draw(rng) is { } area ? Hole(area, height, width, rng) : null,
            Edge = config.Fill == OutsideFill.Edge,
        };
        draw = config.RandAugment is { } some ? draw with { RandAugment = RandAugmentDraw.From(some, rng) } : draw;
        return config.OneOf is { } p ? draw.WithOneOf(config, rng.NextBool(p), rng.NextDouble()) : draw;
    }

    private TransformDraw WithOneOf(TraditionalConfig config, bool any, double which)
    {
        var choices = new List<int>();
        if (config.Clahe is not null)
        {
            choices.Add(0);
        }
        if (config.Brightness is not null || config.Contrast is not null || config.Offset is not null)
        {
            choices.Add(1);
        }
        if (config.Gamma is not null)
        {
            choices.Add(2);
        }
        var choice = any && choices.Count > 0 ? choices[(int)(which * choices.Count)] : -1;
        return this with
        {
            Clahe = choice == 0 ? Clahe : null,
            Brightness = choice == 1 ? Brightness : 1,
            Contrast = choice == 1 ? Contrast : 1,
            Offset = choice == 1 ? Offset : 0,
            Gamma = choice == 2 ? Gamma : 1,
        };
    }

    /// <summary>True where nothing would change.</summary>
    public bool IsIdentity => this with { Edge = false, Crop = Crop.Side.Equals(1.0) ? (1, 0, 0) : Crop } == new TransformDraw();

    /// <summary>Flips, one resampling for crop, shear, scaling, rotation and shift in that order, values, RandAugment, erasing.</summary>
    public Picture Apply(Picture p)
    {
        if (FlipHorizontal)
        {
            p = Geometry.FlipHorizontal(p);
        }
        if (FlipVertical)
        {
            p = Geometry.FlipVertical(p);
        }
        var map = Map(p.Height, p.Width);
        if (map != AffineMap.Identity)
        {
            p = Geometry.Warp(p, map, Edge);
        }
        if (Clahe is { } clip)
        {
            p = Traditional.Clahe.Apply(p, clip);
        }
        if (!Brightness.Equals(1.0))
        {
            p = Intensity.Brightness(p, Brightness);
        }
        if (!Contrast.Equals(1.0))
        {
            p = Intensity.Contrast(p, Contrast);
        }
        if (Offset != 0)
        {
            p = Intensity.Offset(p, Offset);
        }
        if (!Gamma.Equals(1.0))
        {
            p = Intensity.Gamma(p, Gamma);
        }
        p = RandAugment?.Apply(p, Edge) ?? p;
        if (Noise.Sigma > 0)
        {
            p = Intensity.Noise(p, Noise.Sigma, Noise.Seed);
        }
        return Erase is { } hole ? Geometry.Erase(p, hole) : p;
    }

    /// <summary>The draw in words, for provenance: <c>flip_horizontal rotation=-12.5</c>.</summary>
    public string Words()
    {
        var words = new List<string>();
        if (FlipHorizontal)
        {
            words.Add("flip_horizontal");
        }
        if (FlipVertical)
        {
            words.Add("flip_vertical");
        }
        Add("rotation", 0, Rotation);
        Add("scale", 1, Scale);
        Add("translate", 0, Translate.X, Translate.Y);
        Add("shear", 0, Shear.X, Shear.Y);
        Add("crop", 1, Crop.Side, Crop.Left, Crop.Top);
        Add("brightness", 1, Brightness);
        Add("contrast", 1, Contrast);
        Add("offset", 0, Offset);
        Add("gamma", 1, Gamma);
        if (Clahe is { } clip)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"clahe={clip:0.####}"));
        }
        if (RandAugment is not null)
        {
            words.Add($"randaugment={RandAugment.Words()}");
        }
        Add("noise", 0, Noise.Sigma);
        if (Erase is { } hole)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"erase={hole.Top}/{hole.Left}/{hole.Height}/{hole.Width}"));
        }
        return string.Join(' ', words);

        void Add(string name, double none, params double[] values)
        {
            if (!values[0].Equals(none) || values.Skip(1).Any(v => v != 0))
            {
                words.Add($"{name}={string.Join('/', values.Select(v => v.ToString("0.####", CultureInfo.InvariantCulture)))}");
            }
        }
    }

    private AffineMap Map(int height, int width) =>
        (Crop.Side.Equals(1.0) ? AffineMap.Identity : AffineMap.Crop(Crop.Side, Crop.Left, Crop.Top, height, width))
        .Then(AffineMap.Shear(Shear.X, Shear.Y))
        .Then(AffineMap.Scaling(Scale))
        .Then(AffineMap.Rotation(Rotation))
        .Then(AffineMap.Translation(Translate.X * width, Translate.Y * height));

    private static double Within(DrawRange range, double share) => range.Low + (range.High - range.Low) * share;

    private static PixelRectangle? Hole(double area, int height, int width, Rng rng)
    {
        var aspect = Math.Exp(rng.Uniform(Math.Log(.3), Math.Log(3.3))); // height / width, as likely tall as wide
        var (h, w) = (Math.Sqrt(area * height * width * aspect), Math.Sqrt(area * height * width / aspect));
        if (h > height) // a hole larger than a side keeps its area
        {
            (h, w) = (height, area * width);
        }
        else if (w > width)
        {
            (h, w) = (area * height, width);
        }
        var (rows, columns) = ((int)Math.Round(h), (int)Math.Round(w));
        var (top, left) = (rng.NextInt(height - rows + 1), rng.NextInt(width - columns + 1));
        return rows == 0 || columns == 0 ? null : new(top, left, rows, columns);
    }
}
