using System.Globalization;
using System.Text.Json.Serialization;
using Odm.Augment.Diffusion.Samplers;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Variations;

/// <summary>How a real image becomes what the sampler starts from.</summary>
public enum InversionKind
{
    /// <summary>Noise is added to it (Meng et al. 2022, SDEdit).</summary>
    Noise,

    /// <summary>The steps of DDIM are taken backwards (Song et al. 2021, section 4.3): the same image leads to the same start.</summary>
    Ddim,
}

/// <summary>From an image of which class a variation of a class is made.</summary>
public enum VariationTarget
{
    /// <summary>The same class.</summary>
    Same,

    /// <summary>A class next to it in the order of the grades: the image is drawn again as the grade that was asked for.</summary>
    Neighbour,
}

/// <summary>Settings of variations: how far from their sources, how, and with which sampler.</summary>
public sealed record VariationSampling
{
    /// <summary>Share of the diffusion's times that the source is taken up to, above 0 to 1; at 1 it is noise.</summary>
    public double Strength { get; init; } = 0.5;

    /// <summary>How a source becomes what the sampler starts from.</summary>
    public InversionKind Inversion { get; init; }

    /// <summary>From which class the source is.</summary>
    public VariationTarget Towards { get; init; }

    /// <summary>The classes in the order of their severity, for <see cref="VariationTarget.Neighbour"/>; null: by the numbers in their
    /// names.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<string>? Grades { get; init; }

    /// <summary>How the sampler draws on; its steps are those of a whole image, of which the strength's share is taken.</summary>
    public SamplerConfig Sampler { get; init; } = new();

    /// <summary>Columns of a row beside those of the sampler.</summary>
    internal Dictionary<string, string> Columns() => new(StringComparer.Ordinal)
    {
        ["strength"] = Strength.ToString("R", CultureInfo.InvariantCulture),
        ["inversion"] = EnumWords.Of(Inversion),
        ["towards"] = EnumWords.Of(Towards),
    };

    /// <summary>The settings that a row was made with; the order of grades is no part of them, as the row names its source.</summary>
    /// <exception cref="DatasetException">A column holds what no version wrote.</exception>
    internal static VariationSampling Read(Provenance made) => new()
    {
        Strength = double.TryParse(made.More.GetValueOrDefault("strength"), CultureInfo.InvariantCulture, out var strength)
            && strength is > 0 and <= 1 ? strength
            : throw new DatasetException($"strength '{made.More.GetValueOrDefault("strength")}' of the row; above 0, up to 1 was expected"),
        Inversion = SamplerProvenance.Value<InversionKind>("inversion", made.More.GetValueOrDefault("inversion", "")),
        Towards = SamplerProvenance.Value<VariationTarget>("towards", made.More.GetValueOrDefault("towards", "")),
        Sampler = SamplerProvenance.Read(made),
    };
}
