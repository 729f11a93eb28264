using System.Reflection;

namespace Odm.Pipeline;

/// <summary>Texts embedded into the assembly: the page's style and script, and the charting library where npm was there at build.</summary>
internal static class VegaBundles
{
    private static readonly string[] Names = ["vega.min.js", "vega-lite.min.js", "vega-embed.min.js"];

    /// <summary>Whether the charting library was restored when Odm was built.</summary>
    public static bool There { get; } = Names.All(Assembly.GetExecutingAssembly().GetManifestResourceNames().Contains);

    /// <summary>The library and the licences of what is in it, ready to stand in <c>&lt;script&gt;</c> elements.</summary>
    public static IEnumerable<string> Scripts
        => [$"/*\n{Text("licences.txt").TrimEnd()}\n*/", .. Names.Select(n => Inline(Text(n)))];

    /// <summary>An embedded text.</summary>
    public static string Text(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded"));
        return reader.ReadToEnd();
    }

    /// <summary>A script that HTML's parser does not end early: in JavaScript's strings <c>&lt;\/script</c> and <c>&lt;\!--</c> mean the same.</summary>
    public static string Inline(string script)
        => script.Replace("</script", "<\\/script", StringComparison.Ordinal).Replace("</SCRIPT", "<\\/SCRIPT", StringComparison.Ordinal).Replace("<!--", "<\\!--", StringComparison.Ordinal);
}
