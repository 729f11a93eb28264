using System.Globalization;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Diffusion.Samplers;

/// <summary>Settings of sampling in an image's provenance row, and back: what it takes to make the image again.</summary>
internal static class SamplerProvenance
{
    /// <summary>The columns beside sampler, steps and guidance.</summary>
    internal static Dictionary<string, string> More(SamplerConfig sampler)
    {
        var more = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["eta"] = sampler.Eta.ToString("R", CultureInfo.InvariantCulture),
            ["clip"] = sampler.Clip ? "true" : "false",
        };
        if (sampler.Spacing != TimeSpacing.Uniform)
        {
            more["spacing"] = EnumWords.Of(sampler.Spacing);
        }
        if (sampler.GuidanceInterval is { } interval)
        {
            more["guidance_interval"] = string.Join(';', interval.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
        }
        return more;
    }

    /// <summary>The settings that a row was made with; those of its batch are not among them.</summary>
    /// <exception cref="DatasetException">A column holds what no version wrote.</exception>
    public static SamplerConfig Read(Provenance made)
    {
        ArgumentNullException.ThrowIfNull(made);
        return new()
        {
            Kind = Value<SamplerKind>("sampler", made.Sampler),
            Steps = made.Steps,
            Spacing = made.More.TryGetValue("spacing", out var spacing) ? Value<TimeSpacing>("spacing", spacing) : TimeSpacing.Uniform,
            Eta = made.More.TryGetValue("eta", out var text) && double.TryParse(text, CultureInfo.InvariantCulture, out var eta) ? eta : 0,
            Guidance = made.Guidance,
            GuidanceInterval = made.More.TryGetValue("guidance_interval", out var interval) ? Interval(interval) : null,
            Clip = !made.More.TryGetValue("clip", out var clip) || clip == "true",
        };
    }

    /// <summary>An enum's value by its word in a column of a row.</summary>
    /// <exception cref="DatasetException">There is no such value.</exception>
    internal static T Value<T>(string column, string word)
        where T : struct, Enum
    {
        var known = Enum.GetValues<T>();
        var at = Array.FindIndex(known, k => EnumWords.Of(k) == word);
        return at >= 0 ? known[at]
            : throw new DatasetException($"{column} '{word}' of the row is not one of {string.Join(", ", EnumWords.All<T>())}");
    }

    private static double[] Interval(string text)
    {
        var levels = text.Split(';').Select(v => double.TryParse(v, CultureInfo.InvariantCulture, out var level) ? level : double.NaN)
            .ToArray();
        return levels is [var low, var high] && low < high ? levels
            : throw new DatasetException($"guidance_interval '{text}' of the row is no pair of levels of noise, low;high");
    }
}
