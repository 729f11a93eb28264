using System.CommandLine;
using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Cli;

/// <summary>Options that name which stored values of a map of labels are the mask.</summary>
internal static class MaskValues
{
    /// <summary>An option of such values.</summary>
    public static Option<string?> Option(string name, string description) => new(name) { Description = description, HelpName = "V,V,..." };

    /// <summary>The values; null where the option is not given.</summary>
    /// <exception cref="StudyException">They are no whole numbers from 0 to 65535.</exception>
    public static IReadOnlyList<int>? Parse(string? text, string option) => text?.Split(',', StringSplitOptions.TrimEntries)
        .Select(v => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= 65535 ? value
            : throw new StudyException($"{option}: '{text}'; must be whole numbers from 0 to 65535, as in {option} 1,2")).ToArray();
}
