using System.Collections;
using System.Globalization;
using System.Reflection;
using Odm.Engine.Runtime;
using YamlDotNet.RepresentationModel;

namespace Odm.Pipeline.Configuration;

/// <summary>
/// Binds a YAML tree to init-only records, strictly: snake_case keys, unknown keys refused, every fault collected. A record may
/// judge itself by <c>IEnumerable&lt;string&gt; Faults(string path)</c> and may be written as one word through
/// <c>static T Parse(string)</c>. Where it has
/// <c>static T? OfPreset(string)</c>, the tree's <c>preset</c> names the values, nested records included, of what the tree leaves out.
/// </summary>
internal sealed class Binder
{
    private readonly List<string> faults = [];

    private static readonly object Nothing = new();

    /// <summary>The record that the tree describes.</summary>
    /// <exception cref="StudyException">All faults in one line, each naming the field, the value and what is allowed.</exception>
    public static T Bind<T>(YamlNode root, string file)
    {
        var binder = new Binder();
        var value = binder.Value(typeof(T), root, "", nullable: false);
        if (binder.faults.Count > 0)
        {
            throw new StudyException($"{file}: {string.Join("; ", binder.faults.Distinct(StringComparer.Ordinal))}"
                .ReplaceLineEndings(" "));
        }

        return (T)value!;
    }

    /// <summary>
    /// The faults of a tree whose fields stand below <paramref name="path"/>, each naming the field, the value and what is allowed.
    /// </summary>
    public static IReadOnlyList<string> Faults<T>(YamlNode root, string path)
    {
        var binder = new Binder();
        binder.Value(typeof(T), root, path, nullable: false);
        return [.. binder.faults.Distinct(StringComparer.Ordinal)];
    }

    private object? Value(Type type, YamlNode node, string path, bool nullable, object? start = null)
    {
        var inner = Nullable.GetUnderlyingType(type);
        if (IsNull(node) && (inner is not null || nullable))
        {
            return null;
        }

        type = inner ?? type;
        if (Element(type) is { } element)
        {
            return List(element, node, path);
        }

        if (DictionaryValue(type) is { } entry)
        {
            return Dictionary(entry, node, path);
        }

        return Scalars.Knows(type) ? Scalar(type, node, path)
            : Phrase(node) is { } phrase && (node is YamlScalarNode || Resolved.IsPhrase(type)) && Word(type, phrase, path) is { } word
            ? word
            : Record(type, node, path, start);
    }

    private object Scalar(Type type, YamlNode node, string path)
    {
        if (node is not YamlScalarNode { Value: { } text })
        {
            return Fault($"{path}: {Scalars.Describe(type)} was expected, not {Kind(node)}");
        }

        return !(IsNull(node) && type != typeof(string)) && Scalars.TryParse(type, text, out var value) ? value
            : Fault(type.IsEnum ? EnumWords.Fault(type, path, text) + Meant(text, EnumWords.All(type))
                : $"{path}: {Scalars.Describe(type)} was expected, not '{text}'");
    }

    private object? Word(Type type, string text, string path)
    {
        var parse = type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string)])
            ?? type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string), typeof(IFormatProvider)]);
        if (parse is null || parse.ReturnType != type)
        {
            return null;
        }

        try
        {
            object?[] arguments = parse.GetParameters().Length == 1 ? [text] : [text, CultureInfo.InvariantCulture];
            return Judged(parse.Invoke(null, arguments)!, path);
        }
        catch (TargetInvocationException e) when (e.InnerException is FormatException or UserException)
        {
            return Fault($"{path}: {e.InnerException.Message}");
        }
    }

    // what a record may be written as in short: `crop_disc`, or `resize: 64` as an item of a list
    private static string? Phrase(YamlNode node) => node switch
    {
        YamlScalarNode { Value: { Length: > 0 } text } => text,
        YamlMappingNode { Children.Count: 1 } map when map.Children.First() is { Key: YamlScalarNode key, Value: YamlScalarNode value }
            => $"{key.Value}: {value.Value}",
        _ => null,
    };

    private object List(Type element, YamlNode node, string path)
    {
        if (node is not YamlSequenceNode list)
        {
            return Fault($"{path}: a list was expected, not {Kind(node)}");
        }

        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        var whole = true;
        for (var i = 0; i < list.Children.Count; i++)
        {
            var item = Value(element, list.Children[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), nullable: false);
            if (ReferenceEquals(item, Nothing))
            {
                whole = false;
            }
            else
            {
                items.Add(item);
            }
        }

        if (!whole)
        {
            return Nothing;
        }

        var array = Array.CreateInstance(element, items.Count);
        items.CopyTo(array, 0);
        return array;
    }

    private object Dictionary(Type entry, YamlNode node, string path)
    {
        if (node is not YamlMappingNode map)
        {
            return Fault($"{path}: a mapping of names was expected, not {Kind(node)}");
        }

        var entries = (IDictionary)Activator.CreateInstance(typeof(OrderedDictionary<,>).MakeGenericType(typeof(string), entry))!;
        var whole = true;
        foreach (var (key, child) in map.Children)
        {
            var name = ((YamlScalarNode)key).Value ?? "";
            var value = Value(entry, child, Join(path, name), nullable: false);
            if (ReferenceEquals(value, Nothing))
            {
                whole = false;
            }
            else
            {
                entries[name] = value;
            }
        }

        return whole ? entries : Nothing;
    }

    private object Record(Type type, YamlNode node, string path, object? start)
    {
        // `arms.real:` with nothing below it is a record whose fields all keep their defaults
        if (!IsNull(node) && node is not YamlMappingNode)
        {
            return Fault($"{path}: a mapping with {string.Join(", ", Keys(type))} was expected, not {Kind(node)}");
        }

        var rest = node is YamlMappingNode map
            ? map.Children.ToDictionary(c => ((YamlScalarNode)c.Key).Value ?? "", c => c.Value, StringComparer.Ordinal)
            : new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        if (Variants.Of(type) is { } variants)
        {
            var word = rest.GetValueOrDefault("kind") is YamlScalarNode { Value: { } kind } ? kind : variants.Keys.First();
            if (!variants.TryGetValue(word, out var chosen))
            {
                return Fault($"{Join(path, "kind")}: '{word}'{Meant(word, variants.Keys)}; must be one of "
                    + $"{string.Join(", ", variants.Keys)}");
            }

            type = chosen;
        }

        var value = Fill(type, rest, path, start);
        foreach (var unknown in rest.Keys)
        {
            Fault($"{Join(path, unknown)}: unknown field{Meant(unknown, Keys(type))} (allowed: {string.Join(", ", Keys(type))})");
        }

        return value;
    }

    // A field at fault keeps its default, so that the record can be judged with it and all faults come together; not so where a
    // required one is missing, which has none.
    private object Fill(Type type, Dictionary<string, YamlNode> rest, string path, object? start)
    {
        var preset = OfPreset(type, rest) ?? start;
        var record = preset ?? Activator.CreateInstance(type, nonPublic: true)!;
        var complete = true;
        foreach (var field in Field.Of(type))
        {
            var value = Nothing;
            if (field.Inline)
            {
                // the owner's default, which need not be the type's
                value = Fill(field.Property.PropertyType, rest, path, field.Property.GetValue(record));
            }
            else if (rest.Remove(field.Key, out var node))
            {
                value = Value(field.Property.PropertyType, node, Join(path, field.Key), field.Nullable, preset is null ? null
                    : field.Property.GetValue(preset));
            }
            else if (field.Required)
            {
                var kinds = field.Key == "kind" ? Variants.Of(field.Property.DeclaringType!) : null;
                Fault($"{Join(path, field.Key)}: missing, {(kinds is null ? Scalars.Describe(field.Property.PropertyType)
                    : $"one of {string.Join('|', kinds.Keys)}")} is required");
            }

            if (!ReferenceEquals(value, Nothing))
            {
                field.Property.SetValue(record, value);
            }
            else if (field.Required)
            {
                complete = false;
            }
        }

        return complete ? Judged(record, path) : record;
    }

    // made anew at each call, nested records too, so that they may be filled in
    private static object? OfPreset(Type type, Dictionary<string, YamlNode> rest)
        => rest.GetValueOrDefault("preset") is YamlScalarNode { Value: { } name }
            ? type.GetMethod("OfPreset", BindingFlags.Public | BindingFlags.Static, [typeof(string)])?.Invoke(null, [name]) : null;

    private object Judged(object record, string path)
    {
        var judge = record.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance).FirstOrDefault(
            m => m.Name == "Faults" && m.GetParameters() is [{ ParameterType.Name: "String" }, .. var rest] && rest.All(p => p.IsOptional));
        var arguments = judge?.GetParameters().Select((p, i) => i == 0 ? path : p.DefaultValue).ToArray();
        if (judge?.Invoke(record, arguments) is IEnumerable<string> found)
        {
            faults.AddRange(found);
        }

        return record;
    }

    private object Fault(string text)
    {
        faults.Add(text.TrimStart(':', ' '));
        return Nothing;
    }

    private static IEnumerable<string> Keys(Type type)
        => Field.Of(type).SelectMany(f => f.Inline ? Keys(f.Property.PropertyType) : [f.Key]);

    private static string Meant(string word, IEnumerable<string> known)
        => Nearest.To(word, known) is { } near ? $" (did you mean '{near}'?)" : "";

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static bool IsNull(YamlNode node)
        => node is YamlScalarNode
        {
            Style: YamlDotNet.Core.ScalarStyle.Plain or YamlDotNet.Core.ScalarStyle.Any,
            Value: null or "" or "~" or "null"
        };

    private static string Kind(YamlNode node) => node switch
    {
        YamlMappingNode => "a mapping",
        YamlSequenceNode => "a list",
        YamlScalarNode { Value: { Length: > 0 } text } => $"'{text}'",
        _ => "nothing",
    };

    /// <summary>The type of a list's items; null where the type is no list.</summary>
    internal static Type? Element(Type type)
        => type.IsArray ? type.GetElementType()
            : type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
                || type.GetGenericTypeDefinition() == typeof(List<>))
                ? type.GetGenericArguments()[0] : null;

    /// <summary>The type of a mapping's values; null where the type is no mapping of names.</summary>
    internal static Type? DictionaryValue(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? type.GetGenericArguments()[1] : null;
}
