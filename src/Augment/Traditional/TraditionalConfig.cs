using System.Globalization;
using System.Text.Json.Serialization;

namespace Odm.Augment.Traditional;

/// <summary>
/// <c>traditional</c> of an arm: a preset (also as a bare word), single transforms, or a preset with some of them replaced. Whether
/// they are done anew for every batch or once beforehand is <see cref="Mode"/>.
/// </summary>
public sealed record TraditionalConfig
{
    /// <summary>
    /// <c>thesis</c>: the IDRiD thesis' flips and raised brightness, offline (chapter 4; it does not say how far: 1.1 to 1.4 is
    /// ours). <c>iois</c>: its classifier's random crop of 224 in 256, ±30° at .5, horizontal flip at .5, online.
    /// <c>polyp</c>: what Saragih, Hibi and Tyrrell's segmentation does with albumentations: horizontal flip at .5, scale .5 to 1.5 with
    /// shifts up to .1, then at .9 one of CLAHE, brightness with contrast, gamma; online. <c>none</c>: only what the other fields ask.
    /// </summary>
    public TraditionalPreset Preset { get; init; }

    /// <summary>
    /// <c>online</c> (drawn anew for every batch) or <c>offline</c> (copies that fill a plan, once); the preset's, else online.
    /// </summary>
    public TraditionalMode? Mode { get; init; }

    /// <summary>Probability of exchanging left and right.</summary>
    public double? FlipHorizontal { get; init; }

    /// <summary>Probability of exchanging top and bottom.</summary>
    public double? FlipVertical { get; init; }

    /// <summary>Degrees counter-clockwise, -180 to 180.</summary>
    public DrawRange? Rotation { get; init; }

    /// <summary>Enlargement about the centre, .1 to 10.</summary>
    public DrawRange? Scale { get; init; }

    /// <summary>Shift to the right and, drawn apart, down; shares of width and height, -1 to 1.</summary>
    public DrawRange? Translate { get; init; }

    /// <summary>Slant in degrees along x and, drawn apart, y; -60 to 60.</summary>
    public DrawRange? Shear { get; init; }

    /// <summary>Crop-and-resize: side of the window as a share of the image's, above 0 to 1; its place is drawn.</summary>
    public DrawRange? Crop { get; init; }

    /// <summary>Factor on all values, 0 to 10.</summary>
    public DrawRange? Brightness { get; init; }

    /// <summary>Factor on the distance from the mean, 0 to 10.</summary>
    public DrawRange? Contrast { get; init; }

    /// <summary>Exponent on values in [0, 1], .1 to 10.</summary>
    public DrawRange? Gamma { get; init; }

    /// <summary>
    /// Added to all values, -1 to 1 (white is 1); with <see cref="Brightness"/>, which multiplies, albumentations' brightness and contrast.
    /// </summary>
    public DrawRange? Offset { get; init; }

    /// <summary>Adaptive equalisation of the lightness in 8 x 8 tiles: OpenCV's clip limit, 0 to 100.</summary>
    public DrawRange? Clahe { get; init; }

    /// <summary>
    /// Probability of doing one of three, each as likely: CLAHE; brightness, contrast and offset; gamma. Those without a range are out of
    /// the choice. Null: each is done by its own probability.
    /// </summary>
    public double? OneOf { get; init; }

    /// <summary>Standard deviation of added normal noise, 0 to 1 (white is 1).</summary>
    public DrawRange? Noise { get; init; }

    /// <summary>Random erasing (Zhong et al. 2020): erased share of the area, 0 to .9; height / width .3 to 3.3.</summary>
    public DrawRange? Erase { get; init; }

    /// <summary>Operations of RandAugment, after the other transforms and before noise and erasing; none by default.</summary>
    [JsonPropertyName("randaugment"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RandAugmentConfig? RandAugment { get; init; }

    /// <summary>What comes from outside the image: <c>zeros</c> (black, the default) or <c>edge</c>.</summary>
    public OutsideFill? Fill { get; init; }

    /// <summary>A preset by its name, or <c>randaugment</c> with its defaults.</summary>
    /// <exception cref="FormatException">No such preset.</exception>
    public static TraditionalConfig Parse(string word) => word switch
    {
        "thesis" => new() { Preset = TraditionalPreset.Thesis },
        "iois" => new() { Preset = TraditionalPreset.Iois },
        "polyp" => new() { Preset = TraditionalPreset.Polyp },
        "randaugment" => new() { RandAugment = new() },
        _ => throw new FormatException($"\"{word}\"; must be one of thesis, iois, polyp, randaugment, or a mapping of transforms"),
    };

    /// <summary>The same with the preset's fields filled in where the file left them out.</summary>
    public TraditionalConfig Resolve()
    {
        var b = Preset switch
        {
            TraditionalPreset.Thesis => new()
            {
                Mode = TraditionalMode.Offline,
                FlipHorizontal = .5,
                FlipVertical = .5,
                Brightness = new() { P = .5, Low = 1.1, High = 1.4 }
            },
            TraditionalPreset.Iois => new()
            {
                FlipHorizontal = .5,
                Rotation = new() { P = .5, Low = -30, High = 30 },
                Crop = new() { Low = .875, High = .875 }
            },
            TraditionalPreset.Polyp => new()
            {
                FlipHorizontal = .5,
                Scale = new() { Low = .5, High = 1.5 },
                Translate = new() { Low = -.1, High = .1 },
                OneOf = .9,
                Clahe = new() { Low = 1, High = 4 },
                Brightness = new() { Low = .8, High = 1.2 },
                Offset = new() { Low = -.2, High = .2 },
                Gamma = new() { Low = .8, High = 1.2 },
            },
            TraditionalPreset.None => new TraditionalConfig(),
            _ => throw new InvalidOperationException($"no preset of transforms is called {Preset}"),
        };
        return this with
        {
            Mode = Mode ?? b.Mode ?? TraditionalMode.Online,
            Fill = Fill ?? OutsideFill.Zeros,
            FlipHorizontal = FlipHorizontal ?? b.FlipHorizontal,
            FlipVertical = FlipVertical ?? b.FlipVertical,
            Rotation = Rotation ?? b.Rotation,
            Scale = Scale ?? b.Scale,
            Translate = Translate ?? b.Translate,
            Crop = Crop ?? b.Crop,
            Brightness = Brightness ?? b.Brightness,
            Offset = Offset ?? b.Offset,
            Gamma = Gamma ?? b.Gamma,
            Clahe = Clahe ?? b.Clahe,
            OneOf = OneOf ?? b.OneOf,
        };
    }

    /// <summary>
    /// Everything wrong with the fields, each naming it below <paramref name="field"/> (<c>arms.traditional.traditional</c>).
    /// </summary>
    public IEnumerable<string> Faults(string field)
    {
        foreach (var (name, p) in new[] { ("flip_horizontal", FlipHorizontal), ("flip_vertical", FlipVertical), ("one_of", OneOf) })
        {
            if (p is { } value && !(value is >= 0 and <= 1))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{field}.{name}: {value}; must be 0 to 1");
            }
        }
        foreach (var fault in Ranges().Where(r => r.Range is not null)
            .SelectMany(r => r.Range!.Outside($"{field}.{r.Name}", r.Least, r.Most)))
        {
            yield return fault;
        }
        var all = Resolve();
        if (RandAugment is null && !(all.FlipHorizontal > 0) && !(all.FlipVertical > 0) && all.Ranges().All(r => r.Range is not { P: > 0 }))
        {
            yield return $"{field}: nothing to do; name a preset (thesis, iois, polyp) or a transform";
        }
    }

    private (string Name, DrawRange? Range, double Least, double Most)[] Ranges() =>
    [
        ("rotation", Rotation, -180, 180), ("scale", Scale, .1, 10), ("translate", Translate, -1, 1), ("shear", Shear, -60, 60),
        ("crop", Crop, .01, 1), ("brightness", Brightness, 0, 10), ("contrast", Contrast, 0, 10), ("gamma", Gamma, .1, 10),
        ("offset", Offset, -1, 1), ("clahe", Clahe, 0, 100),
        ("noise", Noise, 0, 1), ("erase", Erase, 0, .9),
    ];
}
