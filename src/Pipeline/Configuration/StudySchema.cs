using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Configuration;

/// <summary>
/// The JSON Schema (draft 2020-12) of the study file, made from the records that <see cref="Binder"/> fills, by the same rules: editors
/// complete and check fields with it. What depends on several fields at once is left to the records' own <c>Faults</c>.
/// </summary>
public sealed class StudySchema
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private readonly FieldDocs docs = new();
    private readonly JsonObject definitions = [];

    /// <summary>The schema as text.</summary>
    public static string Text() => new StudySchema().Root().ToJsonString(Indented) + "\n";

    private JsonObject Root()
    {
        var root = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "A study of Odm",
        };
        foreach (var (key, value) in Fields(typeof(Study), kind: null).ToList())
        {
            root[key] = value?.DeepClone();
        }

        root["$defs"] = definitions;
        return root;
    }

    private JsonNode Of(Type type, bool nullable)
    {
        var inner = Nullable.GetUnderlyingType(type);
        var node = NotNull(inner ?? type);
        return inner is null && !nullable ? node : Any(node, new JsonObject { ["type"] = "null" });
    }

    private JsonNode NotNull(Type type)
    {
        if (Binder.Element(type) is { } element)
        {
            return new JsonObject { ["type"] = "array", ["items"] = Of(element, nullable: false) };
        }

        if (Binder.DictionaryValue(type) is { } value)
        {
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(value, nullable: false) };
        }

        return Scalars.Knows(type) ? Scalar(type) : Reference(type);
    }

    // each record once, below $defs
    private JsonObject Reference(Type type)
    {
        var name = type.Name;
        if (!definitions.ContainsKey(name))
        {
            definitions[name] = new JsonObject(); // taken, should it hold itself
            definitions[name] = Record(type);
        }

        return new JsonObject { ["$ref"] = "#/$defs/" + name };
    }

    private JsonNode Record(Type type)
    {
        List<JsonNode> ways = [];
        if (Variants.Of(type) is { } variants)
        {
            ways.AddRange(variants.Select((v, i) => Fields(v.Value, new(v.Key, Required: i > 0))));
        }
        else
        {
            ways.Add(Fields(type, kind: null));
        }

        if (Resolved.IsPhrase(type))
        {
            return Any(new JsonObject { ["type"] = "string" },
                new JsonObject { ["type"] = "object", ["minProperties"] = 1, ["maxProperties"] = 1 });
        }

        if (type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string)]) is not null)
        {
            ways.Add(new JsonObject { ["type"] = new JsonArray("string", "boolean", "number") });
        }

        if (Field.Of(type).All(f => !f.Required))
        {
            ways.Add(new JsonObject { ["type"] = "null" }); // nothing below the key: all defaults
        }

        return Any([.. ways]);
    }

    private sealed record KindName(string Word, bool Required);

    private JsonObject Fields(Type type, KindName? kind)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        Add(type, properties, required);
        if (kind is not null)
        {
            properties["kind"] = new JsonObject { ["const"] = kind.Word };
            if (kind.Required && !required.Any(r => (string)r! == "kind"))
            {
                required.Add("kind");
            }
        }

        var record = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (required.Count > 0)
        {
            record["required"] = required;
        }

        return record;
    }

    private void Add(Type type, JsonObject properties, JsonArray required)
    {
        foreach (var field in Field.Of(type))
        {
            if (field.Inline)
            {
                Add(field.Property.PropertyType, properties, required);
                continue;
            }

            var node = Listed(field, Of(field.Property.PropertyType, field.Nullable));
            if (node is JsonObject described && docs.Of(field.Property) is { } text)
            {
                described["description"] = text;
            }

            properties[field.Key] = node;
            if (field.Required)
            {
                required.Add(field.Key);
            }
        }
    }

    // what may stand for several arms at once, the name of a generator, and the word auto, which is settled before anything is bound
    private static JsonNode Listed(Field field, JsonNode node)
        => ArmSweep.TakesLists(field.Property.DeclaringType!, field.Key)
            ? Any(node, new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = new JsonArray("number", "string") } })
            : GeneratorNames.Stands(field) ? Any(new JsonObject { ["type"] = "string" }, node)
            : field.Property.PropertyType == typeof(Precision) ? Any(node, new JsonObject { ["const"] = "auto" }) : node;

    private static JsonObject Scalar(Type type)
    {
        if (type.IsEnum)
        {
            return new JsonObject { ["enum"] = new JsonArray([.. EnumWords.All(type).Select(w => (JsonNode)w)]) };
        }

        return type == typeof(bool) ? new JsonObject { ["type"] = "boolean" }
            : type == typeof(string) ? new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") }
            : type == typeof(ulong) ? new JsonObject { ["type"] = "integer", ["minimum"] = 0 }
            : type == typeof(double) || type == typeof(float) ? new JsonObject { ["type"] = "number" }
            : new JsonObject { ["type"] = "integer" };
    }

    private static JsonNode Any(params JsonNode[] ways)
        => ways.Length == 1 ? ways[0] : new JsonObject { ["anyOf"] = new JsonArray([.. ways]) };
}
