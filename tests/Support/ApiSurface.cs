using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Odm.Tests.Support;

/// <summary>
/// The public and protected surface of an assembly, one signature a line, in the form of the published packages' lists
/// (tests/TorchSharp/torchsharp-0.106.api.txt, tests/ImageSharp/imagesharp-3.1.api.txt).
/// </summary>
internal static class ApiSurface
{
    /// <summary>The lines of the assembly that the published list does not have. On a type's line the interfaces in brackets may be fewer.</summary>
    public static IReadOnlyList<string> Outside(Assembly assembly, string listFile)
    {
        var listed = new HashSet<string>(StringComparer.Ordinal);
        var types = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var described = new HashSet<string>(StringComparer.Ordinal);
        var text = File.ReadAllText(listFile);
        foreach (var line in File.ReadLines(listFile))
        {
            // an obsolete member may be offered without the mark
            listed.Add(line.EndsWith(" [Obsolete]", StringComparison.Ordinal) ? line[..^" [Obsolete]".Length] : line);
            var (head, interfaces) = SplitInterfaces(line);
            types.TryAdd(head, interfaces);
            if (IsTypeLine(line))
            {
                described.Add(TypeOf(line));
            }
        }
        return [.. Lines(assembly).Where(line =>
        {
            if (listed.Contains(line))
            {
                return false;
            }
            var (head, interfaces) = SplitInterfaces(line);
            // a shortened list may mention a type, as a base or in a signature, and have no line for the type itself
            var undescribed = IsTypeLine(line) && !described.Contains(TypeOf(line)) && Mentions(text, TypeOf(line));
            return !undescribed && !(types.TryGetValue(head, out var allowed) && interfaces.IsSubsetOf(allowed));
        })];
    }

    private static bool Mentions(string text, string type)
    {
        var name = type.IndexOf('<', StringComparison.Ordinal) is var generic && generic >= 0 ? type[..(generic + 1)] : type;
        for (var at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            if (generic >= 0 || at + name.Length == text.Length || !char.IsLetterOrDigit(text[at + name.Length]))
            {
                return true;
            }
        }
        return false;
    }

    private static string TypeOf(string line) => line[..line.IndexOf(" :: ", StringComparison.Ordinal)];

    private static bool IsTypeLine(string line) =>
        kinds.Any(k => line.AsSpan(TypeOf(line).Length + " :: ".Length) is var rest && rest.StartsWith(k, StringComparison.Ordinal) && (rest.Length == k.Length || rest[k.Length..] is [' ', ':' or '[', ..]));

    private static readonly string[] kinds = ["abstract class", "sealed class", "static class", "class", "struct", "enum", "interface", "delegate"];

    public static IEnumerable<string> Lines(Assembly assembly) =>
        assembly.GetExportedTypes().SelectMany(t => Members(t).Prepend(TypeLine(t))).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static (string head, HashSet<string> interfaces) SplitInterfaces(string line)
    {
        var at = line.IndexOf(" [", line.IndexOf(" :: ", StringComparison.Ordinal) is var s && s >= 0 ? s : 0, StringComparison.Ordinal);
        var isType = at >= 0 && line.EndsWith(']') && !line.Contains('(', StringComparison.Ordinal) && !line.Contains('{', StringComparison.Ordinal);
        return isType ? (line[..at], line[(at + 2)..^1].Split(", ").ToHashSet(StringComparer.Ordinal)) : (line, []);
    }

    private static string TypeLine(Type t)
    {
        var kind = t.IsEnum ? "enum" : t.IsInterface ? "interface" : typeof(Delegate).IsAssignableFrom(t) ? "delegate" : t.IsValueType ? "struct"
            : t.IsAbstract && t.IsSealed ? "static class" : t.IsAbstract ? "abstract class" : t.IsSealed ? "sealed class" : "class";
        var parent = t.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum) ? " : " + Name(b) : "";
        var interfaces = t.GetInterfaces() is { Length: > 0 } all && !t.IsEnum ? $" [{string.Join(", ", all.Where(i => i.IsVisible).Select(Name).Order(StringComparer.Ordinal))}]" : "";
        return $"{Name(t)} :: {kind}{parent}{interfaces}";
    }

    private static IEnumerable<string> Members(Type t)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return t.GetMembers(all).Select(m => Member(t, m)).Where(s => s.Length > 0).Select(s => $"{Name(t)} :: {s}");
    }

    private static string Member(Type t, MemberInfo member)
    {
        switch (member)
        {
            case ConstructorInfo c when Visible(c):
                return $"{Modifiers(c)}.ctor({Parameters(c.GetParameters())})";
            case MethodInfo m when Visible(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)):
                var extends = m.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
                var generic = m.IsGenericMethod ? $"<{string.Join(",", m.GetGenericArguments().Select(Name))}>" : "";
                return $"{Modifiers(m)}{Name(m.ReturnType)} {m.Name}{generic}({extends}{Parameters(m.GetParameters())})";
            case PropertyInfo p when Visible(p.GetMethod) || Visible(p.SetMethod):
                var index = p.GetIndexParameters() is { Length: > 0 } i ? $"[{Parameters(i)}]" : "";
                return $"{Modifiers((p.GetMethod ?? p.SetMethod)!)}{Name(p.PropertyType)} {p.Name}{index} {{{(Visible(p.GetMethod) ? " get;" : "")}{(Visible(p.SetMethod) ? " set;" : "")} }}";
            case FieldInfo f when f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly:
                var value = f.IsLiteral && t.IsEnum ? $" = {Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture)}" : "";
                return $"{(f.IsStatic ? "static " : "")}{Name(f.FieldType)} {f.Name}{value}";
            default:
                return "";
        }
    }

    private static bool Visible(MethodBase? b) => b is not null && (b.IsPublic || b.IsFamily || b.IsFamilyOrAssembly);

    private static string Modifiers(MethodBase b) =>
        (b.IsPublic ? "" : "protected ") + (b.IsStatic ? "static " : "") + (b.IsAbstract ? "abstract " : b.IsVirtual && !b.IsFinal ? "virtual " : "");

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(Parameter));

    private static string Parameter(ParameterInfo p)
    {
        var prefix = p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : p.IsOut ? "out " : "";
        var type = p.IsOut ? Name(p.ParameterType)["ref ".Length..] : Name(p.ParameterType);
        return $"{prefix}{type} {p.Name}{(p.IsOptional ? " = " + Default(p.RawDefaultValue) : "")}";
    }

    private static string Default(object? value) => value switch
    {
        null => "null",
        string s => $"\"{s}\"",
        bool b => b ? "true" : "false",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Name(Type t)
    {
        if (t.IsByRef)
        {
            return "ref " + Name(t.GetElementType()!);
        }
        if (t.IsPointer)
        {
            return Name(t.GetElementType()!) + "*";
        }
        if (t.IsArray)
        {
            return $"{Name(t.GetElementType()!)}[{new string(',', t.GetArrayRank() - 1)}]";
        }
        if (t.IsGenericParameter)
        {
            return t.Name;
        }
        if (Nullable.GetUnderlyingType(t) is { } underlying)
        {
            return Name(underlying) + "?";
        }
        var full = ((t.IsGenericType ? t.GetGenericTypeDefinition() : t).FullName ?? t.Name).Replace('+', '.');
        return t.IsGenericType ? $"{WithoutArity(full)}<{string.Join(",", t.GetGenericArguments().Select(Name))}>" : Keyword(full);
    }

    private static string WithoutArity(string name) =>
        string.Concat(name.Split('`').Select((part, i) => i == 0 ? part : part.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')));

    private static string Keyword(string name) => name switch
    {
        "System.Int32" => "int",
        "System.Int64" => "long",
        "System.Single" => "float",
        "System.Double" => "double",
        "System.Boolean" => "bool",
        "System.String" => "string",
        "System.Void" => "void",
        "System.Object" => "object",
        "System.Byte" => "byte",
        _ => name,
    };
}
