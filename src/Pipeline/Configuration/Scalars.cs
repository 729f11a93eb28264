using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Configuration;

/// <summary>Single values of a study file: how they are read, and what a message says was expected.</summary>
internal static class Scalars
{
    /// <summary>Whether a value of this type is one YAML scalar.</summary>
    public static bool Knows(Type type)
        => type.IsEnum || type == typeof(string) || type == typeof(bool) || type == typeof(int) || type == typeof(long)
            || type == typeof(ulong) || type == typeof(double) || type == typeof(float);

    /// <summary>Reads a scalar; case, <c>-</c> and <c>_</c> do not matter in an enum's value.</summary>
    public static bool TryParse(Type type, string text, out object value)
    {
        var number = CultureInfo.InvariantCulture;
        value = text;
        if (type == typeof(string))
        {
            return true;
        }

        if (type.IsEnum)
        {
            var found = EnumWords.Find(type, text);
            value = found ?? text;
            return found is not null;
        }

        if (type == typeof(bool))
        {
            value = text is "true" or "True";
            return text is "true" or "false" or "True" or "False";
        }

        if (type == typeof(double) || type == typeof(float))
        {
            var good = double.TryParse(text, NumberStyles.Float, number, out var real) && double.IsFinite(real);
            value = type == typeof(float) ? (float)real : real;
            return good;
        }

        const NumberStyles Whole = NumberStyles.AllowLeadingSign;
        var read = (type == typeof(int) && int.TryParse(text, Whole, number, out var i)) ? (object)i
            : (type == typeof(long) && long.TryParse(text, Whole, number, out var l)) ? l
            : (type == typeof(ulong) && ulong.TryParse(text, Whole, number, out var u)) ? u : null;
        value = read ?? text;
        return read is not null;
    }

    /// <summary>A value as a study file spells it.</summary>
    public static string Write(object value) => value switch
    {
        Enum e => EnumWords.Of(e),
        bool b => b ? "true" : "false",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>What is allowed, in words.</summary>
    public static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? $"one of {string.Join("|", EnumWords.All(type))}"
            : type == typeof(string) ? "a text"
            : type == typeof(bool) ? "true or false"
            : type == typeof(ulong) ? "a whole number from 0"
            : type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(double) || type == typeof(float) ? "a number"
            : type.IsArray || (type.IsGenericType && type.GetGenericArguments().Length == 1) ? "a list" : "a mapping";
    }
}
