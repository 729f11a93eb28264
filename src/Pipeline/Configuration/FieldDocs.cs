using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Odm.Pipeline.Configuration;

/// <summary>The summaries of fields, from the documentation files beside the assemblies; none where those are missing.</summary>
internal sealed partial class FieldDocs
{
    private readonly Dictionary<Assembly, Dictionary<string, string>> files = [];

    /// <summary>The summary of a field as plain text on one line; null where there is none.</summary>
    public string? Of(PropertyInfo field)
    {
        var assembly = field.DeclaringType!.Assembly;
        if (!files.TryGetValue(assembly, out var known))
        {
            files[assembly] = known = Read(Path.ChangeExtension(assembly.Location, ".xml"));
        }

        return known.GetValueOrDefault($"P:{field.DeclaringType!.FullName!.Replace('+', '.')}.{field.Name}");
    }

    private static Dictionary<string, string> Read(string file)
        => !File.Exists(file) ? [] : XDocument.Load(file).Descendants("member").Where(m => m.Element("summary") is not null)
            .ToDictionary(m => (string)m.Attribute("name")!, m => Plain(m.Element("summary")!), StringComparer.Ordinal);

    // <see cref="P:Odm.X.Study.Seeds"/> becomes Seeds
    private static string Plain(XElement summary)
    {
        foreach (var reference in summary.Descendants("see").ToList())
        {
            reference.ReplaceWith(((string?)reference.Attribute("cref") ?? "").Split('(')[0].Split('.', ':')[^1]);
        }

        return Blanks().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();
}
