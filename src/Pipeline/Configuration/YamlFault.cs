using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Odm.Pipeline.Configuration;

/// <summary>What is wrong with a YAML text, and where: the line as an editor counts it, from 1.</summary>
internal static class YamlFault
{
    /// <summary><c>line 4: not valid YAML: ...</c>; null for a sound text.</summary>
    public static string? In(string text)
    {
        var lines = text.TrimEnd().Split('\n').Length; // what ends too early is reported behind the end
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        long last = 1;
        try
        {
            var parser = new Parser(new StringReader(text));
            while (parser.MoveNext())
            {
                last = Math.Max(last, parser.Current!.Start.Line);
                if (parser.Current is NodeEvent { Anchor.IsEmpty: false } node)
                {
                    anchors.Add(node.Anchor.Value);
                }
                else if (parser.Current is AnchorAlias alias && !anchors.Contains(alias.Value.Value))
                {
                    return At(alias.Start.Line, $"*{alias.Value} stands for nothing; no &{alias.Value} is above it");
                }
            }

            return null;
        }
        catch (YamlException e)
        {
            return At(Math.Max(e.Start.Line, e.End.Line), e.Message.ReplaceLineEndings(" "));
        }
        catch (InvalidOperationException)
        {
            return At(last, "a bracket or brace that is not closed"); // the scanner's own fault at a blank line within one
        }

        string At(long line, string what) => string.Create(CultureInfo.InvariantCulture,
            $"line {Math.Min(line, lines)}: not valid YAML: {what}");
    }
}
