using System.Globalization;
using Odm.Engine.Runtime;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Odm.Pipeline.Configuration;

/// <summary>A YAML file as a tree of its own: aliases copied, merge keys (<c>&lt;&lt;</c>) resolved, <c>--set</c> applied.</summary>
internal static class YamlTree
{
    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="kind">What it is, for messages.</param>
    /// <exception cref="StudyException">It is missing, no YAML, or no mapping.</exception>
    public static YamlMappingNode Read(string file, string kind = "study file")
    {
        try
        {
            var text = File.ReadAllText(file);
            return text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
                ? throw new StudyException($"{file}: is no text file; a {kind} in YAML was expected")
                : Parse(text, file, kind == "study file" ? " (study:, dataset:, ...)" : "");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StudyException($"{file}: no such {kind}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StudyException(Directory.Exists(file) ? $"{file}: is a folder, a {kind} was expected"
                : $"{file}: may not be read", e);
        }
    }

    /// <summary>Reads a text; <paramref name="file"/> and <paramref name="fields"/> stand in messages.</summary>
    public static YamlMappingNode Parse(string text, string file, string fields = " (study:, dataset:, ...)")
    {
        if (YamlFault.In(text) is { } fault)
        {
            throw new StudyException($"{file}: {fault}");
        }

        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new StudyException(string.Create(CultureInfo.InvariantCulture,
                $"{file}: line {e.Start.Line}: not valid YAML: {e.Message.ReplaceLineEndings(" ")}"), e);
        }

        return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root ? (YamlMappingNode)Expand(root, file)
            : throw new StudyException($"{file}: one mapping of fields{fields} was expected");
    }

    /// <summary>
    /// Applies one <c>path.to.field=value</c>; the value is YAML, a path that does not exist yet is made (the binder judges it).
    /// </summary>
    public static void Set(YamlMappingNode root, string assignment)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
        {
            throw new StudyException($"--set {assignment}: path.to.field=value was expected");
        }

        var keys = assignment[..equals].Trim().Split('.');
        YamlNode value;
        var text = "value: " + assignment[(equals + 1)..].Trim();
        if (YamlFault.In(text) is { } fault)
        {
            throw new StudyException($"--set {assignment}: {fault[(fault.IndexOf(": ", StringComparison.Ordinal) + 2)..]}");
        }

        try
        {
            value = Parse(text, "--set " + assignment)["value"];
        }
        catch (KeyNotFoundException e)
        {
            throw new StudyException($"--set {assignment}: the value is not valid YAML", e);
        }

        YamlNode at = root;
        for (var i = 0; i < keys.Length; i++)
        {
            var last = i == keys.Length - 1;
            at = at switch
            {
                YamlMappingNode map => Step(map, keys[i], last ? value : null),
                YamlSequenceNode list when int.TryParse(keys[i], NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    && n < list.Children.Count
                    => last ? list.Children[n] = value : list.Children[n],
                _ => throw new StudyException($"--set {assignment}: {string.Join('.', keys[..i])} has no field {keys[i]}"),
            };
        }
    }

    /// <summary>A tree of its own with the same content; the tree holds no merge keys any more.</summary>
    public static YamlNode Copy(YamlNode node) => Expand(node, "");

    private static YamlNode Step(YamlMappingNode map, string key, YamlNode? value)
    {
        if (value is null && map.Children.TryGetValue(key, out var next) && next is YamlMappingNode or YamlSequenceNode)
        {
            return map.Children[key];
        }

        return map.Children[key] = value ?? new YamlMappingNode();
    }

    private static YamlNode Expand(YamlNode node, string file)
    {
        switch (node)
        {
            case YamlMappingNode map:
                var copy = new YamlMappingNode();
                foreach (var (key, value) in map.Children)
                {
                    if (key is YamlScalarNode { Value: "<<" })
                    {
                        continue;
                    }

                    copy.Add(Expand(key, file), Expand(value, file));
                }

                if (map.Children.TryGetValue("<<", out var merged))
                {
                    Merge(copy, merged, file);
                }

                return copy;
            case YamlSequenceNode list:
                return new YamlSequenceNode(list.Children.Select(c => Expand(c, file)));
            case YamlScalarNode scalar:
                return new YamlScalarNode(scalar.Value) { Style = scalar.Style, Tag = scalar.Tag };
            default:
                return node;
        }
    }

    // What the mapping gives itself stands; mappings below a merged key are merged in their turn, so that
    // `odm: { <<: *dm, ordinal: { weight: 1 } }` changes the weight alone.
    private static void Merge(YamlMappingNode into, YamlNode from, string file)
    {
        if (from is YamlSequenceNode list)
        {
            foreach (var one in list.Children)
            {
                Merge(into, one, file);
            }

            return;
        }

        if (from is not YamlMappingNode map)
        {
            throw new StudyException(string.Create(CultureInfo.InvariantCulture,
                $"{file}: line {from.Start.Line}: << takes a mapping (an alias such as *dm)"));
        }

        foreach (var (key, value) in ((YamlMappingNode)Expand(map, file)).Children)
        {
            if (!into.Children.TryGetValue(key, out var own))
            {
                into.Add(key, value);
            }
            else if (own is YamlMappingNode deeper && value is YamlMappingNode)
            {
                Merge(deeper, value, file);
            }
        }
    }
}
