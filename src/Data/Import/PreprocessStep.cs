using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Odm.Data.Import;

/// <summary>
/// One preprocessing step of the study file: <c>crop_disc</c>, <c>centre_crop: 128</c>, <c>pad_square</c> or <c>resize: 64</c>;
/// in a text form the same words.
/// </summary>
/// <param name="Name">One of <see cref="Names"/>.</param>
/// <param name="Size">Pixels; 0 where the step takes none.</param>
public sealed record PreprocessStep(string Name, int Size = 0) : IParsable<PreprocessStep>
{
    /// <summary>Crop to the bounding rectangle of the non-dark disc (fundus photographs; thesis on IDRiD, section 5.2).</summary>
    public const string CropDisc = "crop_disc";

    /// <summary>Crop a centred square of the given side (LIMUC: 128).</summary>
    public const string CentreCrop = "centre_crop";

    /// <summary>Pad the shorter side with black to a square.</summary>
    public const string PadSquare = "pad_square";

    /// <summary>Resize to a square of the given side, antialiased when shrinking.</summary>
    public const string Resize = "resize";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [CropDisc, CentreCrop, PadSquare, Resize];

    private bool TakesSize => Name is CentreCrop or Resize;

    /// <summary>What is wrong with the step, each beginning with <paramref name="field"/>.</summary>
    public IEnumerable<string> Faults(string field)
    {
        if (!Names.Contains(Name, StringComparer.Ordinal))
        {
            yield return $"{field}: \"{Name}\" is no step; known are {string.Join(", ", Names)}";
        }
        else if (TakesSize && Size is < 8 or > 4096)
        {
            yield return $"{field}: {Name} wants a size of 8 to 4096 pixels, as in \"{Name}: 64\"; got {Size}";
        }
        else if (!TakesSize && Size != 0)
        {
            yield return $"{field}: {Name} takes no size; got {Size}";
        }
    }

    /// <summary>As in the study file.</summary>
    public override string ToString() => TakesSize ? string.Create(CultureInfo.InvariantCulture, $"{Name}: {Size}") : Name;

    /// <summary>Reads <c>crop_disc</c> or <c>resize: 64</c>; the name is not checked (<see cref="Faults"/> does).</summary>
    public static PreprocessStep Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var step) ? step : throw new FormatException($"\"{s}\" is no preprocessing step; as in \"resize: 64\"");

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out PreprocessStep result)
    {
        var parts = (s ?? "").Split(':', StringSplitOptions.TrimEntries);
        var size = 0;
        var fine = parts[0] != "" && (parts.Length == 1
            || (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out size)));
        result = fine ? new PreprocessStep(parts[0], size) : null;
        return fine;
    }
}
