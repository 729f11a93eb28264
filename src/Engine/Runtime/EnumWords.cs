using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Odm.Engine.Runtime;

/// <summary>
/// The words of an enum, as study files, tables and messages spell its values: the name that
/// <see cref="JsonStringEnumMemberNameAttribute"/> gives, else the member's own in snake_case (<c>SquareRoot</c> is <c>square_root</c>).
/// </summary>
public static class EnumWords
{
    /// <summary>The word of a value.</summary>
    public static string Of(Enum value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Of(value.GetType(), value.ToString());
    }

    /// <summary>All words in the order of the declaration.</summary>
    public static IReadOnlyList<string> All<T>()
        where T : struct, Enum => All(typeof(T));

    /// <summary>All words of an enum in the order of the declaration.</summary>
    public static IReadOnlyList<string> All(Type type) => [.. Enum.GetNames(type).Select(name => Of(type, name))];

    /// <summary>The value of a word; case, <c>-</c> and <c>_</c> do not matter. Null where there is none.</summary>
    public static T? Find<T>(string word)
        where T : struct, Enum => (T?)Find(typeof(T), word);

    /// <summary>The same of an enum that is known at run time alone.</summary>
    public static object? Find(Type type, string word)
        => Enum.GetNames(type).FirstOrDefault(name => Plain(Of(type, name)) == Plain(word) || Plain(name) == Plain(word)) is { } found
            ? Enum.Parse(type, found) : null;

    /// <summary>A fault: <c>split.by: "patient"; must be one of auto, group, image</c>.</summary>
    /// <param name="type">The enum.</param>
    /// <param name="field">The field that the word was given for.</param>
    /// <param name="word">What is no word of the enum.</param>
    public static string Fault(Type type, string field, string word)
        => $"{field}: \"{word}\"; must be one of {string.Join(", ", All(type))}";

    private static string Of(Type type, string name)
        => type.GetField(name)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
            ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static string Plain(string word)
        => word.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}

/// <summary>Writes and reads an enum in JSON by its <see cref="EnumWords"/>, whatever the options of the serializer.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class EnumWordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
