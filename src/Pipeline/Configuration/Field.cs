using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Configuration;

/// <summary>A field of a configuration record: an init property under its snake_case key.</summary>
internal sealed record Field(PropertyInfo Property, string Key)
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>Whether the study file has to give it.</summary>
    public bool Required => Property.GetCustomAttribute<RequiredMemberAttribute>() is not null;

    /// <summary>Whether its record's fields stand beside the owner's.</summary>
    public bool Inline => Property.GetCustomAttribute<InlineAttribute>() is not null;

    /// <summary>
    /// Whether it is written only where it is not the type's default: options that came later, so that what knows nothing of them keeps its
    /// hash.
    /// </summary>
    public bool OmitsDefault => Property.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>The default of its type: null, 0, false, an enum's first value.</summary>
    public object? Default => Property.PropertyType.IsValueType ? Activator.CreateInstance(Property.PropertyType) : null;

    /// <summary>Whether <c>null</c> is a value of it.</summary>
    public bool Nullable
    {
        get
        {
            lock (Nullability)
            {
                return Nullability.Create(Property).WriteState == NullabilityState.Nullable;
            }
        }
    }

    /// <summary>The fields of a record in the order of their declaration, a base record's first, unless they say otherwise.</summary>
    public static IReadOnlyList<Field> Of(Type record)
        => [.. record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is not null && p.GetIndexParameters().Length == 0
                && p.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })
            .OrderBy(p => p.GetCustomAttribute<JsonPropertyOrderAttribute>()?.Order ?? 0)
            .ThenBy(p => Depth(p.DeclaringType!)).ThenBy(p => p.MetadataToken)
            .Select(p => new Field(p, p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? Snake(p.Name)))];

    /// <summary><c>LearningRate</c> becomes <c>learning_rate</c>, <c>X0</c> <c>x0</c>, <c>ResNet50</c> <c>res_net50</c>.</summary>
    public static string Snake(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var starts = i > 0 && char.IsUpper(name[i])
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (starts)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    private static int Depth(Type type) => type.BaseType is null ? 0 : 1 + Depth(type.BaseType);
}
