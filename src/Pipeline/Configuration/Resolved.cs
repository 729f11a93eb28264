using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Odm.Pipeline.Configuration;

/// <summary>A configuration record written out with every default: as JSON for hashes and stage.json, as YAML for study.yaml.</summary>
internal static class Resolved
{
    /// <summary>The record as JSON, keys as in the study file.</summary>
    public static JsonNode? Json(object? value) => Json(value, whole: false);

    private static JsonNode? Json(object? value, bool whole)
    {
        switch (value)
        {
            case null:
                return null;
            case string or Enum:
                return JsonValue.Create(Scalars.Write(value));
            case bool b:
                return JsonValue.Create(b);
            case int or long or ulong or float or double:
                return JsonNode.Parse(Scalars.Write(value));
            case not null when IsPhrase(value.GetType()):
                return JsonValue.Create(value.ToString());
            case IDictionary map:
                var named = new JsonObject();
                foreach (DictionaryEntry entry in map)
                {
                    named.Add((string)entry.Key, Json(entry.Value, whole));
                }

                return named;
            case IEnumerable list:
                return new JsonArray([.. list.Cast<object?>().Select(item => Json(item, whole))]);
            default:
                var record = new JsonObject();
                Fields(record, value, whole);
                return record;
        }
    }

    /// <summary>The record as YAML that binds to it again.</summary>
    public static string Yaml(object value)
    {
        var text = new StringBuilder();
        Mapping(text, (JsonObject)Json(value)!, 0);
        return text.ToString();
    }

    /// <summary>Whether a record is written as its text (<c>resize: 64</c>) rather than as its fields.</summary>
    public static bool IsPhrase(Type type)
        => !type.IsPrimitive && type.GetInterfaces()
        .Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IParsable<>) && i.GetGenericArguments()[0] == type);

    // whole: fields that keep their type's default are written too, as a preset may say otherwise
    private static void Fields(JsonObject into, object record, bool whole)
    {
        var fields = Field.Of(record.GetType());
        whole |= fields.Any(f => f is { Key: "preset", OmitsDefault: true } && f.Property.GetValue(record) is not null);
        foreach (var field in fields)
        {
            var value = field.Property.GetValue(record);
            if (field.Inline && value is not null)
            {
                Fields(into, value, whole);
            }
            else if (whole || !field.OmitsDefault || !Equals(value, field.Default))
            {
                into.Add(field.Key, Json(value, whole));
            }
        }
    }

    private static void Mapping(StringBuilder text, JsonObject map, int depth)
    {
        foreach (var (key, value) in map)
        {
            text.Append(' ', 2 * depth).Append(Quoted(key)).Append(':');
            Below(text, value, depth);
        }
    }

    private static void Below(StringBuilder text, JsonNode? value, int depth)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                text.Append('\n');
                Mapping(text, map, depth + 1);
                break;
            case JsonArray list when list.Any(i => i is JsonObject):
                text.Append('\n');
                foreach (var item in list)
                {
                    text.Append(' ', 2 * (depth + 1)).Append("- ").Append(Flow(item)).Append('\n');
                }

                break;
            default:
                text.Append(' ').Append(Flow(value)).Append('\n');
                break;
        }
    }

    private static string Flow(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject map => "{ " + string.Join(", ", map.Select(e => $"{Quoted(e.Key)}: {Flow(e.Value)}")) + " }",
        JsonArray list => "[" + string.Join(", ", list.Select(Flow)) + "]",
        _ when node.GetValueKind() == System.Text.Json.JsonValueKind.String => Quoted(node.GetValue<string>()),
        _ => node.ToJsonString(),
    };

    // plain where YAML cannot read it as anything but this text
    private static string Quoted(string text)
    {
        var plain = text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/')
            && !text.StartsWith('-') && text is not ("null" or "true" or "false" or "True" or "False" or "yes" or "no")
            && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return plain ? text : JsonValue.Create(text).ToJsonString(Plain);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Plain =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
