using System.Text.RegularExpressions;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>Groups from names: <c>dataset.group_pattern</c>.</summary>
internal static class GroupPattern
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Why an expression cannot be used; null where it can.</summary>
    public static string? Fault(string pattern)
    {
        if (pattern.Length == 0)
        {
            return "empty";
        }
        try
        {
            _ = new Regex(pattern, RegexOptions.None, Patience);
            return null;
        }
        catch (ArgumentException e)
        {
            return $"no regular expression ({e.Message.Trim().TrimEnd('.')})";
        }
    }

    /// <summary>The images with the groups that the pattern finds; as they are where there is none.</summary>
    /// <exception cref="DatasetException">It finds nothing in a name.</exception>
    public static IReadOnlyList<SourceImage> Of(IReadOnlyList<SourceImage> images, DatasetConfig config)
    {
        if (config.GroupPattern is null)
        {
            return images;
        }
        var pattern = new Regex(config.GroupPattern, RegexOptions.CultureInvariant, Patience);
        var (grouped, strays) = (new List<SourceImage>(images.Count), new List<string>());
        foreach (var image in images)
        {
            var text = config is { Kind: DatasetKind.Csv, GroupColumn: not null } ? image.Row.Group : Path.GetFileName(image.Row.Source);
            var found = Found(pattern, text);
            if (found is null)
            {
                strays.Add($"{image.Row.Source}: group_pattern '{config.GroupPattern}' finds no group in '{text}'");
                continue;
            }
            grouped.Add(image with { Row = image.Row with { Group = found } });
        }
        return strays.Count == 0 ? grouped : throw new DatasetException(strays[0] + UserException.Others(strays.Count));
    }

    private static string? Found(Regex pattern, string text)
    {
        try
        {
            var match = pattern.Match(text);
            var group = match.Groups.Count > 1 ? match.Groups[1].Value : match.Value;
            return match.Success && group.Length > 0 ? group : null;
        }
        catch (RegexMatchTimeoutException)
        {
            throw new DatasetException($"group_pattern '{pattern}': takes longer than a second on '{text}'; a simpler one is "
                + $"needed");
        }
    }
}
